"""Formulas of Office on one line, as people type them: `1/2`, `x^2`, `√(a+b)`, `f(x)`."""

from lxml.etree import _Element as XmlElement

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
TEXT = f"{M}t"
INTEGRAL = "∫"
# By the element of a formula: its parts, and the sign in front of each part.
SIGNS = {
    f"{M}f": {"den": "/"},
    f"{M}sSup": {"sup": "^"},
    f"{M}sSub": {"sub": "_"},
    f"{M}sSubSup": {"sub": "_", "sup": "^"},
    f"{M}rad": {"e": "√"},
    f"{M}nary": {"sub": "_", "sup": "^", "e": " "},
}
WRAPPED = ("num", "den", "sub", "sup", "deg")


def write_out(part: XmlElement) -> None:
    """Put the signs that are drawn, and not stored as text, into the formulas below `part`."""
    for brackets in list(part.iter(f"{M}d")):
        _bracket(brackets)
    for formula in list(part.iter(*SIGNS)):
        signs = SIGNS[formula.tag]
        if formula.tag == f"{M}nary":
            formula.insert(0, _sign(formula, _property(formula, "naryPr", "chr", INTEGRAL)))
        for name in (*WRAPPED, "e"):
            operand = formula.find(f"{M}{name}")
            if operand is None or not _words(operand):
                continue
            is_wrapped = name in WRAPPED or formula.tag == f"{M}rad"
            if is_wrapped and len(_words(operand)) > 1:
                operand.insert(0, _sign(operand, "("))
                operand.append(_sign(operand, ")"))
            if name in signs:
                operand.insert(0, _sign(operand, signs[name]))


def _bracket(brackets: XmlElement) -> None:
    """Write the brackets around, and the signs between, the parts of `f(x, y)`."""
    first = _property(brackets, "dPr", "begChr", "(")
    last = _property(brackets, "dPr", "endChr", ")")
    parts = brackets.findall(f"{M}e")
    for part in parts[1:]:
        part.insert(0, _sign(part, _property(brackets, "dPr", "sepChr", "|")))
    brackets.insert(0, _sign(brackets, first))
    brackets.append(_sign(brackets, last))


def _property(formula: XmlElement, properties: str, name: str, usual: str) -> str:
    setting = formula.find(f"{M}{properties}/{M}{name}")
    return usual if setting is None else setting.get(f"{M}val") or ""


def _words(part: XmlElement) -> str:
    return "".join(text.text or "" for text in part.iter(TEXT))


def _sign(near: XmlElement, words: str) -> XmlElement:
    run = near.makeelement(f"{M}r")
    text = run.makeelement(TEXT)
    text.text = words
    run.append(text)
    return run
