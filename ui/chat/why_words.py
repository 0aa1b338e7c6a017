"""Texts of the panel that explains an answer."""

import re
from collections.abc import Sequence

from core.domain.answers import PASSAGES, SANDBOX, TokenUsage, UsageSource, Way
from core.domain.closeness import Closeness
from rag.conversations.explanations import Explanation, Hit, Use
from ui import words

CLOSENESS = {
    Closeness.VERY_CLOSE: "Very close",
    Closeness.CLOSE: "Close",
    Closeness.RELATED: "Related",
    Closeness.FAR: "Far",
    Closeness.WORDS_ONLY: "Shared words only",
}

USES = {
    Use.QUOTED: ":material/format_quote: Quoted in the answer",
    Use.READ: "Read",
    Use.FOUND: ":gray[Found, not used]",
}

REWRITTEN = "The question was completed from the conversation or corrected, and then searched as:"
SCORES = (
    "Closeness compares the meaning (cosine similarity, at most 1). Keywords weighs the words "
    "that the question and the passage share; rare words count more (BM25). A dash means that "
    "the passage was not found that way."
)
ELSEWHERE = (
    "If you expected an answer, it may be in a collection that you cannot access, or in no "
    "collection at all. Ask the owner or an administrator."
)
REPAIRED = (
    "The language model cited another passage, which does not say this. The citation now points to "
    "the passage that does."
)
NO_COLLECTION = "You did not have access to any collections."
NOT_RECORDED = "Not recorded for this answer."
_NAMED = 3
_NUMBERING = re.compile(r"^(?:[§#\s]*\d+(?:\.\d+)*[.)]?\s+)+")


def closeness(hit: Hit) -> str:
    """Return `Close 0.46`, on one line, or a dash for a passage that no search found."""
    if hit.similarity is None and hit.keyword_score is None:
        return "–"
    word = CLOSENESS[hit.closeness].replace(" ", "\u00a0")
    return word if hit.similarity is None else f"{word}\u00a0{hit.similarity:.2f}"


def keywords(hit: Hit) -> str:
    """Return `15.2`, or a dash if the keyword search did not find the passage."""
    return "–" if hit.keyword_score is None else f"{hit.keyword_score:.1f}"


def closed_hits(count: int) -> str:
    """Count the passages that must not be named."""
    return f"{words.count(count, 'more passage')}: deleted, or no longer accessible to you."


def repairs(count: int) -> str:
    """Return `2 citations corrected`."""
    return f"{words.count(count, 'citation')} corrected"


def searched(explanation: Explanation) -> list[str]:
    """Return `Company handbook: 20 documents, 8 passages found`, one line per collection."""
    lines = [
        f"{c.name}: {words.count(c.documents, 'document')}, "
        f"{words.count(c.passages, 'passage') if c.passages else 'no passages'} found"
        for c in explanation.collections
    ]
    if explanation.closed_collections:
        closed = words.count(explanation.closed_collections, "more collection")
        lines.append(f"{closed}: no longer accessible to you.")
    return lines or [NO_COLLECTION if explanation.answer.abstained else NOT_RECORDED]


def not_found(explanation: Explanation) -> list[str]:
    """Say what was missing; never mention collections that the person cannot read."""
    if not explanation.hits:
        return ["Nothing that you can access comes close to the question."]
    lines = [_missing(explanation.missing_words)] if explanation.missing_words else []
    return [*lines, _nearest(explanation.hits), _not_enough(explanation.hits[0])]


def _missing(missing: Sequence[str]) -> str:
    *others, last = (f"“{word}”" for word in missing[:_NAMED])
    return f"No passage mentions {', '.join(others)}{' or ' if others else ''}{last}."


def _nearest(hits: Sequence[Hit]) -> str:
    topics = dict.fromkeys(_topic(hit) for hit in hits)
    return f"The nearest passages are about {' and '.join(list(topics)[:2])}."


def _topic(hit: Hit) -> str:
    """Return `“Carrying leave over” in Employee Handbook 2026`."""
    heading = _NUMBERING.sub("", hit.headings[-1]) if hit.headings else ""
    if not heading or heading == hit.document_title:
        return f"“{hit.document_title}”"
    return f"“{heading}” in {hit.document_title}"


def _not_enough(best: Hit) -> str:
    if best.closeness in (Closeness.FAR, Closeness.WORDS_ONLY):
        return "None of them comes close to what you asked."
    return "They come close to what you asked, but none of their sentences answers it."


def how_answered(explanation: Explanation) -> list[str]:
    """Say which engine or model answered, with tokens, cost and times."""
    answer = explanation.answer
    lines = [_engine(explanation)]
    if answer.usage.source is not UsageSource.NONE:
        lines.append(_spent(answer.usage))
    timing = answer.timing
    times = []
    if answer.way is Way.DOCUMENTS:
        times.append(f"found in {words.seconds(timing.retrieval_ms)}")
    if timing.first_token_ms is not None:
        times.append(f"first words after {words.seconds(timing.first_token_ms)}")
    times.append(f"finished after {words.seconds(timing.total_ms)}")
    told = ", ".join(times)
    return [*lines, f"{told[0].upper()}{told[1:]}."]


def _engine(explanation: Explanation) -> str:
    answer = explanation.answer
    if answer.engine == PASSAGES:
        return (
            "No language model was used."
            if answer.abstained
            else "Quoted word for word from the documents. No language model was used."
        )
    if answer.engine == SANDBOX:
        return words.WITHOUT_QUOTES
    replied = explanation.model_responded
    model = f"{answer.engine} ({replied})" if replied not in ("", answer.engine) else answer.engine
    prompt = f", prompt {explanation.prompt_version}" if explanation.prompt_version else ""
    did = "found no answer in the passages" if answer.abstained else "wrote the answer"
    if answer.way is Way.FREE:
        did = "wrote the answer without documents"
    return f"The language model {model} {did}{prompt}."


def _spent(usage: TokenUsage) -> str:
    counted = "estimated" if usage.source is UsageSource.ESTIMATED else "counted by the provider"
    tokens = f"{usage.input_tokens:,} tokens in, {usage.output_tokens:,} out, {counted}"
    return f"{tokens}; cost {words.money(usage.cost_micros, usage.currency)}."
