"""The vocabulary in use: the shipped sets and those in the database, as they are now."""

import logging
import threading
from collections.abc import Callable, Sequence

from sqlmodel import Session

from core.errors import InvalidInput
from core.storage.database import Database
from core.storage.queries.vocabulary import stored_sets, vocabulary_revision
from rag.vocabulary.expansion import Expansion, SynonymExpander
from rag.vocabulary.synonyms import SynonymSet, Vocabulary, parse_set, shipped_vocabulary

logger = logging.getLogger(__name__)


class StoredSynonyms:
    """Synonyms from the sets that are on; a change counts at the next question of any process.

    Each use reads the number of changes from the database, and the sets only if it is another.
    """

    def __init__(
        self, database: Database, terms: Callable[[str], Sequence[str]], *, weight: float
    ) -> None:
        self.weight = weight
        self._database = database
        self._terms = terms
        self._lock = threading.Lock()
        self._read: tuple[int, SynonymExpander] | None = None

    def expand(self, question: str) -> tuple[Expansion, ...]:
        """Return the phrases of a question that have synonyms it lacks, the longest first."""
        return self._expander().expand(question)

    def expander_with(self, further: SynonymSet) -> SynonymExpander:
        """Return what would look for synonyms if a further set were on."""
        with self._database.read() as session:
            vocabulary = vocabulary_in_use(session)
        return self._built(Vocabulary((*vocabulary.sets, further)))

    def _expander(self) -> SynonymExpander:
        with self._database.read() as session:
            revision = vocabulary_revision(session)
            read = self._read
            if read is not None and read[0] == revision:
                return read[1]
            with self._lock:
                if self._read is None or self._read[0] != revision:
                    self._read = (revision, self._built(vocabulary_in_use(session)))
                return self._read[1]

    def _built(self, vocabulary: Vocabulary) -> SynonymExpander:
        return SynonymExpander(vocabulary, self._terms, weight=self.weight)


def vocabulary_in_use(session: Session) -> Vocabulary:
    """Return the shipped sets that are not switched off, then the added ones that are on."""
    rows = stored_sets(session)
    off = {row.key for row in rows if not row.is_active}
    shipped = [synonyms for synonyms in shipped_vocabulary().sets if synonyms.key not in off]
    added = filter(None, (readable_set(row.words) for row in rows if row.is_active))
    return Vocabulary(tuple({s.key: s for s in (*shipped, *added)}.values()))


def readable_set(line: str) -> SynonymSet | None:
    """Return a stored set, None for one that is no set by the rules of today."""
    try:
        return parse_set(line)
    except InvalidInput as error:
        logger.warning("synonym set skipped error=%s", type(error).__name__)
        return None
