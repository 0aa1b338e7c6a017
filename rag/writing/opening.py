"""Holds back the beginning of an answer until it is clear that it is one.

Some models write their thoughts before the answer and mark only where these end. Until that mark
arrives, a thought looks like an answer. What tells them apart is that an answer cites its sources.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from rag.grounding.markers import find_markers, strip_markers

_WORD = re.compile(r"\w")
# How models talk to themselves. A false alarm costs little: the answer then appears in one piece.
_THOUGHT = re.compile(
    r"\A\W*(?:okay|ok|alright|hmm+|wait|let me|let's|we need|we have to|we should|i need|i should"
    r"|i have to|i'll|user (?:asks|wants)|looking at|thinking|reasoning|analysis|thoughts?"
    r"|the question (?:is|asks)|to answer|also ich|d'accord)\b"
    r"|\b(?:the user|user's question|i should|i need to|i must|let me|we need to|we must"
    r"|the question asks|my (?:instructions|answer|response)|the instructions?"
    r"|the rules? (?:say|state)"
    r"|(?:source|passage)s? \[?\d\]? (?:says?|is about|mentions?|states?)|the sources? mentions?"
    r"|wait,|der (?:nutzer|benutzer|anwender)|die (?:nutzerin|benutzerin)|ich (?:sollte|muss|soll)"
    r"|l'utilisateur|je dois|el usuario|debo|de gebruiker|ik moet|użytkownik)\b",
    re.IGNORECASE,
)


def looks_like_a_thought(text: str) -> bool:
    """Return whether a text talks to itself, as models do before they answer."""
    return bool(_THOUGHT.search(text))


def opened(parts: Iterable[str], shows_rest: Callable[[str], bool]) -> Iterator[str]:
    """Yield the sentences, the first ones together with the first that cites a source.

    `shows_rest` decides at the end about what was held back of an answer that cites nothing.
    """
    held = ""
    is_open = False
    for part in parts:
        if is_open:
            yield part
            continue
        held += part
        is_open = _cites(held) and not looks_like_a_thought(held)
        if is_open:
            yield held
    if not is_open and held and shows_rest(held):
        yield held


def _cites(text: str) -> bool:
    has_marker = any(True for _ in find_markers(text))
    return has_marker and bool(_WORD.search(strip_markers(text)))
