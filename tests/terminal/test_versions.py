"""Versions of a document, going back to one, and deleting with a receipt."""

import pytest

from core.domain.identity import SYSTEM
from ingestion.background.ownership import IndexOwnership
from tests.terminal.conftest import Terminal

OLD = "Everybody has twenty-eight days of leave a year."
NEW = "Everybody has thirty days of leave a year."


@pytest.fixture
def handbook(terminal: Terminal) -> Terminal:
    """One document in two versions."""
    terminal("collections", "add", "Handbook", "--open")
    for text in (OLD, NEW):
        terminal.file("leave.txt", text)
        assert terminal("ingest", "files", "--collection", "Handbook").code == 0
    return terminal


def document_id(terminal: Terminal) -> str:
    [document] = terminal.services.documents.list(SYSTEM)
    return document.id


def answering(terminal: Terminal) -> str:
    [passage] = terminal("documents", "passages", document_id(terminal), "--json").records
    return str(passage["text"])


def test_versions_are_listed_with_the_one_that_answers(handbook: Terminal) -> None:
    ran = handbook("documents", "versions", document_id(handbook), "--json")

    assert [(v["version"], v["answers"]) for v in ran.records] == [(2, True), (1, False)]


@pytest.mark.parametrize("options", [(), ("--version", "1")])
def test_the_version_before_answers_again(handbook: Terminal, options: tuple[str, ...]) -> None:
    ran = handbook("documents", "roll-back", document_id(handbook), *options)

    assert ran.code == 0
    assert answering(handbook) == OLD
    assert handbook("verify").code == 0


def test_a_roll_back_can_be_taken_back(handbook: Terminal) -> None:
    handbook("documents", "roll-back", document_id(handbook))

    handbook("documents", "roll-back", document_id(handbook), "--version", "2")

    assert answering(handbook) == NEW


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [(("--version", "7"), 2, "no version 7"), (("--version", "2"), 1, "already use")],
)
def test_a_version_that_cannot_answer_is_told(
    handbook: Terminal, options: tuple[str, ...], code: int, said: str
) -> None:
    ran = handbook("documents", "roll-back", document_id(handbook), *options)

    assert ran.code == code
    assert said in ran.err
    assert answering(handbook) == NEW


def test_there_is_nothing_before_the_first_version(handbook: Terminal) -> None:
    handbook("documents", "roll-back", document_id(handbook))

    ran = handbook("documents", "roll-back", document_id(handbook))

    assert ran.code == 2
    assert "no version before" in ran.err


def test_a_deletion_has_a_receipt_and_leaves_nothing(handbook: Terminal) -> None:
    ran = handbook("documents", "delete", document_id(handbook), "--yes", "--json")

    [receipt] = ran.records
    assert (receipt["versions"], receipt["passages"], receipt["remaining_passages"]) == (2, 2, 0)
    assert handbook.services.documents.count(SYSTEM) == 0
    assert handbook("verify").code == 0


def test_nothing_is_deleted_unasked_unknown_or_beside_the_app(handbook: Terminal) -> None:
    ids = document_id(handbook)
    assert handbook("documents", "delete", ids).code == 2
    assert handbook("documents", "delete", "nothing", "--yes").code == 2

    ownership = IndexOwnership(handbook.folder / "data")
    assert ownership.acquire()
    try:
        assert handbook("documents", "delete", ids, "--yes").code == 1
    finally:
        ownership.release()

    assert handbook.services.documents.count(SYSTEM) == 1
