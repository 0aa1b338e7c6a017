"""Loads the demo year and takes it away again."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from sqlalchemy import Integer, delete
from sqlmodel import Session, SQLModel, col, func, select

from core.domain.access import require_admin
from core.domain.batches import batched
from core.domain.clock import now
from core.domain.identity import PolicyStanding, User
from core.errors import InvalidInput
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.people import user_by_id
from core.storage.tables import (
    AnswerUsageRow,
    ConversationRow,
    GapMarkRow,
    IdeaRow,
    UserRow,
)
from demo.calendar import Calendar
from demo.campaigns import campaign_rows
from demo.chats import Chats
from demo.costs import cost_rows
from demo.exchanges import Exchange, exchange_of
from demo.ideas import Ideas
from demo.incidents import incident_rows
from demo.marks import MARK, demo_id
from demo.people import people_rows, person_id
from demo.policy import policy_rows
from demo.script import employees, questions

SEED = 20_26
BATCH = 2_000
IS_LOADED = "The demo year is loaded already. Remove it first: sandbox_cli.py demo remove --yes"
Asking = Callable[[User, str, str], None]
"""Asks a question as a person, in the conversation with this id."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a demo year holds."""

    people: int
    conversations: int
    answers: int
    ideas: int


class DemoYear:
    """A year of made-up people, questions and ideas, whose rows all bear one mark."""

    def __init__(self, database: Database, ask: Asking, add_up: Callable[[], object]) -> None:
        """Take what asks a question, and what adds up days of usage that changed."""
        self._database = database
        self._ask = ask
        self._add_up = add_up

    def load(self, admin: User, report: Callable[[int, int], None]) -> Counts:
        """Fill the database; `report` is told how many of how many questions are answered.

        Each question is really answered once from the documents at hand, and copied from there.
        Raises InvalidInput if a demo year is loaded already.
        """
        require_admin(admin)
        calendar, random = Calendar(now()), Random(SEED)
        with self._database.begin() as session:
            if self._counts(session).people:
                raise InvalidInput(IS_LOADED)
            _store(session, people_rows(calendar))
        try:
            exchanges = self._exchanges(report)
            with self._database.begin() as session:
                chats = Chats(exchanges, calendar, random)
                _store(session, campaign_rows(calendar))
                _store(session, chats.rows())
                _store(session, Ideas(chats, calendar, random, _next_number(session)).rows())
                _store(session, cost_rows(calendar))
                _store(session, policy_rows(session, calendar, random))
                _store(session, incident_rows(session, calendar, random))
                # The year lies before what was looked through for gaps.
                session.execute(delete(GapMarkRow))
                record_event(session, admin, "demo.load")
                return self._counts(session)
        except BaseException:  # a half-told year is worse than none, however it ended
            self.remove(admin)
            raise

    def remove(self, admin: User) -> Counts:
        """Delete every row of the demo year and what real people attached to it."""
        require_admin(admin)
        with self._database.begin() as session:
            counts = self._counts(session)
            for table in reversed(SQLModel.metadata.sorted_tables):
                key = table.columns.get("id")
                if key is not None and not isinstance(key.type, Integer):
                    session.execute(table.delete().where(key.startswith(MARK)))
            if counts.people:
                record_event(session, admin, "demo.remove")
        self._add_up()
        return counts

    def _exchanges(self, report: Callable[[int, int], None]) -> Mapping[str, Exchange]:
        with self._database.read() as session:
            asker = user_by_id(session, person_id(employees()[0].key))
        assert asker is not None  # noqa: S101  was stored just now
        # Whoever loads the year asks in their name, and not all of them acknowledged the policy.
        asker = replace(asker, policy=PolicyStanding.NOT_ASKED)
        every = (*questions().common, *questions().hidden)
        exchanges = {}
        for place, question in enumerate(every, 1):
            exchanges[question] = self._exchange(asker, question)
            report(place, len(every))
        return exchanges

    def _exchange(self, asker: User, question: str) -> Exchange:
        """Ask for real, read what was stored, and delete it: only its copies have the mark."""
        conversation_id = demo_id("asked", question)
        with self._database.begin() as session:
            session.add(ConversationRow(id=conversation_id, user_id=asker.id, title=question))
        self._ask(asker, question, conversation_id)
        with self._database.begin() as session:
            exchange = exchange_of(session, conversation_id)
            for row in _originals(exchange):
                session.expunge(row)
            session.delete(session.get_one(AnswerUsageRow, exchange.usage.id))
            session.delete(session.get_one(ConversationRow, conversation_id))
            return exchange

    def _counts(self, session: Session) -> Counts:
        def count(kind: type[SQLModel]) -> int:
            key = kind.__table__.c.id  # type: ignore[attr-defined]  # every table class has one
            return session.exec(select(func.count()).where(key.startswith(MARK))).one()

        return Counts(count(UserRow), count(ConversationRow), count(AnswerUsageRow), count(IdeaRow))


def _originals(exchange: Exchange) -> Iterator[SQLModel]:
    yield from (exchange.question, exchange.answer, exchange.usage)
    for rows in (exchange.citations, exchange.retrievals, exchange.sources, exchange.searched):
        yield from rows


def _store(session: Session, rows: Iterator[SQLModel]) -> None:
    """Write rows in batches, tables in the order in which they refer to each other."""
    for batch in batched(rows, BATCH):
        for table in SQLModel.metadata.sorted_tables:
            values = [_values(row) for row in batch if row.__tablename__ == table.name]
            if values:
                session.execute(table.insert(), values)


def _values(row: SQLModel) -> dict[str, Any]:  # Any: whatever columns hold
    """Return the columns of a row, without a number that the database gives."""
    values = row.model_dump()
    return {name: value for name, value in values.items() if name != "id" or value is not None}


def _next_number(session: Session) -> int:
    return (session.exec(select(func.max(col(IdeaRow.number)))).one() or 0) + 1
