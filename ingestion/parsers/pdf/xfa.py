"""XFA forms, which are XML inside a PDF: what they ask, and what was filled in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from xml.etree.ElementTree import Element

from core.errors import UnreadableDocument
from ingestion.parsers.building import one_line, storable
from ingestion.parsers.pdf.forms import MAX_FIELDS, MAX_LABEL, MAX_VALUE, labelled
from ingestion.parsers.web.xml import parsed_xml

MAX_PACKET = 10 * 2**20
MAX_ELEMENTS = 200_000
CAPTION = ("caption", "value")
PRINTED = {"draw": ("value",), "field": CAPTION, "exclGroup": CAPTION}
UNSEEN = frozenset({"hidden", "invisible", "inactive"})
XHTML = "{http://www.w3.org/1999/xhtml}"
CONTENT_TYPE = "{http://www.xfa.org/schema/xfa-data/1.0/}contentType"
# Fields whose value is not something that people typed.
SECRET = ("passwordEdit", "imageEdit", "signature", "button", "barcode")
NEEDED = (b"template", b"datasets")
TOO_MUCH = "The form contains too much."


@dataclass(slots=True)
class XfaForm:
    """A form: `words` are printed on it, `lines` are `label: value`."""

    words: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Field:
    """A field to fill in; `shown` maps stored values to what people read."""

    label: str
    is_seen: bool
    is_secret: bool
    shown: Mapping[str, str]


def read_xfa(packets: Mapping[str, bytes]) -> XfaForm:
    """Read the form in these XML packets; empty if they hold neither template nor data.

    Hidden fields are left out, and so are values without a field if the template is known. Raises
    UnreadableDocument if the template or the data are damaged, unsafe or too large.
    """
    parts = _parts(packets)
    form, fields = XfaForm(), dict[str, _Field]()
    if template := parts.get("template"):
        _read_template(template, form, fields)
    for name, value in islice(_values(parts.get("datasets", ())), MAX_FIELDS):
        if template and name not in fields:
            continue
        known = fields.get(name, _Field(_spaced(name), True, False, {}))
        words = known.shown.get(value, value)
        if words and known.is_seen and not known.is_secret:
            form.lines.append(labelled(known.label, words))
    return form


def _parts(packets: Mapping[str, bytes]) -> dict[str, Element]:
    """Return `template` and `datasets`, which are packets or lie inside one."""
    parts: dict[str, Any] = {}
    for content in packets.values():
        if len(content) > MAX_PACKET:
            raise UnreadableDocument(TOO_MUCH)
        try:
            root = parsed_xml(content)
        except UnreadableDocument:
            if any(name in content for name in NEEDED):
                raise
            continue  # The first and the last packet are one tag each.
        for element in (root, *root):
            parts.setdefault(_local(element), element)
    return parts


def _read_template(template: Element, form: XfaForm, fields: dict[str, _Field]) -> None:
    elements = [(template, True)]
    for _ in range(MAX_ELEMENTS):
        if not elements:
            return
        element, is_seen = elements.pop()
        is_seen = is_seen and element.get("presence") not in UNSEEN
        kind = _local(element)
        if kind not in PRINTED:
            elements += ((child, is_seen) for child in reversed(element))
            continue
        words = _text(_child(element, *PRINTED[kind]))
        if words and is_seen:
            form.words.append(words)
        if kind != "draw":
            _add_field(element, fields, is_seen=is_seen)
    raise UnreadableDocument(TOO_MUCH)


def _add_field(element: Element, fields: dict[str, _Field], *, is_seen: bool) -> None:
    """Add a field under its name and the name of its data; a visible one goes first."""
    name = element.get("name") or ""
    bound = _child(element, "bind")
    reference = (bound.get("ref") or "") if bound is not None else ""
    label = _text(_child(element, *CAPTION)) or _text(_child(element, "assist", "toolTip"))
    kinds = {_local(kind) for kind in (_child(element, "ui") or ())}
    is_secret = not kinds.isdisjoint(SECRET)
    form_field = _Field(
        (label or _spaced(name))[:MAX_LABEL], is_seen, is_secret, _shown(element, kinds)
    )
    for key in {name, reference.rpartition(".")[2].partition("[")[0]} - {""}:
        if key not in fields or (is_seen and not fields[key].is_seen):
            fields[key] = form_field


def _shown(element: Element, kinds: Iterable[str]) -> dict[str, str]:
    """Return what people read for stored values: a choice, a caption, or `yes` for a tick."""
    if _local(element) == "exclGroup":
        buttons = [child for child in element if _local(child) == "field"]
        captions = [_text(_child(button, *CAPTION)) for button in buttons]
        stored = [next(iter(_items(button)), [""])[:1] for button in buttons]
        return {v[0]: words for v, words in zip(stored, captions, strict=True) if v and words}
    lists = _items(element)
    if "checkButton" in kinds:
        states = lists[0] if lists else ["1", "0"]
        return dict(zip(states, ("yes", "", ""), strict=False))
    return dict(zip(lists[1], lists[0], strict=False)) if len(lists) == 2 else {}


def _items(element: Element) -> list[list[str]]:
    """Return the lists of a field's choices, the stored values last."""
    lists = [child for child in element if _local(child) == "items"]
    lists.sort(key=lambda choices: choices.get("save") == "1")
    return [[_text(item) for item in choices] for choices in lists]


def _values(datasets: Iterable[Element]) -> Iterator[tuple[str, str]]:
    """Yield the names and values of the data in order, without recursion."""
    data = [part for part in datasets if _local(part) == "data"]
    elements = [("", element) for element in reversed(data)]
    for _ in range(MAX_ELEMENTS):
        if not elements:
            return
        parent, element = elements.pop()
        # Several choices are stored as several `value` elements.
        name = parent if _local(element) == "value" else _local(element)
        is_rich = any(str(child.tag).startswith(XHTML) for child in element)
        if len(element) and not is_rich:
            elements += ((name, child) for child in reversed(element))
        elif (value := _text(element)) and not element.get(CONTENT_TYPE, "").startswith("image"):
            yield name, value


def _text(element: Element | None) -> str:
    words = " ".join(element.itertext()) if element is not None else ""
    return one_line(storable(words[: 4 * MAX_VALUE]))[:MAX_VALUE]


def _child(element: Element, *path: str) -> Element | None:
    current: Element | None = element
    for name in path:
        if current is None:
            return None
        current = next((child for child in current if _local(child) == name), None)
    return current


def _spaced(name: str) -> str:
    return one_line(name.replace("_", " "))[:MAX_LABEL]


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
