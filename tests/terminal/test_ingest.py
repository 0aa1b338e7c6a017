"""`ingest`: a line for every document, a summary, and an exit code that tells."""

import os
import time
import unicodedata
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from core.domain.identity import SYSTEM
from ingestion.background.ownership import IndexOwnership
from terminal.documents.ingest import FILES_AT_ONCE
from tests.terminal.conftest import LEAVE, LUNCH, Terminal

LINE = {"file", "document", "external_id", "status", "reason", "pages", "chunks", "seconds"}


@pytest.fixture
def handbook(terminal: Terminal) -> Terminal:
    terminal("collections", "add", "Handbook", "--open")
    return terminal


def short(record: dict[str, Any]) -> tuple[object, ...]:  # Any: JSON
    return (record["file"], record["status"], record["pages"], record["chunks"])


def test_every_file_of_a_folder_has_a_line_and_the_last_line_sums_up(handbook: Terminal) -> None:
    handbook.file("a/leave.txt", LEAVE)
    handbook.file("a/b/lunch.md", f"# Canteen\n\n{LUNCH}")
    handbook.file("a/.hidden.txt", "Not for anybody.")

    ran = handbook("ingest", "files", "--collection", "Handbook", "--json")

    *lines, summary = ran.records
    assert (ran.code, ran.err) == (0, "")
    assert [short(line) for line in lines] == [
        ("a/b/lunch.md", "ready", 1, 1),
        ("a/leave.txt", "ready", 1, 1),
    ]
    assert all(set(line) == LINE for line in lines)
    assert [line["document"] for line in lines] == ["lunch.md", "leave.txt"]
    assert not any(line["reason"] for line in lines)
    # Reading and embedding overlap, so that the times of files need not add up to the whole.
    assert summary.pop("seconds") >= max(line["seconds"] for line in lines)
    assert summary == {
        "summary": True,
        "documents": 2,
        "ready": 2,
        "duplicate": 0,
        "quarantined": 0,
        "failed": 0,
        "pages": 2,
        "chunks": 2,
    }


def test_a_second_time_everything_is_a_duplicate_and_nothing_fails(handbook: Terminal) -> None:
    leave = str(handbook.file("leave.txt", LEAVE))
    records = handbook.lines("r.jsonl", {"_id": "1", "title": "Canteen", "text": LUNCH})
    handbook("ingest", leave, records, "--collection", "Handbook")

    ran = handbook("ingest", leave, records, "--collection", "Handbook", "--json")

    *lines, summary = ran.records
    assert ran.code == 0
    assert [line["status"] for line in lines] == ["duplicate", "duplicate"]
    assert all(line["reason"] for line in lines)
    assert lines[1]["external_id"] == "1"
    assert (summary["ready"], summary["duplicate"]) == (0, 2)


def test_each_record_of_a_jsonl_file_becomes_a_document_with_its_id(handbook: Terminal) -> None:
    records = [{"_id": f"doc-{n}", "title": f"Rule {n}", "text": LEAVE} for n in range(20)]
    path = handbook.lines("rules.jsonl", *records)

    ran = handbook("ingest", path, "--collection", "Handbook", "--json")

    *lines, summary = ran.records
    assert ran.code == 0
    assert [line["external_id"] for line in lines] == [f"doc-{n}" for n in range(20)]
    assert {line["status"] for line in lines} == {"ready"}
    assert summary["documents"] == 20
    hits = handbook("search", "parental leave", "--json").records[0]["hits"]
    assert {hit["external_id"] for hit in hits} <= {f"doc-{n}" for n in range(20)}


def test_a_file_that_cannot_be_read_fails_with_a_reason_and_the_others_go_on(
    handbook: Terminal,
) -> None:
    broken = handbook.file("broken.pdf", b"%PDF-1.7\nnot a document")
    program = handbook.file("program.exe", b"MZ\x90\x00")
    leave = handbook.file("leave.txt", LEAVE)

    ran = handbook(
        "ingest", str(broken), str(program), str(leave), "--collection", "Handbook", "--json"
    )

    *lines, summary = ran.records
    assert ran.code == 1
    assert [line["status"] for line in lines] == ["failed", "failed", "ready"]
    assert all(line["reason"].endswith(".") for line in lines[:2])
    assert (summary["failed"], summary["ready"]) == (2, 1)


def test_a_bad_line_of_a_jsonl_file_is_named(handbook: Terminal) -> None:
    path = handbook.lines("r.jsonl", {"_id": "1", "text": LEAVE}, {"_id": "2"})

    ran = handbook("ingest", path, "--collection", "Handbook", "--json")

    assert ran.code == 1
    assert [line.get("status") for line in ran.records] == ["ready", "failed", None]
    assert ran.records[1]["reason"].startswith("Line 2: ")


def test_more_files_than_are_handed_over_at_once_are_all_read(handbook: Terminal) -> None:
    for number in range(18):
        handbook.file(f"many/{number:02}.txt", f"{LEAVE} Rule {number}.")

    ran = handbook("ingest", "files/many", "--collection", "Handbook", "--json")

    assert [line["file"] for line in ran.records[:-1]] == [f"{n:02}.txt" for n in range(18)]
    assert ran.records[-1]["ready"] == 18


def test_without_json_only_the_summary_is_the_result(handbook: Terminal) -> None:
    leave = str(handbook.file("leave.txt", LEAVE))
    odd = str(handbook.file("[bold]odd.xyz", "?"))

    ran = handbook("ingest", leave, odd, "--collection", "Handbook")

    assert ran.code == 1
    assert ran.out.startswith("2 documents in ")
    assert "[bold]odd.xyz: failed." in ran.err
    assert "leave.txt" not in ran.err


def test_an_empty_folder_is_bad_usage(handbook: Terminal) -> None:
    handbook.file("empty/.hidden", "")

    ran = handbook("ingest", "files/empty", "--collection", "Handbook", "--json")

    assert (ran.code, ran.out) == (2, "")
    assert "no file" in ran.err


def test_a_missing_path_is_bad_usage(handbook: Terminal) -> None:
    ran = handbook("ingest", "nowhere.pdf", "--collection", "Handbook", "--json")

    assert (ran.code, ran.out) == (2, "")
    assert "nowhere.pdf" in ran.err


@pytest.mark.parametrize("name", ["Nothing", "[/red]"])
def test_an_unknown_collection_is_bad_usage_and_says_how_to_make_it(
    handbook: Terminal, name: str
) -> None:
    leave = str(handbook.file("leave.txt", LEAVE))

    ran = handbook("ingest", leave, "--collection", name, "--json")

    assert (ran.code, ran.out) == (2, "")
    assert f"collections add {name}" in ran.err


def test_a_running_app_gets_all_files_without_waiting_for_the_terminal(terminal: Terminal) -> None:
    """None is read here: the lock of the indexes is taken, as a running app takes it."""
    terminal("collections", "add", "Handbook", "--open")
    files = 3 * FILES_AT_ONCE
    for number in range(files):
        terminal.file(f"note-{number}.txt", f"Note {number} says that lunch costs {number} EUR.")
    documents, app = terminal.services.documents, IndexOwnership(terminal.folder / "data")
    assert app.acquire()

    with ThreadPoolExecutor(1) as pool:
        ran = pool.submit(terminal, "ingest", "files", "--collection", "Handbook", "--json")
        try:
            wait_until(lambda: documents.count(SYSTEM) == files)
        finally:  # or the command would wait for ever
            app.release()
            documents.cancel(SYSTEM, [d.version_id for d in documents.list(SYSTEM, limit=files)])
        records = ran.result(timeout=120).records

    assert [r["status"] for r in records[:-1]] == ["cancelled"] * files


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


PORT_A = "Gate 7 in Kassel opens at 05:15."
PORT_B = "Gate 7 in Lyon opens at 06:40."


def test_files_of_one_name_in_two_folders_are_two_documents(handbook: Terminal) -> None:
    handbook.file("a/index.md", PORT_A)
    handbook.file("b/index.md", PORT_B)

    ran = handbook("ingest", "files", "--collection", "Handbook", "--json")

    assert ran.code == 0
    assert [short(line) for line in ran.records[:-1]] == [
        ("a/index.md", "ready", 1, 1),
        ("b/index.md", "ready", 1, 1),
    ]
    documents = handbook.services.documents.list(SYSTEM)
    assert sorted((d.file_name, d.version) for d in documents) == [("index.md", 1)] * 2


def test_two_given_folders_and_two_given_files_of_one_name_are_told_apart(
    handbook: Terminal,
) -> None:
    first, second = handbook.file("a/index.md", PORT_A), handbook.file("b/index.md", PORT_B)

    folders = handbook("ingest", "files/a", "files/b", "--collection", "Handbook", "--json")
    handbook("collections", "add", "Other")
    files = handbook("ingest", str(first), str(second), "--collection", "Other", "--json")

    for ran in (folders, files):
        assert [line["file"] for line in ran.records[:-1]] == ["a/index.md", "b/index.md"]
        assert ran.records[-1]["ready"] == 2


def test_a_changed_file_of_a_folder_is_a_new_version_of_its_own_document(
    handbook: Terminal,
) -> None:
    handbook.file("a/index.md", PORT_A)
    second = handbook.file("b/index.md", PORT_B)
    handbook("ingest", "files", "--collection", "Handbook")
    second.write_text("Gate 7 in Lyon opens at 07:00.")

    ran = handbook("ingest", "files", "--collection", "Handbook", "--json")

    assert [line["status"] for line in ran.records[:-1]] == ["duplicate", "ready"]
    assert sorted(d.version for d in handbook.services.documents.list(SYSTEM)) == [1, 2]


def test_a_name_as_macos_writes_it_is_the_same_name(handbook: Terminal) -> None:
    handbook.file(f"one/{unicodedata.normalize('NFC', 'Größe/Übersicht.md')}", PORT_A)
    handbook.file(f"two/{unicodedata.normalize('NFD', 'Größe/Übersicht.md')}", PORT_B)
    handbook("ingest", "files/one", "--collection", "Handbook")

    ran = handbook("ingest", "files/two", "--collection", "Handbook", "--json")

    assert ran.records[-1]["ready"] == 1
    [document] = handbook.services.documents.list(SYSTEM)
    assert (document.version, document.file_name) == (2, "Übersicht.md")


def test_a_file_that_cannot_be_opened_has_a_line_and_the_others_are_read(
    handbook: Terminal,
) -> None:
    handbook.file("a/leave.txt", LEAVE)
    (handbook.folder / "files" / "a" / "gone.txt").symlink_to("nowhere.txt")
    os.mkfifo(handbook.folder / "files" / "pipe.txt")

    ran = handbook("ingest", "files/a", "files/pipe.txt", "--collection", "Handbook", "--json")

    assert ran.code == 1
    assert {(line["file"], line["status"]) for line in ran.records[:-1]} == {
        ("leave.txt", "ready"),
        ("pipe.txt", "failed"),
    }


def test_archives_of_one_name_keep_their_files_apart(handbook: Terminal) -> None:
    for folder, text in (("a", PORT_A), ("b", PORT_B)):
        with zipfile.ZipFile(handbook.file(f"{folder}/pack.zip", b""), "w") as archive:
            archive.writestr("docs/index.md", text)

    ran = handbook("ingest", "files", "--collection", "Handbook", "--json")

    assert [line["file"] for line in ran.records[:-1]] == ["a/pack.zip", "b/pack.zip"]
    assert {d.version for d in handbook.services.documents.list(SYSTEM)} == {1}
    assert ran.records[-1]["ready"] == 2


def test_each_file_has_its_own_time(handbook: Terminal) -> None:
    handbook.file("long.txt", "\n\n".join(f"{LEAVE} Rule {n}." for n in range(400)))
    handbook.file("short.txt", LUNCH)

    lines = {
        r["file"]: r
        for r in handbook("ingest", "files", "--collection", "Handbook", "--json").records[:-1]
    }

    assert lines["long.txt"]["seconds"] > lines["short.txt"]["seconds"] > 0
    again = handbook("ingest", "files", "--collection", "Handbook", "--json").records[:-1]
    assert {r["seconds"] for r in again} == {0.0}
