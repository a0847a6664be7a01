"""What notifications read: templates of Alertmanager around the labels and annotations of alerts.

All functions in them are those of Alertmanager 0.25 and of Go 1.19. Each text begins with what the person who
is called needs first, since chats fold long texts and Alertmanager cuts them: since when, links, facts, and
then the rest. Words of alerts are escaped for each service and are cut, so that nothing in them breaks a
message. Plain webhooks need nothing of this: their payload is fixed, and has all labels and annotations.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from slogen import names
from slogen.alertmanager.configuration import Fields, Value
from slogen.ir import Settings
from slogen.routing.markup import STYLES, Style, address, called, piped, quoted
from slogen.routing.severities import paging
from slogen.teams import Routing

_CALL = re.compile(r'\{\{-? *template "([^"]+)"')


@dataclass(frozen=True, slots=True)
class Terms:
    """The words of a project in labels: the label of owners, and the severities that page."""

    owner: str = names.OWNER
    pages: tuple[str, ...] = ("critical",)

    @classmethod
    def of(cls, routing: Routing, settings: Settings) -> Terms:
        """Those of a Routing document, or else of the settings."""
        return cls(settings.owner_label, paging(routing, settings))


_USUAL_TERMS = Terms()
_NOTHING: Fields = MappingProxyType({})


def defines(terms: Terms = _USUAL_TERMS, kinds: Iterable[str] | None = None) -> str:
    """The text of a file of templates: those that `fields` of these kinds need, by default of all."""
    templates = _templates(terms)
    everything = _all_fields(terms)
    told = everything.values() if kinds is None else [everything.get(kind, {}) for kind in kinds]
    needed = _needed(" ".join(text for some in told for text in _texts(some)), templates)
    return "\n".join(
        f"{{{{/* {templates[name].about}. */}}}}\n{_defined(name, templates[name].body)}" for name in needed
    )


def _defined(name: str, body: str) -> str:
    return f'{{{{ define "{name}" -}}}}\n{body}\n{{{{- end -}}}}\n'


def fields(kind: str, terms: Terms = _USUAL_TERMS, stated: Fields = _NOTHING) -> Fields:
    """What an integration of a kind is told by templates of `defines`, but for what its author states.

    Nothing for kinds whose messages are fixed (`webhook`), and for those that keep Alertmanager's own texts.
    """
    if kind == "telegram" and stated.get("parse_mode", "HTML") != "HTML":
        return {}
    found = _all_fields(terms).get(kind, {})
    return {name: value for name, value in found.items() if name not in stated}


def inlined(kind: str, terms: Terms = _USUAL_TERMS, stated: Fields = _NOTHING) -> Fields:
    """The same as `fields`, each text with all the templates that it needs within itself."""
    templates = _templates(terms)
    return {name: _inlined(value, templates) for name, value in fields(kind, terms, stated).items()}


def _inlined(value: Value, templates: Mapping[str, _Template]) -> Value:
    if isinstance(value, str):
        needed = [_defined(name, templates[name].body) for name in _needed(value, templates)]
        return "".join([*needed, value])
    if isinstance(value, Mapping):
        return {name: _inlined(part, templates) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_inlined(part, templates) for part in value]
    return value


def _texts(value: Value) -> Iterator[str]:
    """All texts in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


def _needed(text: str, templates: Mapping[str, _Template]) -> list[str]:
    """The templates that a text calls, by itself or through others, in the order of the file."""
    found: set[str] = set()
    waiting = _CALL.findall(text)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _CALL.findall(templates[name].body)
    return [name for name in templates if name in found]


@dataclass(frozen=True, slots=True)
class _Template:
    body: str
    about: str


# texts ------------------------------------------------------------------------------------------------


def _strings(*words: str) -> str:
    return f"(stringSlice {' '.join(map(quoted, words))})"


_TIME = 'UTC.Format "2006-01-02 15:04:05 UTC"'

# Labels that a message tells otherwise, those that a title needs not, and annotations with their own place.
_IDENTITY = (names.ID_LABEL, names.SERVICE_LABEL, names.SLO_LABEL, names.SEVERITY_LABEL, names.WINDOW_LABEL)
_TOLD = _strings(names.SEVERITY, *_IDENTITY)
_UNTITLED = _strings("alertname", names.SEVERITY, names.OWNER, *_IDENTITY)
_PLACED = _strings(
    *("summary", "title", "description", "message"),
    *("runbook_url", "runbook", "dashboard", "dashboard_url"),
)

_TAG = """
{{- if eq .Status "resolved" }}RESOLVED
{{- else }}{{ or .CommonLabels.severity "alert" | toUpper }}
{{- if gt (len .Alerts.Firing) 1 }} ×{{ len .Alerts.Firing }}{{ end }}
{{- end }}
"""

_WHEN = """
{{- if eq .Status "firing" }}since {{ .StartsAt.TIME }}
{{- else }}from {{ .StartsAt.TIME }} to {{ .EndsAt.TIME }}
{{- end }}
"""

# Without a summary: the alert, or how many, and what they share.
_TITLE = """
[{{ template "slogen.tag" . }}] {{ with or .CommonAnnotations.summary .CommonAnnotations.message }}[[.!head]]
{{- else }}{{ with .CommonLabels.alertname }}[[.!name]]{{ else }}{{ len .Alerts }} alerts{{ end }}
{{- with .CommonLabels.service }} of [[.!name]]{{ with $.CommonLabels.slo }} [[.!name]]{{ end }}
{{- else }}{{ range $i, $label := (.CommonLabels.Remove UNTITLED).SortedPairs }}
{{- if lt $i 3 }}, {{ $label.Name }} [[$label.Value!name]]{{ end }}
{{- end }}{{ end }}
{{- end }}
"""

# A silence for what the alerts share, but for values that no address can have. An SLO is known by one label,
# so that the address stays short.
_SILENCE = r"""
{{- .ExternalURL }}/#/silences/new?filter=%7B
{{- $labels := .CommonLabels }}{{ $comma := "" }}
{{- if $labels.sloth_id }}{{ $labels = $labels.Remove KNOWN }}{{ end }}
{{- range $labels.SortedPairs }}{{ if match "^[^\\p{Cc}]{0,120}$" .Value }}
{{- $comma }}{{ $comma = "COMMA" }}{{ .Name }}%3D%22
{{- .Value | reReplaceAll "\\\\" "\\\\" | reReplaceAll "\"" "\\\""ENCODED }}%22
{{- end }}{{ end }}%7D
"""

# What the identity of an SLO says as well.
_KNOWN = _strings(names.SERVICE, names.SLO, names.SERVICE_LABEL, names.SLO_LABEL)

# What stands in the address of a silence for itself. Pages of HTML encode by themselves.
_ENCODED = piped(
    (
        ("%", "%25"),
        (" ", "%20"),
        ('"', "%22"),
        ("#", "%23"),
        ("&", "%26"),
        ("[(]", "%28"),
        ("[)]", "%29"),
        ("[+]", "%2B"),
        ("<", "%3C"),
        (">", "%3E"),
        (r"\\", "%5C"),
        ("`", "%60"),
        ("[|]", "%7C"),
    )
)

_RUNBOOK = "or .CommonAnnotations.runbook_url .CommonAnnotations.runbook"
_DASHBOARD = "or .CommonAnnotations.dashboard .CommonAnnotations.dashboard_url"
_ADDRESS = '{{ with EITHER }}{{ if match "^https?://" . }}{{ template "slogen.address" . }}{{ end }}{{ end }}'

_LINKS = """
¶
{{- with RUNBOOK }}<<Runbook>>{{ end }}
{{- with DASHBOARD }}<<Dashboard>>{{ end }}
{{- if eq (len .Alerts) 1 }}{{ with (index .Alerts 0).GeneratorURL }}<<Query>>{{ end }}{{ end }}
{{- if .Alerts.Firing }}SILENCE{{ else }}ALERTMANAGER{{ end }}
"""

_TEXT = """
{{- if gt (len .Alerts) 1 }}{{ len .Alerts.Firing }} firing, {{ len .Alerts.Resolved }} resolved
{{- else }}{{ range .Alerts }}{{ if eq .Status "firing" }}Firing {{ else }}Resolved; fired {{ end }}
{{- template "slogen.when" . }}{{ end }}
{{- end }}
LINKS
{{- range $i, $label := (.CommonLabels.Remove TOLD).SortedPairs }}
{{- if lt $i 12 }}{{ if $i }} · {{ else }}¶{{ end }}{{ $label.Name }} **[[$label.Value!fact]]**{{ end }}
{{- end }}
{{- with or .CommonAnnotations.description .CommonAnnotations.message }}¶[[.!long]]{{ end }}
{{- range $i, $note := (.CommonAnnotations.Remove PLACED).SortedPairs }}
{{- if and (lt $i 6) (not (match "^_" $note.Name)) }}¶{{ $note.Name }}: [[$note.Value!short]]{{ end }}
{{- end }}
{{- if gt (len .Alerts) 1 }}
{{- with .Alerts.Firing }}LIST Firing{{ end }}
{{- with .Alerts.Resolved }}LIST Resolved{{ end }}
{{- end }}
"""

# Each alert by what it does not share with the others.
_LIST = """¶**HEAD**{{ if gt (len .) ALERTS }} (ALERTS of {{ len . }}){{ end }}
{{- range $i, $alert := . }}{{ if lt $i ALERTS }}¶•{{ " " }}
{{- range $j, $label := ($alert.Labels.Remove $.CommonLabels.Names).SortedPairs }}
{{- if lt $j 6 }}{{ if $j }}, {{ end }}{{ $label.Name }} **[[$label.Value!fact]]**{{ end }}
{{- else }}{{ $alert.Labels.alertname }}
{{- end }} {{ template "slogen.when" $alert }}
{{- if not $.CommonAnnotations.summary }}
{{- with or $alert.Annotations.summary $alert.Annotations.message $alert.Annotations.description -}}
: [[.!short]]{{ end }}
{{- end }}
{{- end }}{{ end }}"""


_PRIORITIES = {
    "slack.color": ("good", "danger", "warning", "The color in Slack"),
    "pagerduty.severity": ("info", "critical", "warning", "The severity in PagerDuty"),
    "opsgenie.priority": ("P5", "P1", "P3", "The priority in Opsgenie"),
    "pushover.priority": ("0", "2", "0", "The priority in Pushover, where 2 rings until somebody answers"),
    "victorops.type": ("INFO", "CRITICAL", "WARNING", "The type of a message to VictorOps"),
    "email.color": ("#2e8540", "#c92a2a", "#e8a200", "The color of an email"),
}

_EMAIL = """
<!DOCTYPE html>
<html>
<head><meta charset="UTF-8"><title>{{ template "slogen.title" . }}</title></head>
<body style="font-family: Helvetica, Arial, sans-serif; font-size: 14px; color: #222">
<h2 style="font-size: 18px; border-left: 8px solid {{ template "slogen.email.color" . }}; padding-left: 8px">
{{- template "slogen.title" . }}</h2>
<pre style="font-family: inherit; white-space: pre-wrap">{{ template "slogen.html.text" . }}</pre>
</body>
</html>
"""


def _templates(terms: Terms) -> dict[str, _Template]:
    """All templates by their names."""
    silence = _SILENCE.replace("KNOWN", _KNOWN)
    quiet = silence.replace("COMMA", "%2C%20").replace("ENCODED", _ENCODED)
    in_html = silence.replace("COMMA", ", ").replace("ENCODED", "")
    found = {
        "tag": _Template(_TAG, "The severity of the alerts and how many fire, or that none does any more"),
        "when": _Template(_WHEN.replace("TIME", _TIME), "Since when one alert fires, or when it did"),
        "address": _Template(address(), "An address"),
        "silence": _Template(quiet, "The address of a silence for the alerts"),
        "silence.html": _Template(in_html, "The same for HTML, which encodes it"),
        "runbook": _Template(
            _ADDRESS.replace("EITHER", _RUNBOOK), "The address of the runbook, if it is one"
        ),
        "dashboard": _Template(_ADDRESS.replace("EITHER", _DASHBOARD), "The address of the dashboard"),
        "title": _Template(_title("plain"), "What happens, in one line"),
        "title.brief": _Template(_title("brief"), "The same in 130 characters"),
    }
    for style in STYLES.values():
        found.update((name, _Template(body, about)) for name, body, about in style.words())
    for name in ("slack", "discord", "teams", "webex"):
        found[f"{name}.title"] = _Template(_title(name), f"The same in {STYLES[name].about}")
    found.update(_priorities(terms))
    for name, style in STYLES.items():
        if name != "brief":
            found[f"{name}.text"] = _Template(_text(style), f"All below the title, in {style.about}")
    found["email"] = _Template(_EMAIL, "An email")
    return {f"slogen.{name}": _Template(made.body.strip("\n"), made.about) for name, made in found.items()}


def _priorities(terms: Terms) -> Iterator[tuple[str, _Template]]:
    """What services have for urgency: when resolved, for pages, and for the rest."""
    either = "|".join(re.escape(page) for page in terms.pages)
    pages = f"match {quoted(f'^(?:{either})$')} .CommonLabels.{names.SEVERITY}" if either else "false"
    for name, (resolved, page, other, about) in _PRIORITIES.items():
        body = f"{resolved}{{{{ else if {pages} }}}}{page}{{{{ else }}}}{other}"
        yield name, _Template(f'{{{{ if eq .Status "resolved" }}}}{body}{{{{ end }}}}', about)


def _title(style: str) -> str:
    return STYLES[style].written(_TITLE.replace("UNTITLED", _UNTITLED))


def _text(style: Style) -> str:
    """All that a message says below its title."""
    parts = {
        "LINKS": _LINKS if style.links else "",
        "LIST Firing": _LIST.replace("HEAD", "Firing"),
        "LIST Resolved": _LIST.replace("HEAD", "Resolved"),
        "RUNBOOK": _RUNBOOK,
        "DASHBOARD": _DASHBOARD,
        "TOLD": _TOLD,
        "PLACED": _PLACED,
    }
    text = _TEXT
    for name, part in parts.items():
        text = text.replace(name, part.strip("\n"))
    silence = called("silence.html" if style.is_html else "silence")
    return (
        style.written(text)
        .replace("SILENCE", style.to("Silence", silence))
        .replace("ALERTMANAGER", style.to("Alertmanager", "{{ .ExternalURL }}"))
    )


# fields -----------------------------------------------------------------------------------------------


def _all_fields(terms: Terms) -> Mapping[str, Fields]:
    owner = f"{{{{ index .CommonLabels {quoted(terms.owner)} }}}}"
    service = f"{{{{ .CommonLabels.{names.SERVICE} }}}}"
    # Alertmanager tells chats and mail of the end of alerts only if it is asked to.
    ends: Fields = {"send_resolved": True}
    teams = {"title": called("teams.title"), "text": called("teams.text")}
    return {
        "slack": {
            **ends,
            "color": called("slack.color"),
            "title": called("slack.title"),
            "text": called("slack.text"),
            "fallback": called("slack.title"),
        },
        "pagerduty": {
            "description": called("title"),
            "severity": called("pagerduty.severity"),
            "class": "{{ .CommonLabels.alertname }}",
            "component": service,
            "group": owner,
            "details": {"firing": called("plain.text"), "resolved": "{{ len .Alerts.Resolved }}"},
            "links": [
                {"href": called("runbook"), "text": "Runbook"},
                {"href": called("dashboard"), "text": "Dashboard"},
                {"href": called("silence"), "text": "Silence"},
            ],
        },
        "email": {
            **ends,
            "headers": {"Subject": called("title")},
            "html": called("email"),
            "text": f"{called('title')}\n\n{called('plain.text')}",
        },
        "opsgenie": {
            "message": called("title.brief"),
            "description": called("plain.text"),
            "priority": called("opsgenie.priority"),
            "tags": f"{owner},{service}",
        },
        "msteams": teams,
        "msteamsv2": teams,
        "discord": {"title": called("discord.title"), "message": called("discord.text")},
        "telegram": {
            "parse_mode": "HTML",
            "message": f"<b>{called('title')}</b>\n{called('telegram.text')}",
        },
        "webex": {"message": f"**{called('webex.title')}**\n\n{called('webex.text')}"},
        "pushover": {
            "title": called("title"),
            "message": called("pushover.text"),
            "priority": called("pushover.priority"),
        },
        "victorops": {
            "message_type": called("victorops.type"),
            "entity_display_name": called("title"),
            "state_message": called("plain.text"),
        },
    }
