"""`verify` tells whether everything agrees, mends it, and says so with its exit code."""

from pathlib import Path

import pytest
from sqlalchemy import delete

from core.storage.tables import SentenceVectorsRow
from ingestion.background.ownership import IndexOwnership
from tests.terminal.conftest import LEAVE, LUNCH, Terminal


@pytest.fixture
def handbook(terminal: Terminal) -> Terminal:
    terminal("collections", "add", "Handbook", "--open")
    terminal.file("leave.txt", LEAVE)
    terminal.file("lunch.txt", LUNCH)
    assert terminal("ingest", "files", "--collection", "Handbook").code == 0
    return terminal


def lose_sentences(terminal: Terminal) -> None:
    with terminal.services.database.begin() as session:
        session.execute(delete(SentenceVectorsRow))


def test_a_line_for_each_collection_and_a_summary(handbook: Terminal) -> None:
    ran = handbook("verify", "--json")

    line, summary = ran.records
    assert ran.code == 0
    assert line == {
        "collection": "Handbook",
        "documents": 2,
        "chunks": 2,
        "vectors": 2,
        "keywords": 2,
        "orphans": 0,
        "missing": 0,
        "unfinished": 0,
        "ok": True,
        "wrong": {},
    }
    assert (summary["summary"], summary["chunks"], summary["ok"]) == (True, 2, True)


def test_damage_is_named_with_exit_code_1_and_mended(handbook: Terminal) -> None:
    lose_sentences(handbook)

    seen, doctor = handbook("verify"), handbook("doctor")
    repaired = handbook("verify", "--repair", "--json")

    assert seen.code == 1
    assert "2 passages without sentence vectors" in seen.err
    assert "verify --repair" in doctor.err
    assert repaired.code == 0
    assert repaired.records[0]["chunks_indexed"] == 2
    assert handbook("verify", "--collection", "Handbook").code == 0


def test_a_repair_waits_for_the_app_to_be_stopped(handbook: Terminal) -> None:
    app = IndexOwnership(Path(handbook.folder / "data"))
    assert app.acquire()

    ran = handbook("verify", "--repair")

    app.release()
    assert ran.code == 1
    assert "Another process uses this data directory" in ran.err


def test_an_unknown_collection_is_bad_usage(handbook: Terminal) -> None:
    assert handbook("verify", "--collection", "Nowhere").code == 2
