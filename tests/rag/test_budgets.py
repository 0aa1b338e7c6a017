"""Answers under budgets and switches, with a language model behind a real HTTP server."""

from collections.abc import Iterator
from typing import Never
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from admin.spending.switches import Configured, Switches
from core.domain.answers import PASSAGES, SANDBOX, Answer, AnswerStatus
from core.domain.costs.budgets import BudgetPeriod, BudgetScope
from core.domain.costs.money import ExchangeRates
from core.domain.costs.refusals import AtLimit, Reason, Request, SwitchKind, UnknownPrice
from core.domain.identity import Role, User
from core.errors import AccessDenied, NotFound
from core.model_calls import Tariff
from core.models.chat import ChatEndpoint, ChatLimits, OpenAICompatibleChat
from core.spending.door import Door
from core.spending.guarded_chat import GuardedChat
from core.spending.ledger import Ledger
from core.storage.tables import (
    EMBEDDING_PURPOSE,
    BudgetAccountRow,
    BudgetReservationRow,
    BudgetRow,
    ModelCallRow,
    PriceRow,
    RefusedCallRow,
)
from ingestion.library.overviews import readable_version
from rag.answering.choosing import ChosenPipeline, Engine
from rag.answering.pipeline import AnswerModels
from rag.conversations.explanations import Explanations
from rag.finding.model_rewriting import ModelRewriter
from rag.grounding.judges.lexical import LexicalJudge
from rag.grounding.judges.llm import LlmJudge
from rag.prompting.prompt import load_prompt
from rag.service import Chat
from rag.writing.events import AnswerFinished, TextAdded
from tests.rag.conftest import Knowledge, price_of_fake_models
from tools.trial.provider import FakeProvider, Recorded, Reply

LEAVE = "Every parent gets 90 working days of parental leave per child."
QUESTION = "How many working days of parental leave does a parent get per child?"
MODEL, CHEAPER = "fake-1", "fake-small"
PROMPT = load_prompt("Nordhafen Logistics")
MOST_TOKENS = 100
DOLLARS = ExchangeRates("USD")


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(Reply(f"{LEAVE} [1]")) as running:
        yield running


@pytest.fixture
def anna(knowledge: Knowledge) -> User:
    handbook = knowledge.collection("Handbook", is_open=True)
    knowledge.document(handbook, "Parental leave", LEAVE)
    with knowledge.database.begin() as session:
        session.add(price_of_fake_models())
    return knowledge.person("anna")


@pytest.fixture
def ledger(knowledge: Knowledge) -> Ledger:
    return Ledger(knowledge.database, ZoneInfo("UTC"), DOLLARS)


@pytest.fixture
def switches(knowledge: Knowledge) -> Switches:
    return Switches(knowledge.database, Configured())


class Sandbox:
    """A chat whose models pass the door."""

    def __init__(self, knowledge: Knowledge, provider: FakeProvider, ledger: Ledger) -> None:
        self.knowledge, self.provider, self.ledger = knowledge, provider, ledger
        self.unknown_price = UnknownPrice.REFUSE

    def door(self) -> Door:
        return Door(
            self.knowledge.database,
            self.ledger,
            Tariff(currency="USD"),
            unknown_price=self.unknown_price,
        )

    def model(self, name: str = MODEL) -> GuardedChat:
        limits = ChatLimits(timeout_s=5, max_retries=0, max_output_tokens=MOST_TOKENS)
        endpoint = ChatEndpoint(self.provider.base_url, name, "sk-1", "local")
        return GuardedChat(
            OpenAICompatibleChat(endpoint, limits),
            self.door(),
            max_output_tokens=MOST_TOKENS,
            total_s=60,
        )

    def chat(self, at_limit: AtLimit = AtLimit.PASSAGES, *, with_helpers: bool = False) -> Chat:
        engines = [self._engine(MODEL, with_helpers=with_helpers)]
        if at_limit is AtLimit.CHEAPER:
            engines.append(self._engine(CHEAPER))
        engines.append(Engine(self.knowledge.pipeline(AnswerModels(PROMPT))))
        return self.knowledge.chat_of(ChosenPipeline(engines, self.door(), at_limit))

    def _engine(self, name: str, *, with_helpers: bool = False) -> Engine:
        model = self.model(name)
        models = AnswerModels(PROMPT, model)
        if with_helpers:
            judge = LlmJudge(model, LexicalJudge(self.knowledge.embedder))
            rewriter = ModelRewriter(model, self.knowledge.keywords.terms)
            models = AnswerModels(PROMPT, model, judge, rewriter)
        request = Request("local", name, "answer", PROMPT.version, most_output_tokens=MOST_TOKENS)
        return Engine(self.knowledge.pipeline(models), request)


@pytest.fixture
def sandbox(knowledge: Knowledge, provider: FakeProvider, ledger: Ledger) -> Sandbox:
    return Sandbox(knowledge, provider, ledger)


def ask(chat: Chat, user: User, question: str = QUESTION, chat_id: str | None = None) -> Answer:
    *_, last = chat.ask(user, question, conversation_id=chat_id)
    assert isinstance(last, AnswerFinished)
    return last.answer


def stored(chat: Chat, user: User) -> Answer:
    newest = chat.conversations.list(user)[0].id
    answer = chat.conversations.get(user, newest).messages[-1].answer
    assert answer is not None
    return answer


def budget(knowledge: Knowledge, micros: int, scope: BudgetScope = BudgetScope.EVERYBODY) -> None:
    with knowledge.database.begin() as session:
        session.add(
            BudgetRow(
                scope=scope.value,
                period=BudgetPeriod.MONTH.value,
                limit_micros=micros,
                currency="USD",
            )
        )


def calls(knowledge: Knowledge) -> list[ModelCallRow]:
    with knowledge.database.read() as session:
        return list(session.exec(select(ModelCallRow)))


def refused(knowledge: Knowledge) -> list[tuple[str, str, str]]:
    with knowledge.database.read() as session:
        rows = session.exec(select(RefusedCallRow)).all()
    return [(row.purpose, row.model, row.reason) for row in rows]


def account(knowledge: Knowledge) -> tuple[int, int]:
    with knowledge.database.read() as session:
        row = session.exec(select(BudgetAccountRow)).one()
        assert session.exec(select(BudgetReservationRow)).all() == []
    return row.spent_micros, row.reserved_micros


def test_what_is_settled_is_what_is_recorded(
    sandbox: Sandbox, knowledge: Knowledge, anna: User
) -> None:
    budget(knowledge, 1_000_000)

    answer = ask(sandbox.chat(), anna)

    [call] = calls(knowledge)
    assert (answer.engine, answer.fallback) == (MODEL, "")
    assert call.cost_micros > 0
    assert account(knowledge) == (call.cost_micros, 0)


def test_a_used_up_budget_is_answered_by_the_passages_with_a_reason(
    sandbox: Sandbox, provider: FakeProvider, knowledge: Knowledge, anna: User
) -> None:
    budget(knowledge, 0)
    chat = sandbox.chat()

    answer = ask(chat, anna)

    assert (answer.engine, answer.status) == (PASSAGES, AnswerStatus.COMPLETE)
    assert answer.citations[0].quote == LEAVE
    assert answer.fallback == stored(chat, anna).fallback == Reason.PERSON_MONTH
    assert (provider.requests, calls(knowledge)) == ([], [])
    assert refused(knowledge) == [("answer", MODEL, "person.month")]


def test_a_budget_that_does_not_pay_for_the_whole_prompt_is_noticed_at_the_door(
    sandbox: Sandbox, provider: FakeProvider, knowledge: Knowledge, anna: User
) -> None:
    """Enough for the shortest request, not for this one, which is known only at the end."""
    budget(knowledge, 1_500)
    chat = sandbox.chat()

    answer = ask(chat, anna)

    assert (answer.engine, answer.fallback) == (PASSAGES, Reason.PERSON_MONTH)
    assert answer.citations[0].quote == LEAVE
    assert (provider.requests, calls(knowledge)) == ([], [])
    assert refused(knowledge) == [("answer", MODEL, "person.month")]
    assert account(knowledge) == (0, 0)


def test_a_greeting_needs_no_budget_and_no_notice(
    sandbox: Sandbox, knowledge: Knowledge, anna: User
) -> None:
    budget(knowledge, 0)

    answer = ask(sandbox.chat(), anna, "Hello!")

    assert (answer.engine, answer.fallback) == (SANDBOX, "")
    assert refused(knowledge) == []


def test_a_stop_says_why_and_keeps_the_question(
    sandbox: Sandbox, provider: FakeProvider, knowledge: Knowledge, anna: User
) -> None:
    budget(knowledge, 0, BudgetScope.COMPANY)
    chat = sandbox.chat(AtLimit.STOP)

    answer = ask(chat, anna)

    assert answer.status is AnswerStatus.FAILED
    assert "company's budget for this month no longer covers" in answer.error
    newest = chat.conversations.list(anna)[0].id
    assert chat.conversations.get(anna, newest).messages[0].text == QUESTION
    assert (provider.requests, calls(knowledge)) == ([], [])
    assert ask(chat, anna, "Hello!").status is AnswerStatus.COMPLETE


def test_the_cheaper_model_answers_while_it_fits(
    sandbox: Sandbox, provider: FakeProvider, knowledge: Knowledge, anna: User
) -> None:
    price = price_of_fake_models()
    price.model_pattern, price.input_micros, price.output_micros = CHEAPER, 20_000, 100_000
    with knowledge.database.begin() as session:
        session.add(price)
    budget(knowledge, 900)

    answer = ask(sandbox.chat(AtLimit.CHEAPER), anna)

    assert (answer.engine, answer.fallback) == (CHEAPER, Reason.PERSON_MONTH)
    assert [request.body["model"] for request in provider.requests] == [CHEAPER]
    [call] = calls(knowledge)
    assert (call.model_requested, account(knowledge)) == (CHEAPER, (call.cost_micros, 0))


def test_a_failed_request_gives_everything_back(
    sandbox: Sandbox, provider: FakeProvider, knowledge: Knowledge, anna: User
) -> None:
    budget(knowledge, 1_000_000)
    provider.script(Reply(status=401))

    answer = ask(sandbox.chat(), anna)

    assert answer.status is AnswerStatus.FAILED
    assert account(knowledge) == (0, 0)


def test_an_answer_that_is_stopped_costs_what_was_written(
    sandbox: Sandbox, knowledge: Knowledge, anna: User
) -> None:
    budget(knowledge, 1_000_000)
    events = sandbox.chat().ask(anna, QUESTION)
    while not isinstance(next(events), TextAdded):
        pass

    events.close()

    spent, reserved = account(knowledge)
    assert (spent > 0, reserved) == (True, 0)


def test_questions_judgements_and_rewritings_all_pass_the_door(
    sandbox: Sandbox, provider: FakeProvider, knowledge: Knowledge, anna: User
) -> None:
    budget(knowledge, 1_000_000)
    chat = sandbox.chat(with_helpers=True)
    ask(chat, anna)

    ask(chat, anna, "And for twins?", chat.conversations.list(anna)[0].id)

    recorded = calls(knowledge)
    assert {call.purpose for call in recorded} == {"answer", "judge", "rewrite"}
    assert len(provider.requests) == len(recorded)
    assert account(knowledge) == (sum(call.cost_micros for call in recorded), 0)


def test_a_summary_falls_back_as_well(
    sandbox: Sandbox, provider: FakeProvider, knowledge: Knowledge, anna: User
) -> None:
    budget(knowledge, 1_500)
    with knowledge.database.begin() as session:
        session.add(
            BudgetRow(
                scope=BudgetScope.COMPANY.value,
                period=BudgetPeriod.DAY.value,
                limit_micros=0,
                currency="USD",
            )
        )

    answer = ask(sandbox.chat(), anna, "Summarise the document Parental leave")

    assert answer.status is AnswerStatus.COMPLETE
    assert answer.fallback == Reason.COMPANY_DAY
    assert provider.requests == []


def test_an_unknown_price_is_refused_or_counted(
    sandbox: Sandbox, provider: FakeProvider, knowledge: Knowledge, anna: User
) -> None:
    budget(knowledge, 1_000_000)
    with knowledge.database.begin() as session:
        for row in session.exec(select(PriceRow)):
            session.delete(row)

    closed = ask(sandbox.chat(), anna)
    sandbox.unknown_price = UnknownPrice.FLAG
    flagged = ask(sandbox.chat(), anna)

    assert (closed.engine, closed.fallback) == (PASSAGES, Reason.PRICE)
    assert (flagged.engine, len(provider.requests)) == (MODEL, 1)
    with knowledge.database.read() as session:
        assert session.exec(select(BudgetAccountRow)).one().unpriced == 1


def test_without_budgets_a_price_need_not_be_known(
    sandbox: Sandbox, knowledge: Knowledge, anna: User
) -> None:
    with knowledge.database.begin() as session:
        for row in session.exec(select(PriceRow)):
            session.delete(row)

    assert ask(sandbox.chat(), anna).engine == MODEL


def test_an_answer_whose_search_is_not_paid_for_fails_with_the_reason(
    sandbox: Sandbox,
    provider: FakeProvider,
    knowledge: Knowledge,
    anna: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The embedding service passes a door of its own."""
    budget(knowledge, 0)
    chat, door = sandbox.chat(), sandbox.door()
    request = Request("local", MODEL, EMBEDDING_PURPOSE, most_input_tokens=100)

    def not_paid_for(_: str) -> Never:
        door.enter(request)
        raise AssertionError

    monkeypatch.setattr(knowledge.embedder, "embed_query", not_paid_for)

    answer = ask(chat, anna)

    assert answer.status is AnswerStatus.FAILED
    assert "no longer covers the embedding service" in answer.error
    assert provider.requests == []


@pytest.mark.parametrize(
    ("kind", "name", "why"),
    [
        (SwitchKind.PROVIDER, "local", Reason.PROVIDER),
        (SwitchKind.MODEL, MODEL.upper(), Reason.MODEL),
        (SwitchKind.PROMPT, PROMPT.version, Reason.PROMPT),
    ],
)
@pytest.mark.parametrize("at_limit", [AtLimit.PASSAGES, AtLimit.STOP, AtLimit.CHEAPER])
def test_what_is_turned_off_is_asked_nothing_and_passages_answer(  # noqa: PLR0913  what the test needs
    sandbox: Sandbox,
    provider: FakeProvider,
    knowledge: Knowledge,
    switches: Switches,
    anna: User,
    kind: SwitchKind,
    name: str,
    why: Reason,
    at_limit: AtLimit,
) -> None:
    chat, admin = sandbox.chat(at_limit), knowledge.person("ada", role=Role.ADMIN)
    switches.turn_off(admin, kind, name, "It leaks")

    answer = ask(chat, anna)
    sent = len(provider.requests)
    switches.turn_on(admin, kind, name)

    assert (answer.engine, answer.fallback, sent) == (PASSAGES, why, 0)
    assert refused(knowledge) == [("answer", MODEL, why)]
    assert ask(chat, anna).engine == MODEL


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (SwitchKind.PROVIDER, "local"),
        (SwitchKind.MODEL, MODEL),
        (SwitchKind.PROMPT, PROMPT.version),
    ],
)
def test_an_answer_that_is_being_written_ends_within_a_sentence(  # noqa: PLR0913  what the test needs
    sandbox: Sandbox,
    provider: FakeProvider,
    knowledge: Knowledge,
    switches: Switches,
    anna: User,
    kind: SwitchKind,
    name: str,
) -> None:
    admin = knowledge.person("ada", role=Role.ADMIN)
    provider.script(Reply(f"{LEAVE} [1] " * 40))
    chat, shown = sandbox.chat(), ""
    events = chat.ask(anna, QUESTION)
    for event in events:
        if isinstance(event, TextAdded):
            shown += event.text
            if LEAVE in shown:
                break
    switches.turn_off(admin, kind, name, "It leaks")

    *_, last = events

    assert isinstance(last, AnswerFinished)
    assert last.answer.status is AnswerStatus.FAILED
    assert "turned off" in last.answer.error
    assert last.answer.text.count(LEAVE) <= 2
    assert LEAVE in stored(chat, anna).text


def test_a_silent_model_is_given_up_within_a_second_or_so(
    sandbox: Sandbox,
    provider: FakeProvider,
    knowledge: Knowledge,
    switches: Switches,
    anna: User,
) -> None:
    admin = knowledge.person("ada", role=Role.ADMIN)

    def turned_off_meanwhile(_: Recorded) -> Reply:
        switches.turn_off(admin, SwitchKind.MODEL, MODEL, "It leaks")
        return Reply(delay_s=20)

    provider.decide = turned_off_meanwhile

    answer = ask(sandbox.chat(), anna)

    assert answer.status is AnswerStatus.FAILED
    assert "turned off" in answer.error
    assert answer.timing.total_ms < 5_000
    assert provider.disconnected.wait(5)


def test_a_document_that_is_turned_off_is_found_by_nobody_and_its_answers_are_closed(
    sandbox: Sandbox, knowledge: Knowledge, switches: Switches, anna: User
) -> None:
    chat, admin = sandbox.chat(), knowledge.person("ada", role=Role.ADMIN)
    document_id = ask(chat, anna).citations[0].document_id

    switches.turn_off(admin, SwitchKind.DOCUMENT, document_id, "It is wrong")

    assert stored(chat, anna).is_withheld
    assert ask(chat, anna).abstained
    assert chat.search(anna, "parental leave") == ()
    switches.turn_on(admin, SwitchKind.DOCUMENT, document_id)
    assert ask(chat, anna).citations[0].document_id == document_id


def test_nothing_else_tells_of_a_document_that_is_turned_off(
    sandbox: Sandbox, knowledge: Knowledge, switches: Switches, anna: User
) -> None:
    chat, admin = sandbox.chat(), knowledge.person("ada", role=Role.ADMIN)
    answer = ask(chat, anna)
    message = chat.conversations.get(anna, chat.conversations.list(anna)[0].id).messages[-1]
    explanations = Explanations(knowledge.database, knowledge.keywords)
    source = answer.citations[0]

    switches.turn_off(admin, SwitchKind.DOCUMENT, source.document_id, "It is wrong")

    explained = explanations.explain(anna, message.id)
    assert (explained.hits, explained.closed_hits) == ((), 1)
    assert chat.starters(anna) == []
    assert "Parental leave" not in ask(chat, anna, "Which documents are there?").text
    assert "Parental leave" not in ask(chat, anna, "Which documents mention leave?").text
    with knowledge.database.read() as session:
        with pytest.raises(NotFound):
            readable_version(session, anna, source.version_id)
        assert readable_version(session, admin, source.version_id)


@pytest.mark.parametrize("limit", [0, 1_000_000], ids=["passages", "model"])
def test_an_answer_ends_once_one_of_its_documents_is_turned_off(  # noqa: PLR0913  what the test needs
    sandbox: Sandbox,
    provider: FakeProvider,
    knowledge: Knowledge,
    switches: Switches,
    anna: User,
    limit: int,
) -> None:
    admin = knowledge.person("ada", role=Role.ADMIN)
    budget(knowledge, limit)
    provider.script(Reply(f"{LEAVE} [1] " * 40))
    handbook = sandbox.chat().search(anna, "leave")[0].chunk.collection_id
    knowledge.document(handbook, "Twins", "Twins add 30 working days of parental leave per child.")
    document_id = sandbox.chat().search(anna, QUESTION)[0].chunk.document_id
    events = sandbox.chat().ask(anna, QUESTION)
    while not isinstance(next(events), TextAdded):
        pass
    switches.turn_off(admin, SwitchKind.DOCUMENT, document_id, "It is wrong")

    with pytest.raises(AccessDenied):
        list(events)
