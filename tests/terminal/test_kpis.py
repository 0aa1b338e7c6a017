"""`kpis` in the terminal: a table, JSON and files, and a sentence for what cannot be."""

import io

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from admin.kpis.words import GROUPS
from core.domain.identity import SYSTEM
from terminal.answers.overview import chosen_period, chosen_zone
from tests.terminal.conftest import Terminal


def titles(terminal: Terminal) -> list[str]:
    period = chosen_period(30, None, None, chosen_zone("UTC"))
    report = terminal.services.kpis.report(SYSTEM, period)
    return [kpi.measure.definition.title for kpi in report.kpis]


def test_the_table_shows_every_figure(terminal: Terminal) -> None:
    ran = terminal("kpis")

    assert ran.code == 0
    words = " ".join((ran.out + ran.err).split())
    assert all(group in words for group in GROUPS.values())


def test_json_has_numbers_units_and_meanings(terminal: Terminal) -> None:
    records = terminal("kpis", "--json", "--zone", "Europe/Berlin").records

    assert len(records) == len(titles(terminal))
    spend = next(record for record in records if record["key"] == "spend")
    assert (spend["value"], spend["unit"], spend["currency"]) == (0, "money", "EUR")
    assert spend["before"]["value"] == 0
    assert all(record["meaning"] for record in records)


def test_files_hold_every_figure(terminal: Terminal) -> None:
    for name in ("board.pdf", "board.XLSX"):
        ran = terminal("kpis", "--out", str(terminal.folder / name))
        assert ran.code == 0, ran.err

    printed = " ".join(
        " ".join(
            page.extract_text() for page in PdfReader(terminal.folder / "board.pdf").pages
        ).split()
    )
    sheet = load_workbook(io.BytesIO((terminal.folder / "board.XLSX").read_bytes()))["Figures"]
    in_sheet = [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert in_sheet == titles(terminal)
    assert [title for title in in_sheet if title not in printed] == []


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--out", "board.docx"), "Name a file that ends with .pdf or .xlsx."),
        (("--out", "board"), "Name a file that ends with .pdf or .xlsx."),
        (("--out", "nowhere/board.pdf"), "There is no folder nowhere."),
        (("--from", "2026-02-01", "--to", "2026-01-01"), "would end before it begins"),
        (("--to", "2026-01-01"), "--to needs --from."),
        (("--from", "0001-01-01"), "Name days of the years 2000 to 2100."),
        (("--from", "2026-01-01", "--to", "9999-12-31"), "Name days of the years 2000 to 2100."),
        (("--zone", "Nowhere/City"), "There is no time zone Nowhere/City."),
        (("--from", "yesterday"), "yesterday"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(
    terminal: Terminal, options: tuple[str, ...], sentence: str
) -> None:
    ran = terminal("kpis", *options)

    assert ran.code == 2
    assert sentence in " ".join((ran.out + ran.err).split())
    assert "Traceback" not in ran.err


def test_a_folder_cannot_be_written_over(terminal: Terminal) -> None:
    (terminal.folder / "board.pdf").mkdir()

    ran = terminal("kpis", "--out", str(terminal.folder / "board.pdf"))

    assert ran.code == 1
    assert "board.pdf" in " ".join(ran.err.split())
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("first", ["2000-01-01", "2090-01-01"])
def test_periods_far_from_today_have_figures_of_nothing(terminal: Terminal, first: str) -> None:
    ran = terminal("kpis", "--json", "--from", first, "--to", f"{first[:4]}-03-01")

    assert ran.code == 0, ran.err
    value = {record["key"]: record["value"] for record in ran.records}
    assert value["questions"] == 0
    assert value["helpful"] is None
