"""People who act on the same ideas at the same moment, on both engines: nothing is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest

from core.domain.ideas.workflow import IdeaStatus, MoveRequest
from core.errors import Conflict, MoveRefused, SandboxError
from core.storage.database import Database
from ideas.life.comments import IdeaComments
from ideas.life.support import IdeaSupport
from tests.ideas.office import LESSON, REASON, Office

ROUNDS = 5


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


def at_once(*acts: Callable[[], object]) -> list[SandboxError | None]:
    """Lets all begin together, and returns how each one was refused, if it was."""
    start = Barrier(len(acts))

    def act(one: Callable[[], object]) -> SandboxError | None:
        start.wait()
        try:
            one()
        except SandboxError as error:
            return error
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(act, acts))


def merge(office: Office, idea: str, original: str) -> Callable[[], object]:
    request = MoveRequest(IdeaStatus.DUPLICATE, 1, REASON, target_id=original)
    return lambda: office.workflow.move(office.rita, idea, request)


def test_of_two_merges_into_each_other_one_is_made(office: Office) -> None:
    for _ in range(ROUNDS):
        one, other = office.idea(), office.idea()

        refused = at_once(merge(office, one, other), merge(office, other, one))

        assert sum(error is None for error in refused) == 1
        [error] = [error for error in refused if error is not None]
        assert isinstance(error, MoveRefused)
        states = sorted(office.row(idea).status for idea in (one, other))
        assert states == ["duplicate", "submitted"]


def test_a_chain_of_merges_ends_at_one_idea(office: Office) -> None:
    for _ in range(ROUNDS):
        first, second, third = office.idea(), office.idea(), office.idea()

        at_once(merge(office, first, second), merge(office, second, third))

        rows = {idea: office.row(idea) for idea in (first, second, third)}
        for row in rows.values():
            if row.duplicate_of_id:
                assert rows[row.duplicate_of_id].status == "submitted"


def test_support_that_arrives_during_a_merge_is_kept_or_refused(office: Office) -> None:
    support, comments = IdeaSupport(office.database), IdeaComments(office.database)
    for _ in range(ROUNDS):
        idea, original = office.idea(), office.idea()

        refused = at_once(
            merge(office, idea, original),
            partial(support.vote, office.ben, idea, is_for=True),
            partial(support.follow, office.carl, idea, follows=True),
            partial(comments.add, office.ben, idea, "Good."),
        )

        assert refused[0] is None
        assert all(error is None or isinstance(error, Conflict) for error in refused)
        kept = support.of(office.ben, original)
        assert kept.has_voted == (refused[1] is None)
        assert support.of(office.carl, original).is_followed
        assert len(comments.list(office.anna, original)) == (refused[3] is None)
        left = support.of(office.ben, idea)
        assert (left.votes, left.followers) == (0, 0)
        assert comments.list(office.anna, idea) == []


def test_of_several_moves_from_one_version_one_is_made(office: Office) -> None:
    idea = office.idea()
    requests = [
        MoveRequest(IdeaStatus.TRIAGE, 1, REASON),
        MoveRequest(IdeaStatus.DECLINED, 1, REASON, LESSON),
        MoveRequest(IdeaStatus.TRIAGE, 1, REASON),
    ]

    move = office.workflow.move
    refused = at_once(*(partial(move, office.rita, idea, wanted) for wanted in requests))

    assert sum(error is None for error in refused) == 1
    assert all(isinstance(error, Conflict) for error in refused if error is not None)
    assert office.row(idea).row_version == 2
    assert len(office.workflow.history(office.anna, idea)) == 2
