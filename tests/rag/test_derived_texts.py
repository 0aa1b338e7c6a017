"""What was made from documents follows them: every surface, for every person who looks at it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import pytest
from sqlmodel import col, delete, select, update

from admin.gaps.inbox import GapInbox
from admin.usage.reports import UsageReports
from core.domain.answers import WITHHELD, Answer, AnswerStatus, Turn
from core.domain.conversations import Feedback
from core.domain.costs.money import ExchangeRates
from core.domain.ideas.card import IdeaCategory, IdeaDraft
from core.domain.identity import SYSTEM, Role, User
from core.errors import AccessDenied
from core.models.chat import ChatEndpoint, ChatLimits, OpenAICompatibleChat
from core.storage.tables import (
    AnswerSourceRow,
    CollectionGroupRow,
    CollectionRow,
    DocumentRow,
    IdeaRow,
    MembershipRow,
    MessageRow,
    UserRow,
)
from evaluation.datasets import Case, Evidence
from evaluation.service import Evaluations
from ideas.cards.service import Ideas
from ideas.export.records import idea_record
from rag.conversations.explanations import Explanations
from rag.conversations.own import ExportFormat
from rag.gaps import GapRequests
from rag.service import Chat
from rag.writing.events import AnswerFinished, TextAdded
from tests.rag.conftest import Knowledge, written
from tools.trial.provider import FakeProvider, Reply

FIGURE = "64,000"
SECRET = f"The severance for a team lead is {FIGURE} EUR and is paid in March."
OPEN = "The severance rules for a team lead are in the works agreement."
RETOLD = f"A team lead gets {FIGURE} EUR"
QUESTION = "How much is the severance for a team lead?"
DRAFT = IdeaDraft(
    "Explain severance pay better",
    "Team leads ask the same question about severance every month.",
    "Answer it from the documents we have.",
    IdeaCategory.INTERNAL_OPTIMISATION,
)
REPLIES = {
    "without a marker": f"{RETOLD}.",
    "with the marker of an open document": f"{RETOLD}. [{{open}}]",
    "with both markers": f"{RETOLD}. [1][2]",
}


@dataclass
class Harness:
    """An answer that hanna got from a closed and an open document, and an idea made of it."""

    knowledge: Knowledge
    provider: FakeProvider
    chat: Chat
    hanna: User
    conversation: str
    message: str
    idea: str
    closed: str

    @property
    def ideas(self) -> Ideas:
        return Ideas(self.knowledge.database)

    def withdraw(self) -> User:
        """Hanna leaves the group that reads the closed collection."""
        with self.knowledge.database.begin() as session:
            session.execute(
                delete(MembershipRow).where(col(MembershipRow.user_id) == self.hanna.id)
            )
        return replace(self.hanna, group_ids=frozenset())

    def ask_on(self, user: User, question: str = "And when is it paid?") -> str:
        """A follow-up; returns all that the provider was sent for it."""
        before = len(self.provider.requests)
        list(self.chat.ask(user, question, conversation_id=self.conversation))
        return "\n".join(r.prompt for r in self.provider.requests[before:])


@pytest.fixture(params=sorted(REPLIES))
def harness(request: pytest.FixtureRequest, knowledge: Knowledge) -> Iterator[Harness]:
    """For each way in which a model may cite."""
    with FakeProvider(Reply("")) as provider:
        yield build(knowledge, provider, REPLIES[request.param])


@pytest.fixture
def desk(knowledge: Knowledge) -> Iterator[Harness]:
    """Where the model cites nothing."""
    with FakeProvider(Reply("")) as provider:
        yield build(knowledge, provider, REPLIES["without a marker"])


def build(knowledge: Knowledge, provider: FakeProvider, reply: str) -> Harness:
    closed = knowledge.collection("Board papers", "hr")
    knowledge.document(closed, "Severance", SECRET)
    knowledge.document(knowledge.collection("Handbook", is_open=True), "Rules", OPEN)
    hanna = knowledge.person("hanna", "hr")
    endpoint = ChatEndpoint(provider.base_url, "fake-1", "sk-canary", "local")
    limits = ChatLimits(timeout_s=5, max_retries=0, max_output_tokens=100)
    chat = knowledge.chat(OpenAICompatibleChat(endpoint, limits))
    found = chat.search(hanna, QUESTION)
    number = next(n for n, hit in enumerate(found, start=1) if hit.chunk.text == OPEN)
    provider.script(Reply(reply.format(open=number)))
    *_, last = chat.ask(hanna, QUESTION)
    assert isinstance(last, AnswerFinished)
    assert FIGURE in last.answer.text
    idea = Ideas(knowledge.database).submit(hanna, DRAFT, message_id=last.message_id)
    conversation = chat.conversations.list(hanna)[0].id
    return Harness(knowledge, provider, chat, hanna, conversation, last.message_id, idea.id, closed)


Surface = Callable[[Harness, User], object]

OWN: dict[str, Surface] = {
    "the conversation": lambda h, u: h.chat.conversations.get(u, h.conversation),
    "a search in the history": lambda h, u: [RETOLD for _ in h.chat.conversations.list(u, FIGURE)],
    "the Markdown export": lambda h, u: h.chat.conversations.export(
        u, h.conversation, ExportFormat.MARKDOWN
    ),
    "the PDF export": lambda h, u: written(
        h.chat.conversations.export(u, h.conversation, ExportFormat.PDF)
    ),
    "the JSON export": lambda h, u: h.chat.conversations.export(
        u, h.conversation, ExportFormat.JSON
    ),
    "the explanation": lambda h, u: Explanations(
        h.knowledge.database, h.knowledge.keywords
    ).explain(u, h.message),
    "the start of an idea": lambda h, u: h.ideas.origin_of(u, h.message),
}
LATER: dict[str, Surface] = {"the next prompt": lambda h, u: h.ask_on(u)}
SHARED: dict[str, Surface] = {
    "the idea": lambda h, u: h.ideas.get(u, h.idea),
    "the list of ideas": lambda h, u: h.ideas.list(u),
    "the export of an idea": lambda h, u: idea_record(h.ideas.get(u, h.idea)),
}


LOOKING = OWN | SHARED
EVERYTHING = LOOKING | LATER  # asking on changes the conversation, so it comes last


def telling(harness: Harness, user: User, surfaces: Mapping[str, Surface] = EVERYTHING) -> set[str]:
    """The surfaces that show this person what the model made of the closed document."""
    return {name for name, show in surfaces.items() if RETOLD in repr(show(harness, user))}


def test_its_reader_sees_it_everywhere_while_all_that_was_read_is_open(harness: Harness) -> None:
    assert telling(harness, harness.hanna) == set(EVERYTHING)


def test_once_access_is_withdrawn_not_even_the_author_sees_it(harness: Harness) -> None:
    assert telling(harness, harness.withdraw()) == set()


@pytest.mark.parametrize("role", Role)
def test_nobody_else_sees_it_without_access_whatever_their_role(desk: Harness, role: Role) -> None:
    outsider = desk.knowledge.person("ole", "sales", role=role)

    assert telling(desk, outsider, SHARED) == set()
    assert DRAFT.title in repr(desk.ideas.list(outsider))


def test_colleagues_with_access_and_whoever_runs_the_terminal_see_it(desk: Harness) -> None:
    for reader in (desk.knowledge.person("carl", "hr"), SYSTEM):
        assert telling(desk, reader, SHARED) == set(SHARED)


def test_access_that_comes_back_brings_it_back(desk: Harness) -> None:
    desk.withdraw()
    with desk.knowledge.database.begin() as session:
        session.execute(update(CollectionRow).values(is_open=True))

    assert telling(desk, desk.hanna) == set(EVERYTHING)


def test_without_a_record_of_what_was_read_it_is_withheld(desk: Harness) -> None:
    with desk.knowledge.database.begin() as session:
        session.execute(delete(AnswerSourceRow))
        row = session.exec(select(IdeaRow)).one()
        row.origin = {k: v for k, v in (row.origin or {}).items() if k != "sources"}

    assert telling(desk, desk.hanna) == set()


def test_a_deleted_document_is_guarded_by_the_collection_it_was_in(desk: Harness) -> None:
    with desk.knowledge.database.begin() as session:
        session.execute(delete(DocumentRow))

    readers = telling(desk, desk.hanna, LOOKING)
    outsiders = telling(desk, desk.withdraw(), LOOKING)

    assert (readers, outsiders) == (set(LOOKING), set())


def test_a_deleted_collection_is_open_to_nobody(desk: Harness) -> None:
    with desk.knowledge.database.begin() as session:
        session.execute(delete(DocumentRow))
        session.execute(delete(CollectionRow))

    assert telling(desk, desk.hanna, LOOKING) == set()


def test_a_document_that_moved_to_a_closed_collection_takes_its_texts_along(
    desk: Harness,
) -> None:
    vault = desk.knowledge.collection("Vault", "board")
    with desk.knowledge.database.begin() as session:
        session.execute(update(DocumentRow).values(collection_id=vault))

    assert telling(desk, desk.hanna, LOOKING) == set()


def test_a_withheld_answer_says_so_and_the_question_stays(desk: Harness) -> None:
    conversation = desk.chat.conversations.get(desk.withdraw(), desk.conversation)

    asked, answered = conversation.messages
    assert asked.text == QUESTION
    assert answered.text == WITHHELD
    assert answered.answer is not None
    assert answered.answer.is_withheld
    assert answered.answer.citations == ()


def test_a_withheld_answer_has_no_cards_and_no_lead(knowledge: Knowledge) -> None:
    knowledge.document(knowledge.collection("Board", "board"), "Severance", SECRET)
    hanna, chat = knowledge.person("hanna", "board"), knowledge.chat()
    list(chat.ask(hanna, QUESTION))
    [conversation] = chat.conversations.list(hanna)

    def answer(reader: User) -> Answer | None:
        return chat.conversations.get(reader, conversation.id).messages[-1].answer

    shown, withheld = answer(hanna), answer(replace(hanna, group_ids=frozenset()))

    assert shown is not None
    assert shown.lead == shown.cards[0].text == SECRET
    assert withheld is not None
    assert (withheld.text, withheld.lead, withheld.cards) == (WITHHELD, "", ())


def test_what_a_model_wrote_after_a_closed_answer_is_closed_with_it(desk: Harness) -> None:
    desk.provider.script(Reply("As said, it is paid in spring. [1]"))
    desk.ask_on(desk.hanna)
    hanna = desk.withdraw()

    later = desk.chat.conversations.get(hanna, desk.conversation).messages[-1]

    assert later.text == WITHHELD


def test_earlier_answers_stand_between_the_marks_like_documents(desk: Harness) -> None:
    prompt = desk.ask_on(desk.hanna)

    marks = [line for line in prompt.splitlines() if line.startswith("=== ")]
    place = prompt.index(f"assistant: A team lead gets {FIGURE}")
    assert len(set(marks)) == 1
    assert prompt[:place].count(f"\n{marks[0]}\n") % 2 == 1


def test_a_passage_read_and_not_quoted_counts_as_well(knowledge: Knowledge) -> None:
    closed = knowledge.collection("Board papers", "hr")
    knowledge.document(closed, "Severance", SECRET)
    hanna = knowledge.person("hanna", "hr")
    *_, last = knowledge.chat().ask(hanna, QUESTION)
    assert isinstance(last, AnswerFinished)

    card = Ideas(knowledge.database).submit(hanna, DRAFT, message_id=last.message_id)

    assert card.origin is not None
    assert [s.collection_id for s in card.origin.sources or ()] == [closed]


def test_an_answer_that_no_document_stands_behind_is_shown_to_everybody(
    knowledge: Knowledge,
) -> None:
    hanna, ole = knowledge.person("hanna"), knowledge.person("ole")
    *_, last = knowledge.chat().ask(hanna, "Which volcano erupted in Iceland?")
    assert isinstance(last, AnswerFinished)
    card = Ideas(knowledge.database).submit(hanna, DRAFT, message_id=last.message_id)

    origin = Ideas(knowledge.database).get(ole, card.id).origin

    assert origin is not None
    assert origin.answer == last.answer.text


@pytest.mark.parametrize("change", ["deactivated", "withdrawn", "closed", "removed"])
def test_an_answer_that_is_being_written_ends_within_a_sentence(
    knowledge: Knowledge, change: str
) -> None:
    sentences = [f"Sentence {number} tells {FIGURE} things. [1] " for number in range(40)]
    with FakeProvider(Reply("")) as provider:
        harness = build(knowledge, provider, f"{FIGURE} [1]")
        provider.script(Reply("".join(sentences)))
        heard: list[str] = []

        with pytest.raises(AccessDenied, match="ends here"):
            hear(harness, heard, lambda: apply(harness, change))

    assert "".join(heard).count("Sentence") <= 2
    with knowledge.database.read() as session:
        last = session.exec(select(MessageRow).order_by(col(MessageRow.position).desc())).first()
    assert last is not None
    assert last.status == AnswerStatus.FAILED


def hear(harness: Harness, heard: list[str], then: Callable[[], None]) -> None:
    """Listens to an answer; `then` happens after its first words."""
    for event in harness.chat.ask(harness.hanna, QUESTION, conversation_id=harness.conversation):
        if isinstance(event, TextAdded):
            heard.append(event.text)
            if len(heard) == 1:
                then()


def apply(harness: Harness, change: str) -> None:
    """What an administrator does while the answer is being written."""
    with harness.knowledge.database.begin() as session:
        match change:
            case "deactivated":
                session.get_one(UserRow, harness.hanna.id).is_active = False
            case "withdrawn":
                session.execute(delete(MembershipRow))
            case "closed":
                session.execute(delete(CollectionGroupRow))
            case _:
                session.execute(delete(DocumentRow))
                session.execute(delete(CollectionRow))


def test_questions_and_comments_of_deleted_conversations_are_taken_back(
    knowledge: Knowledge,
) -> None:
    knowledge.document(knowledge.collection("Handbook", is_open=True), "Rules", OPEN)
    hanna, chat = knowledge.person("hanna"), knowledge.chat()
    *_, last = chat.ask(hanna, "Where are the severance rules for a team lead?")
    assert isinstance(last, AnswerFinished)
    chat.give_feedback(hanna, last.message_id, Feedback(-1, comment="not what I asked"))
    admin = knowledge.person("ada", role=Role.ADMIN)
    usage = UsageReports(knowledge.database, ExchangeRates("EUR"))
    assert len(usage.unanswered(admin)) == 1

    chat.conversations.delete(hanna, chat.conversations.list(hanna)[0].id)

    assert usage.unanswered(admin) == []


def test_what_a_model_searched_for_is_told_to_readers_of_its_sources_only(
    knowledge: Knowledge,
) -> None:
    with FakeProvider(Reply("")) as provider:
        harness = build(knowledge, provider, f"{FIGURE} [1]")
    completed = f"Who approved the {FIGURE} EUR?"
    with knowledge.database.begin() as session:
        row = session.get_one(MessageRow, harness.message)
        row.abstained, row.text, row.standalone_query = True, "Not in the documents.", completed
    requests = GapRequests(knowledge.database)
    assert requests.prepare(harness.hanna, harness.message).searched_for == completed
    requests.ask(harness.hanna, harness.message, collection_id=harness.closed)

    admin = knowledge.person("ada", role=Role.ADMIN)
    reader = knowledge.person("rita", "hr", role=Role.ADMIN)
    inbox = GapInbox(knowledge.database)

    assert [gap.searched_for for gap in inbox.list(reader)] == [completed]
    assert [gap.searched_for for gap in inbox.list(admin)] == [""]
    assert requests.prepare(harness.withdraw(), harness.message).searched_for == ""


def test_promoted_cases_are_shown_to_administrators_who_may_read_their_sources(
    knowledge: Knowledge,
) -> None:
    with FakeProvider(Reply("")) as provider:
        harness = build(knowledge, provider, f"{FIGURE} [1]")
    evaluations = Evaluations(knowledge.database, lambda *_, **__: None, lambda *_, **__: (), dict)  # type: ignore[arg-type]  # nothing is asked here
    author = knowledge.person("rita", "hr", role=Role.ADMIN)
    outsider = knowledge.person("ada", role=Role.ADMIN)
    said = (Turn("user", QUESTION), Turn("assistant", f"{FIGURE} EUR"))
    by_evidence = Case("", QUESTION, evidence=(Evidence("severance.txt", 1, SECRET),))
    by_message = Case("", "And when?", history=said)
    evaluations.promote(author, by_evidence)
    evaluations.promote(author, by_message, source_message_id=harness.message)
    evaluations.promote(author, replace(by_message, text="And where?"))

    shown = {who.name: len(evaluations.promoted(who).cases) for who in (author, outsider, SYSTEM)}

    assert shown == {"Rita": 3, "Ada": 0, "terminal": 3}
