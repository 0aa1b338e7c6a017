"""Rows that tests of ideas start from: people, and ideas in any state."""

from typing import Any

from core.domain.clock import new_id
from core.domain.ideas.card import IdeaCategory
from core.domain.ideas.titles import title_key
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import Role, User
from core.storage.database import Database
from core.storage.tables import IdeaRow, UserRow


def add_person(database: Database, name: str, role: Role = Role.EMPLOYEE) -> User:
    """Add an account and return the person."""
    with database.begin() as session:
        row = UserRow(email=f"{name}@nordhafen.example", name=name.title(), role=role)
        session.add(row)
        return User(row.id, row.email, row.name, role)


def idea_row(number: int, **fields: Any) -> IdeaRow:  # noqa: ANN401  values of any column
    """Return an idea in triage; `fields` are columns."""
    values: dict[str, Any] = {
        "id": new_id(),
        "number": number,
        "title": f"Idea number {number}",
        "problem": "Something is slow and everyone waits.",
        "proposal": "Let a model make it quick.",
        "category": IdeaCategory.INTERNAL_OPTIMISATION.value,
        "status": IdeaStatus.TRIAGE.value,
    }
    values |= fields
    return IdeaRow(title_key=title_key(values["title"]), **values)


def add_idea(database: Database, number: int, **fields: Any) -> str:  # noqa: ANN401  see above
    """Add an idea and return its id."""
    row = idea_row(number, **fields)
    with database.begin() as session:
        session.add(row)
    return row.id
