"""Answers that need no reading of passages, as values."""

from dataclasses import dataclass

from core.domain.answers import Source


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the sandbox itself.

    `text` is plain: paragraphs between empty lines, and items of lists behind `- `. `sources` are
    the documents that it names.
    """

    text: str
    sources: frozenset[Source] = frozenset()


def items(lines: list[str], left: str = "") -> str:
    """Write a list, with a line on what was left out at its end if there is any."""
    return "\n".join(f"- {line}" for line in (*lines, left) if line)
