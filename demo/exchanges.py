"""Answers that were really given when the demo year was loaded, and their copies in the past."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TypeVar

from sqlmodel import Session, SQLModel, col, select

from core.domain.answers import AnswerStatus, UsageSource
from core.domain.conversations import MessageRole
from core.domain.ideas.money import to_micros
from core.storage.tables import (
    AnswerSourceRow,
    AnswerUsageRow,
    CitationRow,
    ConversationRow,
    MessageRow,
    ModelCallRow,
    RetrievalRow,
    SearchedCollectionRow,
)
from demo.marks import demo_id
from demo.people import group_names

PASSAGES = "passages"
PROVIDER = "demo"
PRICES = {
    "demo-large": (Decimal("2.50"), Decimal("10.00")),
    "demo-small": (Decimal("0.15"), Decimal("0.60")),
}
"""What a made-up model costs per million tokens, read and written."""
Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question with its answer as they were stored, and everything that hangs on them."""

    question: MessageRow
    answer: MessageRow
    usage: AnswerUsageRow
    citations: Sequence[CitationRow]
    retrievals: Sequence[RetrievalRow]
    sources: Sequence[AnswerSourceRow]
    searched: Sequence[SearchedCollectionRow]


@dataclass(frozen=True, slots=True)
class Telling:
    """One time that an exchange happens in the demo year: to whom, when, with which engine."""

    conversation_id: str
    user_id: str
    turn: int
    at: datetime
    engine: str
    status: AnswerStatus = AnswerStatus.COMPLETE

    @property
    def answer_id(self) -> str:
        return demo_id("answer", self.conversation_id, self.turn)


def exchange_of(session: Session, conversation_id: str) -> Exchange:
    """Read the one exchange of a conversation."""

    def rows(kind: type[Row]) -> Sequence[Row]:
        return session.exec(select(kind).where(col(kind.message_id) == answer.id)).all()  # type: ignore[attr-defined]  # all four have it

    question, answer = session.exec(
        select(MessageRow)
        .where(MessageRow.conversation_id == conversation_id)
        .order_by(col(MessageRow.position))
    ).all()
    usage = session.exec(select(AnswerUsageRow).where(AnswerUsageRow.message_id == answer.id)).one()
    return Exchange(
        question,
        answer,
        usage,
        rows(CitationRow),
        rows(RetrievalRow),
        rows(AnswerSourceRow),
        rows(SearchedCollectionRow),
    )


def told(exchange: Exchange, telling: Telling, random: Random) -> Iterator[SQLModel]:
    """Yield the rows of an exchange as if it had happened at that time."""
    usage = _usage(exchange.usage, telling, random)
    answered_at = telling.at + timedelta(milliseconds=usage.total_ms)
    yield _message(exchange.question, telling, demo_id("question", telling.answer_id), telling.at)
    answer = _message(exchange.answer, telling, telling.answer_id, answered_at)
    answer.engine, answer.status = telling.engine, telling.status.value
    if telling.status is AnswerStatus.FAILED:
        answer.text, answer.sentences, answer.cards, answer.parts = "", [], [], []
        answer.error = "The language model did not answer in time. Ask again."
    yield answer
    yield usage
    if telling.engine in PRICES:
        yield _call(usage, telling)
    if telling.status is not AnswerStatus.FAILED:
        yield from _attached(exchange, telling.answer_id)


def conversation(telling: Telling, title: str) -> ConversationRow:
    """Return the conversation that begins with this telling."""
    return ConversationRow(
        id=telling.conversation_id,
        user_id=telling.user_id,
        title=title,
        created_at=telling.at,
        updated_at=telling.at,
    )


def _message(row: MessageRow, telling: Telling, row_id: str, at: datetime) -> MessageRow:
    copy = MessageRow(**row.model_dump())
    copy.id, copy.conversation_id, copy.created_at = row_id, telling.conversation_id, at
    copy.position = 2 * telling.turn + (row.role == MessageRole.ASSISTANT)
    return copy


def _usage(row: AnswerUsageRow, telling: Telling, random: Random) -> AnswerUsageRow:
    copy = AnswerUsageRow(**row.model_dump())
    copy.id, copy.message_id = demo_id("usage", telling.answer_id), telling.answer_id
    copy.conversation_id, copy.user_id = telling.conversation_id, telling.user_id
    copy.group_names = group_names()[telling.user_id]
    copy.created_at, copy.engine, copy.status = telling.at, telling.engine, telling.status.value
    copy.total_ms = round(random.lognormvariate(5.4, 0.4))
    copy.retrieval_ms, copy.first_token_ms = copy.total_ms // 3, copy.total_ms // 2
    if telling.status is AnswerStatus.FAILED:
        copy.error_type, copy.citations, copy.sentences, copy.supported_sentences = (
            "timeout",
            0,
            0,
            0,
        )
    if telling.engine in PRICES:
        _meter(copy, random)
    return copy


def _meter(usage: AnswerUsageRow, random: Random) -> None:
    """Fill in what a language model would have counted."""
    usage.input_tokens = random.randint(1_400, 3_800)
    usage.output_tokens = 0 if usage.error_type else random.randint(60, 420)
    usage.usage_source = UsageSource.PROVIDER.value
    read, written = PRICES[usage.engine]
    cost = (usage.input_tokens * read + usage.output_tokens * written) / 1_000_000
    usage.cost_micros = to_micros(cost) or 0
    usage.total_ms = 30_000 if usage.error_type else random.randint(1_500, 9_000)
    usage.first_token_ms = None if usage.error_type else random.randint(400, 1_400)


def _call(usage: AnswerUsageRow, telling: Telling) -> ModelCallRow:
    return ModelCallRow(
        id=demo_id("call", telling.answer_id),
        answer_usage_id=usage.id,
        user_id=usage.user_id,
        group_names=usage.group_names,
        created_at=usage.created_at,
        surface=usage.surface,
        prompt_version=usage.prompt_version,
        purpose="answer",
        provider=PROVIDER,
        model_requested=usage.engine,
        model_responded=usage.engine,
        status=usage.status,
        error_type=usage.error_type,
        finish_reason="" if usage.error_type else "stop",
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        usage_source=usage.usage_source,
        cost_micros=usage.cost_micros,
        currency=usage.currency,
        first_token_ms=usage.first_token_ms,
        total_ms=usage.total_ms,
    )


def _attached(exchange: Exchange, answer_id: str) -> Iterator[SQLModel]:
    for rows in (exchange.citations, exchange.retrievals, exchange.sources, exchange.searched):
        yield from _copies(rows, answer_id)


def _copies(rows: Iterable[Row], answer_id: str) -> Iterator[Row]:
    for row in rows:
        yield type(row)(**{**row.model_dump(exclude={"id"}), "message_id": answer_id})
