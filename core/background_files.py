"""Makes files in the background, one for each person at a time."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from core.errors import SandboxError

KEPT = 20
"""Files of so many people are kept in memory; the oldest one goes first."""
BROKEN = "The file could not be made. Try again; if it happens again, tell an administrator."

logger = logging.getLogger(__name__)

Progress = Callable[[float, str], None]
"""Says which share in [0, 1] is done, and what comes next."""


@dataclass(slots=True)
class BackgroundFile:
    """A file that is being made, is there, or could not be made; `name` is what it is saved as."""

    name: str
    share: float = 0.0
    step: str = ""
    content: bytes | None = None
    problem: str = ""

    @property
    def is_running(self) -> bool:
        return self.content is None and not self.problem


class BackgroundFiles:
    """The newest file of each person, in the memory of this process."""

    def __init__(self) -> None:
        self._files: dict[str, BackgroundFile] = {}
        self._lock = threading.Lock()

    def start(self, person_id: str, name: str, make: Callable[[Progress], bytes]) -> None:
        """Make a file in place of the one before; do nothing while one is being made."""
        with self._lock:
            earlier = self._files.get(person_id)
            if earlier is not None and earlier.is_running:
                return
            self._files.pop(person_id, None)
            while len(self._files) >= KEPT:
                self._files.pop(self._oldest())
            file = self._files[person_id] = BackgroundFile(name)
        threading.Thread(target=_make, args=(file, make), name=f"file {name}", daemon=True).start()

    def of(self, person_id: str) -> BackgroundFile | None:
        """Return the newest file of a person, finished or not."""
        with self._lock:
            return self._files.get(person_id)

    def _oldest(self) -> str:
        """Return whose file goes first: the oldest that is finished, else the oldest."""
        finished = (person for person, file in self._files.items() if not file.is_running)
        return next(finished, next(iter(self._files)))


def _make(file: BackgroundFile, make: Callable[[Progress], bytes]) -> None:
    def tell(share: float, step: str) -> None:
        file.share, file.step = share, step

    try:
        file.content = make(tell)
    except SandboxError as error:
        file.problem = str(error)
    except Exception:  # the person is told, whatever it was
        logger.exception("file could not be made name=%s", file.name)
        file.problem = BROKEN
