"""The words of a PowerPoint text frame: numbered steps and formulas, nothing struck out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.etree import _Element as XmlElement
from pptx.text.text import TextFrame

from ingestion.parsers.building import one_line, raised
from ingestion.parsers.office.charts import A
from ingestion.parsers.office.word.numbering import in_kind

COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
WRAPPER, CHOICE = f"{COMPATIBLE}AlternateContent", f"{COMPATIBLE}Choice"
MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
STRUCK = ("sngStrike", "dblStrike")
MAX_START = 32_767
# Such as `alphaLcParenR` for `a)` (ECMA-376, 20.1.10.61); unknown schemes count in digits.
SCHEME = re.compile(r"(?P<kind>[a-z]+(?:Lc|Uc)?)\w*?(?P<marks>Period|ParenR|ParenBoth|Plain|Minus)")
KINDS = {
    "alphaLc": "lowerLetter",
    "alphaUc": "upperLetter",
    "romanLc": "lowerRoman",
    "romanUc": "upperRoman",
}
MARKS = {"ParenR": "{})", "ParenBoth": "({})", "Plain": "{}", "Minus": "{} -"}


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words of a line, which may be raised like an exponent."""

    words: str
    is_raised: bool = False


def unwrap(tree: XmlElement) -> None:
    """Put shapes in place of the wrappers in which PowerPoint keeps those with newer features."""
    for wrapper in list(tree.iter(WRAPPER)):
        parent = wrapper.getparent()
        choice = wrapper.find(CHOICE)
        if choice is None or not parent.tag.endswith(("}spTree", "}grpSp")):
            continue
        for shape in list(choice):
            wrapper.addprevious(shape)
        parent.remove(wrapper)


def frame_text(frame: TextFrame, line_break: str = " ") -> str:
    """Return the paragraphs of a frame as lines; those below the first level are list items."""
    counts: dict[int, tuple[str, int]] = {}
    return "\n".join(_paragraph(p._p, counts, line_break) for p in frame.paragraphs)


def _paragraph(paragraph: XmlElement, counts: dict[int, tuple[str, int]], line_break: str) -> str:
    """Return a paragraph; `counts` holds each level's numbering scheme and its last number."""
    words = ""
    for piece in _pieces(paragraph, line_break):
        words += raised(piece.words, words) if piece.is_raised else piece.words
    text = "\n".join(one_line(line) for line in words.split("\n"))
    properties = paragraph.find(f"{A}pPr")
    level = 0 if properties is None else _number(properties.get("lvl"), 0)
    label = _label(properties, level, counts) if _has_words(paragraph) else ""
    if label:
        return f"{label} {text}" if text else ""
    return f"- {text}" if text and level > 0 else text


def _pieces(paragraph: XmlElement, line_break: str) -> Iterator[_Piece]:
    """Yield the words of a paragraph, without the field that holds the slide number."""
    for node in paragraph.iterchildren():
        if node.tag == f"{A}br":
            yield _Piece(line_break)
        elif node.tag == WRAPPER:
            choice = node.find(CHOICE)
            yield from () if choice is None else _formula(choice)
        elif node.tag in (f"{A}r", f"{A}fld"):
            if not _is_left_out(node):
                yield _Piece(node.findtext(f"{A}t") or "", _is_raised(node))
        else:
            yield from _formula(node)


def _formula(part: XmlElement) -> Iterator[_Piece]:
    return (_Piece(text.text or "") for text in part.iter(MATH_TEXT))


def _is_raised(run: XmlElement) -> bool:
    properties = run.find(f"{A}rPr")
    baseline = "" if properties is None else properties.get("baseline") or ""
    return baseline.strip("%").isdecimal() and baseline != "0"


def _is_left_out(run: XmlElement) -> bool:
    properties = run.find(f"{A}rPr")
    is_struck = properties is not None and properties.get("strike") in STRUCK
    return is_struck or run.get("type") == "slidenum"


def _has_words(paragraph: XmlElement) -> bool:
    return any((text.text or "").strip() for text in paragraph.iter(f"{A}t", MATH_TEXT))


def _label(properties: XmlElement | None, level: int, counts: dict[int, tuple[str, int]]) -> str:
    """Return the number of the next paragraph; a list ends where its level is used otherwise."""
    for deeper in [at for at in counts if at > level]:
        del counts[deeper]
    numbered = None if properties is None else properties.find(f"{A}buAutoNum")
    if numbered is None:
        counts.pop(level, None)
        return ""
    scheme, start = numbered.get("type") or "", _number(numbered.get("startAt"), 1)
    name = f"{scheme} {start}"
    before, count = counts.get(level, ("", 0))
    count = count + 1 if before == name else start
    counts[level] = (name, count)
    match = SCHEME.match(scheme)
    kind, marks = (match["kind"], match["marks"]) if match else ("", "Period")
    return MARKS.get(marks, "{}.").format(in_kind(count, KINDS.get(kind, "decimal")))


def _number(value: str | None, usual: int) -> int:
    is_number = value is not None and value.isascii() and value.isdecimal() and len(value) < 6
    return min(int(value or ""), MAX_START) if is_number else usual
