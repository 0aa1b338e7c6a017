"""An answer ends with the sign-in of the person it is written for, and is kept as it is then."""

import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlmodel import col, select

from admin.people import People
from admin.provisioning.administrators import AdministratorGroup
from admin.provisioning.adoption import Adoption
from admin.provisioning.models import ScimPerson
from admin.provisioning.payloads import patch_of
from admin.provisioning.people import ProvisionedPeople
from admin.provisioning.tokens import ScimClient
from admin.signing_in.password_links import PasswordLinks
from admin.signing_in.passwords import Passwords
from admin.signing_in.sign_in import SignIn
from core.domain.answers import AnswerStatus
from core.domain.identity import SYSTEM, User
from core.errors import AccessDenied, SignedOut
from core.models.chat import ChatEndpoint, ChatLimits, OpenAICompatibleChat
from core.storage.tables import CollectionRow, MessageRow, ModelCallRow
from rag.answering.watch import LONGEST_UNCHECKED_S, AccessWatch
from rag.service import Chat
from rag.writing.draft import AnswerDraft
from rag.writing.events import AnswerEvent, AnswerEvents, StepStarted, TextAdded
from tests.rag.conftest import Knowledge
from tools.trial.provider import FakeProvider, Reply

PASSWORD = "violet kettle orbit pancake"
QUESTION = "How much is the severance for a team lead?"
SENTENCES = "".join(f"Sentence {number} tells it. [1] " for number in range(40))


@dataclass(frozen=True, slots=True)
class Desk:
    """Hanna, signed in on one browser, and all that can end that."""

    knowledge: Knowledge
    hanna: User
    chat: Chat
    sign_in: SignIn
    people: People
    links: PasswordLinks
    token: str
    provider: FakeProvider

    def is_signed_in(self) -> bool:
        return self.sign_in.user_for(self.token) is not None

    def ask(self) -> AnswerEvents:
        return self.chat.ask(self.hanna, QUESTION, is_signed_in=self.is_signed_in)

    def once_asked(self, act: Callable[[], object]) -> threading.Thread:
        """Start a thread that acts when the provider has got its next request."""
        before = len(self.provider.requests)

        def wait_and_act() -> None:
            while len(self.provider.requests) == before:
                time.sleep(0.02)
            act()

        waiting = threading.Thread(target=wait_and_act, daemon=True)
        waiting.start()
        return waiting

    def last_answer(self) -> MessageRow:
        with self.knowledge.database.read() as session:
            rows = session.exec(select(MessageRow).order_by(col(MessageRow.position))).all()
        return rows[-1]

    def model_calls(self) -> int:
        with self.knowledge.database.read() as session:
            return len(session.exec(select(ModelCallRow)).all())


@pytest.fixture
def desk(knowledge: Knowledge) -> Iterator[Desk]:
    handbook = knowledge.collection("Handbook", is_open=True)
    knowledge.document(handbook, "Rules", "The severance for a team lead is 64,000 EUR.")
    passwords = Passwords(memory_kib=8, time_cost=1)
    people = People(knowledge.database, passwords)
    hanna = people.add(SYSTEM, "hanna@nordhafen.example", name="Hanna", password=PASSWORD)
    sign_in = SignIn(
        knowledge.database, passwords, idle=timedelta(hours=12), absolute=timedelta(days=7)
    )
    links = PasswordLinks(knowledge.database, passwords)
    with FakeProvider(Reply(SENTENCES)) as provider:
        endpoint = ChatEndpoint(provider.base_url, "fake-1", "sk-canary", "local")
        limits = ChatLimits(timeout_s=5, max_retries=0, max_output_tokens=100)
        chat = knowledge.chat(OpenAICompatibleChat(endpoint, limits))
        token = sign_in.sign_in(hanna.email, PASSWORD)
        yield Desk(knowledge, hanna, chat, sign_in, people, links, token, provider)


def listen(
    desk: Desk, heard: list[str], *, until: type[AnswerEvent], then: Callable[[], object]
) -> None:
    """To a whole answer; `then` happens after the first event of a kind."""
    has_happened = False
    for event in desk.ask():
        if isinstance(event, TextAdded):
            heard.append(event.text)
        if isinstance(event, until) and not has_happened:
            has_happened = True
            then()


def reset_by_link(desk: Desk) -> None:
    desk.links.use(desk.links.create(SYSTEM, desk.hanna.id), "amber tunnel walrus ginger")


def deactivate_by_scim(desk: Desk) -> None:
    database = desk.knowledge.database
    Adoption(database).hand_over_person(SYSTEM, desk.hanna.id)
    people = ProvisionedPeople(
        database, administrators=AdministratorGroup(), names_changed=lambda: None
    )
    operation = {"op": "Replace", "path": "active", "value": "False"}
    patch = patch_of(ScimPerson, {"Operations": [operation]})
    people.patch(ScimClient("0" * 32, "Entra ID"), desk.hanna.id, patch)


ENDS: dict[str, Callable[[Desk], object]] = {
    "signs out": lambda desk: desk.sign_in.sign_out(desk.token),
    "signs out everywhere": lambda desk: desk.sign_in.sign_out_everywhere(desk.hanna),
    "uses a link": reset_by_link,
    "is deactivated": lambda desk: desk.people.set_active(SYSTEM, desk.hanna.id, is_active=False),
    "is deactivated by an identity provider": deactivate_by_scim,
}


@pytest.mark.parametrize("end", sorted(ENDS))
def test_an_answer_that_is_being_written_ends_with_the_sign_in_and_is_kept(
    desk: Desk, end: str
) -> None:
    heard: list[str] = []

    with pytest.raises(SignedOut, match="ends here"):
        listen(desk, heard, until=TextAdded, then=lambda: ENDS[end](desk))

    kept = desk.last_answer()
    assert "".join(heard).count("Sentence") <= 2
    assert kept.status == AnswerStatus.STOPPED
    assert kept.text.startswith("Sentence 0")
    assert desk.model_calls() == 1


def test_nothing_is_asked_of_a_model_for_somebody_who_left_during_the_search(desk: Desk) -> None:
    with pytest.raises(SignedOut):
        listen(desk, [], until=StepStarted, then=lambda: desk.sign_in.sign_out(desk.token))

    assert desk.provider.requests == []
    assert desk.last_answer().status == AnswerStatus.STOPPED


def test_a_sentence_that_takes_long_is_not_waited_for(desk: Desk) -> None:
    now = [0.0]
    watch = AccessWatch(desk.knowledge.database, clock=lambda: now[0])
    words = iter([TextAdded("One "), TextAdded("two "), TextAdded("three ")])

    watched = watch.watched(desk.hanna, AnswerDraft(QUESTION), _generated(words), desk.is_signed_in)

    assert next(watched) == TextAdded("One ")
    desk.sign_in.sign_out(desk.token)
    now[0] = LONGEST_UNCHECKED_S / 2
    assert next(watched) == TextAdded("two ")
    now[0] = LONGEST_UNCHECKED_S
    with pytest.raises(SignedOut):
        next(watched)


def _generated(events: Iterator[TextAdded]) -> Generator[TextAdded, None, None]:
    yield from events


SILENCE_S = 20.0

SILENT = {
    "before its first line": Reply(SENTENCES, delay_s=SILENCE_S, holds_headers=True),
    "before its first word": Reply(SENTENCES, delay_s=SILENCE_S),
    "in the middle": Reply(SENTENCES, stall_after=8),
    "but for what keeps the line open": Reply(
        raw=b": keep-alive\n\n", repeats_raw=True, pause_s=0.02
    ),
}


@pytest.mark.parametrize("silent", sorted(SILENT))
@pytest.mark.parametrize("end", ["is deactivated", "signs out"])
def test_a_model_that_is_silent_is_left_long_before_it_speaks(
    desk: Desk, end: str, silent: str
) -> None:
    desk.provider.script(SILENT[silent])
    left_at: list[float] = []

    def leave() -> None:
        ENDS[end](desk)
        left_at.append(time.monotonic())

    leaving = threading.Timer(1.0, leave)
    leaving.start()
    with pytest.raises(SignedOut, match="ends here"):
        list(desk.ask())
    took = time.monotonic() - left_at[0]

    assert desk.provider.disconnected.wait(SILENCE_S / 2)
    assert took < SILENCE_S / 2
    assert desk.last_answer().status == AnswerStatus.STOPPED
    assert desk.model_calls() == 1
    leaving.join()


def test_what_a_silent_model_was_asked_is_charged_for(desk: Desk) -> None:
    desk.provider.script(SILENT["before its first word"])
    leaving = desk.once_asked(lambda: desk.sign_in.sign_out(desk.token))

    with pytest.raises(SignedOut):
        list(desk.ask())

    with desk.knowledge.database.read() as session:
        assert session.exec(select(ModelCallRow)).one().input_tokens > 0
    leaving.join()


def test_a_silent_model_is_left_where_access_ends(desk: Desk) -> None:
    desk.provider.script(SILENT["before its first word"])

    def close() -> None:
        with desk.knowledge.database.begin() as session:
            for row in session.exec(select(CollectionRow)):
                row.is_open = False

    closing = desk.once_asked(close)
    with pytest.raises(AccessDenied, match="ends here"):
        list(desk.ask())

    assert desk.provider.disconnected.wait(SILENCE_S / 2)
    closing.join()


def test_who_stays_signed_in_hears_all_of_it(desk: Desk) -> None:
    heard = "".join(event.text for event in desk.ask() if isinstance(event, TextAdded))

    assert heard.count("Sentence") == 40
    assert desk.last_answer().status == AnswerStatus.COMPLETE
