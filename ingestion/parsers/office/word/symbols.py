"""Symbols and check boxes of Word documents as letters: ±, ≤, ✓, ☒ and ☐."""

from lxml.etree import _Element as XmlElement

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
TICKED, EMPTY = "☒", "☐"
# Symbol fonts use the private area, each letter at its own position of the font.
PRIVATE = 0xF000
# Adobe's Symbol encoding, from 0x20 and from 0xA0 on; pieces of large brackets are left out.
SYMBOL = {
    **dict(enumerate(
        " !∀#∃%&∋()*+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_ "
        "αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}~",
        start=0x20,
    )),
    **dict(enumerate(
        "€ϒ′≤/∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…  ↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑"
        "           〉∫⌠ ⌡          ",
        start=0xA0,
    )),
}  # fmt: skip
WINGDINGS = {
    0x21: "✏",
    0x22: "✂",
    0x28: "☎",
    0x2A: "✉",
    0x45: "☜",
    0x46: "☞",
    0x4A: "☺",
    0x4C: "☹",
    0x4E: "☠",
    0x6C: "●",
    0x6D: "○",
    0x6E: "■",
    0x6F: "☐",
    0x71: "☐",
    0x72: "☐",
    0x75: "◆",
    0x76: "❖",
    0x77: "◆",
    0x78: "☒",
    0x9F: "•",
    0xA1: "○",
    0xA7: "▪",
    0xA8: "☐",
    0xAB: "★",
    0xD8: "➢",
    0xDF: "←",
    0xE0: "→",
    0xE1: "↑",
    0xE2: "↓",
    0xE8: "➔",
    0xF0: "⇨",
    0xFB: "✗",
    0xFC: "✓",
    0xFD: "☒",
    0xFE: "☑",
    **{0x81 + at: chr(0x2460 + at) for at in range(10)},
}
WINGDINGS_2 = {
    0x4F: "✗",
    0x50: "✓",
    0x51: "☒",
    0x52: "☑",
    0x53: "☒",
    0x54: "☒",
    0x97: "●",
    0xA3: "☐",
}
FONTS = {
    "symbol": SYMBOL,
    "wingdings": WINGDINGS,
    "wingdings 2": WINGDINGS_2,
    "webdings": {0x61: "✓", 0x63: "☐", 0x72: "✗"},
}


def symbol(node: XmlElement) -> str:
    """Return the letter of a `w:sym`, empty if its font has none that is known."""
    code, font = node.get(f"{W}char") or "", node.get(f"{W}font") or ""
    try:
        position = int(code[:6], 16)
    except ValueError:
        return ""
    return letter(position, font)


def letter(position: int, font: str) -> str:
    """Return the letter at a position of a font; outside the private area it is the code point."""
    known = FONTS.get(font.lower())
    if PRIVATE <= position <= PRIVATE + 0xFF:
        return (known or {}).get(position - PRIVATE, "").strip()
    if known is not None and position <= 0xFF:
        return known.get(position, "").strip()
    return chr(position) if 0x20 <= position < 0xD800 or 0xE000 <= position <= 0xFFFF else ""


def readable(text: str, run: XmlElement) -> str:
    """Return the words of a run, with letters for the positions of a symbol font."""
    if not any(PRIVATE <= ord(char) <= PRIVATE + 0xFF for char in text):
        return text
    font = _font(run.find(f"{W}rPr"))
    return "".join(
        letter(ord(char), font or "Symbol") if PRIVATE <= ord(char) <= PRIVATE + 0xFF else char
        for char in text
    )


def is_symbol_font(properties: XmlElement) -> bool:
    """Tells whether these properties set a symbol font."""
    return _font(properties).lower() in FONTS


def form_field(node: XmlElement) -> str:
    """Return what a legacy form field shows beside its text: a tick or a chosen entry."""
    box = node.find(f"{W}ffData/{W}checkBox")
    if box is not None:
        mark = box.find(f"{W}checked")
        return TICKED if _is_on(box.find(f"{W}default") if mark is None else mark) else EMPTY
    choices = node.find(f"{W}ffData/{W}ddList")
    return "" if choices is None else _chosen(choices)


def tick_boxes(body: XmlElement) -> None:
    """Write ☒ or ☐ into the check boxes of content controls, whatever letter they show."""
    for control in body.iter(f"{W}sdt"):
        box = control.find(f"{W}sdtPr/{W14}checkbox")
        content = control.find(f"{W}sdtContent")
        if box is None or content is None:
            continue
        marks = list(content.iter(f"{W}t", f"{W}sym"))
        for mark in marks[1:]:
            mark.getparent().remove(mark)
        if marks:
            marks[0].tag = f"{W}t"
            marks[0].text = TICKED if _is_on(box.find(f"{W14}checked")) else EMPTY


def _chosen(choices: XmlElement) -> str:
    entries = [entry.get(f"{W}val") or "" for entry in choices.iterchildren(f"{W}listEntry")]
    selected = choices.find(f"{W}result")
    selected = choices.find(f"{W}default") if selected is None else selected
    value = "0" if selected is None else selected.get(f"{W}val") or "0"
    at = int(value) if value.isascii() and value.isdecimal() and len(value) < 6 else 0
    return entries[at] if at < len(entries) else ""


def _font(properties: XmlElement | None) -> str:
    fonts = None if properties is None else properties.find(f"{W}rFonts")
    return "" if fonts is None else fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") or ""


def _is_on(mark: XmlElement | None) -> bool:
    if mark is None:
        return False
    value = mark.get(f"{W}val") or mark.get(f"{W14}val") or "1"
    return value not in ("0", "false", "off")
