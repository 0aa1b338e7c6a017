"""Tells people what was changed about how they sign in: on their page at once, and by mail."""

import logging

from sqlmodel import Session, col, select

from admin.signing_in.account_mail import AccountMail
from core.account_notices import SENTENCES
from core.domain.clock import now
from core.domain.ideas.life import Happening
from core.domain.identity import User
from core.errors import MailUnavailable
from core.storage.database import Database
from core.storage.tables import NotificationRow, UserRow

logger = logging.getLogger(__name__)


def note_change(session: Session, actor: User | None, user_id: str, happening: Happening) -> None:
    """Note it for the person, also where they did it themselves: it may not have been them."""
    session.add(
        NotificationRow(
            user_id=user_id,
            happening=happening.value,
            actor_id=(actor.id or None) if actor else None,
            details={},
        )
    )


class AccountNotices:
    """Mails what was noted; without a mail server the page alone tells it."""

    def __init__(self, database: Database, mail: AccountMail | None = None) -> None:
        self._database = database
        self._mail = mail

    def send(self, user_id: str) -> None:
        """Mail what the person was not mailed yet; what is not taken goes with the next digest."""
        if self._mail is None:
            return
        with self._database.read() as session:
            account = session.get(UserRow, user_id)
            news = session.exec(
                select(NotificationRow).where(
                    NotificationRow.user_id == user_id,
                    col(NotificationRow.mailed_at).is_(None),
                    col(NotificationRow.happening).in_([one.value for one in SENTENCES]),
                )
            ).all()
        if account is None:
            return
        try:
            taken = [
                one.id
                for one in news
                if self._mail.tell(account.email, account.name, Happening(one.happening))
            ]
        except MailUnavailable as error:
            logger.warning("notice not mailed error=%s", error)
            return
        with self._database.begin() as session:
            for notice_id in taken:
                row = session.get(NotificationRow, notice_id)
                if row is not None:
                    row.mailed_at = now()
