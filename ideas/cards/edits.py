"""Changes of submitted cards: whose they are, and the record of what stood there before."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from core.domain.ideas.card import Change, IdeaDraft, IdeaEdit
from core.domain.ideas.money import from_micros
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import ADMINISTRATOR, FORMER_EMPLOYEE, User
from core.errors import AccessDenied
from core.storage.queries.ideas.rows import names_of
from core.storage.tables import IdeaEditRow, IdeaRow, UserRow
from ideas.cards.stored import COLUMNS, columns_of
from ideas.workflow.rules import Part
from ideas.workflow.situation import parts_of

OPEN_TO_SUBMITTERS = frozenset(
    {IdeaStatus.SUBMITTED, IdeaStatus.TRIAGE, IdeaStatus.NEEDS_INFO, IdeaStatus.PARKED}
)
"""From the evaluation on, reviewers score what they read; a change takes “needs information”."""
ENDED = frozenset(
    {IdeaStatus.DUPLICATE, IdeaStatus.DECLINED, IdeaStatus.WITHDRAWN, IdeaStatus.RETIRED}
)
TAGS, PEOPLE = "tags", "co_submitters"
PERSONS = frozenset({"owner_id", "sponsor_id"})
ALL_FIELDS = frozenset({*COLUMNS, TAGS, PEOPLE})
SORTING = frozenset({"category", "business_unit", TAGS})
"""What the committee may put right, so that an idea is found where it belongs."""

Values = dict[str, Any]  # Any: values of columns


def editable_fields(session: Session, user: User, row: IdeaRow) -> frozenset[str]:
    """Return the fields of the card that this person may change now."""
    status, parts = IdeaStatus(row.status), parts_of(session, user, row)
    if Part.SUBMITTER in parts and status in OPEN_TO_SUBMITTERS:
        return ALL_FIELDS
    return SORTING if Part.COMMITTEE in parts and status not in ENDED else frozenset()


def require_editable(session: Session, user: User, row: IdeaRow, changed: Sequence[str]) -> None:
    """Raise AccessDenied unless all that was changed is this person's to change."""
    allowed = editable_fields(session, user, row)
    if not set(changed) - allowed:
        return
    if allowed:
        raise AccessDenied(
            "Reviewers and administrators change only category, business unit and tags. Ask the "
            "submitter in a comment for the rest."
        )
    raise AccessDenied(
        "You cannot change this idea as it is now. Write a comment, or ask a reviewer to send it "
        "back for information."
    )


def values_of(draft: IdeaDraft, people: Sequence[str]) -> Values:
    """Return all that can be edited, as it is compared and kept."""
    return columns_of(draft) | {TAGS: sorted(draft.tags), PEOPLE: sorted(people)}


def changes_between(before: Values, after: Values) -> dict[str, dict[str, Any]]:
    """Return the fields that differ, with what stood and what stands there."""
    return {
        name: {"from": value, "to": after[name]}
        for name, value in before.items()
        if value != after[name]
    }


def edits_of(session: Session, idea_id: str) -> list[IdeaEdit]:
    """Return the changes of a card, the newest first."""
    rows = session.exec(
        select(IdeaEditRow, UserRow.name)
        .join(UserRow, col(UserRow.id) == IdeaEditRow.editor_id, isouter=True)
        .where(IdeaEditRow.idea_id == idea_id)
        .order_by(col(IdeaEditRow.at).desc(), col(IdeaEditRow.row_version).desc())
    ).all()
    people = {person for row, _ in rows for person in _people(row.changes)}
    names = names_of(session, people)
    return [
        IdeaEdit(
            name or (FORMER_EMPLOYEE if row.editor_id else ADMINISTRATOR),
            row.at,
            tuple(_change(field, values, names) for field, values in row.changes.items()),
        )
        for row, name in rows
    ]


def _people(changes: Values) -> Iterator[str]:
    """Yield the ids of all people that changes are about."""
    for side in ("from", "to"):
        yield from changes.get(PEOPLE, {}).get(side, ())
        yield from filter(None, (changes[f][side] for f in PERSONS & changes.keys()))


def _change(field: str, values: Mapping[str, Any], names: Mapping[str, str]) -> Change:
    shown = (_shown(field, values[side], names) for side in ("from", "to"))
    return Change(shown_field(field), *shown)


def shown_field(field: str) -> str:
    """Return what a column is of: the person of `owner_id`, the amount of `budget_cap_micros`."""
    return field.removesuffix("_micros").removesuffix("_id")


def _shown(field: str, value: object, names: Mapping[str, str]) -> str:
    if value is None:
        return ""
    if field in PERSONS:
        return names.get(str(value), FORMER_EMPLOYEE)
    if field.endswith("_micros") and isinstance(value, int):
        amount = f"{from_micros(value):f}"
        return amount.rstrip("0").rstrip(".")
    if isinstance(value, list):
        items = (names.get(v, FORMER_EMPLOYEE) for v in value) if field == PEOPLE else value
        return ", ".join(items)
    return str(value)
