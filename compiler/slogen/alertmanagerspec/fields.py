"""Mappings of fields, read by tables that say what each may hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from slogen import codes
from slogen.alertmanager.configuration import SecretFile, SecretKey, Value
from slogen.alertmanagerspec import scalars
from slogen.alertmanagerspec.fieldtypes import Field, Form
from slogen.diagnostics import Label, Report, is_clear, nearest, quoted, respelt
from slogen.source import Node, Span

_BOTH_MAY_BE = frozenset(("auth_password", "auth_secret"))
"""Fields of `email` that Alertmanager takes together with their files."""
_FILE = "_file"
_PASSWORD = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#@:\s]*:([^/?#@\s]+)@")


@dataclass(slots=True)
class Written:
    """What a mapping says: the values, where each field is written, and what may be meant by unknown keys.

    What is refused is None; what has no value is not there at all.
    """

    values: dict[str, Value] = field(default_factory=dict)
    places: dict[str, Span] = field(default_factory=dict)
    meant: set[str] = field(default_factory=set)

    def has(self, name: str) -> bool:
        """Whether a field, or one within another (`http_config.authorization`), is given and not empty."""
        value: Value = self.values
        for step in name.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
        return value is not None and value != ""

    def is_refused(self, name: str) -> bool:
        """Whether a field is there and cannot be read, or is misspelt: then it has its own finding."""
        return name in self.meant or (name in self.values and self.values[name] is None)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads mappings. With `references` secrets are references to where they are kept, and nothing else."""

    report: Report
    references: bool

    def refuse(self, at: Span, message: str, remedy: str = "", also: Iterable[Label] = ()) -> None:
        """Reports what Alertmanager refuses."""
        self.report.report(codes.REFUSED_BY_ALERTMANAGER, at, message, also=also, help=remedy)

    def mapping(self, node: Node, holds: Field, what: str, hints: Mapping[str, str] | None = None) -> Written:
        """The fields of a mapping. `what` names it in messages; `hints` help with keys that are not there."""
        written = Written()
        if node.value is None:
            return written
        if not isinstance(node.value, dict):
            self.refuse(node.span, f"{what} is no mapping", "write `key: value` pairs")
            return written
        for key, child in node.value.items():
            self._field(key, child, node, holds.inside, written, what, hints or {})
        self._check_exclusive(written, holds.only_one, what)
        return written

    def _field(
        self,
        key: str,
        child: Node,
        parent: Node,
        known: Mapping[str, Field],
        written: Written,
        what: str,
        hints: Mapping[str, str],
    ) -> None:
        at = parent.keys[key]
        name = key if key in known else key.removesuffix(_FILE)
        about = known.get(name)
        is_file = name != key
        if about is None or (is_file and about.file_since is None):
            meant = self.unknown_key(key, at, _keys(known), parent.keys, what, hints.get(key, ""))
            if meant:
                written.meant.add(meant.removesuffix(_FILE))
            return
        if is_file and self.references:
            help_ = f"write `{name}: {{file: {scalars.shown(child)}}}`"
            self.report.report(codes.UNKNOWN_KEY, at, f"unknown key `{key}`", help=help_)
            written.meant.add(name)
            return
        if child.value is None:
            return
        value = self._path(child) if is_file else self._value(child, about, name, written)
        if value is None and child.value not in (None, ""):
            written.meant.add(name)  # what is there and cannot be read is not missing, too
        if written.has(name) and value not in (None, ""):
            if name not in _BOTH_MAY_BE:
                first = Label(written.places[name], "the first one")
                self.refuse(at, f"both `{name}` and `{name}{_FILE}` are given", "keep one of them", (first,))
            return
        if value is not None or name not in written.values:
            written.values[name] = value
            written.places[name] = at

    def unknown_key(
        self, key: str, at: Span, known: Sequence[str], present: Iterable[str], what: str, hint: str = ""
    ) -> str | None:
        """Reports a key that Alertmanager does not know; the key that may be meant, if one is near."""
        free = [name for name in known if name not in set(present)]
        meant = None if hint else nearest(key, free)
        help_ = hint or (f"did you mean `{meant}`?" if meant else f"the keys here are {quoted(known)}")
        if not meant and not hint and nearest(key, known):
            help_ = f"`{nearest(key, known)}` is already there; delete one of the two"
        fixes = respelt(at, key, meant) if meant and is_clear(key, free) else ()
        self.report.report(codes.UNKNOWN_KEY, at, f"unknown key `{key}` in {what}", help=help_, fixes=fixes)
        return meant

    def check_needs(self, written: Written, needs: Iterable[tuple[str, ...]], at: Span, what: str) -> None:
        """Reports the fields without which Alertmanager refuses a mapping."""
        for names in needs:
            if not any(written.has(name) or written.is_refused(name) for name in names):
                asked = " or ".join(f"`{name}`" for name in names)
                self.refuse(at, f"{asked} is missing in {what}", f"add `{names[0].replace('.', ': ')}:`")

    def _check_exclusive(self, written: Written, groups: Iterable[tuple[str, ...]], what: str) -> None:
        for names in groups:
            given = [name for name in names if written.values.get(name) not in (None, "", False)]
            for name in given[1:]:
                first = Label(written.places[given[0]], "the first one")
                message = f"{what} has both `{given[0]}` and `{name}`"
                self.refuse(written.places[name], message, "keep one of them", (first,))

    # values -------------------------------------------------------------------------------------------

    def _path(self, node: Node) -> Value:
        try:
            path = scalars.text(node)
        except scalars.UnfitError as unfit:
            self._unfit(node, unfit)
            return None
        return SecretFile(path) if path else ""

    def _unfit(self, node: Node, unfit: scalars.UnfitError) -> None:
        subject = "this" if isinstance(node.value, (list, dict)) else f"`{scalars.shown(node)}`"
        self.refuse(node.span, f"{subject} {unfit.problem}", unfit.remedy)

    def _value(self, node: Node, about: Field, name: str, written: Written) -> Value:
        if self.references and isinstance(node.value, dict) and _may_be_reference(about):
            if about.file_since is None:
                self.refuse(node.span, f"Alertmanager reads `{name}` from no file", "delete it")
                return None
            return self.reference(node, name)
        if self.references and about.is_secret and about.form is not Form.TEXTS and node.value is not None:
            self._report_inline(node, name)
            return None
        if about.form in _COMPOSED:
            return self._composed(node, about, name, written)
        if about.form is not Form.TEXT and scalars.is_filled_in_later(node):
            return scalars.text(node)
        try:
            value = self._scalar(node, about)
        except scalars.UnfitError as unfit:
            self._unfit(node, unfit)
            return None
        if about.is_secret and isinstance(value, str):
            self._check_secret(node, value, name)
        elif isinstance(value, str) and "://" in value:
            self._check_password(node, value, name)
        return value

    def _scalar(self, node: Node, about: Field) -> Value:
        match about.form:
            case Form.FLAG:
                return scalars.flag(node)
            case Form.WHOLE:
                return scalars.whole(node)
            case Form.COUNT:
                return scalars.whole(node, least=0)
            case Form.NUMBER:
                return scalars.number(node)
            case Form.DURATION:
                scalars.duration(node)
                return scalars.text(node)
            case Form.SPAN:
                return scalars.span(node)
            case Form.URL | Form.URL_TEMPLATE:
                is_template = about.form is Form.URL_TEMPLATE
                return scalars.url(node, is_template=is_template, is_secret=about.is_secret or is_template)
            case Form.ADDRESS:
                return scalars.address(node)
        return self._choice(node, about)

    def _choice(self, node: Node, about: Field) -> str:
        value = scalars.text(node)
        if about.choices and value not in about.choices:
            meant = nearest(value, about.choices)
            listed = quoted([choice for choice in about.choices if choice], "or")
            remedy = f"did you mean `{meant}`?" if meant else f"write {listed}"
            raise scalars.UnfitError("is not allowed here", remedy)
        return value

    def _composed(self, node: Node, about: Field, name: str, written: Written) -> Value:
        match about.form:
            case Form.TREE:
                return _tree(node)
            case Form.TREE_BY_NAME:
                return {key: _tree(item) for key, item in self._pairs(node, name)}
            case Form.TEXTS:
                return self._texts(node, about, name)
            case Form.TEXT_BY_NAME:
                return self._by_name(node, name)
            case Form.MAPPINGS:
                return [
                    self._inner(item, about, f"an item of `{name}`", f"{name}.{i}", written)
                    for i, item in enumerate(self.items(node, name))
                ]
            case Form.NAMED:
                return {
                    key: self._inner(item, about, f"`{key}`", f"{name}.{key}", written)
                    for key, item in self._pairs(node, name)
                }
            case Form.TEXT_OR_MAPPING if not isinstance(node.value, dict):
                return self._value(node, Field(), name, written)
        return self._inner(node, about, f"`{name}`", name, written)

    def _inner(self, node: Node, about: Field, what: str, path: str, written: Written) -> Value:
        inner = self.mapping(node, about, what)
        head = next(iter(node.keys.values()), node.span)
        if isinstance(node.value, dict) or (node.value is None and about.is_whole):
            self.check_needs(inner, about.needs, head, what)
        written.places.update({f"{path}.{name}": at for name, at in inner.places.items()})
        return inner.values

    def items(self, node: Node, name: str) -> list[Node]:
        """The items of a list; none of anything else, which is reported."""
        if node.value is None:
            return []
        if not isinstance(node.value, list):
            self.refuse(node.span, f"`{name}` is no list", "write a list, each item behind a `-`")
            return []
        return node.value

    def _pairs(self, node: Node, name: str) -> Iterator[tuple[str, Node]]:
        if isinstance(node.value, dict):
            yield from node.value.items()
        else:
            self.refuse(node.span, f"`{name}` is no mapping", "write `key: value` pairs")

    def _texts(self, node: Node, about: Field, name: str) -> list[Value]:
        if name == "files":
            return [self._path(item) for item in self.items(node, name)]
        found: list[Value] = []
        for item in self.items(node, name):
            one = Field(is_secret=about.is_secret, file_since="" if about.is_secret else None)
            found.append(self._value(item, one, name, Written()))
        return found

    def texts_of(self, node: Node, key: str) -> None:
        """Reports what is no text below the names of a mapping."""
        found = node.get(key)
        if found is not None and found.value is not None:
            self._by_name(found, key)

    def _by_name(self, node: Node, name: str) -> dict[str, Value]:
        return {key: self._value(item, Field(), key, Written()) for key, item in self._pairs(node, name)}

    # secrets ------------------------------------------------------------------------------------------

    def reference(self, node: Node, name: str) -> SecretFile | SecretKey | None:
        """Where a secret is kept: in a file, or below a key of a Kubernetes Secret."""
        assert isinstance(node.value, dict)
        for key in node.keys:
            if key not in ("file", "secret", "key"):
                self.unknown_key(key, node.keys[key], ("file", "secret", "key"), node.keys, f"`{name}`")
                return None
        if "file" in node.keys and len(node.keys) > 1:
            other = next(key for key in node.keys if key != "file")
            self.refuse(node.keys[other], f"`{name}` has both `file` and `{other}`", "keep one of the two")
            return None
        texts = {key: self._reference_part(node, key) for key in node.keys}
        if "file" in texts:
            return SecretFile(texts["file"]) if texts["file"] else None
        for key in ("secret", "key"):
            if key not in texts:
                at = next(iter(node.keys.values()), node.span)
                self.report.report(
                    codes.MISSING_KEY, at, f"`{key}` is missing in `{name}`", help=f"add `{key}:`"
                )
                return None
        return SecretKey(texts["secret"], texts["key"]) if all(texts.values()) else None

    def _reference_part(self, node: Node, key: str) -> str:
        child = node.get(key)
        assert child is not None
        if isinstance(child.value, str) and child.value.strip():
            return child.value
        self.report.report(codes.BAD_VALUE, child.span, f"`{key}` names nothing", help="write a name")
        return ""

    def _check_password(self, node: Node, value: str, name: str) -> None:
        """Reports a password within a URL; that of a proxy cannot be written elsewhere."""
        found = _PASSWORD.match(value)
        if found is None or name == "proxy_url" or is_blank(found[1]) or scalars.is_filled_in_later(node):
            return
        self.report.report(
            codes.INLINE_SECRET if self.references else codes.SECRET_IN_PLAIN_TEXT,
            node.span.slice(*found.span(1)),
            f"the URL of `{name}` holds a password",
            help="write the URL without it, and `basic_auth` into `http_config`, with the password elsewhere",
        )

    def _report_inline(self, node: Node, name: str) -> None:
        self.report.report(
            codes.INLINE_SECRET,
            node.span,
            f"the secret `{name}` is written into the document",
            help=f"refer to it: `{name}: {{secret: NAME, key: KEY}}`, or `{name}: {{file: PATH}}`",
        )

    def _check_secret(self, node: Node, value: str, name: str) -> None:
        """Warns of a secret in plain text, unless it is empty or a blank to be filled in."""
        if self.references or not value.strip() or is_blank(value) or scalars.is_filled_in_later(node):
            return
        self.report.report(
            codes.SECRET_IN_PLAIN_TEXT,
            node.span,
            f"the secret `{name}` can be read by all who read this file",
            help=f"put it into a file: `{name}{_FILE}: PATH`",
        )


_COMPOSED = frozenset(
    (
        *(Form.TREE, Form.TREE_BY_NAME, Form.TEXTS, Form.TEXT_BY_NAME),
        *(Form.MAPPING, Form.MAPPINGS, Form.NAMED, Form.TEXT_OR_MAPPING),
    )
)


def _may_be_reference(about: Field) -> bool:
    return about.form not in _COMPOSED and (about.is_secret or about.file_since is not None)


def _keys(known: Mapping[str, Field]) -> list[str]:
    """The keys of fields, those of their files included."""
    return [
        key
        for name, about in known.items()
        for key in ((name,) if about.file_since is None else (name, f"{name}{_FILE}"))
    ]


def _tree(node: Node) -> Value:
    if isinstance(node.value, dict):
        return {key: _tree(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [_tree(child) for child in node.value]
    return node.value


_BLANKS = (
    *("<", "%(", "%{", "...", "***", "xxx", "your", "changeme", "change-me", "change_me", "change me"),
    *("replace", "example", "placeholder", "dummy", "fake", "todo", "redacted"),
)


def is_blank(value: str) -> bool:
    """Whether a text stands for a secret that is filled in elsewhere, or shows where one goes."""
    folded = value.casefold()
    return any(blank in folded for blank in _BLANKS)
