"""Words a question as the documents might: with their words in place of its own."""

import re
from collections.abc import Callable, Sequence

from rag.vocabulary.expansion import Expansion


def rephrased(
    question: str, expansions: Sequence[Expansion], is_held: Callable[[str], bool]
) -> str:
    """Return the question with each phrase that no document has replaced by a synonym that one has.

    `is_held` tells whether the documents have all words of a text. Phrases that they have, and
    those without such a synonym, stay as they are.
    """
    for expansion in expansions:
        if is_held(expansion.asked):
            continue
        held = next((s.text for s in expansion.synonyms if is_held(s.text)), None)
        if held is not None:
            question = _phrase(expansion.asked).sub(held.replace("\\", r"\\"), question)
    return question


def _phrase(words: str) -> re.Pattern[str]:
    return re.compile(r"\b" + r"\W+".join(map(re.escape, words.split())) + r"\b", re.IGNORECASE)
