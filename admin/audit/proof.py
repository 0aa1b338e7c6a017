"""Proves that the audit log is as it was written."""

from collections.abc import Sequence

from core.domain.access import require_admin
from core.domain.identity import User
from core.errors import InvalidInput
from core.storage.audit.anchor import Head, head_of
from core.storage.audit.chain import AuditChain, newest_head
from core.storage.audit.checking import ChainReport, check_chain
from core.storage.database import Database
from core.storage.queries.audit import record_event


class AuditProof:
    """Checks the seals of the log; for administrators, or SYSTEM in the terminal."""

    def __init__(self, database: Database, chain: AuditChain) -> None:
        self._database = database
        self._chain = chain

    def verify(self, actor: User, noted: Sequence[str] = ()) -> ChainReport:
        """Read the whole log; `noted` are heads that `head` returned earlier, as `12:9f3a…`.

        Raises InvalidInput for a text that is no head.
        """
        require_admin(actor)
        heads = [_head(text) for text in noted]
        with self._database.read() as session:
            return check_chain(session, self._chain.key, self._chain.anchor, noted=heads)

    def head(self, actor: User) -> Head | None:
        """Return the newest seal, to be kept where nobody of this machine can change it."""
        require_admin(actor)
        with self._database.read() as session:
            return newest_head(session)

    def accept(self, actor: User) -> ChainReport:
        """Go on from the log as it is, after a restore, and record how damaged it is.

        What is damaged stays named by `verify`, but for a cut tail and a lost head.
        """
        report = self.verify(actor)
        with self._database.begin() as session:
            record_event(
                session,
                actor,
                "audit.accepted",
                damaged=report.damaged,
                entries=report.entries,
                kept_head=report.kept.number if report.kept else None,
            )
        with self._database.read() as session:
            head = newest_head(session)
        if head is not None:
            self._chain.anchor.write(head, although_newer=True)
        return report


def _head(text: str) -> Head:
    head = head_of(text)
    if head is None:
        raise InvalidInput(
            f"“{text}” is no head of the audit log. It is a number, a colon and 64 characters, as "
            "`audit head` prints it."
        )
    return head
