"""Check that the sample documents contain what the golden questions expect."""

from __future__ import annotations

import csv
import email
import json
import re
from collections.abc import Callable
from email import policy
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

docx = pytest.importorskip("docx")
openpyxl = pytest.importorskip("openpyxl")
pypdfium2 = pytest.importorskip("pypdfium2")
pptx = pytest.importorskip("pptx")

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "data" / "samples"
CLOSED = ROOT / "evaluation" / "cases" / "closed"
GOLDEN = ROOT / "evaluation" / "cases" / "golden.jsonl"
CELL_GAP = " | "
KINDS = {
    "fact",
    "list",
    "procedure",
    "comparison",
    "multi_doc",
    "follow_up",
    "unanswerable",
    "no_permission",
    "injection",
}


def pdf_pages(path: Path) -> list[str]:
    """Read the text layer of each PDF page."""
    document = pypdfium2.PdfDocument(path)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def docx_pages(path: Path) -> list[str]:
    """Read a Word file and cut it at hard page breaks."""
    body = docx.Document(str(path)).element.body
    return "\n".join(docx_block(block) for block in body).split("\f")


def docx_block(block: Any) -> str:
    """Read a paragraph or a table of a Word file."""
    if not block.tag.endswith("}tbl"):
        return docx_text(block)
    rows = ([docx_text(cell) for cell in row.tc_lst] for row in block.tr_lst)
    return "\n".join(CELL_GAP.join(row) for row in rows)


def docx_text(element: Any) -> str:
    """Join all text of an element and mark page breaks."""
    parts = []
    for node in element.iter():
        if node.tag.endswith("}t"):
            parts.append(node.text or "")
        elif node.tag.endswith("}br") and "page" in node.attrib.values():
            parts.append("\f")
    return "".join(parts)


def pptx_pages(path: Path) -> list[str]:
    """Read text, tables and notes of each slide."""
    return [slide_text(slide) for slide in pptx.Presentation(str(path)).slides]


def slide_text(slide: Any) -> str:
    """Read one slide."""
    parts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    for shape in slide.shapes:
        if shape.has_table:
            rows = shape.table.rows
            parts += [CELL_GAP.join(cell.text for cell in row.cells) for row in rows]
    if slide.has_notes_slide:
        parts.append(slide.notes_slide.notes_text_frame.text)
    return "\n".join(parts)


def xlsx_pages(path: Path) -> list[str]:
    """Read each sheet row by row."""
    book = openpyxl.load_workbook(path, data_only=True)
    return ["\n".join(row_text(row) for row in sheet.values) for sheet in book.worksheets]


def row_text(row: tuple[object, ...]) -> str:
    """Join the cells of a row."""
    return CELL_GAP.join("" if cell is None else str(cell) for cell in row)


def csv_pages(path: Path) -> list[str]:
    """Read a CSV file row by row."""
    with path.open(encoding="utf-8", newline="") as lines:
        return ["\n".join(CELL_GAP.join(row) for row in csv.reader(lines))]


def eml_pages(path: Path) -> list[str]:
    """Read the plain part of an e-mail."""
    message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    return [body.get_content()]


class MainText(HTMLParser):
    """Collect the text inside the main element."""

    def __init__(self) -> None:
        """Start outside of the main element."""
        super().__init__()
        self.inside = False
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  the parser's own signature
        """Notice the start of the main element."""
        self.inside = self.inside or tag == "main"

    def handle_endtag(self, tag: str) -> None:
        """Notice the end of the main element."""
        self.inside = self.inside and tag != "main"

    def handle_data(self, data: str) -> None:
        """Keep text of the main element."""
        if self.inside:
            self.parts.append(data)


def html_pages(path: Path) -> list[str]:
    """Read the main text of an HTML page."""
    parser = MainText()
    parser.feed(path.read_text(encoding="utf-8"))
    return ["".join(parser.parts)]


def plain_pages(path: Path) -> list[str]:
    """Read a text file."""
    return [path.read_text(encoding="utf-8")]


READERS: dict[str, Callable[[Path], list[str]]] = {
    ".pdf": pdf_pages,
    ".docx": docx_pages,
    ".pptx": pptx_pages,
    ".xlsx": xlsx_pages,
    ".csv": csv_pages,
    ".eml": eml_pages,
    ".html": html_pages,
    ".md": plain_pages,
    ".txt": plain_pages,
}


@cache
def pages_of(name: str) -> list[str]:
    """Read all pages of a sample document, or of one that only a closed collection holds."""
    path = SAMPLES / name if (SAMPLES / name).exists() else CLOSED / name
    return READERS[path.suffix](path)


def normalise(text: str) -> str:
    """Drop soft hyphens, hyphens at line ends and repeated white space."""
    joined = re.sub(r"[-\u00ad\ufffe\u0002]\s*\n\s*", "-", text).replace("\u00ad", "")
    return " ".join(joined.split())


def documents() -> list[Path]:
    """List the sample documents without the readme."""
    return sorted(SAMPLES.iterdir())


def questions() -> list[dict[str, Any]]:
    """Read the golden questions."""
    return [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]


def quotes() -> list[tuple[str, dict[str, Any]]]:
    """List every piece of evidence with the id of its question."""
    return [(case["_id"], item) for case in questions() for item in case["evidence"]]


def label(value: object) -> str | None:
    """Name a test case by the id of its question."""
    return value if isinstance(value, str) else None


@pytest.mark.parametrize(("case", "item"), quotes(), ids=label)
def test_every_quote_is_on_its_page(case: str, item: dict[str, Any]) -> None:
    pages = pages_of(item["document"])
    assert item["page"] <= len(pages), case
    assert normalise(item["quote"]) in normalise(pages[item["page"] - 1]), case


@pytest.mark.parametrize(("case", "item"), quotes(), ids=label)
def test_every_quote_has_five_to_forty_words(case: str, item: dict[str, Any]) -> None:
    words = item["quote"].replace(CELL_GAP, " ").split()
    assert 5 <= len(words) <= 40, case


def test_there_are_at_least_fifteen_documents() -> None:
    assert len(documents()) >= 15


def test_there_are_at_least_sixty_five_pages() -> None:
    assert sum(len(pages_of(path.name)) for path in documents()) >= 65


def test_no_page_is_empty() -> None:
    counts = {
        path.name: [len(page.split()) for page in pages_of(path.name)] for path in documents()
    }
    assert all(min(words) > 5 for words in counts.values()), counts


def test_all_samples_together_stay_below_two_megabytes() -> None:
    assert sum(path.stat().st_size for path in SAMPLES.iterdir()) < 2_000_000


def test_file_names_are_lower_case_with_hyphens() -> None:
    assert all(re.fullmatch(r"[a-z0-9-]+\.[a-z]+", path.name) for path in documents())


def test_question_ids_are_unique() -> None:
    ids = [case["_id"] for case in questions()]
    assert len(ids) == len(set(ids))


def test_there_are_at_least_sixty_four_questions_of_both_kinds() -> None:
    answerable = [case["answerable"] for case in questions()]
    assert len(answerable) >= 64
    assert answerable.count(True) >= 40
    assert answerable.count(False) >= 20


def test_the_first_question_is_about_parental_leave() -> None:
    assert questions()[0]["text"] == "How many days of parental leave do I get?"


def test_every_question_type_is_known_and_used() -> None:
    assert {case["type"] for case in questions()} == KINDS


def test_answerable_questions_have_evidence_and_unanswerable_ones_have_none() -> None:
    cases = [case for case in questions() if case["type"] != "no_permission"]
    assert all(bool(case["evidence"]) is case["answerable"] for case in cases)


def test_unanswerable_questions_have_a_type_of_their_own() -> None:
    cases = [case for case in questions() if case["type"] != "injection"]
    kinds = ("unanswerable", "no_permission")
    assert all((case["type"] in kinds) is not case["answerable"] for case in cases)


def test_questions_about_closed_documents_are_asked_by_outsiders_and_no_sample_answers_them() -> (
    None
):
    cases = [case for case in questions() if case["type"] == "no_permission"]
    assert all(case["asked_as"] == "outsider" and case["forbidden"] for case in cases)
    assert all(not (SAMPLES / item["document"]).exists() for c in cases for item in c["evidence"])


def test_follow_ups_and_only_they_have_a_history() -> None:
    assert all(bool(case["history"]) is (case["type"] == "follow_up") for case in questions())


def test_every_history_alternates_and_ends_with_an_answer() -> None:
    for case in questions():
        roles = [turn["role"] for turn in case["history"]]
        assert roles == ["user", "assistant"] * (len(roles) // 2), case["_id"]


def test_every_document_is_evidence_for_at_least_one_question() -> None:
    closed = {path.name for path in CLOSED.iterdir()}
    assert {item["document"] for _, item in quotes()} == {p.name for p in documents()} | closed


def test_replaced_values_are_answered_from_the_newer_announcement() -> None:
    newer = [case for case in questions() if "superseded" in case["tags"]]
    assert newer
    assert all(item["document"].endswith(".eml") for case in newer for item in case["evidence"])
