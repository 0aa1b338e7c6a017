"""What the chat page tells of the guard: before a question leaves, when it may not, and after."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import bootstrap.embedders
from bootstrap.services import ProcessRole, Services, build_services
from core.domain.identity import User
from core.guardrails.modes import GuardMode
from core.settings import EmbeddingSettings, GuardSettings, ModelSettings, Settings
from core.storage.tables import GuardNoteRow
from tests.ingestion.fakes import HashingEmbedder
from tests.ui.conftest import Answered, Pages, add_answer
from tools.trial.provider import FakeProvider

PREVIEW = (
    "from ui import state\n"
    "from ui.components.guard_notes import draw_guard_preview\n"
    "draw_guard_preview(state.require_user(), {question!r})\n"
)


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider() as provider:
        yield provider


@pytest.fixture
def services(
    tmp_path: Path,
    migrated_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    provider: FakeProvider,
) -> Iterator[Services]:
    """As for all pages, with a language model and a guard that blocks secrets."""
    settings = Settings(
        data_dir=tmp_path,
        embeddings=EmbeddingSettings(cache_dir=tmp_path),
        llm=ModelSettings(base_url=provider.base_url, model="fake-1"),
        guard=GuardSettings(llm_secrets=GuardMode.BLOCK, llm_names=GuardMode.WARN),
        _env_file=None,
    )
    shutil.copyfile(migrated_file, tmp_path / "sandbox.db")
    monkeypatch.setattr(bootstrap.embedders, "build_embedder", lambda *_, **__: HashingEmbedder())
    built = build_services(settings, ProcessRole.TERMINAL)
    monkeypatch.setattr("ui.resources.process_services", lambda: built)
    yield built
    built.worker.stop()
    built.database.close()


def captions(page: AppTest) -> str:
    return "\n".join(caption.value for caption in page.caption)


def note(services: Services, answered: Answered, effect: str, kind: str, count: int) -> None:
    with services.database.begin() as session:
        session.add(
            GuardNoteRow(message_id=answered.answer_id, effect=effect, kind=kind, count=count)
        )


def opened(services: Services, pages: Pages, user: User) -> AppTest:
    page = pages.open("chat", user)
    [summary] = services.chat.conversations.list(user)
    page.query_params["chat"] = summary.id
    return page.run()


@pytest.mark.usefixtures("ben")
def test_what_will_be_masked_and_what_not_stands_below_the_question(
    services: Services, pages: Pages, anna: User
) -> None:
    pages.open("chat", anna)
    question = "Does Ben Okafor (ben@nordhafen.example) answer at 0171 9876543?"

    page = AppTest.from_string(PREVIEW.format(question=question), default_timeout=60).run()

    assert not page.exception
    assert "Will be masked: 1 e-mail address and 1 phone number" in captions(page)
    assert "Will be sent as typed: 1 name" in captions(page)


@pytest.mark.usefixtures("services")
def test_an_ordinary_question_has_no_line(pages: Pages, anna: User) -> None:
    pages.open("chat", anna)

    page = AppTest.from_string(PREVIEW.format(question="Who pays?"), default_timeout=60).run()

    assert captions(page) == ""


def test_a_blocked_question_is_refused_with_the_reason_and_its_words_kept(
    services: Services, pages: Pages, anna: User, provider: FakeProvider
) -> None:
    page = pages.open("chat", anna)

    page.chat_input[0].set_value("My password is Kranich77!").run()

    assert not page.exception
    assert "it contains 1 password or key" in page.error[0].value
    assert "What you typed is kept below." in page.error[0].value
    assert page.chat_input[0].value == "My password is Kranich77!"
    assert services.chat.conversations.list(anna) == []
    assert provider.requests == []


@pytest.mark.parametrize(
    ("effect", "kind", "count", "told"),
    [
        ("masked", "PHONE", 2, "Masked in your question: 2 phone numbers"),
        ("masked_elsewhere", "PERSON", 1, "Masked in sources and earlier messages: 1 name"),
        ("sent", "PERSON", 1, "Sent as they are: 1 name"),
        ("withheld", "confidential", 3, "it may not receive confidential content (3 passages"),
        ("left_out", "restricted", 1, "1 passage was left out: restricted content"),
    ],
)
def test_what_the_guard_did_stands_below_the_answer(  # noqa: PLR0913  fixtures and what is told
    services: Services, pages: Pages, anna: User, effect: str, kind: str, count: int, told: str
) -> None:
    answered = add_answer(services, anna, "Who keeps the key?", "Anna does. [1]")
    note(services, answered, effect, kind, count)

    page = opened(services, pages, anna)

    assert not page.exception
    assert told in captions(page)
