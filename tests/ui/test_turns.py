"""Page runs of one person come one after the other; those of others do not wait for them."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr
from streamlit.testing.v1 import AppTest

import bootstrap.embedders
import ui
from bootstrap.preparation import migrate_database
from bootstrap.services import ProcessRole, Services, build_services
from core.domain.identity import SYSTEM, User
from core.domain.knowledge import Upload
from core.settings import EmbeddingSettings, ModelSettings, PolicySettings, Settings
from tests.ingestion.fakes import HashingEmbedder
from tests.ui.conftest import PASSWORD
from tools.trial.protocol import Recorded
from tools.trial.provider import FakeProvider, Reply, grounded_echo
from ui.turns import PageTurns, page_turns

MAIN = Path(ui.__file__).with_name("main.py")
QUESTION = "How many days of leave?"
LONG, SHORT = 30.0, 0.05


def test_tabs_of_one_person_are_drawn_one_after_the_other() -> None:
    turns = PageTurns(LONG)
    at_work, most, lock = 0, 0, threading.Lock()

    def run(_: int) -> bool:
        nonlocal at_work, most
        with turns.turn("anna") as has_come:
            with lock:
                at_work += 1
                most = max(most, at_work)
            threading.Event().wait(0.01)
            with lock:
                at_work -= 1
        return has_come

    with ThreadPoolExecutor(6) as tabs:
        assert all(tabs.map(run, range(12)))
    assert most == 1


def test_another_person_does_not_wait() -> None:
    turns = PageTurns(SHORT)

    with turns.turn("anna"), ThreadPoolExecutor(1) as tab:
        assert tab.submit(has_turn, turns, "ben").result()


def test_a_run_that_takes_long_does_not_hold_up_another_tab_for_ever() -> None:
    turns = PageTurns(SHORT)

    with turns.turn("anna"), ThreadPoolExecutor(1) as tab:
        assert not tab.submit(has_turn, turns, "anna").result()


def test_a_turn_ends_with_its_run_even_by_an_error() -> None:
    turns = PageTurns(SHORT)

    with pytest.raises(ZeroDivisionError), turns.turn("anna"):
        raise ZeroDivisionError

    assert has_turn(turns, "anna")


def test_who_sets_a_turn_aside_lets_another_tab_begin() -> None:
    turns = PageTurns(SHORT)

    with turns.turn("anna"), ThreadPoolExecutor(1) as tab:
        turns.set_aside()
        assert tab.submit(has_turn, turns, "anna").result()


def test_a_run_that_waited_for_its_person_lets_others_go_first() -> None:
    turns, began, may_end = PageTurns(LONG, LONG), threading.Event(), threading.Event()
    order: list[str] = []

    def of_ben() -> None:
        with turns.turn("ben"):
            began.set()
            may_end.wait(LONG)
            order.append("ben")

    def second_tab() -> None:
        with turns.turn("anna"):
            order.append("anna")

    with ThreadPoolExecutor(2) as tabs:
        with turns.turn("anna"):
            second = tabs.submit(second_tab)
            tabs.submit(of_ben)
            assert began.wait(LONG)
            wait_for_second(turns)
        assert not second.done()
        may_end.set()

    assert order == ["ben", "anna"]


def test_courtesy_ends_too() -> None:
    turns, may_end = PageTurns(LONG, SHORT), threading.Event()

    def of_ben() -> None:
        with turns.turn("ben"):
            may_end.wait(LONG)

    with ThreadPoolExecutor(2) as tabs:
        with turns.turn("anna"):
            tabs.submit(of_ben)
            second = tabs.submit(has_turn, turns, "anna")
            wait_for_second(turns)
        assert second.result(LONG)
        may_end.set()


def test_nobody_waits_for_a_run_that_was_set_aside() -> None:
    turns, is_aside, may_end = PageTurns(LONG, LONG), threading.Event(), threading.Event()

    def of_ben() -> None:
        with turns.turn("ben"):
            turns.set_aside()
            is_aside.set()
            may_end.wait(LONG)

    with ThreadPoolExecutor(2) as tabs:
        with turns.turn("anna"):
            tabs.submit(of_ben)
            assert is_aside.wait(LONG)
            second = tabs.submit(has_turn, turns, "anna")
            wait_for_second(turns)
        assert second.result(LONG / 2)
        may_end.set()


def test_setting_aside_without_a_turn_is_harmless() -> None:
    turns = PageTurns(SHORT)

    turns.set_aside()
    with turns.turn("anna"):
        pass
    turns.set_aside()

    assert has_turn(turns, "anna")


def test_a_page_waits_for_the_persons_other_tab(
    services: Services, ben: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = services.sign_in.sign_in(ben.email, PASSWORD)
    monkeypatch.setattr("ui.state.person.session_token", lambda: token)
    monkeypatch.setattr(page_turns, "patience_seconds", LONG)
    drawing = threading.Event()
    monkeypatch.setattr("ui.frame.draw_sidebar", lambda *_, **__: drawing.set())

    with ThreadPoolExecutor(1) as tab:
        with page_turns.turn(ben.id):
            run = tab.submit(AppTest.from_file(str(MAIN), default_timeout=60).run)
            assert not drawing.wait(1.0)
        app = run.result()

    assert drawing.is_set()
    assert not app.exception


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider() as provider:
        yield provider


@pytest.fixture
def with_model(
    tmp_path: Path, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Services]:
    """The services of `services`, with a language model."""
    settings = Settings(
        data_dir=tmp_path,
        embeddings=EmbeddingSettings(cache_dir=tmp_path),
        llm=ModelSettings(
            base_url=provider.base_url, api_key=SecretStr("sk-not-a-real-key"), model="test-model"
        ),
        policy=PolicySettings(required=False),
        _env_file=None,
    )
    migrate_database(settings)
    monkeypatch.setattr(bootstrap.embedders, "build_embedder", lambda *_, **__: HashingEmbedder())
    built = build_services(settings, ProcessRole.TERMINAL)
    monkeypatch.setattr("ui.resources.process_services", lambda: built)
    yield built
    built.worker.stop()
    built.database.close()


def test_while_a_model_writes_the_persons_other_tabs_are_drawn(
    with_model: Services, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = with_model.collections.add(SYSTEM, "Handbook", is_open=True)
    with_model.documents.upload(
        SYSTEM, collection.id, [Upload("leave.md", b"Everybody has 30 days of leave.")]
    )
    ben = with_model.people.add(SYSTEM, "ben@nordhafen.example", name="Ben", password=PASSWORD)
    token = with_model.sign_in.sign_in(ben.email, PASSWORD)
    monkeypatch.setattr("ui.state.person.session_token", lambda: token)
    other_tabs: list[bool] = []

    def write(_: Recorded) -> Reply:
        other_tabs.append(has_turn(page_turns, ben.id))
        return Reply(grounded_echo())

    provider.decide = write
    app = AppTest.from_file(str(MAIN), default_timeout=60).run()
    app.chat_input[0].set_value(QUESTION).run()

    assert not app.exception
    (conversation,) = with_model.chat.conversations.list(ben)
    answer = with_model.chat.conversations.get(ben, conversation.id).messages[-1]
    assert "30 days" in answer.text
    assert other_tabs == [True]


def wait_for_second(turns: PageTurns) -> None:
    """Until another tab of Anna's waits."""
    while not turns.waiting("anna"):
        time.sleep(0.001)


def has_turn(turns: PageTurns, person: str) -> bool:
    """Whether a run of this person may begin now."""
    with turns.turn(person) as has_come:
        return has_come
