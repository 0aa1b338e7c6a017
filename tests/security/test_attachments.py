"""No service shows or changes a file of a conversation for anybody but its person."""

import pytest

from core.errors import SandboxError
from tests.security.arguments import Call, arguments_for
from tests.security.state import Snapshot, canaries_in, finished
from tests.security.surface import Method, listed, methods_of
from tests.security.world import ATTACHED, World

ACCESS, _ = listed()
LONG = frozenset({"checks.run"})
OTHERS = ("hugo", "ole", "rob", "ada")
GOES_WITH_THE_PERSON = frozenset(
    {"attachment_rules.change", "personal_conversations.delete", "privacy.erasure.erase"}
)
"""What administrators may do to files without reading them: change their class, or erase Hanna."""
TABLES = ("collections", "documents", "document_versions", "pages", "chunks", "screening_findings")
TAKES_AN_ID = ("collection_id", "document_id", "version_id", "document_ids", "version_ids")


@pytest.fixture(scope="module")
def methods(world: World) -> dict[str, Method]:
    return methods_of(world.services)


@pytest.mark.parametrize("path", sorted(ACCESS.keys() - LONG))
def test_nobody_else_reads_or_changes_a_file_of_a_conversation(
    path: str, world: World, methods: dict[str, Method], snapshot: Snapshot
) -> None:
    method = methods[path]
    attached = {
        **world.own["hanna"],
        "document": world.own["hanna"]["attached_document"],
        "version": world.own["hanna"]["attached_version"],
        "collection": world.own["hanna"]["attached_collection"],
    }
    named = tuple(p.name for p in method.parameters[1:] if p.name in TAKES_AN_ID)
    call = Call("attached", arguments_for(method, world, attached, named))

    problems = [
        f"{actor}: {found}"
        for actor in OTHERS
        if (found := _found(method, world, call, actor, snapshot))
    ]

    assert not problems, "\n".join(problems)


def _found(method: Method, world: World, call: Call, actor: str, snapshot: Snapshot) -> str:
    try:
        result = finished(method.call(world.actor(actor), **call.arguments))
    except SandboxError as error:
        result = str(error)
    told = canaries_in(result) & {ATTACHED}
    ids = [v for k, v in world.own["hanna"].items() if k.startswith("attached_")]
    rows = [
        row
        for table, changed in snapshot.changed_tables().items()
        if table in TABLES
        for row in changed
        if any(identity in row for identity in ids)
    ]
    snapshot.restore()
    if told:
        return "told a word of it"
    is_expected = method.path in GOES_WITH_THE_PERSON
    return "" if is_expected or not rows else f"changed {rows!r:.300}"
