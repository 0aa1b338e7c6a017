"""`quarantine`: list quarantined documents, view their findings, decide."""

from collections import Counter
from collections.abc import Callable
from typing import Annotated

import typer

from core.domain.identity import SYSTEM, User
from core.domain.screening import ScreeningFinding
from ingestion.values import HeldVersion
from terminal.context import collection_named, services
from terminal.output import Json, emit_table, readable_errors

quarantine = typer.Typer(no_args_is_help=True, help="Documents quarantined by the upload checks.")

Decide = Callable[[User, str, str], None]
VersionId = Annotated[str, typer.Argument(help="Id of the version, as `quarantine list` shows it.")]
Reason = Annotated[
    str, typer.Option(help="The reason, in at least three words; it stays on record.")
]


@quarantine.command("list")
def list_held(
    collection: Annotated[str, typer.Option(help="Only this collection.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="Maximum number to list.")] = 100,
    as_json: Json = False,
) -> None:
    """List the documents that wait for a decision, oldest first."""
    with readable_errors():
        wanted = collection_named(collection) if collection else None
        held = services().lifecycle.quarantine.held(SYSTEM, wanted, limit=limit)
        emit_table([_held_record(one) for one in held], as_json=as_json)


@quarantine.command("show")
def show(version_id: VersionId, as_json: Json = False) -> None:
    """Show the findings in a version with their context; values are masked."""
    with readable_errors():
        findings = services().lifecycle.quarantine.findings(SYSTEM, version_id)
        emit_table([_finding_record(one, as_json=as_json) for one in findings], as_json=as_json)


@quarantine.command("release")
def release(version_id: VersionId, reason: Reason, as_json: Json = False) -> None:
    """Index a version despite the findings; answers can then quote it."""
    _decide(services().lifecycle.quarantine.release, version_id, reason, as_json=as_json)


@quarantine.command("reject")
def reject(version_id: VersionId, reason: Reason, as_json: Json = False) -> None:
    """Keep a version out of the index permanently."""
    _decide(services().lifecycle.quarantine.reject, version_id, reason, as_json=as_json)


def _decide(decide: Decide, version_id: str, reason: str, *, as_json: bool) -> None:
    with readable_errors():
        services().worker.require_here()
        decide(SYSTEM, version_id, reason)
        states = services().documents.states(SYSTEM, [version_id])
        records = [{"version": s.version_id, "status": s.state.value} for s in states]
        emit_table(records, as_json=as_json)


def _held_record(held: HeldVersion) -> dict[str, object]:
    kinds = Counter(finding.kind.value for finding in held.findings if finding.is_blocking)
    return {
        "version": held.version_id,
        "file": held.file_name,
        "collection": held.collection_name,
        "uploaded_at": held.uploaded_at.isoformat(timespec="seconds"),
        "found": ", ".join(kinds),
        "reason": held.reason,
    }


def _finding_record(finding: ScreeningFinding, *, as_json: bool) -> dict[str, object]:
    place = {"start": finding.start, "end": finding.end} if as_json else {}
    return {
        "page": finding.page,
        "kind": finding.kind.value,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "count": finding.count,
        "excerpt": finding.excerpt,
        "copy_of": finding.original,
        **place,
    }
