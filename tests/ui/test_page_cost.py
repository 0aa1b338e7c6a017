"""What a page run asks of the database: 60 people at once share one interpreter and its lock."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import event
from streamlit.testing.v1 import AppTest

import ui
from bootstrap.services import Services
from core.domain.identity import SYSTEM, User
from core.domain.knowledge import Upload
from tests.ui.conftest import PASSWORD, add_answer

MAIN = Path(ui.__file__).with_name("main.py")
Opener = Callable[[str], AppTest]


@pytest.fixture
def statements(services: Services) -> Iterator[list[str]]:
    """Every statement from now on, with the beginnings of transactions."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(" ".join(statement.split()))

    engine = services.database.engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def open_app(
    services: Services, ben: User, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> Opener:
    """The whole app with frame and sidebar, its statements counted from its first run on."""
    token = services.sign_in.sign_in(ben.email, PASSWORD)
    monkeypatch.setattr("ui.state.person.session_token", lambda: token)

    def opened(conversation: str) -> AppTest:
        app = AppTest.from_file(str(MAIN), default_timeout=60)
        if conversation:
            app.query_params["chat"] = conversation
        statements.clear()
        app.run()
        assert not app.exception
        return app

    return opened


def fill(services: Services, collections: int) -> None:
    """Open collections with three documents each."""
    for number in range(collections):
        target = services.collections.add(SYSTEM, f"Yard {number}", is_open=True)
        files = [
            Upload(
                f"c{i}.md", f"# Crane {number}{i}\n\n## Who checks {number}{i}?\n\nBo.\n".encode()
            )
            for i in range(3)
        ]
        services.documents.upload(SYSTEM, target.id, files)


@pytest.mark.parametrize("collections", [1, 5])
def test_an_empty_chat_asks_the_database_little_however_much_there_is_to_read(
    services: Services, open_app: Opener, statements: list[str], collections: int
) -> None:
    fill(services, collections)

    open_app("")

    assert len(statements) <= 22


@pytest.mark.parametrize("answers", [1, 12])
def test_a_conversation_asks_the_database_little_however_long_the_history_is(
    services: Services, ben: User, open_app: Opener, statements: list[str], answers: int
) -> None:
    fill(services, 2)
    for number in range(answers):
        add_answer(services, ben, f"Who checks crane {number}?", "Bo does.")

    open_app(services.chat.conversations.list(ben)[0].id)

    assert len(statements) <= 31


def test_a_page_run_looks_up_the_person_once(open_app: Opener, statements: list[str]) -> None:
    open_app("")

    assert len([s for s in statements if "FROM sign_in_sessions" in s]) == 1
    assert len([s for s in statements if "FROM users LEFT OUTER JOIN memberships" in s]) == 1
