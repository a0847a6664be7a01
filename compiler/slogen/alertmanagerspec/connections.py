"""How Alertmanager connects to others: the fields of `http_config` and `tls_config`."""

from __future__ import annotations

from typing import Final

from slogen.alertmanagerspec.fieldtypes import OLDEST, Field, Form, mapping, secret, texts

_TEXT: Final = Field()
_FLAG: Final = Field(Form.FLAG)
_BY_NAME: Final = Field(Form.TEXT_BY_NAME)

_TLS_VERSION = Field(choices=("TLS10", "TLS11", "TLS12", "TLS13"))
TLS: Final = {
    "ca": Field(since="0.28", file_since=OLDEST),
    "cert": Field(since="0.28", file_since=OLDEST),
    "key": Field(since="0.28", is_secret=True, file_since=OLDEST),
    **texts("ca_ref", "cert_ref", "key_ref", since="0.28"),
    "server_name": _TEXT,
    "insecure_skip_verify": _FLAG,
    "min_version": _TLS_VERSION,
    "max_version": _TLS_VERSION,
}
"""How certificates are checked and shown."""
TLS_CONFIG: Final = mapping(TLS)
"""`tls_config`."""
_HEADERS = mapping(
    {
        "values": Field(Form.TEXTS),
        "secrets": Field(Form.TEXTS, is_secret=True),
        "files": Field(Form.TEXTS),
    },
    "0.28",
    form=Form.NAMED,
)
_PROXY = {
    "proxy_url": _TEXT,
    "no_proxy": Field(since="0.26"),
    "proxy_from_environment": Field(Form.FLAG, "0.26"),
}
_OAUTH2 = {
    "client_id": _TEXT,
    "client_secret": secret(""),
    "client_secret_ref": Field(since="0.28"),
    "client_certificate_key": secret("0.31", "0.31"),
    **texts("client_certificate_key_id", "client_certificate_key_ref", "grant_type", since="0.31"),
    **texts("iss", "audience", "signature_algorithm", since="0.31"),
    "claims": Field(Form.TREE_BY_NAME, "0.31"),
    "scopes": Field(Form.TEXTS),
    "token_url": _TEXT,
    "endpoint_params": _BY_NAME,
    "tls_config": TLS_CONFIG,
    **_PROXY,
    "proxy_connect_header": Field(Form.TREE_BY_NAME, "0.26"),
}
_BASIC_AUTH = {
    "username": Field(file_since="0.27"),
    "password": secret(""),
    **texts("username_ref", "password_ref", since="0.28"),
}
_AUTHORIZATION = {"type": _TEXT, "credentials": secret(""), "credentials_ref": Field(since="0.28")}
HTTP: Final = {
    "basic_auth": mapping(_BASIC_AUTH),
    "authorization": mapping(_AUTHORIZATION),
    "oauth2": mapping(_OAUTH2, needs=(("client_id",), ("token_url",))),
    "bearer_token": secret(""),
    "tls_config": TLS_CONFIG,
    "follow_redirects": _FLAG,
    "enable_http2": _FLAG,
    **_PROXY,
    "proxy_connect_header": Field(Form.TREE_BY_NAME),
    "http_headers": _HEADERS,
}
"""The fields of `http_config`."""
HTTP_CONFIG: Final = mapping(
    HTTP,
    only_one=(
        ("basic_auth", "oauth2", "authorization", "bearer_token"),
        ("proxy_url", "proxy_from_environment"),
    ),
)
"""How connections over HTTP are made: `http_config`."""
