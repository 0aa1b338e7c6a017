"""Removes what a model wraps its whole answer in: a block of code, or quotation marks."""

import re
from collections.abc import Iterable, Iterator

from rag.grounding.markers import FENCE, MARKER

_OPENING_FENCE = re.compile(r"\A\s*(?:```|~~~)[ \t]*(\w*)[ \t]*\n")
_MAY_BE_FENCE = re.compile(r"\A\s*(?:`{0,3}|~{0,3}|(?:```|~~~)[ \t]*\w{0,20}[ \t]*)\Z")
_CLOSING_FENCE = re.compile(r"\n?[ \t]*(?:```|~~~)[ \t]*(?=\n|\Z)")
_TEXT = frozenset({"markdown", "md", "text", "txt", "plaintext", "plain", "answer"})
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»", "»": "«"}


def unwrapped(pieces: Iterable[str]) -> Iterator[str]:
    """Yield the pieces without a fence or quotation marks around all of them.

    A block without a language counts as wrapping only if it cites a source, so that code at the
    beginning of an answer stays code. What must be read to its end first is held back until then.
    """
    stream = iter(pieces)
    held = ""
    for piece in stream:
        held += piece
        if held.strip() and not _MAY_BE_FENCE.match(held):
            break
    opening = _OPENING_FENCE.match(held)
    if opening:
        yield from _without_fence(opening, held, stream)
    elif held.strip()[:1] in _QUOTES:
        yield _without_quotes(held + "".join(stream))
    else:
        yield held
        yield from stream


def _without_fence(opening: re.Match[str], held: str, stream: Iterator[str]) -> Iterator[str]:
    language = opening[1].lower()
    if language and language not in _TEXT:  # code
        yield held
        yield from stream
        return
    whole = held + "".join(stream)
    inside = whole[opening.end() :]
    if not language and not MARKER.search(inside.partition(FENCE)[0]):
        yield whole
        return
    yield _CLOSING_FENCE.sub("", inside, count=1)


def _without_quotes(whole: str) -> str:
    text = whole.strip()
    closing = _QUOTES[text[0]]
    inside = text[1:-1]
    is_wrapped = len(text) > 1 and text[-1] == closing
    return inside if is_wrapped and not {text[0], closing} & set(inside) else whole
