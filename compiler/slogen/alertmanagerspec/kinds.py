"""The ways to notify that Alertmanager knows, with their fields: from 0.25 to 0.34, as `amtool` takes them.

Source: https://prometheus.io/docs/alerting/latest/configuration/ and the changelog of Alertmanager. Which
versions know what was measured with amtool 0.25, 0.28 and 0.33; tests measure it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from slogen.alertmanagerspec.connections import HTTP_CONFIG, TLS, TLS_CONFIG
from slogen.alertmanagerspec.fieldtypes import Field, Form, Kind, mapping, secret, secret_url, texts

_TEXT: Final = Field()
_FLAG: Final = Field(Form.FLAG)
_URL: Final = Field(Form.URL)
_BY_NAME: Final = Field(Form.TEXT_BY_NAME)

_COMMON = {"send_resolved": _FLAG, "http_config": HTTP_CONFIG}

# parts of messages ------------------------------------------------------------------------------------

_SLACK_FIELD = mapping(
    {"title": _TEXT, "value": _TEXT, "short": _FLAG}, form=Form.MAPPINGS, needs=(("title",), ("value",))
)
_CONFIRM = mapping(texts("text", "title", "ok_text", "dismiss_text"), needs=(("text",),))
_SLACK_ACTION = mapping(
    {**texts("type", "text", "url", "style", "name", "value"), "confirm": _CONFIRM},
    form=Form.MAPPINGS,
    needs=(("type",), ("text",), ("url", "name")),
)
_PLAIN_FIELD = mapping({"title": _TEXT, "value": _TEXT, "short": _FLAG}, form=Form.MAPPINGS)
_MATTERMOST_FIELD = mapping(
    {"title": _TEXT, "value": _TEXT, "short": _FLAG}, form=Form.MAPPINGS, needs=(("title",), ("value",))
)
_ATTACHMENT = {
    **texts("fallback", "color", "pretext", "text", "author_name", "author_link", "author_icon"),
    **texts("title", "title_link", "thumb_url", "image_url", "footer", "footer_icon"),
    "fields": _MATTERMOST_FIELD,
}
_RESPONDER = Field(
    Form.MAPPINGS,
    inside=texts("id", "name", "username", "type"),
    needs=(("id", "username", "name"), ("type",)),
    is_whole=True,
)
_JIRA_TEXT = mapping(
    {"template": _TEXT, "enable_update": Field(Form.FLAG, "0.30")}, form=Form.TEXT_OR_MAPPING
)

# kinds ------------------------------------------------------------------------------------------------


def _kind(
    name: str,
    fields: Mapping[str, Field],
    *,
    since: str = "",
    needs: tuple[tuple[str, ...], ...] = (),
    only_one: tuple[tuple[str, ...], ...] = (),
    inherits: Mapping[str, str] | None = None,
) -> Kind:
    return Kind(name, mapping(fields, since, needs=needs, only_one=only_one), inherits or {})


_KINDS: Final = (
    _kind(
        "discord",
        {
            **_COMMON,
            "webhook_url": secret_url("0.27"),
            **texts("title", "message"),
            **texts("content", "username", "avatar_url", since="0.28"),
        },
        since="0.25",
        needs=(("webhook_url",),),
    ),
    _kind(
        "email",
        {
            "send_resolved": _FLAG,
            **texts("to", "from", "hello", "auth_username", "auth_identity", "html", "text"),
            "smarthost": Field(Form.ADDRESS),
            "auth_password": secret(""),
            "auth_secret": secret("0.31"),
            "headers": _BY_NAME,
            "require_tls": _FLAG,
            "force_implicit_tls": Field(Form.FLAG, "0.31"),
            "tls_config": TLS_CONFIG,
            "threading": mapping(
                {"enabled": _FLAG, "thread_by_date": Field(choices=("none", "daily"))}, "0.30"
            ),
        },
        needs=(("to",), ("smarthost",), ("from",)),
        inherits={"smarthost": "smtp_smarthost", "from": "smtp_from"},
    ),
    _kind(
        "incidentio",
        {
            **_COMMON,
            "url": Field(Form.URL, file_since=""),
            "alert_source_token": secret(""),
            "max_alerts": Field(Form.COUNT),
            "timeout": Field(Form.SPAN),
        },
        since="0.29",
        needs=(("url",),),
    ),
    _kind(
        "jira",
        {
            **_COMMON,
            "api_url": _URL,
            "api_type": Field(since="0.29", choices=("auto", "cloud", "datacenter")),
            **texts("project", "issue_type", "priority", "resolve_transition", "reopen_transition"),
            "summary": _JIRA_TEXT,
            "description": _JIRA_TEXT,
            "labels": Field(Form.TEXTS),
            "wont_fix_resolution": _TEXT,
            "reopen_duration": Field(Form.DURATION),
            "fields": Field(Form.TREE_BY_NAME),
        },
        since="0.28",
        needs=(("project",), ("issue_type",), ("api_url",)),
        inherits={"api_url": "jira_api_url"},
    ),
    _kind(
        "mattermost",
        {
            **_COMMON,
            "webhook_url": secret_url(""),
            **texts("channel", "username", "text", "icon_url", "icon_emoji", "type"),
            "attachments": mapping(_ATTACHMENT, form=Form.MAPPINGS),
            **{name: replace(one, since="0.32") for name, one in _ATTACHMENT.items()},
            "text": _TEXT,
            "props": mapping(texts("card")),
            "priority": mapping(
                {"priority": _TEXT, "requested_ack": _FLAG, "persistent_notifications": _FLAG}
            ),
        },
        since="0.30",
        needs=(("webhook_url",),),
        inherits={"webhook_url": "mattermost_webhook_url"},
    ),
    _kind(
        "msteams",
        {
            **_COMMON,
            "webhook_url": secret_url("0.27"),
            "title": _TEXT,
            "summary": Field(since="0.27"),
            "text": _TEXT,
        },
        since="0.26",
        needs=(("webhook_url",),),
    ),
    _kind(
        "msteamsv2",
        {**_COMMON, "webhook_url": secret_url(""), **texts("title", "text")},
        since="0.28",
        needs=(("webhook_url",),),
    ),
    _kind(
        "opsgenie",
        {
            **_COMMON,
            "api_key": secret(""),
            "api_url": _URL,
            **texts("message", "description", "source", "entity", "actions", "tags", "note", "priority"),
            "details": _BY_NAME,
            "responders": _RESPONDER,
            "update_alerts": _FLAG,
        },
        needs=(("api_key",),),
        inherits={"api_key": "opsgenie_api_key"},
    ),
    _kind(
        "pagerduty",
        {
            **_COMMON,
            "routing_key": secret(""),
            "service_key": secret(""),
            "url": _URL,
            **texts("client", "client_url", "description", "source", "severity", "class"),
            **texts("component", "group"),
            "details": Field(Form.TREE_BY_NAME, deep_since="0.30"),
            "images": mapping(texts("src", "alt", "href"), form=Form.MAPPINGS),
            "links": mapping(texts("href", "text"), form=Form.MAPPINGS),
            "timeout": Field(Form.SPAN, "0.30"),
        },
        needs=(("routing_key", "service_key"),),
    ),
    _kind(
        "pushover",
        {
            **_COMMON,
            "user_key": secret("0.26"),
            "token": secret("0.26"),
            **texts("title", "message", "url", "url_title", "sound", "priority"),
            "device": Field(since="0.26"),
            "retry": Field(Form.SPAN),
            "expire": Field(Form.SPAN),
            "ttl": Field(Form.SPAN, "0.26"),
            "html": _FLAG,
            "monospace": Field(Form.FLAG, "0.29"),
        },
        needs=(("user_key",), ("token",)),
        only_one=(("html", "monospace"),),
    ),
    _kind(
        "rocketchat",
        {
            **_COMMON,
            "api_url": _URL,
            "token": secret(""),
            "token_id": secret(""),
            **texts("channel", "color", "title", "title_link", "text", "emoji"),
            **texts("icon_url", "image_url", "thumb_url"),
            "fields": _PLAIN_FIELD,
            "actions": mapping(texts("type", "text", "url"), form=Form.MAPPINGS),
            "short_fields": _FLAG,
            "link_names": _FLAG,
        },
        since="0.28",
        needs=(("token",), ("token_id",)),
        inherits={"token": "rocketchat_token", "token_id": "rocketchat_token_id"},
    ),
    _kind(
        "slack",
        {
            **_COMMON,
            "api_url": secret_url(""),
            "app_token": secret("0.30", "0.30"),
            "app_url": Field(Form.URL, "0.30"),
            **texts("channel", "username", "color", "title", "title_link", "pretext", "text"),
            "message_text": Field(since="0.31"),
            "update_message": Field(Form.FLAG, "0.32"),
            "fields": _SLACK_FIELD,
            "actions": _SLACK_ACTION,
            **texts("footer", "fallback", "callback_id", "icon_emoji", "icon_url"),
            **texts("image_url", "thumb_url"),
            "short_fields": _FLAG,
            "link_names": _FLAG,
            "mrkdwn_in": Field(Form.TEXTS),
            "timeout": Field(Form.SPAN, "0.30"),
        },
        needs=(("api_url", "app_token"),),
        only_one=(("api_url", "app_token"),),
        inherits={"api_url": "slack_api_url", "app_token": "slack_app_token"},
    ),
    _kind(
        "sns",
        {
            **_COMMON,
            "api_url": _TEXT,
            "sigv4": mapping(
                {
                    **texts("region", "access_key", "profile", "role_arn"),
                    "secret_key": secret(),
                    "use_fips_sts_endpoint": Field(Form.FLAG, "0.28"),
                    **texts("external_id", "service_name", since="0.32"),
                }
            ),
            **texts("topic_arn", "phone_number", "target_arn", "subject", "message"),
            "attributes": _BY_NAME,
            "use_aws_http_client": Field(Form.FLAG, "0.33"),
        },
        needs=(("topic_arn", "phone_number", "target_arn"),),
        only_one=(("topic_arn", "phone_number", "target_arn"),),
    ),
    _kind(
        "telegram",
        {
            **_COMMON,
            "api_url": _URL,
            "bot_token": secret("0.26"),
            "chat_id": Field(Form.WHOLE, file_since="0.31"),
            "message_thread_id": Field(Form.WHOLE, "0.28"),
            "message": _TEXT,
            "disable_notifications": _FLAG,
            "parse_mode": Field(choices=("", "Markdown", "MarkdownV2", "HTML")),
        },
        needs=(("bot_token",), ("chat_id",)),
        inherits={"bot_token": "telegram_bot_token"},
    ),
    _kind(
        "victorops",
        {
            **_COMMON,
            "api_key": secret(""),
            "api_url": _URL,
            **texts("routing_key", "message_type", "entity_display_name", "state_message"),
            "monitoring_tool": _TEXT,
            "custom_fields": _BY_NAME,
        },
        needs=(("routing_key",), ("api_key",)),
        inherits={"api_key": "victorops_api_key"},
    ),
    _kind(
        "webex",
        {**_COMMON, "api_url": _URL, **texts("room_id", "message")},
        since="0.25",
        needs=(("room_id",), ("http_config.authorization",)),
    ),
    _kind(
        "webhook",
        {
            **_COMMON,
            "url": Field(Form.URL_TEMPLATE, file_since="0.26"),
            "max_alerts": Field(Form.COUNT),
            "timeout": Field(Form.SPAN, "0.28"),
            "payload": Field(Form.TREE, "0.32"),
        },
        needs=(("url",),),
    ),
    _kind(
        "wechat",
        {
            **_COMMON,
            "api_secret": secret("0.31"),
            "api_url": _URL,
            **texts("corp_id", "agent_id", "to_user", "to_party", "to_tag", "message"),
            "message_type": Field(choices=("", "text", "markdown")),
        },
        needs=(("api_secret",), ("corp_id",)),
        inherits={"api_secret": "wechat_api_secret", "corp_id": "wechat_api_corp_id"},
    ),
)
KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in _KINDS}
"""All ways to notify by name, in the order of the alphabet."""

GLOBALS: Final[Mapping[str, Field]] = {
    "resolve_timeout": Field(Form.DURATION),
    "http_config": HTTP_CONFIG,
    **texts("smtp_from", "smtp_hello", "smtp_auth_username", "smtp_auth_identity"),
    "smtp_smarthost": Field(Form.ADDRESS),
    "smtp_auth_password": secret(""),
    "smtp_auth_secret": secret("0.31"),
    "smtp_require_tls": _FLAG,
    "smtp_tls_config": mapping(TLS, "0.28"),
    "smtp_force_implicit_tls": Field(Form.FLAG, "0.31"),
    "slack_api_url": secret_url(""),
    "slack_app_token": secret("0.30", "0.30"),
    "slack_app_url": Field(Form.URL, "0.30"),
    "pagerduty_url": _URL,
    "opsgenie_api_key": secret(""),
    "opsgenie_api_url": _URL,
    "wechat_api_url": _URL,
    "wechat_api_secret": secret("0.31"),
    "wechat_api_corp_id": _TEXT,
    "victorops_api_key": secret(""),
    "victorops_api_url": _URL,
    "telegram_api_url": _URL,
    "telegram_bot_token": secret("0.31", "0.31"),
    "webex_api_url": _URL,
    "jira_api_url": Field(Form.URL, "0.28"),
    "rocketchat_api_url": Field(Form.URL, "0.28"),
    "rocketchat_token": secret("0.28", "0.28"),
    "rocketchat_token_id": secret("0.28", "0.28"),
    "mattermost_webhook_url": secret_url("0.32", "0.32"),
}
"""The fields of `global`."""
