"""What people are told about ideas: the bell with its count, and how often they want mail."""

from collections.abc import Collection

from sqlmodel import col, func, select, update

from core.domain.access import require_active
from core.domain.clock import now
from core.domain.ideas.life import DigestChoice, Happening, Notification
from core.domain.identity import User
from core.storage.database import Database
from core.storage.tables import DigestChoiceRow, IdeaRow, NotificationRow, UserRow

LATEST = 50
"""Notifications that are shown; older ones stay, and are counted."""


class Notifications:
    """The notifications of one person, which nobody else sees."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count_unread(self, user: User) -> int:
        """Return how many this person has not read, in one statement; 0 for who is not active."""
        if not user.is_active or not user.id:
            return 0
        unread = select(func.count(col(NotificationRow.id))).where(
            NotificationRow.user_id == user.id, col(NotificationRow.read_at).is_(None)
        )
        with self._database.read() as session:
            return session.exec(unread).one()

    def list(self, user: User, *, limit: int = LATEST) -> list[Notification]:
        """Return the newest ones first, read or not."""
        require_active(user)
        with self._database.read() as session:
            rows = session.exec(
                select(NotificationRow, IdeaRow.number, IdeaRow.title, UserRow.name)
                .join(IdeaRow, col(IdeaRow.id) == NotificationRow.idea_id, isouter=True)
                .join(UserRow, col(UserRow.id) == NotificationRow.actor_id, isouter=True)
                .where(NotificationRow.user_id == user.id)
                .order_by(col(NotificationRow.at).desc(), col(NotificationRow.id))
                .limit(limit)
            ).all()
        return [to_notification(*row) for row in rows]

    def mark_read(self, user: User, ids: Collection[str] | None = None) -> int:
        """Mark these as read, or all for None, and return how many were unread."""
        require_active(user)
        unread = [
            col(NotificationRow.user_id) == user.id,
            col(NotificationRow.read_at).is_(None),
        ]
        if ids is not None:
            unread.append(col(NotificationRow.id).in_(ids))
        with self._database.begin() as session:
            marked = session.exec(select(NotificationRow.id).where(*unread)).all()
            session.exec(update(NotificationRow).where(*unread).values(read_at=now()))
        return len(marked)

    def mark_seen(self, user: User, idea_id: str) -> int:
        """Mark all about one idea as read, because this person looks at it."""
        require_active(user)
        about = select(NotificationRow.id).where(
            NotificationRow.user_id == user.id,
            NotificationRow.idea_id == idea_id,
            col(NotificationRow.read_at).is_(None),
        )
        with self._database.read() as session:
            ids = session.exec(about).all()
        return self.mark_read(user, ids) if ids else 0

    def digest(self, user: User) -> DigestChoice:
        """Return how often this person wants mail."""
        require_active(user)
        with self._database.read() as session:
            row = session.get(DigestChoiceRow, user.id)
            return DigestChoice(row.choice) if row else DigestChoice.DAILY

    def set_digest(self, user: User, choice: DigestChoice) -> None:
        """Store how often this person wants mail."""
        require_active(user)
        with self._database.begin() as session:
            row = session.get(DigestChoiceRow, user.id)
            if row is None:
                row = DigestChoiceRow(user_id=user.id, choice=choice.value)
            row.choice = choice.value
            session.add(row)


def to_notification(
    row: NotificationRow, number: int | None, title: str | None, actor: str | None
) -> Notification:
    """Return the value; `number` and `title` are of its idea, `actor` the name of who did it."""
    return Notification(
        id=row.id,
        happening=Happening(row.happening),
        at=row.at,
        idea_id=row.idea_id or "",
        idea_number=number or 0,
        idea_title=title or "",
        actor_name=actor or "",
        details={key: str(value) for key, value in row.details.items()},
        is_read=row.read_at is not None,
    )
