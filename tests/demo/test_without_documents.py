"""A demo year tells honestly that an empty sandbox knows nothing."""

from pathlib import Path

from sqlmodel import select

from core.storage.tables import MessageRow
from tests.terminal.conftest import opened_terminal


def test_a_year_without_documents_has_questions_and_ideas_but_no_answers(tmp_path: Path) -> None:
    with opened_terminal(tmp_path) as terminal:
        terminal("migrate")

        counts = terminal("demo", "load", "--json").records[0]

        assert counts["ideas"] >= 40
        with terminal.services.database.read() as session:
            answers = session.exec(select(MessageRow).where(MessageRow.role == "assistant")).all()
        assert len(answers) == counts["answers"]
        assert all(answer.abstained for answer in answers if answer.status == "complete")
