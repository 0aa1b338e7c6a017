"""Word documents: automatic numbers, symbols and check boxes are part of the text."""

import io

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from ingestion.files.media import MediaType
from ingestion.parsers.office.word.numbering import in_kind
from tests.ingestion.test_formats_word import docx, parsed, run

LEVELS = (
    ("decimal", "%1"),
    ("decimal", "%1.%2"),
    ("lowerLetter", "(%3)"),
)


def numbered(*paragraphs: tuple[int, int, str], override: str = "") -> bytes:
    """Paragraphs as list, level and words; lists 71 and 72 share one definition."""
    document = Document()
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for at, (kind, text) in enumerate(LEVELS)
    )
    abstract = f'<w:abstractNum {nsdecls("w")} w:abstractNumId="70">{levels}</w:abstractNum>'
    numbering.insert(0, parse_xml(abstract))
    for name in (71, 72):
        more = override if name == 72 else ""
        numbering.append(
            parse_xml(
                f'<w:num {nsdecls("w")} w:numId="{name}">'
                f'<w:abstractNumId w:val="70"/>{more}</w:num>'
            )
        )
    body = document.element.body
    for name, level, words in paragraphs:
        place = (
            f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{name}"/></w:numPr></w:pPr>'
        )
        body.insert(len(body) - 1, parse_xml(f"<w:p {nsdecls('w')}>{place}{run(words)}</w:p>"))
    stored = io.BytesIO()
    document.save(stored)
    return stored.getvalue()


def lines(content: bytes) -> list[str]:
    return [line for line in parsed(MediaType.DOCX, content).text.split("\n") if line]


def test_levels_count_within_each_other_and_begin_anew() -> None:
    content = numbered(
        *((71, 0, "Scope"), (71, 1, "Cars"), (71, 1, "Vans"), (71, 2, "hired"), (71, 2, "owned")),
        *((71, 0, "Fees"), (71, 1, "Gate"), (71, 2, "by day")),
    )

    assert lines(content) == [
        *("1 Scope", "1.1 Cars", "1.2 Vans", "(a) hired", "(b) owned"),
        *("2 Fees", "2.1 Gate", "(a) by day"),
    ]


def test_two_lists_of_one_definition_go_on_until_one_says_where_it_starts() -> None:
    start = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    paragraphs = ((71, 0, "one"), (72, 0, "two"), (72, 0, "three"))

    assert lines(numbered(*paragraphs)) == ["1 one", "2 two", "3 three"]
    assert lines(numbered(*paragraphs, override=start)) == ["1 one", "5 two", "6 three"]


def test_a_list_of_no_number_and_an_unknown_list_stay_without_one() -> None:
    content = numbered((71, 0, "one"), (0, 0, "plain"), (999, 0, "unknown"), (71, 0, "two"))

    assert lines(content) == ["1 one", "- plain", "- unknown", "2 two"]


@pytest.mark.parametrize(
    ("count", "kind", "shown"),
    [
        *((4, "upperRoman", "IV"), (1999, "lowerRoman", "mcmxcix"), (28, "lowerLetter", "bb")),
        *((7, "decimalZero", "07"), (12, "ordinal", "12th"), (22, "ordinal", "22nd")),
        *((0, "upperRoman", "0"), (10**9, "upperLetter", str(10**9)), (3, "none", "")),
    ],
)
def test_a_number_is_written_in_the_kind_of_its_list(count: int, kind: str, shown: str) -> None:
    assert in_kind(count, kind) == shown


def legacy_box(state: str) -> str:
    return (
        '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="0"/>'
        f"{state}</w:checkBox></w:ffData></w:fldChar></w:r>"
        "<w:r><w:instrText> FORMCHECKBOX </w:instrText></w:r>"
    )


def control_box(state: str) -> str:
    return (
        '<w:sdt><w:sdtPr><w14:checkbox xmlns:w14="http://schemas.microsoft.com/office/word/2010/'
        f'wordml"><w14:checked w14:val="{state}"/></w14:checkbox></w:sdtPr>'
        f"<w:sdtContent>{run('x')}</w:sdtContent></w:sdt>"
    )


def test_a_ticked_and_an_empty_box_differ() -> None:
    content = docx(
        legacy_box("<w:checked/>") + run(" pumps"),
        legacy_box('<w:checked w:val="0"/>') + run(" lifts"),
        legacy_box("") + run(" doors"),
        control_box("1") + run(" lamps"),
        control_box("0") + run(" keys"),
    )

    assert lines(content) == ["☒ pumps", "☐ lifts", "☐ doors", "☒ lamps", "☐ keys"]


def test_the_chosen_entry_of_an_old_drop_down_is_read() -> None:
    choices = "".join(f'<w:listEntry w:val="{one}"/>' for one in ("daily", "weekly"))
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/>'
        f"{choices}</w:ddList></w:ffData></w:fldChar></w:r>"
    )

    assert lines(docx(run("Checked ") + field)) == ["Checked weekly"]


@pytest.mark.parametrize(
    ("font", "char", "shown"),
    [
        *(("Symbol", "F0B1", "±"), ("Symbol", "F0A3", "≤"), ("Symbol", "F06D", "μ")),
        *(("Wingdings", "F0FC", "✓"), ("Wingdings", "F0A8", "☐"), ("MS Gothic", "2612", "☒")),
        *(("Unknown", "F041", ""), ("Symbol", "zz", ""), ("Symbol", "D800", "")),
    ],
)
def test_a_symbol_is_read_as_its_letter(font: str, char: str, shown: str) -> None:
    sign = f'<w:r><w:sym w:font="{font}" w:char="{char}"/></w:r>'

    assert lines(docx(run("within ") + sign + run("2 mm"))) == [f"within {shown}2 mm"]


def test_letters_of_a_symbol_font_are_read_by_their_place() -> None:
    content = docx(run("tolerance ") + run("\uf0b1", '<w:rFonts w:ascii="Symbol"/>') + run("2"))

    assert lines(content) == ["tolerance ±2"]


def test_a_deleted_symbol_or_line_end_is_no_text() -> None:
    deleted = '<w:del><w:r><w:sym w:font="Symbol" w:char="F0B1"/><w:br/></w:r></w:del>'

    assert lines(docx(run("exactly ") + deleted + run("2 mm"))) == ["exactly 2 mm"]
