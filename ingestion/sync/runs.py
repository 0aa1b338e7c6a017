"""The runs of a folder sync that the terminal hands to the app that owns the indexes."""

import logging
from dataclasses import asdict
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from core.domain.clock import now
from core.domain.identity import SYSTEM, User
from core.errors import (
    AccessDenied,
    ConfigurationError,
    Conflict,
    IndexUnavailable,
    InvalidInput,
    NotFound,
    SandboxError,
)
from core.storage.database import Database
from core.storage.queries.collections import shared_collection
from core.storage.tables import SyncRunRow
from ingestion.sync.folder_sync import FolderSync, SyncInterrupted, SyncReport
from ingestion.values import DeletionReceipt

logger = logging.getLogger(__name__)

KEPT = timedelta(days=1)
# A run that ended the app twice would do so again.
MOST_ATTEMPTS = 2
UNEXPECTED = "Something unexpected went wrong. See the log of the app for details."
TOO_OLD = "The run waited for more than a day. Nothing was changed. Run sync again."
TOO_OFTEN = "The app stopped twice during this run. Check its log, then run sync again."
KINDS = {
    kind.__name__: kind
    for kind in (ConfigurationError, Conflict, IndexUnavailable, InvalidInput, NotFound)
}


class RunState(StrEnum):
    """The state of a run; the app does requested and running ones, the oldest first."""

    ASKED = "asked"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


UNFINISHED = (RunState.ASKED, RunState.RUNNING)


class SyncRuns:
    """The runs that the terminal requests and the app performs, perhaps after it has gone."""

    def __init__(self, database: Database, folder_sync: FolderSync) -> None:
        self._database = database
        self._folder_sync = folder_sync

    def ask(
        self, user: User, folder: Path, collection_id: str, *, allow_empty: bool = False
    ) -> str:
        """Store a new run and return its id; raises NotFound, and AccessDenied elsewhere."""
        _require_terminal(user)
        with self._database.begin() as session:
            shared_collection(session, collection_id)
            _forget_old(session)
            row = SyncRunRow(
                collection_id=collection_id,
                path=str(folder.absolute()),
                allow_empty=allow_empty,
                state=RunState.ASKED.value,
            )
            session.add(row)
            return row.id

    def result(self, user: User, run_id: str) -> SyncReport | None:
        """Return what the run did, None while it is unfinished; raises what it failed with."""
        _require_terminal(user)
        with self._database.read() as session:
            row = session.get(SyncRunRow, run_id)
        if row is None:
            raise NotFound("The result of this run is no longer known. Run sync again.")
        if row.state == RunState.FAILED:
            raise KINDS.get(row.error_kind, SandboxError)(row.error)
        return _to_report(row.report) if row.state == RunState.DONE else None

    def withdraw(self, user: User, run_id: str) -> bool:
        """Take back a run that nobody has begun; return False if somebody has."""
        _require_terminal(user)
        with self._database.begin() as session:
            row = session.get(SyncRunRow, run_id, with_for_update=True)
            if row is None or row.state != RunState.ASKED:
                return False
            session.delete(row)
            return True

    def take_back(self, user: User, run_id: str) -> None:
        """Remove a run in any state, since the caller does it; the caller must own the indexes."""
        _require_terminal(user)
        with self._database.begin() as session:
            session.execute(delete(SyncRunRow).where(col(SyncRunRow.id) == run_id))

    def unfinished(self) -> list[str]:
        """Return the runs the app has to do, also one left running by an app that was ended."""
        with self._database.read() as session:
            ids = select(SyncRunRow.id).where(col(SyncRunRow.state).in_(UNFINISHED))
            return list(session.exec(ids.order_by(col(SyncRunRow.asked_at))).all())

    def perform(self, run_id: str) -> None:
        """Do a run and store how it ended; the process must own the indexes.

        A run that the end of the app interrupts is requested again.
        """
        row = self._begin(run_id)
        if row is None:
            return
        try:
            report = self._sync(row)
        except SyncInterrupted:
            self._store(run_id, RunState.ASKED, attempts=row.attempts - 1)
        except SandboxError as error:
            self._fail(run_id, str(error), type(error).__name__)
        except Exception:  # the terminal waits for the end of the run, whatever it is
            logger.exception("sync failed run_id=%s", run_id)
            self._fail(run_id, UNEXPECTED)
        else:
            self._store(run_id, RunState.DONE, report=asdict(report), finished_at=now())

    def interrupt(self) -> None:
        """End the run that is being performed soon; it is asked for again."""
        self._folder_sync.interrupt()

    def reopen(self) -> None:
        """Allow runs again after `interrupt`."""
        self._folder_sync.reopen()

    def _begin(self, run_id: str) -> SyncRunRow | None:
        with self._database.begin() as session:
            row = session.get(SyncRunRow, run_id, with_for_update=True)
            if row is None or row.state not in UNFINISHED:
                return None
            refusal = _refusal(row)
            if not refusal:
                row.state, row.started_at = RunState.RUNNING.value, now()
                row.attempts += 1
        if refusal:
            self._fail(run_id, refusal)
            return None
        return row

    def _sync(self, row: SyncRunRow) -> SyncReport:
        folder = Path(row.path)
        if not folder.is_dir():
            raise InvalidInput(
                f"The running app cannot see the folder {folder}. Nothing was changed. Move it "
                "where the app can read it, or stop the app and run sync again."
            )
        return self._folder_sync.sync(
            SYSTEM, folder, row.collection_id, allow_empty=row.allow_empty
        )

    def _fail(self, run_id: str, error: str, kind: str = "") -> None:
        self._store(run_id, RunState.FAILED, error=error, error_kind=kind, finished_at=now())

    def _store(self, run_id: str, state: RunState, **values: object) -> None:
        with self._database.begin() as session:
            row = session.get(SyncRunRow, run_id)
            if row is not None:  # its collection may have gone, and the run with it
                row.sqlmodel_update({"state": state.value, **values})


def forget_finished(session: Session) -> None:
    """Remove what finished runs reported, such as names of files."""
    finished = col(SyncRunRow.state).not_in(UNFINISHED)
    session.execute(delete(SyncRunRow).where(finished))


def _forget_old(session: Session) -> None:
    session.execute(delete(SyncRunRow).where(col(SyncRunRow.finished_at) < now() - KEPT))


def _refusal(row: SyncRunRow) -> str:
    if row.state == RunState.ASKED and row.asked_at < now() - KEPT:
        return TOO_OLD
    return TOO_OFTEN if row.attempts >= MOST_ATTEMPTS else ""


def _require_terminal(user: User) -> None:
    if user is not SYSTEM:
        raise AccessDenied("Only the terminal can do this.")


def _to_report(stored: dict[str, Any]) -> SyncReport:  # Any: JSON
    lists = {name: tuple(stored[name]) for name in ("uploaded", "moved", "removed")}
    deletions = tuple(DeletionReceipt(**deletion) for deletion in stored["deletions"])
    return SyncReport(**{**stored, **lists, "deletions": deletions})
