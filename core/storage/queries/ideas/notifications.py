"""Writes what people are told about ideas and gaps, and finds whom a text mentions."""

import re
from collections.abc import Iterable, Iterator

from sqlmodel import Session, col, select

from core.domain.ideas.life import Happening
from core.domain.identity import Role, User
from core.storage.tables import NotificationRow, UserRow


def notify(
    session: Session,
    actor: User,
    happening: Happening,
    people: Iterable[str],
    *,
    idea_id: str | None,
    **details: str | int,
) -> None:
    """Tell these people, but for the actor and those without an active account."""
    active = select(UserRow.id).where(
        col(UserRow.id).in_(set(people) - {actor.id}), col(UserRow.is_active)
    )
    session.add_all(
        NotificationRow(
            user_id=person,
            happening=happening.value,
            idea_id=idea_id,
            actor_id=actor.id or None,
            details=details,
        )
        for person in session.exec(active).all()
    )


def mentioned(session: Session, text: str, *, reviewers_only: bool = False) -> frozenset[str]:
    """Return the active people that a text names after an @: by name, address or its first part.

    Where several fit, the longest counts: “@Anna Berg” is not “@Anna”.
    """
    places = [place for place, sign in enumerate(text) if sign == "@"]
    if not places:
        return frozenset()
    people = session.exec(select(UserRow).where(col(UserRow.is_active))).all()
    if reviewers_only:
        people = [person for person in people if person.role != Role.EMPLOYEE.value]
    words = text.casefold()
    return frozenset(
        person_id for place in places for person_id in _named_at(words, place + 1, people)
    )


def _named_at(text: str, start: int, people: Iterable[UserRow]) -> Iterator[str]:
    fitting = [
        (len(name), person.id)
        for person in people
        for name in (person.name, person.email, person.email.partition("@")[0])
        if text.startswith(name.casefold(), start) and _ends(text, start + len(name.casefold()))
    ]
    longest = max((length for length, _ in fitting), default=0)
    return (person_id for length, person_id in fitting if length == longest)


def _ends(text: str, end: int) -> bool:
    """Return whether no letter, digit or part of an address follows."""
    return re.match(r"\w|[@-]\w|\.\w", text[end : end + 2]) is None
