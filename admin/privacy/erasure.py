"""Erases a person from every table and file, and keeps a certificate that names nobody."""

import base64
import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from cryptography.fernet import Fernet, InvalidToken
from sqlmodel import Session, SQLModel, col, select

from admin.people import account_of, keep_an_admin
from admin.privacy.certificates import KEPT_IDS, Certificate, Findings
from admin.privacy.identities import identity_of, owned_by
from admin.signing_in.attempts import forget
from admin.signing_in.sessions import end_sessions
from core.domain.access import require_account, require_admin, require_confirmed
from core.domain.clock import new_id, now
from core.domain.governance.privacy import ErasureState
from core.domain.identity import User
from core.errors import Conflict, NotFound
from core.storage.audit.key import SecretKey
from core.storage.compaction import compact
from core.storage.database import Database
from core.storage.personal_data import rules
from core.storage.queries.audit import account_origin, record_event
from core.storage.queries.privacy.holds import has_holds
from core.storage.queries.privacy.leaving import leave
from core.storage.queries.privacy.traces import (
    Identity,
    files_with,
    mentions,
    references,
    replace_mentions,
)
from core.storage.tables import PersonErasureRow

logger = logging.getLogger(__name__)

ROUNDS = 3
"""How often everything is removed again if something was written meanwhile."""
PAUSE_S = 1.0
HELD = (
    "This person is under a legal hold, so nothing was erased. Release the hold on the page "
    "Privacy first."
)
HELD_SELF = (
    "Your data is kept under a legal hold and cannot be erased now. Nothing was changed. Ask an "
    "administrator for help."
)


class PersonalRoom(Protocol):
    """A room that keeps something of people which tables do not tell, such as files."""

    def leave(self, session: Session, person_id: str) -> Counter[str]:
        """Remove it, and return how many rows were changed or deleted, by table."""
        ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an erasure needs around the database.

    `end_answers` records and ends the answers that are being made for a person. `clear_remains`
    removes what files of removed conversations left outside the tables. Folders of `unsearched`
    hold nothing of people, such as models.
    """

    data_dir: Path
    unsearched: Sequence[Path]
    end_answers: Callable[[str], int]
    clear_remains: Callable[[], int]
    pause_s: float = PAUSE_S


class PersonErasure:
    """Erases people, for administrators and for themselves; what a crash interrupts goes on."""

    def __init__(
        self,
        database: Database,
        rooms: Sequence[PersonalRoom],
        key: SecretKey,
        around: Surroundings,
    ) -> None:
        """Take the key that the name is kept encrypted with while an erasure is under way."""
        self._database = database
        self._rooms = rooms
        self._key = key
        self._around = around
        self._turn = threading.Lock()

    def erase(self, actor: User, person_id: str) -> Certificate:
        """Erase a person for good; return the certificate.

        Raises NotFound, ConfirmationNeeded, and Conflict for the last administrator and under a
        legal hold. With DatabaseUnavailable, IndexUnavailable or DiskUnavailable the account is
        closed, and the rest is done by the app later.
        """
        require_admin(actor)
        return self._erase(actor, person_id)

    def erase_own(self, user: User) -> Certificate:
        """Erase oneself, with the same rules."""
        require_account(user)
        if not user.id:
            raise NotFound("The terminal has no account that could be erased.")
        return self._erase(user, user.id)

    def certificates(self, actor: User) -> list[Certificate]:
        """Return the certificates of all finished erasures, the newest first."""
        require_admin(actor)
        finished = (
            select(PersonErasureRow)
            .where(PersonErasureRow.state == ErasureState.FINISHED.value)
            .order_by(col(PersonErasureRow.finished_at).desc())
        )
        with self._database.read() as session:
            return [Certificate(**row.certificate) for row in session.exec(finished).all()]

    def count_unfinished(self, actor: User) -> int:
        """Return how many erasures are under way, or wait for the app to go on with them."""
        require_admin(actor)
        with self._database.read() as session:
            return len(_unfinished(session))

    def resume(self) -> int:
        """Go on with what a crash interrupted; return how many were finished."""
        if not self._turn.acquire(blocking=False):
            return 0  # one is being done at this moment
        try:
            with self._database.read() as session:
                waiting = _unfinished(session)
            for erasure_id in waiting:
                self._finish(erasure_id, actor=None)
            return len(waiting)
        finally:
            self._turn.release()

    def _erase(self, actor: User, person_id: str) -> Certificate:
        require_confirmed(actor)
        with self._turn:
            return self._finish(self._begin(actor, person_id), actor)

    def _begin(self, actor: User, person_id: str) -> str:
        """Close the account, so that nothing new comes in, and write down what is to be done."""
        is_own = actor.id == person_id
        with self._database.begin() as session:
            row = account_of(session, person_id)
            keep_an_admin(session, row)
            if has_holds(session, person_id):
                raise Conflict(HELD_SELF if is_own else HELD)
            row.is_active = False
            end_sessions(session, row.id, now())
            forget(session, row.email)
            begun = select(PersonErasureRow).where(PersonErasureRow.person_id == person_id)
            erasure = session.exec(begun).first() or PersonErasureRow(
                state=ErasureState.BEGUN.value,
                person_id=person_id,
                sealed=self._locked(identity_of(session, row)),
                is_own_wish=is_own,
                asked_by=None if is_own else actor.id or None,
            )
            session.add(erasure)
            record_event(session, actor, "person.erasure_begun", person_id, erasure=erasure.id)
            return erasure.id

    def _finish(self, erasure_id: str, actor: User | None) -> Certificate:
        with self._database.read() as session:
            row = session.get_one(PersonErasureRow, erasure_id)
        person = self._opened(row)
        self._around.end_answers(person.id)
        if row.state == ErasureState.BEGUN.value:
            self._remove(erasure_id, person)
        self._rewrite()
        findings = self._search_and_remove(erasure_id, person)
        return self._certify(erasure_id, person.id, findings, actor)

    def _remove(self, erasure_id: str, person: Identity) -> None:
        """Take the person out of every table in one transaction, and add up what was removed."""
        with self._database.begin() as session:
            row = session.get_one(PersonErasureRow, erasure_id)
            told = dict(row.certificate) or {
                "counts": {},
                "mentions": 0,
                **owned_by(session, person.id),
            }
            counts = Counter(told["counts"])
            for room in self._rooms:
                counts.update(room.leave(session, person.id))
            counts.update(leave(session, person.id, new_id()))
            told |= {
                "counts": {name: number for name, number in sorted(counts.items()) if number},
                "mentions": told["mentions"] + replace_mentions(session, person),
            }
            row = session.get_one(PersonErasureRow, erasure_id)
            row.certificate, row.state = told, ErasureState.REMOVED.value
        logger.info("person removed erasure_id=%s rows=%s", erasure_id, sum(counts.values()))

    def _rewrite(self) -> None:
        self._around.clear_remains()
        compact(self._database, [name for name in rules() if name not in KEPT_IDS])

    def _search_and_remove(self, erasure_id: str, person: Identity) -> Findings:
        """Search; remove again what something that was still running wrote meanwhile."""
        findings = self._search(person)
        for _ in range(ROUNDS):
            if findings.is_clean:
                break
            time.sleep(self._around.pause_s)
            self._remove(erasure_id, person)
            self._rewrite()
            findings = self._search(person)
        return findings

    def _search(self, person: Identity) -> Findings:
        with self._database.read() as session:
            named, ids = mentions(session, person), references(session, person.id)
        in_documents = named.pop("documents", 0)
        in_audit = sum(ids.pop(name, 0) for name in KEPT_IDS)
        ids.pop("person_erasures", None)
        read, in_files = 0, list[str]()
        if not person.shares_letters:
            read, in_files = files_with(
                self._around.data_dir, person.words, without=self._around.unsearched
            )
        return Findings(
            tables=len(SQLModel.metadata.tables),
            files=read,
            words=len(person.words) + 1,
            in_tables=dict(named + ids),
            in_documents=in_documents,
            in_files=tuple(in_files),
            ids_in_audit_log=in_audit,
        )

    def _certify(
        self, erasure_id: str, person_id: str, findings: Findings, actor: User | None
    ) -> Certificate:
        with self._database.begin() as session:
            row = session.get_one(PersonErasureRow, erasure_id)
            if row.state == ErasureState.FINISHED.value:  # another process was quicker
                return Certificate(**row.certificate)
            told, at = row.certificate, now()
            certificate = Certificate(
                id=row.id,
                started_at=row.started_at.isoformat(),
                finished_at=at.isoformat(),
                is_own_wish=row.is_own_wish,
                counts=told["counts"],
                mentions_replaced=told["mentions"],
                ownerless_collections=told["collections"],
                ownerless_documents=told["documents"],
                searched=json.loads(json.dumps(asdict(findings))),
                is_complete=findings.is_clean,
            ).sealed()
            row.certificate = asdict(certificate)
            row.state, row.finished_at = ErasureState.FINISHED.value, at
            row.person_id, row.sealed = "", ""
            record_event(
                session,
                actor,
                "person.erased",
                person_id,
                origin="" if actor else account_origin(),
                outcome="ok" if certificate.is_complete else "failed",
                erasure=row.id,
                rows=sum(certificate.counts.values()),
            )
        logger.info("person erased erasure_id=%s complete=%s", row.id, certificate.is_complete)
        return certificate

    def _locked(self, person: Identity) -> str:
        return self._fernet().encrypt(json.dumps(asdict(person)).encode()).decode()

    def _opened(self, row: PersonErasureRow) -> Identity:
        try:
            return Identity(**json.loads(self._fernet().decrypt(row.sealed.encode())))
        except InvalidToken as error:
            raise Conflict(
                "The key of the data directory has changed since this erasure began. Restore "
                "second-factors.key from a backup, then start the app again."
            ) from error

    def _fernet(self) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(bytes.fromhex(self._key.digest("erasures", ""))))


def _unfinished(session: Session) -> list[str]:
    under_way = select(PersonErasureRow.id).where(
        PersonErasureRow.state != ErasureState.FINISHED.value
    )
    return list(session.exec(under_way.order_by(col(PersonErasureRow.started_at))).all())
