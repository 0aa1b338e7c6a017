"""What the made-up people ask in the year, how they judge the answers, and what owners reply."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlmodel import SQLModel

from core.domain.answers import AnswerStatus
from core.domain.conversations import FeedbackReason
from core.domain.gaps import GapStatus
from core.storage.tables import ConversationRow, FeedbackRow, KnowledgeGapRow
from demo.calendar import WEEKS, Calendar
from demo.exchanges import PASSAGES, Exchange, Telling, conversation, told
from demo.marks import demo_id
from demo.people import person_id
from demo.script import Employee, employees, questions

LARGE_FROM, SMALL_FROM = 40, 16
"""Weeks ago in which a language model was turned on, and a cheaper one."""
HIDDEN_SHARE = 0.12
RATED = 0.22
LONGEST_CONVERSATION = 4


@dataclass(frozen=True, slots=True)
class Chats:
    """Tells the conversations of the year from exchanges that really happened, by question."""

    exchanges: Mapping[str, Exchange]
    calendar: Calendar
    random: Random

    def rows(self) -> Iterator[SQLModel]:
        """Yield all conversations, week by week."""
        for weeks_ago in range(WEEKS - 1, -1, -1):
            left = self.calendar.questions_in(weeks_ago, self.random)
            while left > 0:
                turns = min(left, self.random.randint(1, LONGEST_CONVERSATION))
                yield from self._conversation(weeks_ago, turns)
                left -= turns

    def asked(self, question: str, by: str, at: datetime) -> tuple[Telling, list[SQLModel]]:
        """Return a conversation with this one question, and when and to whom it was told."""
        told_to = Telling(demo_id("chat", question, by), person_id(by), 0, at, PASSAGES)
        exchange = self.exchanges[question]
        return told_to, [conversation(told_to, question), *told(exchange, told_to, self.random)]

    def _conversation(self, weeks_ago: int, turns: int) -> Iterator[SQLModel]:
        asker = self._asker(weeks_ago)
        at = self.calendar.moment(weeks_ago + self.random.random(), self.random)
        row_id = demo_id("conversation", weeks_ago, asker.key, self.random.random())
        chat: ConversationRow | None = None
        for turn, question in enumerate(self._questions(turns)):
            telling = Telling(
                row_id, person_id(asker.key), turn, at, self._engine(weeks_ago), self._status()
            )
            if chat is None:
                chat = conversation(telling, question)
                yield chat
            yield from told(self.exchanges[question], telling, self.random)
            yield from self._after(question, telling)
            at = min(at + timedelta(seconds=self.random.randint(20, 240)), self.calendar.until)

    def _asker(self, weeks_ago: int) -> Employee:
        here = [employee for employee in employees() if employee.joined >= weeks_ago]
        return self.random.choices(here, [employee.pace for employee in here])[0]

    def _questions(self, count: int) -> Sequence[str]:
        common, hidden = questions().common, questions().hidden
        chosen = self.random.sample(common, count)
        if self.random.random() < HIDDEN_SHARE * count:
            chosen[self.random.randrange(count)] = self.random.choice(hidden)
        return chosen

    def _engine(self, weeks_ago: int) -> str:
        if weeks_ago > LARGE_FROM or self.random.random() < 0.25:
            return PASSAGES
        is_small = weeks_ago <= SMALL_FROM and self.random.random() < 0.7
        return "demo-small" if is_small else "demo-large"

    def _status(self) -> AnswerStatus:
        ends = (AnswerStatus.COMPLETE, AnswerStatus.STOPPED, AnswerStatus.FAILED)
        return self.random.choices(ends, (97, 2, 1))[0]

    def _after(self, question: str, telling: Telling) -> Iterator[SQLModel]:
        """Yield the judgement of an answer, and the question to an owner where there was none."""
        answer = self.exchanges[question].answer
        if telling.status is not AnswerStatus.COMPLETE:
            return
        if self.random.random() < RATED:
            yield self._feedback(telling, is_refused=answer.abstained)
        if answer.abstained and self.random.random() < 0.4:
            yield self._gap(question, telling)

    def _feedback(self, telling: Telling, *, is_refused: bool) -> FeedbackRow:
        is_helpful = self.random.random() < (0.35 if is_refused else 0.87)
        at = telling.at + timedelta(minutes=1)
        reasons = [FeedbackReason.INCOMPLETE, FeedbackReason.INCORRECT, FeedbackReason.OUTDATED]
        reason = FeedbackReason.REFUSED if is_refused else self.random.choice(reasons)
        has_comment = not is_helpful and self.random.random() < 0.5
        return FeedbackRow(
            message_id=telling.answer_id,
            user_id=telling.user_id,
            rating=1 if is_helpful else -1,
            reason="" if is_helpful else reason.value,
            comment=self.random.choice(questions().comments) if has_comment else "",
            created_at=at,
            updated_at=at,
        )

    def _gap(self, question: str, telling: Telling) -> KnowledgeGapRow:
        searched = self.exchanges[question].searched
        replied_at = telling.at + timedelta(days=self.random.randint(1, 12))
        is_replied = replied_at < self.calendar.until
        return KnowledgeGapRow(
            id=demo_id("gap", telling.answer_id),
            message_id=telling.answer_id,
            asker_id=telling.user_id,
            collection_id=searched[0].collection_id if searched else None,
            question=question,
            status=(GapStatus.ANSWERED if is_replied else GapStatus.OPEN).value,
            asked_at=telling.at,
            reply=self.random.choice(questions().replies) if is_replied else "",
            replied_by=person_id("vera") if is_replied else None,
            replied_at=replied_at if is_replied else None,
            read_at=replied_at if is_replied else None,
        )
