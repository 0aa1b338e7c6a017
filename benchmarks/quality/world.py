"""Simulates a company that asks questions, week by week, as rows of the database."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from sqlalchemy import insert
from sqlmodel import SQLModel

from core.domain.conversations import MessageRole
from core.storage.database import Database
from core.storage.tables import (
    AnswerUsageRow,
    ConversationRow,
    FeedbackRow,
    MessageRow,
    ModelCallRow,
    UserRow,
)
from evaluation.datasets import load_shipped

FIRST = date(2024, 1, 1)  # a Monday
BY_WEEKDAY = (1.2, 1.3, 1.2, 1.1, 0.9, 0.1, 0.05)
OPENERS = ("", "Hi, ", "Quick question: ", "For a colleague: ", "Sorry to bother you. ")
NEW_TOPIC = "customs-procedures-manual.pdf"
"""Nobody asks about it in an ordinary week."""
SHIPPED = ("golden", "employees_dev", "employees_held_out")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a week, as shares: conversations on a new topic, fewer helpful answers."""

    new_topic: float = 0.0
    less_helpful: float = 0.0


@dataclass(frozen=True, slots=True)
class Company:
    """How much is asked in a week, and how many answers are rated."""

    people: int = 80
    conversations_a_week: int = 300
    rated: float = 0.4


@dataclass(frozen=True, slots=True)
class _Person:
    """What somebody likes to ask about, and how easily they are content."""

    id: str
    activity: float
    topics: Mapping[str, float]
    content: float
    rates: float


class World:
    """Writes weeks of questions, answers, ratings and requests; the same seed, the same weeks.

    People differ in what they ask about, how much, and how easily they are content; answers of one
    day and sentences of one answer resemble each other.
    """

    def __init__(self, database: Database, company: Company, seed: int) -> None:
        self._database = database
        self._company = company
        self._random = Random(seed)
        self._questions = _questions_by_topic()
        self._closeness = {topic: self._random.gauss(0.62, 0.06) for topic in self._questions}
        self._people = [self._person(number) for number in range(company.people)]
        with database.begin() as session:
            session.add_all(
                UserRow(id=one.id, email=f"{one.id}@example.org", name=one.id, role="employee")
                for one in self._people
            )

    def add_week(self, number: int, fault: Fault | None = None) -> None:
        """Write the week with this number."""
        kinds: dict[type[SQLModel], list[SQLModel]] = defaultdict(list)
        for day, conversations in enumerate(self._conversations()):
            at = datetime.combine(
                FIRST + timedelta(weeks=number, days=day), datetime.min.time(), UTC
            )
            speed = self._random.lognormvariate(0, 0.08)
            for _ in range(conversations):
                for row in self._conversation(at, speed, fault or Fault()):
                    kinds[type(row)].append(row)
        with self._database.begin() as session:
            for kind in (ConversationRow, MessageRow, AnswerUsageRow, ModelCallRow, FeedbackRow):
                session.execute(insert(kind), [row.model_dump() for row in kinds[kind]])

    def _person(self, number: int) -> _Person:
        usual = [topic for topic in self._questions if topic != NEW_TOPIC]
        weights = {topic: self._random.gammavariate(0.5, 1) for topic in usual}
        return _Person(
            f"person{number}",
            self._random.lognormvariate(0, 0.7),
            weights,
            self._random.betavariate(8, 2),
            self._random.betavariate(2, 2 / self._company.rated - 2),
        )

    def _conversations(self) -> Iterator[int]:
        busy = self._random.lognormvariate(0, 0.1)
        for share in BY_WEEKDAY:
            mean = self._company.conversations_a_week * busy * share / sum(BY_WEEKDAY)
            yield max(0, round(self._random.gauss(mean, mean**0.5)))

    def _conversation(self, day: datetime, speed: float, fault: Fault) -> Iterator[SQLModel]:
        [person] = self._random.choices(self._people, [one.activity for one in self._people])
        topics = list(person.topics)
        [topic] = self._random.choices(topics, [person.topics[one] for one in topics])
        if self._random.random() < fault.new_topic:
            topic = NEW_TOPIC
        at = day + timedelta(hours=8, seconds=self._random.randrange(9 * 3600))
        chat = ConversationRow(id=self._id(), user_id=person.id, title="", created_at=at)
        yield chat
        for turn in range(self._random.choice((1, 1, 1, 2, 2, 3))):
            yield from self._exchange(chat, turn, topic, person, speed, fault)

    def _exchange(  # noqa: PLR0913  what one exchange is made of
        self,
        chat: ConversationRow,
        turn: int,
        topic: str,
        person: _Person,
        speed: float,
        fault: Fault,
    ) -> Iterator[SQLModel]:
        random, at = self._random, chat.created_at + timedelta(minutes=3 * turn)
        asked = random.choice(OPENERS) + random.choice(self._questions[topic])
        yield self._message(chat, 2 * turn, MessageRole.USER, asked, at)
        answered = self._message(chat, 2 * turn + 1, MessageRole.ASSISTANT, "", at)
        yield answered
        usage = self._usage(answered, person, topic, speed)
        yield usage
        if usage.cost_micros:
            yield _request(usage)
        if random.random() < person.rates:
            is_helpful = random.random() < person.content - fault.less_helpful
            yield FeedbackRow(
                message_id=answered.id, user_id=person.id, rating=1 if is_helpful else -1
            )

    def _message(
        self, chat: ConversationRow, position: int, role: MessageRole, text: str, at: datetime
    ) -> MessageRow:
        return MessageRow(
            id=self._id(),
            conversation_id=chat.id,
            position=position,
            role=role.value,
            text=text,
            status="complete",
            created_at=at,
        )

    def _usage(
        self, answered: MessageRow, person: _Person, topic: str, speed: float
    ) -> AnswerUsageRow:
        random = self._random
        is_failed, is_abstained = random.random() < 0.02, random.random() < 0.08
        sentences = 0 if is_failed or is_abstained else random.choice((1, 2, 2, 3, 3, 4, 5, 6))
        doubt = random.betavariate(0.4, 6)
        total = round(2_400 * speed * random.lognormvariate(0, 0.5))
        return AnswerUsageRow(
            id=self._id(),
            message_id=answered.id,
            conversation_id=answered.conversation_id,
            user_id=person.id,
            created_at=answered.created_at,
            engine="model",
            embedding_model="all-MiniLM-L6-v2",
            status="failed" if is_failed else "complete",
            error_type="timeout" if is_failed else "",
            abstained=is_abstained and not is_failed,
            passages_found=8,
            top_similarity=min(1.0, max(0.0, random.gauss(self._closeness[topic], 0.09))),
            citations=sentences,
            sentences=sentences,
            supported_sentences=sum(random.random() > doubt for _ in range(sentences)),
            first_token_ms=round(total * random.uniform(0.2, 0.4)),
            total_ms=total,
            cost_micros=round(4_000 * random.lognormvariate(0, 0.4)),
        )

    def _id(self) -> str:
        return f"{self._random.getrandbits(128):032x}"


def _questions_by_topic() -> dict[str, list[str]]:
    """Return the questions of the shipped datasets by the document that answers them."""
    found = defaultdict(list)
    for name in SHIPPED:
        for case in load_shipped(name).cases:
            if case.evidence:
                found[case.evidence[0].document].append(case.text)
    return {topic: texts for topic, texts in found.items() if len(texts) > 2}


def _request(usage: AnswerUsageRow) -> ModelCallRow:
    return ModelCallRow(
        id=usage.id,
        answer_usage_id=usage.id,
        user_id=usage.user_id,
        created_at=usage.created_at,
        surface="chat",
        purpose="answer",
        provider="simulated",
        model_requested="model",
        status="complete",
        cost_micros=usage.cost_micros,
    )
