"""Each format keeps its text, its pages and its structure."""

import json

import pytest

from core.domain.knowledge import ParsedDocument
from core.errors import UnreadableDocument
from ingestion.files.media import MediaType
from ingestion.parsers.pdf import document as pdf
from ingestion.parsers.registry import parser_for
from tools.trial import files


def parsed(media_type: MediaType, content: bytes, name: str = "a_file.x") -> ParsedDocument:
    return parser_for(media_type)(content, name)


def test_pdf_pages_keep_their_numbers_and_paragraphs() -> None:
    long_line = "This is a full line of an ordinary paragraph that goes on in the next"
    content = files.pdf(
        [
            ("Travel policy", 24),
            ("", 11),
            (long_line, 11),
            ("line of the same paragraph.", 11),
            ("", 11),
            ("A second paragraph.", 11),
        ],
        [],
        [("Third page.", 11)],
    )

    document = parsed(MediaType.PDF, content)

    assert document.title == "Travel policy"
    assert [page.number for page in document.pages] == [1, 2, 3]
    assert document.pages[0].text == (
        f"# Travel policy\n\n{long_line} line of the same paragraph.\n\nA second paragraph."
    )
    assert document.pages[1].text == ""


def test_a_pdf_title_comes_from_its_metadata_if_it_is_sensible() -> None:
    page = [("Words.", 11)]

    assert (
        parsed(MediaType.PDF, files.pdf(page, title="Price list 2026")).title == "Price list 2026"
    )
    assert parsed(MediaType.PDF, files.pdf(page, title="Microsoft Word - x.doc")).title == "a file"


@pytest.mark.parametrize(
    ("stored", "file_name", "title"),
    [
        ("0001018724-22-000023", "2022 Q3 AMZN.pdf", "2022 Q3 AMZN"),
        ("", "EFT_Enrollment_Form.pdf", "EFT Enrollment Form"),
        ("Untitled document", "scan0012.pdf", "Form 10-Q"),
        ("", "report_final_v2.pdf", "Form 10-Q"),
        ("", "20071229X02007.pdf", "Form 10-Q"),
        ("", "form-10-q.pdf", "Form 10-Q"),
        ("Annual report", "2022 Q3 AMZN.pdf", "Annual report"),
    ],
)
def test_a_telling_file_name_goes_before_a_heading_and_after_a_stored_title(
    stored: str, file_name: str, title: str
) -> None:
    page = [("Form 10-Q", 20), ("Words of the report that are long enough.", 11)]

    assert pdf.parse(files.pdf(page, title=stored), file_name).title == title


def test_a_word_hyphenated_at_a_line_end_is_joined() -> None:
    content = files.pdf(
        [("The responsibility of the depart-", 11), ("ment is described here.", 11)]
    )

    assert "of the department is" in parsed(MediaType.PDF, content).text


def test_pdf_table_rows_stay_on_lines_of_their_own() -> None:
    content = files.pdf_table([["Lane", "Price"], ["Hamburg", "68 EUR"], ["Leipzig", "52 EUR"]])

    assert parsed(MediaType.PDF, content).pages[0].text == (
        "Lane | Price\nHamburg | 68 EUR\nLeipzig | 52 EUR"
    )


def test_a_pdf_that_needs_a_password_is_told_so() -> None:
    with pytest.raises(UnreadableDocument, match="needs a password"):
        parsed(MediaType.PDF, files.encrypted_pdf("secret"))


def test_a_pdf_that_only_restricts_its_owner_opens() -> None:
    assert "Private words." in parsed(MediaType.PDF, files.encrypted_pdf("")).text


def test_a_truncated_pdf_is_damaged() -> None:
    with pytest.raises(UnreadableDocument, match="damaged"):
        parsed(MediaType.PDF, b"%PDF-1.7\n1 0 obj << /Type")


def test_docx_keeps_order_headings_lists_tables_and_page_breaks() -> None:
    document = parsed(MediaType.DOCX, files.docx())

    assert document.title == "Leave policy"
    assert [page.text for page in document.pages] == [
        "# Leave policy\n\n# Parental leave\n\nParents take up to 36 months.\n"
        "- Ask eight weeks before\n\nWeeks | Pay\n14 | 100 %",
        "## Sick leave\n\nCall your lead.",
        "Third page.",
    ]


def test_a_soft_page_break_after_a_hard_one_counts_once() -> None:
    from ingestion.parsers.office.word.body import _split_pages

    assert _split_pages("one\f\vtwo\vthree") == ["one", "two", "three"]


def test_pptx_has_a_page_a_slide_with_notes_and_tables() -> None:
    document = parsed(MediaType.PPTX, files.pptx())

    assert [(page.number, page.label) for page in document.pages] == [(1, "slide"), (2, "slide")]
    assert document.pages[0].text == "# Your first week\n\nMeet the team\n\nNotes:\nBring coffee."
    assert document.pages[1].text == "# Agenda\n\nTime | Topic\n09:30 | IT"


def test_xlsx_shows_values_as_the_sheet_does() -> None:
    document = parsed(MediaType.XLSX, files.xlsx())

    assert [page.label for page in document.pages] == ["sheet Rates", "sheet Notes"]
    assert document.pages[0].text == (
        "Item | Rate | From | Share | Price\n"
        "Car | 0.30 | 2026-03-01 | 12.5% | 1,234.50 EUR\n"
        "Bike | 0.3"
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_finds_its_delimiter_and_encoding(delimiter: str) -> None:
    rows = [["Ort", "Straße"], ["Köln", "Am Hof"], ["Bonn", "Markt"]]
    content = "\n".join(delimiter.join(row) for row in rows).encode("cp1252")

    assert parsed(MediaType.CSV, content).text == "Ort | Straße\nKöln | Am Hof\nBonn | Markt"


def test_html_loses_boilerplate_and_keeps_structure() -> None:
    document = parsed(MediaType.HTML, files.HTML)

    assert document.title == "Supplier code"
    assert document.text == (
        "# Supplier code\n\nSuppliers follow these rules.\n\n- No child labour\n\n- Fair pay\n\n"
        "Level | Audit\nA | yearly"
    )


def test_deeply_nested_html_is_read() -> None:
    content = b"<html><body>" + b"<div>" * 5_000 + b"<p>Deep words</p>"

    assert "Deep words" in parsed(MediaType.HTML, content).text


def test_an_email_shows_headers_text_and_names_of_attachments() -> None:
    document = parsed(MediaType.EMAIL, files.eml())

    assert document.title == "Mileage rates"
    assert document.text == (
        "Subject: Mileage rates\nFrom: Travel Desk <travel@example.com>\nTo: all@example.com\n"
        "Date: Mon, 09 Mar 2026 11:00:00 +0100\nAttachments: rates.pdf "
        "(not readable: the PDF is damaged or incomplete)\n\nThe rate is 0.30 EUR."
    )


def test_an_html_email_is_read_as_text() -> None:
    assert parsed(MediaType.EMAIL, files.html_eml()).text == "Subject: News\n\nHello\n\n- one"


def test_markdown_behind_its_front_matter_is_kept_as_it_is() -> None:
    source = "# FAQ\n\n*  item\n\n```\n# code\n```\n"
    front = "---\ntitle: Service desk\n---\n"

    document = parsed(MediaType.MARKDOWN, (front + source).replace("\n", "\r\n").encode())

    assert document.text == source
    assert document.title == "Service desk"


def test_text_of_any_encoding_is_read() -> None:
    for encoding in ("utf-8-sig", "utf-16", "utf-32", "cp1252"):
        content = "Müller größte Straße für die Prüfung".encode(encoding)

        assert parsed(MediaType.TEXT, content).text == "Müller größte Straße für die Prüfung"


def test_nothing_a_database_refuses_leaves_a_parser() -> None:
    document = parsed(MediaType.TEXT, b"one\0 two\x0cthree\x07" + b" and more" * 200)

    assert document.text.startswith("one two\nthree and more")


def test_a_record_keeps_its_title() -> None:
    line = json.dumps({"_id": "MED-1", "title": "Statins", "text": "They lower cholesterol."})

    document = parsed(MediaType.RECORD, line.encode())

    assert (document.title, document.text) == ("Statins", "They lower cholesterol.")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "not valid JSON"),
        (b"[1]", "not a JSON object"),
        (b'{"text": "x"}', "no “_id”"),
        (b'{"_id": "1", "text": " "}', "no “text”"),
        (b"[" * 100_000, "not valid JSON"),
    ],
)
def test_a_bad_record_is_told_why(line: bytes, reason: str) -> None:
    with pytest.raises(UnreadableDocument, match=reason):
        parsed(MediaType.RECORD, line)


def test_a_file_without_text_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="contains no text"):
        parsed(MediaType.TEXT, b" \n\n ")


def test_a_file_with_far_too_much_text_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="12 million characters"):
        parsed(MediaType.TEXT, b"twelve chars" * 1_000_000)
