"""Whether a sentence affirms what its source denies, or the other way round."""

from core.domain.answers import Support
from rag.grounding.evidence import Evidence
from rag.grounding.languages import language_by_code
from rag.grounding.statements import Statement, Word
from rag.grounding.verdicts import Verdict

# Share of a clause's words that its counterpart must hold to contradict it.
OPPOSED_SHARE = 0.5
_ABSOLUTES = frozenset("always all every each any whenever everyone everything entirely".split())
_EXCLUSIVES = frozenset(
    "only solely exclusively just except unless limited restricted sole atmost".split()
)
_TURNS = frozenset("until unless before without".split())


def denied(claim: Statement, evidence: Evidence) -> Verdict | None:
    """Return a verdict on a clause that only one side negates, or on a negating prefix."""
    return _opposed_clause(claim, evidence) or _prefixed(claim, evidence)


def _opposed_clause(claim: Statement, evidence: Evidence) -> Verdict | None:
    source_clauses = [clause for source in evidence.statements for clause in source.clauses]
    for clause in claim.clauses:
        shared = max((len(clause.stems & other.stems) for other in source_clauses), default=0)
        if not shared:
            continue
        nearest = [c for c in source_clauses if len(clause.stems & c.stems) == shared]
        if any(c.is_negative == clause.is_negative for c in nearest):
            continue
        is_grave = shared >= max(2, OPPOSED_SHARE * len(clause.stems)) or len(claim.stems) == 1
        support = Support.UNSUPPORTED if is_grave and not _is_turned(claim) else Support.WEAK
        if is_grave or clause.is_negative:
            return Verdict(support, _reason(claim, evidence, clause.number))
    if _is_told(claim, evidence):
        return Verdict(Support.WEAK, _reason(claim, evidence, -1))
    return None


def _is_turned(claim: Statement) -> bool:
    """Return whether a negation goes with a word such as "before".

    "Not before" and "only after" say the same, which words alone cannot tell.
    """
    return bool(claim.negative_clauses) and bool(claim.plain & _TURNS)


def _is_told(claim: Statement, evidence: Evidence) -> bool:
    """Return whether the claim repeats all of a negated clause without any negation."""
    return not claim.negative_clauses and any(
        clause.is_negative and clause.stems <= claim.stems
        for source in evidence.statements
        for clause in source.clauses
    )


def _reason(claim: Statement, evidence: Evidence, clause: int) -> str:
    cue = _cue(claim, {clause})
    if cue:
        return f"“{cue.text}” is missing in the sources"
    for unit in evidence.units:
        source_cue = _cue(unit.statement, set(unit.statement.negative_clauses))
        if source_cue:
            return f"the sources say “{source_cue.text}”"
    return "the sources say the opposite"


def _cue(statement: Statement, clauses: set[int]) -> Word | None:
    return next((w for w in statement.words if w.clause in clauses and w.denies), None)


def _prefixed(claim: Statement, evidence: Evidence) -> Verdict | None:
    """Return a verdict on "unpaid" where the sources say "paid"; "not paid" says the same."""
    source_stems = evidence.stems
    for word in claim.content:
        rival = _rival_prefix(word, source_stems, language_by_code(claim.language).prefixes)
        if rival and bool(claim.negative_clauses) == bool(evidence.best.negative_clauses):
            return Verdict(Support.UNSUPPORTED, f"the sources say “{rival}”, not “{word.text}”")
    return None


def _rival_prefix(word: Word, source_stems: frozenset[str], prefixes: tuple[str, ...]) -> str:
    if word.stem in source_stems or word.is_name:
        return ""
    for prefix in prefixes:
        rest = word.stem.removeprefix(prefix)
        if rest != word.stem and len(rest) >= 3 and rest in source_stems:
            return rest
        if len(word.stem) >= 3 and prefix + word.stem in source_stems:
            return prefix + word.stem
    return ""


def overstated(claim: Statement, evidence: Evidence) -> Verdict | None:
    """Return a weak verdict on "always" or "only" that no source sentence says."""
    source_words = frozenset().union(*(unit.statement.plain for unit in evidence.units))
    for words, alike in (({"always"}, _ABSOLUTES), ({"only", "solely"}, _EXCLUSIVES)):
        missing = sorted(words & claim.plain)
        if (
            missing
            and not source_words & alike
            and not any(u.statement.negative_clauses for u in evidence.units)
        ):
            return Verdict(Support.WEAK, f"“{missing[0]}” is missing in the sources")
    return None
