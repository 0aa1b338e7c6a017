"""Every public method of every service, called by everybody on what is somebody else's.

Who may use a method is in access.toml. Whoever may not gets NotFound or AccessDenied, or nothing,
and changes nothing; whoever may learns no word of what is closed to them all the same.
"""

import pytest

from core.errors import AccessDenied, ConfirmationNeeded, NotFound, SandboxError
from tests.security.arguments import Call, calls_on, own_calls
from tests.security.sights import may_see
from tests.security.state import Snapshot, canaries_in, finished
from tests.security.surface import ALLOWED, Access, Method, listed, methods_of
from tests.security.world import World

ACCESS, NOBODY = listed()
ACTORS = ("gone", "hanna", "ole", "rob", "ada")
OPENED_TO_ONE = {
    Access.OWNER: "hanna",
    Access.READERS: "hugo",
    Access.IDEA_TEAM: "hanna",
    Access.REVIEWERS: "rob",
}
LONG = frozenset({"checks.run"})
"""Methods that take long and read nothing of people: only their refusals are tried."""
REFUSED_ALL_THE_SAME = frozenset({"ideas.cards.edit", "ideas.reviews.withdraw"})
"""Methods that refuse a reviewer here: for other fields, and for who was not asked for a review."""
INNERMOST_LAST = sorted(
    ACCESS.keys() - LONG, key=lambda path: (ACCESS[path] is Access.ADMINISTRATORS, path)
)
"""Administrators delete files, which no snapshot brings back; whoever reads them comes first."""


LET_IN = [
    path
    for path in INNERMOST_LAST
    if ACCESS[path] in OPENED_TO_ONE and path not in REFUSED_ALL_THE_SAME
]
EVERYONES = [path for path in INNERMOST_LAST if ACCESS[path] is Access.EVERYONE]


@pytest.fixture(scope="module")
def methods(world: World) -> dict[str, Method]:
    return methods_of(world.services)


def test_every_public_method_has_its_place_in_the_list(methods: dict[str, Method]) -> None:
    unlisted = sorted(methods.keys() - ACCESS.keys() - NOBODY.keys())
    stale = sorted((ACCESS.keys() | NOBODY.keys()) - methods.keys())

    assert unlisted == [], (
        "Add each of these methods to tests/security/access.toml, under who may use it. If it has "
        "a parameter that is new, add a value for it to tests/security/arguments.py."
    )
    assert stale == [], "Take these out of tests/security/access.toml; there is no such method."


def test_methods_listed_under_nobody_take_no_person(methods: dict[str, Method]) -> None:
    wrong = [path for path, method in methods.items() if method.takes_a_person == (path in NOBODY)]

    assert wrong == []


@pytest.mark.parametrize("path", sorted(ACCESS))
def test_nobody_reaches_what_is_not_theirs(
    path: str, world: World, methods: dict[str, Method], snapshot: Snapshot
) -> None:
    problems = [
        f"{actor}, {call.about}: {found}"
        for actor in ACTORS
        if actor not in ALLOWED[ACCESS[path]]
        for call in calls_on(methods[path], world, world.ids(actor))
        if (found := trespass(methods[path], actor, call, world, snapshot))
    ]

    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("path", LET_IN)
def test_whoever_may_use_a_method_is_let_in(
    path: str, world: World, methods: dict[str, Method], snapshot: Snapshot
) -> None:
    """Without this, a call that could never succeed would count as one that was refused."""
    actor = OPENED_TO_ONE[ACCESS[path]]
    for call in own_calls(methods[path], world):
        try:
            finished(methods[path].call(world.actor(actor), **call.arguments))
        except (AccessDenied, NotFound) as error:
            pytest.fail(f"{call.about}: {error}")
        except SandboxError:
            """What is missing or too late is told only to those who may know."""
        finally:
            snapshot.restore()


@pytest.mark.parametrize("path", EVERYONES)
def test_everyone_means_those_who_have_nothing_to_do_with_the_object(
    path: str, world: World, methods: dict[str, Method], snapshot: Snapshot
) -> None:
    """Otherwise a method for a few would pass here, because it is tried by one of the few."""
    for call in own_calls(methods[path], world):
        try:
            finished(methods[path].call(world.actor("ole"), **call.arguments))
        except AccessDenied as error:
            pytest.fail(f"{call.about}: {error}")
        except SandboxError:
            """It does not exist for this person, or is too late."""
        finally:
            snapshot.restore()


@pytest.mark.parametrize("path", INNERMOST_LAST)
def test_who_may_use_a_method_learns_nothing_that_is_closed_to_them(
    path: str, world: World, methods: dict[str, Method], snapshot: Snapshot
) -> None:
    problems = [
        f"{actor}, {call.about}: {found}"
        for actor in ACTORS
        if actor in ALLOWED[ACCESS[path]]
        for call in calls_on(methods[path], world, world.ids(actor))
        if (found := slip(methods[path], actor, call, world, snapshot))
    ]

    assert not problems, "\n".join(problems)


def trespass(method: Method, actor: str, call: Call, world: World, snapshot: Snapshot) -> str:
    """Return what a call that is to be refused disclosed, changed or raised, "" for nothing."""
    try:
        result = finished(method.call(world.actor(actor), **call.arguments))
    except (AccessDenied, ConfirmationNeeded, NotFound) as error:
        told, said = canaries_in(str(error)), ""
    except Exception as error:  # noqa: BLE001  any other error is what is looked for
        told, said = set(), f"{type(error).__name__}: {error}"
    else:
        told, said = canaries_in(result), f"returned {result!r:.200}" if result else ""
    changed = snapshot.changed_tables()
    snapshot.restore()
    if told:
        return f"told {sorted(told)}"
    return f"changed {sorted(changed)}" if changed else said


def slip(method: Method, actor: str, call: Call, world: World, snapshot: Snapshot) -> str:
    """Return which words a call told that are closed to the actor, or its error, "" for neither."""
    try:
        result = finished(method.call(world.actor(actor), **call.arguments))
    except SandboxError as error:
        result = str(error)
    except Exception as error:  # noqa: BLE001  any other error is what is looked for
        return f"{type(error).__name__}: {error}"
    finally:
        snapshot.restore()
    told = canaries_in(result) - may_see(actor, method.path)
    return f"told {sorted(told)}" if told else ""
