"""Splits two questions in one, so that each is searched and answered separately."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LONGEST = 300
"""Characters; longer texts were pasted, or are meant as a whole."""
MIN_WORDS = 3
"""Of each of two full questions; “when and where is …” is one."""
KEY_WORDS = (2, 4)
"""How many words each side of two key word searches has."""
MOST_OF_CASE = 4
"""Words of one of two cases that a question asks about, as in “for a tail lift and for waiting”."""

_SENTENCE = re.compile(r"[^?]*\?+(?=\s|$)|[^?]+$")
_EDGES = ",;:.!? "


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of splitting.toml that splitting looks for."""

    joints: frozenset[tuple[str, ...]]
    asking: frozenset[str]
    auxiliaries: frozenset[str]
    persons: frozenset[str]
    linking: frozenset[str]
    cases: frozenset[str]
    comparing: frozenset[str]


def split_questions(text: str) -> tuple[str, ...]:
    """Return the questions in a text in their order; the text itself if it is one question.

    A later one may lean on the first, as in “How long is the notice period and is it paid?”.
    """
    if len(text) > LONGEST or "\n" in text.strip() or "\t" in text:
        return (text,)
    parts = [part for sentence in _sentences(text) for part in _parts(sentence)]
    return tuple(parts) if len(parts) > 1 else (text,)


def _sentences(text: str) -> Iterator[str]:
    """Yield what ends with a question mark; pieces too short for a question join the next."""
    waiting = ""
    pieces = [match.group().strip() for match in _SENTENCE.finditer(text.strip())]
    if len(pieces) > 1 and _is_appendix(pieces[-1]):
        pieces[-2:] = [f"{pieces[-2]} {pieces[-1]}"]
    for number, piece in enumerate(pieces, start=1):
        waiting = f"{waiting} {piece}".strip()
        if number == len(pieces) or len(waiting.split()) >= MIN_WORDS:
            yield waiting
            waiting = ""


def _is_appendix(piece: str) -> bool:
    """Return whether this is a remark behind the last question, or as short as “Why?”."""
    return not piece.endswith("?") or len(piece.split()) < MIN_WORDS


def _parts(sentence: str) -> tuple[str, ...]:
    words = sentence.split()
    for position, width in _joints(words):
        left, right = words[:position], words[position + width :]
        is_asked = sentence.endswith("?")
        if _are_questions(left, right) or (not is_asked and _are_key_words(left, right)):
            mark = "?" if is_asked else ""
            return (" ".join(left).rstrip(_EDGES) + mark, " ".join(right))
    return _cases(words) if sentence.endswith("?") else (sentence,)


def _cases(words: Sequence[str]) -> tuple[str, ...]:
    """Return one question for each of two cases: “What is the limit in London and in Paris?”."""
    folded = [_folded(word) for word in words]
    for position, width in _joints(words):
        left, right = words[:position], words[position + width :]
        sign = folded[position + width] if right else ""
        if sign not in _known().cases or sign not in folded[:position]:
            continue
        start = position - 1 - folded[:position][::-1].index(sign)
        head, first = left[:start], left[start:]
        is_short = all(2 <= len(case) <= MOST_OF_CASE + 1 for case in (first, right))
        if is_short and _may_have_cases(head, folded):
            return (f"{' '.join(left).rstrip(_EDGES)}?", " ".join((*head, *right)))
    return (" ".join(words),)


def _may_have_cases(head: Sequence[str], folded: Sequence[str]) -> bool:
    """Return whether what stands before the first case asks, and nothing is compared."""
    is_asked = len(head) >= MIN_WORDS and _is_asked(head)
    return is_asked and not _known().comparing & set(folded)


def _joints(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield position and number of words of each joint, the widest first."""
    folded = [_folded(word) for word in words]
    for position in range(1, len(words)):
        for width in (3, 2, 1):
            if tuple(folded[position : position + width]) in _known().joints:
                yield position, width
                break


def _are_questions(left: Sequence[str], right: Sequence[str]) -> bool:
    if min(len(left), len(right)) < MIN_WORDS:
        return False
    if not (_is_asked(left) and _is_asked(right)):
        return False
    # “a person who is ill and who is abroad”: the second is no question.
    return _folded(right[0]) not in map(_folded, left[1:])


def _is_asked(words: Sequence[str]) -> bool:
    first, second = _folded(words[0]), _folded(words[1])
    if first in _known().asking:
        return second not in ("to", *_known().joints)
    return first in _known().auxiliaries and second in _known().persons


def _are_key_words(left: Sequence[str], right: Sequence[str]) -> bool:
    least, most = KEY_WORDS
    if not all(least <= len(side) <= most for side in (left, right)):
        return False
    known = _known()
    telling = known.linking | known.asking | known.auxiliaries | known.persons
    both = [_folded(word) for word in (*left, *right)]
    return not telling & set(both) and not any((word,) in known.joints for word in both)


def _folded(word: str) -> str:
    return word.strip(_EDGES).lower()


@cache
def _known() -> _Words:
    raw = files("rag").joinpath("kinds", "splitting.toml").read_text(encoding="utf-8")
    content = tomllib.loads(raw)
    joints = frozenset(tuple(joint.split()) for joint in content["joints"])
    names = ("asking", "auxiliaries", "persons", "linking", "cases", "comparing")
    return _Words(joints, *(frozenset(content[name]) for name in names))
