"""Ends an answer that is being written once its reader may not read what it is made from."""

import re
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Protocol, cast

from core.domain.identity import User
from core.errors import AccessDenied
from core.storage.database import Database
from core.storage.queries.people import as_now
from core.storage.queries.sources import reach_of
from rag.draft import Draft
from rag.events import TextAdded
from rag.pipeline import PipelineEvent

SENTENCE_END = re.compile(r"[.!?…:;。！？]|\n")
LONGEST_UNCHECKED = 200
"""Characters of a text that ends no sentence, such as a list of numbers."""

WITHDRAWN = (
    "This answer ends here: your account or your access to its documents was changed while it was "
    "being written. Ask an administrator if you need them."
)


class AccessWatch:
    """Looks at account and access again before each sentence, as they are in the database then."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def watched(
        self, user: User, draft: Draft, events: Iterator[PipelineEvent]
    ) -> Generator[PipelineEvent, None, None]:
        """The same events; raises AccessDenied in place of the first sentence that is not open."""
        unchecked: str | None = None
        with closing(cast("_Closable", events)):
            for event in events:
                if isinstance(event, TextAdded):
                    if unchecked is None or _is_due(unchecked):
                        self._require_open(user, draft)
                        unchecked = ""
                    unchecked += event.text
                yield event

    def _require_open(self, user: User, draft: Draft) -> None:
        with self._database.read() as session:
            person = as_now(session, user)
            sources = draft.sources
            if not person.is_active:
                raise AccessDenied(WITHDRAWN)
            if reach_of(session, person, sources).closed(sources):
                raise AccessDenied(WITHDRAWN)


class _Closable(Protocol):
    def close(self) -> None: ...


def _is_due(text: str) -> bool:
    return len(text) > LONGEST_UNCHECKED or SENTENCE_END.search(text) is not None
