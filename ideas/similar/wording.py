"""The words of an idea that say what it is about."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from core.domain.text.function_words import FUNCTION_WORDS

MOST_WORDS = 60
"""Words of an idea that are compared one by one; what comes later in a long text is left out."""

GENERIC = frozenset(
    """
    ai automatic automatically automate automated predict prediction forecast detect detection
    recognise recognize suggest propose recommend generate create write draft summarise summarize
    summary chat chatbot assistant model learn compute check find answer help support plan optimise
    optimize analyse analyze estimate classify match monitor read sort warn digital smart tool app
    quick quicker faster
    """.split()
)
"""What most ideas ask of a model, whatever they are about."""

_WORD = re.compile(r"[^\W\d_][\w-]+")


@dataclass(frozen=True, slots=True)
class IdeaText:
    """The texts of an idea that others are compared with; empty while someone types."""

    title: str
    problem: str = ""
    proposal: str = ""

    @property
    def short(self) -> str:
        return _joined(self.title, self.problem)

    @property
    def full(self) -> str:
        return _joined(self.title, self.problem, self.proposal)

    @property
    def fingerprint(self) -> str:
        """A hash that changes with the texts, and with what is made of them."""
        parts = (VERSION, self.title, self.problem, self.proposal)
        return sha256("\0".join(parts).encode()).hexdigest()


VERSION = "1"
"""What vectors are made of; counted up when this module or `meaning` changes."""


def content_words(text: str) -> list[str]:
    """Return the words that are no stop words, in order and folded."""
    return [word for word in _WORD.findall(text.casefold()) if word not in FUNCTION_WORDS]


def compared_words(text: str) -> list[str]:
    """Return the first content words of a text, each once."""
    return list(dict.fromkeys(content_words(text)))[:MOST_WORDS]


def core_of(text: str) -> str:
    """Return the content words without those that most ideas share; the text if none is left."""
    return " ".join(word for word in content_words(text) if word not in GENERIC) or text


def _joined(title: str, *sentences: str) -> str:
    title = title.strip()
    ended = f"{title}." if title and title[-1] not in ".!?" else title
    parts: Sequence[str] = (ended, *(sentence.strip() for sentence in sentences))
    return " ".join(part for part in parts if part)
