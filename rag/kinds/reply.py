"""An answer that needs no reading of passages."""

from dataclasses import dataclass

from core.domain.answers import Source


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the sandbox itself.

    `text` is plain: paragraphs between empty lines, and list items after `- `. `sources` are the
    documents that it names.
    """

    text: str
    sources: frozenset[Source] = frozenset()


def items(lines: list[str], left: str = "") -> str:
    """Return a list as text, ending in a line on what was left out if there is any."""
    return "\n".join(f"- {line}" for line in (*lines, left) if line)
