"""The members of a group: what operations make of them, and how they are stored."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from scim2_models import InvalidValueException, PatchOp, PatchOperation
from scim2_models.path import CompareOperator, Comparison
from sqlmodel import Session, col, delete, select

from admin.provisioning.models import ScimGroup, ScimMember
from core.domain.identity import Actor
from core.storage.queries.audit import joined, record_event
from core.storage.tables import MembershipRow, ScimResourceRow

AT_ONCE = 500
"""How many ids one statement names."""


@dataclass(frozen=True, slots=True)
class MemberStep:
    """People who are added or removed by one operation."""

    is_add: bool
    people: Sequence[str]


@dataclass(frozen=True, slots=True)
class Members:
    """The people in a group before and after a change."""

    before: frozenset[str]
    after: frozenset[str]

    @property
    def added(self) -> frozenset[str]:
        return self.after - self.before

    @property
    def removed(self) -> frozenset[str]:
        return self.before - self.after


def member_steps(patch: PatchOp[ScimGroup]) -> tuple[Sequence[MemberStep], list[Any]]:
    """Tell simple changes of members from the other operations, which the library applies.

    Groups have thousands of members, and identity providers send one or a few at a time: these are
    changes of a set. If one operation on members is of another form, none of them is simple.
    """
    operations = list(patch.operations or ())
    steps = [_step(operation) for operation in operations]
    others = [one for one, step in zip(operations, steps, strict=True) if step is None]
    if any(_touches_members(one) for one in others):
        return [], operations
    return [step for step in steps if step is not None], others


def apply_steps(steps: Iterable[MemberStep], members: Iterable[str]) -> frozenset[str]:
    """Return the members after all steps."""
    result = set(members)
    for step in steps:
        if step.is_add:
            result |= set(step.people)
        else:
            result -= set(step.people)
    return frozenset(result)


def members_of(group: ScimGroup) -> frozenset[str]:
    """Return the ids of the people in a group as it was sent; raise InvalidValueException."""
    return frozenset(_ids([_plain(member) for member in group.members or ()]))


def require_people(session: Session, people: Collection[str]) -> None:
    """Raise InvalidValueException for ids that are of no person of an identity provider."""
    known: set[str] = set()
    for part in _parts(people):
        known |= set(
            session.exec(
                select(ScimResourceRow.id).where(
                    col(ScimResourceRow.user_id).in_(part),
                    col(ScimResourceRow.deleted_at).is_(None),
                )
            )
        )
    unknown = sorted(set(people) - known)
    if unknown:
        raise InvalidValueException(
            detail=f"A member is no known user: {unknown[0][:64]}. Create the user first; groups "
            "in groups are not supported."
        )


def store_members(session: Session, actor: Actor, group_id: str, members: Members) -> None:
    """Change who is in a group; each person’s groups before and after are recorded."""
    added, removed = members.added, members.removed
    touched = added | removed
    before = _groups_of(session, touched)
    for part in _parts(removed):
        session.exec(
            delete(MembershipRow).where(
                col(MembershipRow.group_id) == group_id, col(MembershipRow.user_id).in_(part)
            )
        )
    session.add_all(MembershipRow(user_id=one, group_id=group_id) for one in sorted(added))
    for person_id in sorted(touched):
        had = before[person_id]
        has = had | {group_id} if person_id in added else had - {group_id}
        record_event(
            session,
            actor,
            "person.groups_changed",
            person_id,
            before=joined(had),
            after=joined(has),
        )
    session.flush()


def _groups_of(session: Session, people: Collection[str]) -> defaultdict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for part in _parts(people):
        rows = session.exec(select(MembershipRow).where(col(MembershipRow.user_id).in_(part)))
        for row in rows:
            found[row.user_id].add(row.group_id)
    return found


def _parts(people: Collection[str]) -> Iterator[Sequence[str]]:
    ordered = sorted(people)
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]


def _step(operation: PatchOperation[ScimGroup]) -> MemberStep | None:
    path = str(operation.path or "")
    is_add = operation.op == PatchOperation.Op.add
    if operation.op == PatchOperation.Op.replace_:
        return None
    if _bare(path) == "members" and operation.value is not None:
        entries = operation.value if isinstance(operation.value, list) else [operation.value]
        return MemberStep(is_add, _ids(entries))
    condition = operation.path.value_filter if operation.path is not None else None
    if (
        not is_add
        and _bare(path.partition("[")[0]) == "members"
        and path.endswith("]")
        and isinstance(condition, Comparison)
        and (condition.op, str(condition.attr_path).lower()) == (CompareOperator.eq, "value")
        and isinstance(condition.value, str)
    ):
        return MemberStep(is_add=False, people=[condition.value])
    return None


def _bare(path: str) -> str:
    """Return the name of an attribute without its schema."""
    return path.lower().removeprefix(f"{ScimGroup.__schema__}:".lower())


def _touches_members(operation: PatchOperation[ScimGroup]) -> bool:
    if operation.path is not None:
        return _bare(str(operation.path)).startswith("members")
    return not isinstance(operation.value, dict) or any(
        _bare(str(key)).startswith("members") for key in operation.value
    )


def _plain(member: ScimMember) -> dict[str, object]:
    return {"value": member.value, "type": member.type}


def _ids(entries: Sequence[Any]) -> Sequence[str]:  # Any: JSON
    """Return the ids of members; raise InvalidValueException for what is none."""
    found = []
    for entry in entries:
        value = entry.get("value") if isinstance(entry, dict) else None
        kind = (entry.get("type") or "User") if isinstance(entry, dict) else ""
        if not isinstance(value, str) or str(kind).lower() != "user":
            raise InvalidValueException(
                detail="A member is the id of a user in `value`; groups in groups are not "
                "supported."
            )
        found.append(value)
    return found
