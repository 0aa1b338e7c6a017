"""The names of everyone with an account, as they are looked for in texts that leave."""

import threading
import time

from core.guardrails.words.names import NameList
from core.storage.database import Database
from core.storage.queries.people import all_names

SECONDS = 10.0
"""How old the list may be: a new account is masked after that time at the latest."""

# What accounts are called that belong to no person.
_NOBODY = frozenset(
    {"admin", "administrator", "system", "support", "info", "test", "user", "demo", "guest"}
    | {"office", "service", "owner", "employee", "reviewer", "manager", "team", "sandbox"}
)


class NameDirectory:
    """The list of names; read anew when it is older than `SECONDS`. Safe to share."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._given: tuple[str, ...] = ()
        self._list = NameList()
        self._read_at: float | None = None

    def names(self) -> NameList:
        """Return the list; raises DatabaseUnavailable rather than a list without somebody."""
        with self._lock:
            if self._read_at is None or time.monotonic() - self._read_at > SECONDS:
                self._read()
            return self._list

    def forget(self) -> None:
        """Read the list anew at its next use: somebody came, left or has another name."""
        with self._lock:
            self._read_at = None

    def _read(self) -> None:
        with self._database.read() as session:
            rows = all_names(session)
        given = tuple(filter(None, (called(name, email) for name, email in rows)))
        if given != self._given:
            self._given, self._list = given, NameList(given)
        self._read_at = time.monotonic()


def called(name: str, email: str) -> str:
    """Return the name of a person, "" for an account that is named after a task."""
    plain = " ".join(name.split())
    if "@" in plain or not plain:
        plain = " ".join(email.partition("@")[0].replace("_", ".").split("."))
    words = plain.casefold().split()
    return "" if not words or all(word in _NOBODY for word in words) else plain
