"""Names of colleagues, to mention them or to name them beside an idea."""

from sqlmodel import col, or_, select

from core.domain.access import require_active
from core.domain.ideas.card import Person
from core.domain.identity import User
from core.storage.database import Database
from core.storage.tables import UserRow

MOST = 20


class Colleagues:
    """People with an active account, by name; nothing else about them is told."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def named(self, user: User, search: str = "", *, limit: int = MOST) -> list[Person]:
        """Return whose name holds these words, or whose address begins with them, by name."""
        require_active(user)
        words = search.strip()
        found = select(UserRow.id, UserRow.name).where(col(UserRow.is_active))
        if words:
            named = col(UserRow.name).icontains(words, autoescape=True)
            found = found.where(or_(named, col(UserRow.email).istartswith(words, autoescape=True)))
        with self._database.read() as session:
            rows = session.exec(found.order_by(col(UserRow.name)).limit(limit)).all()
        return [Person(*row) for row in rows]
