"""Pages on real services in a fresh data directory, with an administrator and an employee."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import bootstrap.embedders
from bootstrap.services import ProcessRole, Services, build_services
from core.domain.clock import new_id
from core.domain.conversations import MessageRole
from core.domain.identity import SYSTEM, Role, User
from core.settings import EmbeddingSettings, Settings
from core.storage.tables import (
    AnswerSourceRow,
    AnswerUsageRow,
    CitationRow,
    ConversationRow,
    MessageRow,
)
from tests.ingestion.fakes import HashingEmbedder

PASSWORD = "violet kettle orbit pancake"


@dataclass(frozen=True, slots=True)
class Answered:
    """A question and its answer in somebody's chat."""

    question_id: str
    answer_id: str


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The settings of the services; a file of tests may have others."""
    return Settings(
        data_dir=tmp_path, embeddings=EmbeddingSettings(cache_dir=tmp_path), _env_file=None
    )


@pytest.fixture
def services(
    settings: Settings, tmp_path: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Services]:
    """Everything real but the embedding model; documents are read at once, in this thread."""
    shutil.copyfile(migrated_file, tmp_path / "sandbox.db")
    monkeypatch.setattr(bootstrap.embedders, "build_embedder", lambda *_, **__: HashingEmbedder())
    built = build_services(settings, ProcessRole.TERMINAL)
    monkeypatch.setattr("ui.resources.process_services", lambda: built)
    yield built
    built.worker.stop()
    built.database.close()


@pytest.fixture
def anna(services: Services) -> User:
    """An administrator."""
    return services.people.add(
        SYSTEM, "anna@nordhafen.example", name="Anna Berg", password=PASSWORD, role=Role.ADMIN
    )


@pytest.fixture
def ben(services: Services) -> User:
    """An employee."""
    return services.people.add(
        SYSTEM, "ben@nordhafen.example", name="Ben Okafor", password=PASSWORD
    )


class Pages:
    """Opens pages as somebody who is really signed in."""

    def __init__(self, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
        self._services = services
        self._monkeypatch = monkeypatch

    def open(self, name: str, user: User) -> AppTest:
        """The page after its first run."""
        token = self._services.sign_in.sign_in(user.email, PASSWORD)
        for place in ("ui.state.person.session_token", "ui.state.session_token"):
            self._monkeypatch.setattr(place, lambda: token)
        script = (
            "from ui import state\n"
            f"from ui.{name} import page as {name}\n"
            f"{name}.page(state.require_user())\n"
        )
        return AppTest.from_string(script, default_timeout=60).run()


@pytest.fixture
def pages(services: Services, monkeypatch: pytest.MonkeyPatch) -> Pages:
    return Pages(services, monkeypatch)


def add_answer(
    services: Services, user: User, question: str, answer: str, *, abstained: bool = False
) -> Answered:
    """A finished exchange with one citation and its usage row."""
    chat = ConversationRow(user_id=user.id, title=question)
    asked = MessageRow(
        conversation_id=chat.id,
        position=0,
        role=MessageRole.USER,
        text=question,
        status="complete",
    )
    answered = MessageRow(
        conversation_id=chat.id,
        position=1,
        role=MessageRole.ASSISTANT,
        text=answer,
        status="complete",
        engine="passages",
        abstained=abstained,
    )
    citation = CitationRow(
        message_id=answered.id,
        number=1,
        document_id=new_id(),
        version_id=new_id(),
        document_title="Travel policy",
        file_name="travel.pdf",
        page=3,
        quote="Second class is the rule.",
    )
    usage = AnswerUsageRow(
        message_id=answered.id,
        conversation_id=chat.id,
        user_id=user.id,
        engine="passages",
        status="complete",
        abstained=abstained,
        total_ms=1200,
    )
    ids = Answered(asked.id, answered.id)
    source = AnswerSourceRow(
        message_id=answered.id,
        document_id=citation.document_id,
        collection_id=_open_collection(services),
    )
    with services.database.begin() as session:
        for row in (chat, asked, answered, citation, usage, source):
            session.add(row)
            session.flush()
    return ids


def _open_collection(services: Services) -> str:
    """Where the documents behind these answers were; everybody may read it."""
    name = "Travel"
    found = [one.id for one in services.collections.list_all(SYSTEM) if one.name == name]
    return found[0] if found else services.collections.add(SYSTEM, name, is_open=True).id


def texts(app: AppTest) -> str:
    """Everything a reader sees as running text."""
    kinds = (app.markdown, app.text, app.caption, app.info, app.success, app.warning, app.error)
    return "\n".join(element.value for kind in kinds for element in kind)


def table(app: AppTest, *columns: str) -> pd.DataFrame:
    """The one table that has these columns."""
    shown: list[pd.DataFrame] = [one.value for one in (*app.dataframe, *app.table)]
    found = [one for one in shown if set(columns) <= set(one.columns)]
    assert len(found) == 1
    return found[0].replace("\u00a0", " ", regex=True)
