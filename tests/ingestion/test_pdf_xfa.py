"""What an XFA form asks, and what was filled in, is part of page 1 unless a page shows it."""

import io
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    TextStringObject,
)

from core.domain.knowledge import LeftOut, ParsedDocument
from ingestion.parsers.pdf import document as pdf
from ingestion.parsers.pdf.more import may_hold_more, with_more
from tools.trial import files

SPACE = "http://www.xfa.org/schema/xfa-template/3.0/"
PLEASE_WAIT = "Please wait. Your viewer cannot display this type of document."
UNREAD = (LeftOut("forms in XFA", 1),)
QUESTIONS = """
<draw><value><text>Report of damage</text></value></draw>
<field name="driver_name"><caption><value><text>Driver</text></value></caption></field>
<field name="town"><assist><toolTip>Town of the accident</toolTip></assist></field>
<field name="plate_number"/>
<field name="insured"><ui><checkButton/></ui><caption><value><text>Insured</text></value></caption>
  <items><text>J</text><text>N</text></items></field>
<field name="leased"><ui><checkButton/></ui></field>
<field name="country"><caption><value><text>Country</text></value></caption>
  <items><text>Germany</text><text>France</text></items>
  <items save="1"><text>DE</text><text>FR</text></items></field>
<exclGroup name="use"><caption><value><text>Use</text></value></caption>
  <field><caption><value><text>on business</text></value></caption>
    <items><integer>2</integer></items></field></exclGroup>
<field name="pin"><ui><passwordEdit/></ui></field>
<field name="photo"><ui><imageEdit/></ui></field>
<field name="x1"><bind match="dataRef" ref="$.details.speed[*]"/>
  <caption><value><text>Speed</text></value></caption></field>
<subform presence="hidden"><field name="internal_id"/></subform>
<field name="note"><caption><value><exData><body xmlns="http://www.w3.org/1999/xhtml">
  <p>Your <b>note</b></p></body></exData></value></caption></field>
"""
ANSWERS = """
<driver_name>Jane Doe</driver_name><town>Altona</town><plate_number>HH 2026</plate_number>
<insured>J</insured><leased>0</leased><country>FR</country><use>2</use><pin>4711 secret</pin>
<photo>iVBORw0KGgo</photo><details><speed>30</speed></details><internal_id>id 998877</internal_id>
<lists><stored>never displayed</stored></lists>
<note><body xmlns="http://www.w3.org/1999/xhtml"><p>Mirror <i>broken</i></p></body></note>
"""


def template(fields: str = QUESTIONS) -> str:
    return f'<template xmlns="{SPACE}"><subform name="form">{fields}</subform></template>'


def datasets(answers: str = ANSWERS) -> str:
    space = "http://www.xfa.org/schema/xfa-data/1.0/"
    data = f"<xfa:data><form>{answers}</form></xfa:data>"
    return f'<xfa:datasets xmlns:xfa="{space}">{data}</xfa:datasets>'


def form(
    *packets: tuple[str, str | bytes], words: str = PLEASE_WAIT, is_drawn_from_xml: bool = True
) -> bytes:
    """A PDF with an XFA form of these packets; one without a name is the only one."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(files.pdf([(words, 11)], [("Two", 11)]))))
    stored = [(TextStringObject(name), writer._add_object(_stream(xml))) for name, xml in packets]
    xfa = stored[0][1] if packets[0][0] == "" else ArrayObject(chain.from_iterable(stored))
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject(
        {NameObject("/Fields"): ArrayObject(), NameObject("/XFA"): xfa}
    )
    if is_drawn_from_xml:
        writer.root_object[NameObject("/NeedsRendering")] = BooleanObject(True)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def _stream(xml: str | bytes) -> DecodedStreamObject:
    stream = DecodedStreamObject()
    stream.set_data(xml.encode() if isinstance(xml, str) else xml)
    return stream


def read(content: bytes) -> ParsedDocument:
    document = pdf.parse(content, "form.pdf")
    assert document.left_out == UNREAD
    assert may_hold_more(content, document)
    return with_more(content, "form.pdf", document)


LINES = """Driver: Jane Doe
Town of the accident: Altona
plate number: HH 2026
Insured: yes
Country: France
Use: on business
Speed: 30
Your note: Mirror broken"""


def test_values_stand_on_page_1_with_the_words_people_read() -> None:
    document = read(form(("template", template()), ("datasets", datasets())))

    text = document.pages[0].text
    assert text.startswith(PLEASE_WAIT)
    assert text.endswith(LINES)
    assert "\nReport of damage\nDriver\n" in text
    assert document.left_out == ()
    assert document.pages[1].text == "Two"
    for unseen in ("4711", "iVBOR", "998877", "never displayed", "leased"):
        assert unseen not in document.text


def test_one_stream_with_all_packets_and_packets_of_one_tag_are_read() -> None:
    space = "http://ns.adobe.com/xdp/"
    head, tail = f'<xdp:xdp xmlns:xdp="{space}">', "</xdp:xdp>"
    whole = form(("", head + template() + datasets() + tail))
    cut = form(
        *(("preamble", head), ("template", template())),
        *(("datasets", datasets()), ("postamble", tail)),
    )

    assert read(whole).text == read(cut).text
    assert read(whole).pages[0].text.endswith(LINES)


def test_what_a_page_shows_is_not_repeated() -> None:
    words = "The driver Jane Doe drove on business"
    content = form(
        *(("template", template()), ("datasets", datasets())), words=words, is_drawn_from_xml=False
    )

    text = read(content).pages[0].text

    assert text.startswith(f"{words}\n\nTown of the accident: Altona\n")
    assert text.count("Jane Doe") == text.count("on business") == 1
    assert "Report of damage" not in text  # the page itself shows what is printed on the form


def test_without_a_template_values_have_the_names_of_their_data() -> None:
    text = read(form(("datasets", datasets("<driver_name>Jane Doe</driver_name>")))).pages[0].text

    assert text == f"{PLEASE_WAIT}\n\ndriver name: Jane Doe"


BOMB = '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]>'


@pytest.mark.parametrize(
    "data",
    [
        datasets()[:-30],
        BOMB + datasets("<driver_name>&c;</driver_name>"),
        b"\xff\xfe datasets",
        "datasets " + "x" * (10 * 2**20),
    ],
)
def test_a_form_that_cannot_be_read_is_said_and_costs_no_text(data: str | bytes) -> None:
    document = read(form(("template", template()), ("datasets", data)))

    assert document.pages[0].text == PLEASE_WAIT
    assert document.left_out == UNREAD


def test_deep_and_wide_forms_come_to_an_end() -> None:
    deep = "<a>" * 50_000 + "word" + "</a>" * 50_000
    wide = "".join(f"<f{n}>value {n}</f{n}>" for n in range(20_000))

    assert read(form(("datasets", datasets(deep)))).pages[0].text == f"{PLEASE_WAIT}\n\na: word"
    assert read(form(("datasets", datasets(wide)))).pages[0].text.count("\n") == 5_001


@settings(max_examples=40, deadline=None)
@given(
    place=st.integers(min_value=0),
    garbage=st.binary(min_size=1, max_size=5),
    answer=st.text(max_size=40),
)
def test_a_damaged_form_costs_no_page(place: int, garbage: bytes, answer: str) -> None:
    escaped = answer.replace("&", "&amp;").replace("<", "&lt;").encode("utf-8", "replace").decode()
    data = datasets(f"<driver_name>{escaped}</driver_name>").encode()
    place %= len(data)

    document = read(
        form(
            ("template", template()),
            ("datasets", data[:place] + garbage + data[place + len(garbage) :]),
        )
    )

    assert document.pages[0].text.startswith(PLEASE_WAIT)
    assert document.pages[1].text == "Two"
