"""Mails what people have not read: one mail a day or a week, none for each event."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from sqlmodel import Session, col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from core.account_notices import SENTENCES
from core.domain.batches import batched
from core.domain.clock import now
from core.domain.ideas.card import label_of
from core.domain.ideas.life import DigestChoice, Happening, Notification
from core.domain.ideas.workflow import IdeaStatus
from core.domain.text.plurals import count
from core.mail import Mail, Mailer
from core.storage.database import Database
from core.storage.tables import DigestChoiceRow, IdeaRow, NotificationRow, UserRow
from ideas.life.notifications import to_notification
from ideas.workflow.sentences import NAMES

IDS_PER_QUERY = 500
NO_MAIL = ".invalid"
"""The end of addresses that never exist (RFC 2606), such as those of the demo year."""
MOST = 20
"""Lines of one mail; more are counted."""
# A little less than the interval, so that a digest does not drift into the next day.
PAUSES = {DigestChoice.DAILY: timedelta(hours=20), DigestChoice.WEEKLY: timedelta(days=6, hours=20)}

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DigestLook:
    """How digests look: the name of the company, and the address of the app for links."""

    company_name: str
    app_address: str = ""


@dataclass(frozen=True, slots=True)
class _Recipient:
    id: str
    name: str
    email: str


class Digests:
    """Sends digests to those who want one now."""

    def __init__(self, database: Database, mailer: Mailer, look: DigestLook) -> None:
        self._database = database
        self._mailer = mailer
        self._look = look

    def send_due(self) -> int:
        """Send a mail to everyone whose last one is old enough, and return how many went out.

        What a mail tells is not told again. Raises MailUnavailable if the server takes nothing;
        what was sent until then counts as sent.
        """
        sent = 0
        for recipient in self._due():
            with self._database.read() as session:
                news = _news(session, recipient.id)
            if not news:
                continue
            taken = self._mailer.send([digest(recipient, news, self._look)])
            with self._database.begin() as session:
                _note(session, recipient.id, [one.id for one in news], was_sent=bool(taken))
            sent += len(taken)
        if sent:
            logger.info("digests sent count=%s", sent)
        return sent

    def _due(self) -> list[_Recipient]:
        moment = now()
        with self._database.read() as session:
            rows = session.exec(
                select(UserRow, DigestChoiceRow)
                .join(DigestChoiceRow, col(DigestChoiceRow.user_id) == UserRow.id, isouter=True)
                .where(
                    col(UserRow.is_active),
                    col(UserRow.email).not_like(f"%{NO_MAIL}"),
                    col(UserRow.id).in_(_with_news()),
                )
                .order_by(col(UserRow.id))
            ).all()
        return [
            _Recipient(user.id, user.name, user.email)
            for user, choice in rows
            if _is_due(choice, moment)
        ]


def digest(recipient: _Recipient, news: Sequence[Notification], look: DigestLook) -> Mail:
    """Return the mail: what happened, without a word of documents, comments or questions."""
    lines = [f"- {_line(one)}" for one in news[:MOST]]
    if len(news) > MOST:
        lines.append(f"- and {count(len(news) - MOST, 'more notification')}")
    address = look.app_address.rstrip("/")
    is_ideas = not any(one.happening.is_without_idea for one in news)
    where = f"\n\n{_WHERE[is_ideas].format(address=address)}" if address else ""
    return Mail(
        to=recipient.email,
        subject=f"{look.company_name}: {count(len(news), 'piece')} of news{_ABOUT[is_ideas]}",
        text=f"Hello {recipient.name},\n\n"
        + "\n".join(lines)
        + where
        + "\n\nYou can choose on the page Ideas how often you get this mail.\n",
    )


_ABOUT = {True: " about ideas", False: ""}
_WHERE = {True: "Open the ideas: {address}/ideas", False: "Open them: {address}/notifications"}


_OF_GAPS = {
    Happening.GAP_ANSWERED: "replied to a question that you asked in the chat",
    Happening.GAP_CLOSED: "closed a question that you asked in the chat",
    Happening.GAP_DECLINED: "declined a question that you asked in the chat",
    Happening.GAP_ASSIGNED: "asked you to look after a knowledge gap",
    Happening.INCIDENT_REPORTED: "reported a problem with an answer",
    Happening.INCIDENT_CLOSED: "closed a problem that you reported",
}


_OF_DOCUMENTS = {
    Happening.COPY_FOUND: (
        "A document resembles one that was quarantined or withdrawn; it is due for review."
    ),
    Happening.ANSWER_WITHDRAWN: (
        "An answer you got was made from a passage that has been withdrawn."
    ),
    Happening.ANSWER_RESTORED: "The passage behind an answer you got is available again.",
}


def _line(news: Notification) -> str:
    idea = f"{label_of(news.idea_number)} “{' '.join(news.idea_title.split())}”"
    who = news.actor_name or "The sandbox"
    match news.happening:
        case Happening.MOVED:
            return f"{idea} is {NAMES[IdeaStatus(news.details['to'])]} now."
        case Happening.COMMENTED:
            return f"{who} wrote a comment on {idea}."
        case Happening.MENTIONED:
            return f"{who} mentioned you at {idea}."
        case Happening.MERGED:
            return f"{label_of(int(news.details['merged']))} was merged into {idea}."
        case Happening.EDITED:
            return f"{who} changed {idea}."
        case Happening.REVIEW_DUE:
            return f"Your review of {idea} is due."
        case Happening.OWNER_NAMED:
            return f"{who} made you the owner of {idea}."
        case Happening.CO_SUBMITTER_NAMED:
            return f"{who} submitted {idea} together with you."
        case Happening.RISK_CHANGED:
            return f"The risk of {idea} was judged."
        case Happening.RESULTS_PUBLISHED:
            return f"The results of the campaign of {idea} are out."
        case (
            Happening.GAP_ANSWERED
            | Happening.GAP_CLOSED
            | Happening.GAP_DECLINED
            | Happening.GAP_ASSIGNED
            | Happening.INCIDENT_REPORTED
            | Happening.INCIDENT_CLOSED
        ):
            return f"{who} {_OF_GAPS[news.happening]}."
        case (
            Happening.ACCOUNT_FACTOR_ADDED
            | Happening.ACCOUNT_FACTOR_REMOVED
            | Happening.ACCOUNT_PASSWORD_SET
            | Happening.ACCOUNT_CONNECTED
            | Happening.ACCOUNT_DISCONNECTED
        ):
            return SENTENCES[news.happening]
        case Happening.COPY_FOUND | Happening.ANSWER_WITHDRAWN | Happening.ANSWER_RESTORED:
            return _OF_DOCUMENTS[news.happening]
        case _:
            assert_never(news.happening)


def _with_news() -> SelectOfScalar[str]:
    return select(NotificationRow.user_id).where(*_IS_NEWS)


_IS_NEWS = (col(NotificationRow.read_at).is_(None), col(NotificationRow.mailed_at).is_(None))


def _news(session: Session, user_id: str) -> list[Notification]:
    """Return what the person has neither read nor got by mail, the oldest first."""
    rows = session.exec(
        select(NotificationRow, IdeaRow.number, IdeaRow.title, UserRow.name)
        .join(IdeaRow, col(IdeaRow.id) == NotificationRow.idea_id, isouter=True)
        .join(UserRow, col(UserRow.id) == NotificationRow.actor_id, isouter=True)
        .where(NotificationRow.user_id == user_id, *_IS_NEWS)
        .order_by(col(NotificationRow.at), col(NotificationRow.id))
    ).all()
    return [to_notification(*row) for row in rows]


def _is_due(choice: DigestChoiceRow | None, moment: datetime) -> bool:
    wanted = DigestChoice(choice.choice) if choice else DigestChoice.DAILY
    if wanted is DigestChoice.NEVER:
        return False
    return choice is None or choice.sent_at is None or choice.sent_at + PAUSES[wanted] <= moment


def _note(session: Session, user_id: str, ids: Sequence[str], *, was_sent: bool) -> None:
    """Write down that a mail was tried; what the server did not take is told the next time."""
    row = session.get(DigestChoiceRow, user_id)
    if row is None:
        row = DigestChoiceRow(user_id=user_id, choice=DigestChoice.DAILY.value)
    row.sent_at = now()
    session.add(row)
    for batch in batched(ids, IDS_PER_QUERY) if was_sent else ():
        told = col(NotificationRow.id).in_(batch)
        session.exec(update(NotificationRow).where(told).values(mailed_at=now()))
