"""Similar ideas while someone types: open and closed ones, with what became of them."""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case
from sqlmodel import Session, col, func, select

from core.domain.access import require_active
from core.domain.ideas.titles import title_key
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import User
from core.domain.on_behalf import on_behalf_of
from core.domain.ports import Embedder
from core.errors import ModelError, SandboxError
from core.storage.database import Database
from core.storage.tables import IDEA_SURFACE, IdeaRow, IdeaVoteRow
from ideas.similar.meaning import WordVectors, query_vectors
from ideas.similar.pool import IdeaPool
from ideas.similar.ranking import Ranked, ranked
from ideas.similar.wording import IdeaText, compared_words

HINTS = 5
LEAST_SCORE, CLOSE_SCORE = 0.5, 0.66
"""From these scores on an idea is shown, and shown as close (benchmarks/results/similar_ideas.md).

97 and 58 of 100 paraphrases score so much with the idea that they repeat; ideas that nothing
repeats have 4.5 and 1.2 neighbours of that kind.
"""
SAME_TITLE = 2.0
"""The score of an equal title, above all others."""
UNKNOWN_WORDS = 300
"""Words of the ideas without a vector from which a thread makes them; else hints do, some each."""
LEAST_WORDS = 2
"""Content words from which a text can be compared; before, only equal titles are found."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SimilarIdea:
    """An idea that may say the same; `is_exact` is one with an equal title.

    `score` is good for the order only; it is about 1.6 for the same words.
    """

    id: str
    number: int
    title: str
    status: IdeaStatus
    score: float
    votes: int
    has_voted: bool
    is_exact: bool

    @property
    def is_close(self) -> bool:
        """Whether it most likely says the same; the others are worth a look."""
        return self.is_exact or self.score >= CLOSE_SCORE

    @property
    def takes_votes(self) -> bool:
        """Whether one can vote for it instead."""
        return self.status.takes_votes


class SimilarIdeas:
    """Finds ideas by meaning and by words, with the embedding model of this machine."""

    def __init__(self, database: Database, embedder: Embedder) -> None:
        self._database = database
        self._embedder = embedder
        self._pool = IdeaPool(database, embedder)
        self._words = WordVectors(embedder)
        self._preparing = threading.Lock()

    def hints(
        self,
        user: User,
        title: str,
        problem: str = "",
        *,
        limit: int = HINTS,
        except_id: str | None = None,
    ) -> list[SimilarIdea]:
        """Return the ideas that say what was typed so far, the most alike first.

        Without an embedding model that answers, they are those with an equal title. A duplicate is
        answered with the idea that it repeats. `except_id` is the idea that is being changed.
        """
        require_active(user)
        typed = IdeaText(title.strip(), problem.strip())
        with on_behalf_of(user, IDEA_SURFACE):
            found = self._ranked(typed)
        with self._database.read() as session:
            scores = _originals(session, found)
            exact = _exact(session, typed.title)
            scores |= dict.fromkeys(exact, SAME_TITLE)
            scores.pop(except_id or "", None)
            best = sorted(scores, key=lambda id_: -scores[id_])[:limit]
            return _shown(session, user, best, scores, exact)

    def prepare(self) -> int:
        """Make all vectors that are missing, of ideas and their words; return how many ideas."""
        with self._preparing, on_behalf_of(None, IDEA_SURFACE):
            pool = self._pool.complete()
            for words in pool.words:
                self._words.learn(words)
            return len(pool.ids)

    def prepare_aside(self) -> None:
        """Prepare in a thread of its own, unless that goes on already."""
        if not self._preparing.locked():
            threading.Thread(target=self._prepare, name="similar-ideas", daemon=True).start()

    def _prepare(self) -> None:
        try:
            self.prepare()
        except SandboxError as error:
            logger.warning("similar ideas not prepared error=%s", type(error).__name__)

    def _ranked(self, typed: IdeaText) -> dict[str, float]:
        words = compared_words(typed.full)
        if len(words) < LEAST_WORDS:
            return {}
        try:
            pool = self._pool.current()
            places = ranked(pool, query_vectors(self._embedder, typed), words, self._words)
        except ModelError as error:
            logger.warning("no similar ideas error=%s", type(error).__name__)
            return {}
        if self._pool.waiting() or self._words.lacks(pool.holding) > UNKNOWN_WORDS:
            self.prepare_aside()
        return {pool.ids[each.place]: each.score for each in _worth_showing(places)}


def _worth_showing(places: Sequence[Ranked]) -> list[Ranked]:
    return [each for each in places[: 4 * HINTS] if each.score >= LEAST_SCORE]


def _originals(session: Session, scores: dict[str, float]) -> dict[str, float]:
    """Return the scores with duplicates replaced by what they repeat."""
    repeats = session.exec(
        select(IdeaRow.id, IdeaRow.duplicate_of_id).where(
            col(IdeaRow.id).in_(scores), col(IdeaRow.duplicate_of_id).is_not(None)
        )
    ).all()
    originals = {id_: original for id_, original in repeats if original}
    found: dict[str, float] = {}
    for id_, score in scores.items():
        original = originals.get(id_, id_)
        found[original] = max(score, found.get(original, 0.0))
    return found


def _exact(session: Session, title: str) -> frozenset[str]:
    key = title_key(title)
    if not key:
        return frozenset()
    equal = select(IdeaRow.id).where(
        IdeaRow.title_key == key, IdeaRow.status != IdeaStatus.DUPLICATE.value
    )
    return frozenset(session.exec(equal).all())


def _shown(
    session: Session,
    user: User,
    ids: Sequence[str],
    scores: dict[str, float],
    exact: frozenset[str],
) -> list[SimilarIdea]:
    rows = session.exec(
        select(
            IdeaRow.id,
            IdeaRow.number,
            IdeaRow.title,
            IdeaRow.status,
        ).where(col(IdeaRow.id).in_(ids))
    ).all()
    votes = _votes(session, user, ids)
    shown = [
        SimilarIdea(
            id_,
            number,
            title,
            IdeaStatus(status),
            scores[id_],
            *votes.get(id_, (0, False)),
            id_ in exact,
        )
        for id_, number, title, status in rows
    ]
    return sorted(shown, key=lambda idea: -idea.score)


def _votes(session: Session, user: User, ids: Sequence[str]) -> dict[str, tuple[int, bool]]:
    """Return for each idea how many voted, and whether this person is among them."""
    is_own = case((col(IdeaVoteRow.user_id) == user.id, 1), else_=0)
    rows = session.exec(
        select(IdeaVoteRow.idea_id, func.count(), func.max(is_own))
        .where(col(IdeaVoteRow.idea_id).in_(ids))
        .group_by(col(IdeaVoteRow.idea_id))
    ).all()
    return {id_: (count, bool(own)) for id_, count, own in rows}
