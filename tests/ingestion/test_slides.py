"""Slides: numbered steps, formulas, wrapped shapes and files in them are read, or counted."""

import io

import pytest
from pptx import Presentation
from pptx.enum.shapes import PROG_ID
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide
from pptx.util import Emu

from core.domain.knowledge import HiddenText, LeftOut, ParsedDocument
from ingestion.files.media import MediaType
from ingestion.parsers.registry import parser_for
from tests.ingestion.inner_files import chart_part, fees, word

COMPATIBLE = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
NEWER = 'xmlns:a14="http://schemas.microsoft.com/office/drawing/2010/main"'


def slide() -> tuple[Deck, Slide]:
    deck = Presentation()
    return deck, deck.slides.add_slide(deck.slide_layouts[6])


def read(deck: Deck) -> ParsedDocument:
    stored = io.BytesIO()
    deck.save(stored)
    return parser_for(MediaType.PPTX)(stored.getvalue(), "a_file.pptx")


def shape(paragraphs: str, number: int = 70) -> str:
    return (
        f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="{number}" name="x"/><p:cNvSpPr/>'
        f"<p:nvPr/></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/>{paragraphs}</p:txBody></p:sp>"
    )


def line(words: str, properties: str = "", mark: str = "") -> str:
    return f"<a:p>{properties}<a:r><a:rPr {mark}/><a:t>{words}</a:t></a:r></a:p>"


def shown(*paragraphs: str) -> str:
    deck, page = slide()
    page.shapes.element.append(parse_xml(shape("".join(paragraphs))))
    return read(deck).text


def graphic(
    deck: Deck, page: Slide, inner: str, part: tuple[str, bytes, str] | None = None
) -> Deck:
    """Adds a frame around `inner`, which refers as {} to a part of this name."""
    relation = ""
    if part is not None:
        name, content, kind = part
        added = Part(PackURI(f"/ppt/{name}"), "application/x", deck.part.package, content)
        relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        relation = page.part.relate_to(added, f"{relations}/{kind}")
    frame = (
        f'<p:graphicFrame {nsdecls("p", "a", "r")}><p:nvGraphicFramePr><p:cNvPr id="60" name="g"/>'
        "<p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><p:xfrm/><a:graphic>"
        f'<a:graphicData uri="x">{inner.replace("{}", relation)}</a:graphicData></a:graphic>'
        "</p:graphicFrame>"
    )
    page.shapes.element.append(parse_xml(frame))
    return deck


@pytest.mark.parametrize("mark", ['strike="sngStrike"', 'strike="dblStrike"'])
def test_struck_out_words_on_a_slide_do_not_stand_beside_what_holds(mark: str) -> None:
    price = line("Fee: 40 EUR", mark=mark) + line("Fee: 45 EUR", mark='strike="noStrike"')

    assert shown(price) == "Fee: 45 EUR"


def test_struck_out_words_in_a_table_of_a_slide_are_no_text() -> None:
    deck, page = slide()
    table = page.shapes.add_table(2, 2, Emu(0), Emu(0), Emu(999), Emu(999)).table
    for cell, words in zip(table.iter_cells(), ["Yard", "Fee", "Split", "4"], strict=True):
        cell.text = words
    gone = table.cell(1, 1).text_frame.paragraphs[0].add_run()
    gone.text = "9"
    gone._r.get_or_add_rPr().set("strike", "sngStrike")

    assert read(deck).text == "Yard | Fee\nSplit | 4"


def test_numbered_steps_keep_their_numbers() -> None:
    def step(words: str, scheme: str, level: int = 0, start: str = "") -> str:
        numbered = f'<a:pPr lvl="{level}"><a:buAutoNum type="{scheme}" {start}/></a:pPr>'
        return line(words, numbered)

    text = shown(
        step("Stop", "arabicPeriod"),
        step("by hand", "alphaLcParenR", 1),
        step("by key", "alphaLcParenR", 1),
        step("Lock", "arabicPeriod"),
        line("Then"),
        step("Call", "arabicPeriod"),
        step("Fourth", "romanUcParenBoth", start='startAt="4"'),
    )

    assert text == "1. Stop\na) by hand\nb) by key\n2. Lock\nThen\n1. Call\n(IV) Fourth"


def test_a_shape_in_a_wrapper_for_newer_programs_is_read_once() -> None:
    deck, page = slide()
    new, old = shape(line("Gate 4 opens at six.")), shape(line("An old picture"))
    wrapper = (
        f'<mc:AlternateContent {COMPATIBLE}><mc:Choice {NEWER} Requires="a14">{new}</mc:Choice>'
        f"<mc:Fallback>{old}</mc:Fallback></mc:AlternateContent>"
    )
    page.shapes.element.append(parse_xml(wrapper))

    assert read(deck).text == "Gate 4 opens at six."


def test_a_formula_is_part_of_its_line() -> None:
    formula = (
        f'<mc:AlternateContent {COMPATIBLE}><mc:Choice {NEWER} Requires="a14"><a14:m>'
        f'<m:oMath xmlns:m="{MATH}"><m:r><m:t>P=F/A</m:t></m:r></m:oMath></a14:m></mc:Choice>'
        "</mc:AlternateContent>"
    )

    assert shown(line("Pressure: ").replace("</a:p>", f"{formula}</a:p>")) == "Pressure: P=F/A"


def test_raised_figures_are_no_figures_of_the_number_before_them() -> None:
    up = '<a:r><a:rPr baseline="30000"/><a:t>3</a:t></a:r>'
    down = '<a:r><a:rPr baseline="-25000"/><a:t>2</a:t></a:r>'

    assert shown(line("10").replace("</a:p>", f"{up}{down}</a:p>")) == "10³2"


def test_the_number_of_a_slide_is_no_text_of_it() -> None:
    number = '<a:fld id="{1}" type="slidenum"><a:t>7</a:t></a:fld>'

    assert shown(line("Gate "), f"<a:p>{number}</a:p>") == "Gate"


def test_a_workbook_on_a_slide_is_a_table_and_what_it_hides_is_hidden() -> None:
    deck, page = slide()
    second = deck.slides.add_slide(deck.slide_layouts[6])
    page.shapes.element.append(parse_xml(shape(line("First"))))
    second.shapes.add_ole_object(io.BytesIO(fees()), PROG_ID.XLSX, 0, 0, 999, 999)

    document = read(deck)

    assert [page.text for page in document.pages] == ["First", "Yard | Fee\nSplit | 4"]
    assert document.hidden == (HiddenText(2, "not displayed", "Old 9"),)
    assert document.left_out == ()


def test_a_document_on_a_slide_is_read_and_another_object_is_counted() -> None:
    deck, page = slide()
    place = (Emu(0), Emu(0), Emu(999), Emu(999))
    page.shapes.add_ole_object(io.BytesIO(word("Gate 4")), PROG_ID.DOCX, *place)  # type: ignore[arg-type]  # it takes both
    page.shapes.add_ole_object(io.BytesIO(b"\0\1\2" * 9), "Drawing", *place)

    document = read(deck)

    assert document.text == "Gate 4"
    assert document.left_out == (LeftOut("embedded files", 1),)


CHART = '<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" r:id="{}"/>'


def test_a_chart_of_any_kind_is_a_table_and_a_damaged_one_is_counted() -> None:
    deck, page = slide()
    graphic(deck, page, CHART, ("charts/c1.xml", chart_part("pie3DChart").encode(), "chart"))
    graphic(deck, page, CHART, ("charts/c2.xml", b"<c", "chart"))

    document = read(deck)

    assert document.text == "Parcels\n | Share\nNorth | 40.0%\nSouth | 60.0%"
    assert document.left_out == (LeftOut("charts and diagrams", 1),)


def test_comments_on_a_slide_are_counted() -> None:
    deck, page = slide()
    page.shapes.element.append(parse_xml(shape(line("Gate"))))
    comments = (
        b'<p:cmLst xmlns:p="x"><p:cm authorId="0"><p:text>Why?</p:text></p:cm><p:cm/></p:cmLst>'
    )
    part = Part(PackURI("/ppt/comments/c1.xml"), "application/x", deck.part.package, comments)
    page.part.relate_to(part, "http://schemas.openxmlformats.org/x/relationships/comments")

    assert read(deck).left_out == (LeftOut("comments", 2),)
