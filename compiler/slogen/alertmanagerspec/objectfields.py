"""What an AlertmanagerConfig object can hold: the fields of each kind of receiver, in both of its versions.

Every field has two names: that in objects, and that in files of Alertmanager. Source: the schemas of
prometheus-operator v0.93, and for what they do not say its pkg/alertmanager/amcfg.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

API_GROUP = "monitoring.coreos.com"
KIND = "AlertmanagerConfig"
V1ALPHA1, V1BETA1 = "v1alpha1", "v1beta1"
VERSIONS = (V1ALPHA1, V1BETA1)


class Holds(Enum):
    """What a field holds in an object."""

    TEXT = auto()
    WORD = auto()
    """Text that is not empty."""
    URL = auto()
    PROXY_URL = auto()
    DURATION = auto()
    FLAG = auto()
    WHOLE = auto()
    TEXTS = auto()
    MAP = auto()
    PAIRS = auto()
    """A list of `{key, value}` for what files write as a mapping."""
    SECRET = auto()
    """A key of a Secret, which from v1beta1 on must be named in full."""
    CORE_SECRET = auto()
    """A key of a Secret, as Kubernetes itself has it: it may be optional."""
    FILE = auto()
    """The path of a file, for what files write with `_file`."""
    ASSET = auto()
    """A key of a Secret or of a ConfigMap."""
    HEADERS = auto()
    """Lists of keys of Secrets, by the names of headers."""
    GROUP = auto()
    GROUPS = auto()


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an object: its `name` there, and the `file_name` that files of Alertmanager have for it.

    `parts` are the fields of a group by their names, `choices` the only values, and `only` is the version of
    objects that alone has the field.
    """

    name: str
    file_name: str
    holds: Holds
    is_required: bool = False
    parts: Mapping[str, Field] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    only: str = ""


Fields = Mapping[str, Field]
"""Fields by their names in objects."""

_HOLDS = {
    "text": Holds.TEXT,
    "word": Holds.WORD,
    "url": Holds.URL,
    "proxy_url": Holds.PROXY_URL,
    "duration": Holds.DURATION,
    "flag": Holds.FLAG,
    "whole": Holds.WHOLE,
    "texts": Holds.TEXTS,
    "map": Holds.MAP,
    "pairs": Holds.PAIRS,
    "secret": Holds.SECRET,
    "core_secret": Holds.CORE_SECRET,
    "file": Holds.FILE,
    "asset": Holds.ASSET,
    "headers": Holds.HEADERS,
}


def _fields(*others: Field, **names: str) -> Fields:
    """Fields by what they hold: names, `!` for what is required, and `=` before another name in files."""
    found: dict[str, Field] = {}
    for holds, written in names.items():
        for item in written.split():
            name, _, file_name = item.partition("=")
            plain = name.rstrip("!")
            found[plain] = Field(plain, file_name or _in_files(plain), _HOLDS[holds], name != plain)
    return {**found, **{other.name: other for other in others}}


def _in_files(name: str) -> str:
    """`apiURL` is `api_url` in files."""
    written = ""
    for index, char in enumerate(name):
        begins = char.isupper() and (not name[index - 1].isupper() or name[index + 1 : index + 2].islower())
        written += f"_{char.lower()}" if begins and index else char.lower()
    return written


def _group(name: str, parts: Fields, file_name: str = "", *, is_required: bool = False) -> Field:
    return Field(name, file_name or _in_files(name), Holds.GROUP, is_required, parts)


def _groups(name: str, parts: Fields, file_name: str = "") -> Field:
    return Field(name, file_name or _in_files(name), Holds.GROUPS, False, parts)


def _choice(name: str, *choices: str, is_required: bool = False) -> Field:
    return Field(name, _in_files(name), Holds.TEXT, is_required, choices=choices)


_TLS_VERSIONS = ("TLS10", "TLS11", "TLS12", "TLS13")
_TLS = _group(
    "tlsConfig",
    _fields(
        _choice("minVersion", *_TLS_VERSIONS),
        _choice("maxVersion", *_TLS_VERSIONS),
        asset="ca cert",
        core_secret="keySecret=key",
        text="serverName",
        flag="insecureSkipVerify",
    ),
)
_PROXY = _fields(
    text="noProxy", proxy_url="proxyUrl", flag="proxyFromEnvironment", headers="proxyConnectHeader"
)
_OAUTH2 = _fields(
    _TLS,
    *_PROXY.values(),
    asset="clientId!",
    core_secret="clientSecret!",
    url="tokenUrl!",
    texts="scopes",
    map="endpointParams",
)
_HTTP = _group(
    "httpConfig",
    _fields(
        _group("authorization", _fields(text="type", core_secret="credentials")),
        _group("basicAuth", _fields(core_secret="username password")),
        _group("oauth2", _OAUTH2),
        _TLS,
        *_PROXY.values(),
        secret="bearerTokenSecret=bearer_token",
        text="proxyURL",
        flag="followRedirects enableHttp2=enable_http2",
    ),
)
_LINK = _fields(word="alt=text", text="href")
_IMAGE = _fields(word="alt src", text="href")
_CONFIRMATION = _fields(word="text! title okText dismissText")
_SLACK_ACTION = _fields(_group("confirm", _CONFIRMATION), word="type! text! name style value", text="url")
_SLACK_FIELD = _fields(word="title! value!", flag="short")
_RESPONDER = _fields(
    _choice("type", "team", "teams", "user", "escalation", "schedule", is_required=True),
    word="id name username",
)
_SIGV4 = _fields(
    text="profile region roleArn",
    word="externalId",
    core_secret="accessKey secretKey",
    flag="useFIPSSTSEndpoint=use_fips_sts_endpoint",
)

KINDS: Mapping[str, Fields] = {
    "discord": _fields(
        _HTTP,
        core_secret="apiURL!=webhook_url",
        url="avatarURL",
        word="content username",
        text="message title",
        flag="sendResolved",
    ),
    "email": _fields(
        _TLS,
        _group("threading", _fields(_choice("threadByDate", "Daily", "None", is_required=True))),
        word="to from hello smarthost authUsername authIdentity text",
        text="html",
        secret="authPassword authSecret",
        pairs="headers",
        flag="requireTLS forceImplicitTLS sendResolved",
    ),
    "msteams": _fields(_HTTP, core_secret="webhookUrl!", text="summary text title", flag="sendResolved"),
    "msteamsv2": _fields(_HTTP, core_secret="webhookURL", word="text title", flag="sendResolved"),
    "opsgenie": _fields(
        _HTTP,
        _groups("responders", _RESPONDER),
        Field("updateAlerts", "update_alerts", Holds.FLAG, only=V1ALPHA1),
        secret="apiKey",
        url="apiURL",
        word="actions description entity message note priority source tags",
        pairs="details",
        flag="sendResolved",
    ),
    "pagerduty": _fields(
        _HTTP,
        _groups("pagerDutyImageConfigs", _IMAGE, "images"),
        _groups("pagerDutyLinkConfigs", _LINK, "links"),
        secret="routingKey serviceKey",
        url="url",
        text="clientURL",
        word="class client component description group severity source",
        pairs="details",
        duration="timeout",
        flag="sendResolved",
    ),
    "pushover": _fields(
        _HTTP,
        secret="userKey token",
        file="userKeyFile=user_key tokenFile=token",
        word="device message priority sound title urlTitle",
        text="url",
        duration="expire retry ttl",
        flag="html monospace sendResolved",
    ),
    "rocketchat": _fields(
        _HTTP,
        _groups("actions", _fields(word="msg text", text="url")),
        _groups("fields", _fields(word="title value", flag="short")),
        core_secret="token! tokenID!",
        url="apiURL",
        text="iconURL imageURL thumbURL",
        word="channel color emoji text title titleLink",
        flag="linkNames shortFields sendResolved",
    ),
    "slack": _fields(
        _HTTP,
        _groups("actions", _SLACK_ACTION),
        _groups("fields", _SLACK_FIELD),
        secret="apiURL",
        word="callbackId channel color fallback footer iconEmoji messageText pretext text title username",
        text="iconURL imageURL thumbURL titleLink",
        texts="mrkdwnIn",
        duration="timeout",
        flag="linkNames sendResolved shortFields updateMessage",
    ),
    "sns": _fields(
        _HTTP,
        _group("sigv4", _SIGV4),
        text="apiURL",
        word="message phoneNumber subject targetARN topicARN",
        map="attributes",
        flag="sendResolved useAWSHTTPClient=use_aws_http_client",
    ),
    "telegram": _fields(
        _HTTP,
        _choice("parseMode", "MarkdownV2", "Markdown", "HTML"),
        secret="botToken",
        file="botTokenFile=bot_token",
        url="apiURL",
        whole="chatID! messageThreadID",
        text="message",
        flag="disableNotifications sendResolved",
    ),
    "victorops": _fields(
        _HTTP,
        secret="apiKey",
        url="apiUrl",
        word="routingKey! entityDisplayName messageType monitoringTool stateMessage",
        pairs="customFields",
        flag="sendResolved",
    ),
    "webex": _fields(_HTTP, url="apiURL", word="roomID!", text="message", flag="sendResolved"),
    "webhook": _fields(
        _HTTP,
        text="url",
        secret="urlSecret=url",
        word="payload",
        whole="maxAlerts",
        duration="timeout",
        flag="sendResolved",
    ),
    "wechat": _fields(
        _HTTP,
        secret="apiSecret",
        url="apiURL",
        word="agentID corpID message messageType toParty toTag toUser",
        flag="sendResolved",
    ),
}
"""The fields of each kind, which objects list below `<kind>Configs`."""


FILLED = frozenset(("actions", "fields", "mrkdwnIn"))
"""Lists that may not be empty."""


def of_file_name(fields: Fields, name: str) -> tuple[Field, ...]:
    """The fields that hold what files write under a name: several where its form decides."""
    return tuple(one for one in fields.values() if one.file_name == name)
