"""The thread of the app that does what nobody clicks for: digests, and ideas that wait too long."""

import logging
from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import col, select

from core.domain.clock import now
from core.domain.ideas.workflow import IdeaStatus, MoveRequest
from core.domain.identity import SYSTEM
from core.errors import Conflict, MailUnavailable, MoveRefused
from core.repeating import Repeating
from core.storage.database import Database
from core.storage.tables import IdeaRow, NotificationRow
from ideas.life.digest import Digests
from ideas.workflow.moves import Workflow

LOOK_SECONDS = 300.0
UNANSWERED = timedelta(days=30)
KEPT_READ = timedelta(days=90)
"""How long notifications stay after they were read."""
PARKED_BECAUSE = "The reviewers' question has been open for 30 days."

logger = logging.getLogger(__name__)


class IdeaChores:
    """Does its work every five minutes; the process must own the indexes, as for all such work."""

    def __init__(
        self,
        database: Database,
        workflow: Workflow,
        digests: Digests | None,
        *,
        digest_hour: int = 6,
        every_s: float = LOOK_SECONDS,
    ) -> None:
        """Take the parts; without `digests` no mail is sent. `digest_hour` is in UTC."""
        self._database = database
        self._workflow = workflow
        self._digests = digests
        self._digest_hour = digest_hour
        chores = (self.park_unanswered, self.send_digests, self.forget_read)
        self._thread = Repeating("ideas", chores, every_s=every_s)

    def start(self) -> None:
        """Start the thread; do nothing if it runs."""
        self._thread.start()

    def stop(self) -> None:
        """Return once the work at hand is done, after 10 seconds at most."""
        self._thread.stop()

    def park_unanswered(self) -> int:
        """Park ideas that have waited for an answer too long, and return how many."""
        waiting = select(IdeaRow.id, IdeaRow.row_version).where(
            IdeaRow.status == IdeaStatus.NEEDS_INFO.value,
            col(IdeaRow.stage_entered_at) < now() - UNANSWERED,
        )
        with self._database.read() as session:
            rows = session.exec(waiting).all()
        return sum(self._park(idea_id, version) for idea_id, version in rows)

    def send_digests(self) -> int:
        """Send the digests that are due, from the hour of digests on."""
        if self._digests is None or now().hour < self._digest_hour:
            return 0
        try:
            return self._digests.send_due()
        except MailUnavailable as error:
            logger.warning("digests not sent: %s", error)
            return 0

    def forget_read(self) -> int:
        """Delete notifications that were read long ago, and return how many."""
        old = col(NotificationRow.read_at) < now() - KEPT_READ
        with self._database.begin() as session:
            result = session.connection().execute(sa.delete(NotificationRow).where(old))
        return result.rowcount

    def _park(self, idea_id: str, version: int) -> bool:
        request = MoveRequest(IdeaStatus.PARKED, version, PARKED_BECAUSE)
        try:
            self._workflow.move(SYSTEM, idea_id, request)
        except (Conflict, MoveRefused):  # answered, or found prohibited, in this moment
            return False
        return True
