"""`verify`: compare database, indexes and originals."""

from collections.abc import Mapping
from typing import Annotated

import typer

from core.domain.identity import SYSTEM
from core.domain.text.plurals import count
from ingestion.checking.findings import CollectionFindings, Repairs, Report
from terminal.context import collection_named, services
from terminal.output import Json, emit, emit_table, readable_errors, say

WORDS = {
    "vectors_missing": "passages without a vector",
    "vectors_orphaned": "vectors without a passage",
    "keywords_missing": "passages missing from the keyword index",
    "keywords_orphaned": "keyword entries without a passage",
    "sentences_missing": "passages without sentence vectors",
    "stale_chunks": "passages of older versions that answers still find",
    "broken_versions": "versions with missing passages",
    "leftover_versions": "failed versions that left passages behind",
    "lost_documents": "documents without their current version",
    "half_deleted": "documents that are hidden but not deleted",
    "originals_missing": "missing originals",
    "originals_damaged": "originals that were changed since the upload",
}


def verify(
    repair: Annotated[
        bool, typer.Option("--repair", help="Repair what can be repaired; stop the app first.")
    ] = False,
    collection: Annotated[str | None, typer.Option(help="Only this collection.")] = None,
    as_json: Json = False,
) -> None:
    """Compare database, search indexes and originals; exit code 1 if something is wrong."""
    with readable_errors():
        collection_id = collection_named(collection) if collection else None
        if repair:
            report = _repaired(collection_id, as_json=as_json)
        else:
            report = services().lifecycle.consistency.check(SYSTEM, collection_id)
        _show(report, as_json=as_json)
    if not report.is_ok:
        if not repair:
            say("Stop the app, then repair with: python sandbox_cli.py verify --repair")
        raise typer.Exit(1)


def _repaired(collection_id: str | None, *, as_json: bool) -> Report:
    with services().worker.exclusive():
        repairs = services().lifecycle.consistency.repair(SYSTEM, collection_id)
    if as_json:
        emit({"repaired": True, **_record_of_repairs(repairs)})
    else:
        done = [f"{value} {name}" for name, value in _record_of_repairs(repairs).items() if value]
        say("Repaired: " + (", ".join(done).replace("_", " ") or "nothing to repair") + ".")
    return repairs.report


def _record_of_repairs(repairs: Repairs) -> Mapping[str, int]:
    return {
        "entries_removed": repairs.entries_removed,
        "chunks_indexed": repairs.chunks_indexed,
        "versions_read_again": repairs.versions_read_again,
        "deletions_finished": repairs.deletions_finished,
        "originals_removed": repairs.originals_removed,
    }


def _show(report: Report, *, as_json: bool) -> None:
    records = [_record(one) for one in report.collections]
    if as_json:
        for one, record in zip(report.collections, records, strict=True):
            emit({**record, "wrong": one.wrong})
        emit(_summary(report))
        return
    emit_table(records, as_json=False)
    for one in report.collections:
        for name, number in one.wrong.items():
            say(f"{one.name}: {number:,} {WORDS[name]}", style="red")
    if report.originals_orphaned:
        say(count(len(report.originals_orphaned), "unused original"), style="red")
    if report.is_ok:
        say("Database, search indexes and originals agree.", style="green")


def _record(one: CollectionFindings) -> dict[str, object]:
    return {
        "collection": one.name,
        "documents": one.documents,
        "chunks": one.chunks,
        "vectors": one.vectors,
        "keywords": one.keywords,
        "orphans": one.orphans,
        "missing": len(one.missing),
        "unfinished": one.unfinished,
        "ok": one.is_ok,
    }


def _summary(report: Report) -> dict[str, object]:
    found = report.collections
    return {
        "summary": True,
        "collections": len(found),
        "documents": sum(one.documents for one in found),
        "chunks": sum(one.chunks for one in found),
        "orphans": sum(one.orphans for one in found),
        "missing": sum(len(one.missing) for one in found),
        "originals_missing": sum(len(one.originals_missing) for one in found),
        "originals_damaged": sum(len(one.originals_damaged) for one in found),
        "originals_orphaned": len(report.originals_orphaned),
        "ok": report.is_ok,
    }
