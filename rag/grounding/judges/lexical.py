"""Judges support without a judge model: by words, figures, names, polarity and word meaning."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.domain.answers import Support
from core.domain.ports import Embedder
from rag.grounding.amounts import wrong_figure
from rag.grounding.contrasts import contradicted_word, turned_particle, wrong_direction
from rag.grounding.evidence import Evidence, gather, holds
from rag.grounding.judges.foreign import compare_untranslated, is_foreign
from rag.grounding.languages import ENGLISH, language_of
from rag.grounding.names import foreign_name, is_known
from rag.grounding.places import misjoined
from rag.grounding.polarity import denied, overstated
from rag.grounding.statements import Statement, Word, statement_of
from rag.grounding.swaps import Swap, find_swaps
from rag.grounding.verdicts import Claim, Judgement, Verdict
from rag.vocabulary.words import COMPOUNDING, share_part

# Share of a sentence's content words that the evidence must hold (K-Precision, Adlakha et al.,
# TACL 2024, on content words of the best source sentences).
SUPPORTED_SHARE = 0.75
# Below it share plus cosine decides; tuned with benchmarks/grounding.py.
BLENDED = 1.1
WEAK_BLENDED = 0.6
WEAK_SHARE = 0.35
# Cosine from which a word may replace another; all-MiniLM-L6-v2 gives synonyms 0.6 to
# 0.9 and words of the same kind (Berlin, Lisbon) 0.3 to 0.66.
SYNONYM = 0.68
# Share from which the evidence is about the same thing, so that polarity and opposites compare.
COMPARABLE_SHARE = 0.5

_SUPPORTED = Verdict(Support.SUPPORTED)
_GRAVITY = {
    Support.SUPPORTED: 0,
    Support.NOT_CHECKED: 1,
    Support.WEAK: 2,
    Support.UNSUPPORTED: 3,
}
_Check = Callable[[Statement, Evidence], Verdict | None]
_CHECKS: tuple[_Check, ...] = (wrong_figure, foreign_name)
_COMPARISONS: tuple[_Check, ...] = (denied, misjoined)
# These checks know English words only.
_ENGLISH_COMPARISONS: tuple[_Check, ...] = (
    denied,
    contradicted_word,
    turned_particle,
    wrong_direction,
    misjoined,
    overstated,
)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A claim with its evidence and the verdict of the checks that need no model."""

    claim: Statement
    evidence: Evidence
    share: float
    verdict: Verdict
    swaps: tuple[Swap, ...]

    @property
    def is_open(self) -> bool:
        """Whether meaning could still change the verdict."""
        is_settled = self.verdict.support in (Support.UNSUPPORTED, Support.NOT_CHECKED)
        return not is_settled and (self.share < SUPPORTED_SHARE or bool(self.swaps))


class LexicalJudge:
    """A judge that compares a sentence with the source sentences it rests on.

    It embeds only what words and figures leave open.
    """

    def __init__(self, embedder: Embedder | None = None) -> None:
        self._embedder = embedder

    def judge(self, claims: Sequence[Claim]) -> Judgement:
        """Return a verdict on each claim; the embedder is called once for all."""
        language = language_of(" ".join(claim.sentence for claim in claims))
        readings = [_read(claim, language) for claim in claims]
        likeness = _Likeness(self._embedder, [r for r in readings if r.is_open])
        return Judgement(tuple(_verdict(reading, likeness) for reading in readings))


class _Likeness:
    """Cosine similarities of everything that the open readings ask for, from one batch."""

    def __init__(self, embedder: Embedder | None, readings: Sequence[_Reading]) -> None:
        texts = sorted({text for r in readings for text in _texts(r)})
        self.is_known = embedder is not None
        self._rows = {text: row for row, text in enumerate(texts)}
        self._vectors = embedder.embed_passages(texts) if embedder and texts else None

    def __call__(self, text: str, other: str) -> float:
        if self._vectors is None:
            return 0.0
        return float(self._vectors[self._rows[text]] @ self._vectors[self._rows[other]])


def _texts(reading: _Reading) -> list[str]:
    texts = [text for swap in reading.swaps for text in (swap.claimed, swap.sourced)]
    return [*texts, reading.claim.text, *_candidates(reading)]


def _candidates(reading: _Reading) -> list[str]:
    """Return what the sentence is compared with: its best unit, and all its units together."""
    units = [unit.text for unit in reading.evidence.units]
    return [units[0], " ".join(units)] if len(units) > 1 else units


def _read(claim: Claim, language: str) -> _Reading:
    """Read a claim; `language` is that of the whole answer, empty if it cannot be told."""
    language = language or language_of("\n".join(claim.passages))
    statement = statement_of(" ".join(claim.sentence.split()), language)
    evidence = gather(statement, claim.passages)
    share = _share(statement, evidence)
    if share < SUPPORTED_SHARE and is_foreign(statement, evidence):
        return _Reading(statement, evidence, share, compare_untranslated(statement, evidence), ())
    verdict = _checked(statement, evidence)
    return _Reading(statement, evidence, share, verdict, tuple(find_swaps(statement, evidence)))


def _checked(claim: Statement, evidence: Evidence) -> Verdict:
    """Return the gravest verdict of all checks."""
    if not evidence.units:
        return Verdict(Support.UNSUPPORTED, "the cited passages are empty")
    comparable = _share(claim, evidence) >= COMPARABLE_SHARE
    comparisons = _ENGLISH_COMPARISONS if claim.language == ENGLISH else _COMPARISONS
    checks = (*_CHECKS, *comparisons) if comparable else _CHECKS
    verdicts = [verdict for check in checks if (verdict := check(claim, evidence))]
    grave = [verdict for verdict in verdicts if verdict.support is Support.UNSUPPORTED]
    return next(iter((*grave, *verdicts)), _SUPPORTED)


def _share(claim: Statement, evidence: Evidence) -> float:
    """Return the share in [0, 1] of the content words and figures that the evidence holds.

    A word that stands elsewhere in the cited passages counts half. All figures count as held, since
    a wrong one was found before.
    """
    lacking = {w.stem for w in _lacking(claim, evidence.statements)}
    elsewhere = {stem for stem in lacking if holds(evidence.whole, stem)}
    lost = len(lacking) - len(elsewhere) / 2
    items = len(claim.stems) + len(claim.figures.numbers) + len(claim.figures.dates)
    return 1 - lost / items if items else 1.0


def _lacking(claim: Statement, units: Sequence[Statement]) -> list[Word]:
    """Return the content words that no unit holds."""
    return [
        word
        for word in claim.content
        if not any(
            holds(u, word.stem)
            or (word.is_name and is_known(word, claim, u))
            or (claim.language in COMPOUNDING and any(share_part(word.stem, o) for o in u.stems))
            for u in units
        )
    ]


def _verdict(reading: _Reading, likeness: _Likeness) -> Verdict:
    """Return the gravest of what the checks, the swapped words and the meaning say."""
    if not reading.is_open:
        return reading.verdict
    verdicts = (reading.verdict, _swapped(reading, likeness), _meant(reading, likeness))
    return max(verdicts, key=lambda verdict: _GRAVITY[verdict.support])


def _swapped(reading: _Reading, likeness: _Likeness) -> Verdict:
    for swap in reading.swaps:
        if swap.is_name or likeness(swap.claimed, swap.sourced) < SYNONYM:
            return Verdict(Support.WEAK, f"the sources say “{swap.sourced}”, not “{swap.claimed}”")
    return _SUPPORTED


def _meant(reading: _Reading, likeness: _Likeness) -> Verdict:
    """Judge by the share of shared words; where it is low, together with the cosine similarity."""
    if reading.share >= SUPPORTED_SHARE:
        return _SUPPORTED
    is_weak = reading.share >= WEAK_SHARE
    if likeness.is_known:
        alike = max(likeness(reading.claim.text, text) for text in _candidates(reading))
        if reading.share + alike >= BLENDED:
            return _SUPPORTED
        is_weak = reading.share + alike >= WEAK_BLENDED
    if is_weak:
        return _partly(reading)
    return Verdict(Support.UNSUPPORTED, "the cited passages do not say this")


def _partly(reading: _Reading) -> Verdict:
    words = [word.text for word in _lacking(reading.claim, reading.evidence.statements)]
    shown = ", ".join(f"“{word}”" for word in dict.fromkeys(words[:3]))
    return Verdict(Support.WEAK, f"only part of this is in the cited passages; missing: {shown}")
