"""`ask` where nothing may be read, and with a language model."""

from pathlib import Path

import pytest

from tests.terminal.conftest import LEAVE, QUESTION, Terminal, opened_terminal
from tools.trial.provider import FakeProvider, Reply

OLE = "ole@nordhafen.example"


def test_a_person_to_whom_nothing_is_open_is_told_so(terminal: Terminal) -> None:
    terminal.add_group("hr")
    terminal("collections", "add", "Pay", "--group", "hr")
    terminal.add_person(OLE)

    [record] = terminal("ask", QUESTION, "--user", OLE, "--json").records

    assert record["abstained"]
    assert "administrator" in record["answer"]
    assert record["nearest"] == []


def test_an_answer_of_a_language_model_is_priced_and_a_failed_one_ends_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeProvider(Reply(f"{LEAVE} [1]"), Reply(status=500)) as provider:
        for name, value in (
            ("BASE_URL", provider.base_url),
            ("MODEL", "fake-1"),
            ("MAX_RETRIES", "0"),
            ("INPUT_PRICE", "2"),
            ("OUTPUT_PRICE", "8"),
        ):
            monkeypatch.setenv(f"SANDBOX_LLM__{name}", value)
        with opened_terminal(tmp_path) as terminal:
            terminal("migrate")
            terminal("collections", "add", "Handbook", "--open")
            terminal("ingest", str(terminal.file("l.txt", LEAVE)), "--collection", "Handbook")
            terminal.add_person(OLE)
            twice = terminal.lines("q.jsonl", *({"_id": n, "text": QUESTION} for n in "ab"))

            ran = terminal("ask", "--user", OLE, "--questions", twice, "--json")

    good, bad = ran.records
    assert ran.code == 1
    assert (good["engine"], good["status"], good["usage"]["source"]) == (
        "fake-1",
        "complete",
        "provider",
    )
    assert good["usage"]["cost"] > 0
    assert (bad["_id"], bad["status"]) == ("b", "failed")
    assert "error of its own" in bad["error"]


def test_one_question_of_a_file_that_cannot_be_used_does_not_end_the_others(
    terminal: Terminal,
) -> None:
    terminal.add_person(OLE)
    file = terminal.lines("q.jsonl", {"_id": "a", "text": "x" * 5000}, {"_id": "b", "text": "hi?"})

    ran = terminal("ask", "--user", OLE, "--questions", file, "--json")

    assert ran.code == 1
    assert [(r["_id"], r["status"]) for r in ran.records] == [("a", "failed"), ("b", "complete")]
    assert "5,000" in ran.records[0]["error"]


def test_without_documents_the_label_comes_first_and_a_model_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened_terminal(tmp_path) as terminal:
        terminal("migrate")
        terminal.add_person(OLE)
        refused = terminal("ask", "Write a mail.", "--user", OLE, "--without-documents")
    with FakeProvider(Reply("Dear Tom [1]")) as provider:
        monkeypatch.setenv("SANDBOX_LLM__BASE_URL", provider.base_url)
        monkeypatch.setenv("SANDBOX_LLM__MODEL", "fake-1")
        with opened_terminal(tmp_path) as terminal:
            told = terminal("ask", "Write a mail.", "--user", OLE, "--without-documents")

    assert (refused.code, told.code) == (2, 0)
    assert "only a language model can answer" in refused.err
    assert told.out.splitlines() == ["Not checked against documents:", "Dear Tom [1]"]
