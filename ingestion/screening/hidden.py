"""The screening of words that are in a file but not seen: white, tiny, or off the page.

Publishers leave many words behind that nobody sees: machine numbers, file names, menus off the
page, a second layer with the words of a drawing. A document is held back for what the words say and
how much of it is new: an order to a model, or sentences that the page does not show.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from core.domain.knowledge import HiddenText
from core.domain.screening import EXCERPT_CHARS, ScreeningFinding, ScreeningKind
from core.guardrails.injection import find_injections, is_spelled_out
from core.guardrails.orders.phrases import Injection
from core.guardrails.redaction import Redactor
from core.guardrails.requests import find_requests
from core.guardrails.text import clean
from ingestion.screening.values import PageText

FEW_WORDS = 12
"""Up to this many new words are a stamp or a printer's mark; more are meant for somebody."""
LAID_OUT = frozenset({"white", "tiny", "invisible", "off the page"})
"""Ways of hiding on a page that was laid out; web pages and office files hide menus, notes and
tables by a command, which says nothing about why."""
# This many words in a row that a page has in the same order are shown by it.
_RUN = 3
_SEEN_SHARE = 0.7
_NATURAL_SHARE = 0.5
_LOWER_SHARE = 0.7
_LETTERS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_WORD = re.compile(r"[^\W\d_]{2,}")
_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_VOWELS = re.compile(r"[aeiouy]|[^\x00-\x7f]")
# Words that make sentences: English, German, French, Spanish, Italian, Dutch.
_FUNCTION_WORDS = frozenset(
    [
        "the",
        "and",
        "of",
        "to",
        "in",
        "is",
        "are",
        "be",
        "this",
        "that",
        "you",
        "your",
        "it",
        "for",
        "with",
        "not",
        "on",
        "by",
        "has",
        "have",
        "must",
        "should",
        "as",
        "at",
        "or",
        "all",
        "any",
        "was",
        "will",
        "from",
        "der",
        "die",
        "das",
        "und",
        "ist",
        "nicht",
        "sie",
        "du",
        "ein",
        "eine",
        "mit",
        "den",
        "dem",
        "zu",
        "von",
        "auf",
        "im",
        "dieser",
        "diese",
        "dieses",
        "sind",
        "soll",
        "alle",
        "für",
        "le",
        "la",
        "les",
        "de",
        "des",
        "et",
        "est",
        "une",
        "un",
        "dans",
        "que",
        "vous",
        "pour",
        "ce",
        "cette",
        "doit",
        "el",
        "los",
        "las",
        "es",
        "una",
        "por",
        "con",
        "este",
        "esta",
        "debe",
        "il",
        "lo",
        "gli",
        "di",
        "che",
        "per",
        "non",
        "questo",
        "het",
        "een",
        "en",
        "van",
        "niet",
        "dit",
        "deze",
        "je",
        "moet",
    ]
)


@dataclass(frozen=True, slots=True)
class _HiddenPart:
    """The words that are hidden in one way on one page."""

    page: int
    kind: str
    text: str
    unbroken: str  # parsers cut long texts, perhaps within a word
    parts: int


def hidden_findings(
    hidden: Sequence[HiddenText], pages: Sequence[PageText], redactor: Redactor
) -> Iterator[ScreeningFinding]:
    """Yield one finding for each page and way of hiding that deserves one.

    A finding blocks if the words address a model, even spread over runs, ways of hiding and pages,
    or if they are sentences of more than a few new words on a page that was laid out.
    """
    spread = _spread_attacks(hidden)
    shown = {page.number: page.text for page in pages} if hidden else {}
    for part in _parts(hidden):
        attacks = _attacks(part)
        if attacks:
            yield _finding(part, attacks[0], redactor, is_blocking=True)
        elif (part.page, part.kind) in spread or is_spelled_out(part.text):
            yield _finding(part, None, redactor, is_blocking=True)
        else:
            yield from _by_amount(part, shown.get(part.page, ""), redactor)


def _parts(hidden: Sequence[HiddenText]) -> Iterator[_HiddenPart]:
    grouped: dict[tuple[int, str], list[str]] = defaultdict(list)
    for part in hidden:
        grouped[part.page, part.kind].append(clean(part.text).text)
    for (page, kind), parts in grouped.items():
        yield _HiddenPart(page, kind, " ".join(parts), "".join(parts), len(parts))


def _attacks(part: _HiddenPart) -> tuple[Injection, ...]:
    return (
        find_injections(part.text, is_hidden=True)
        or find_requests(part.text)
        or find_injections(part.unbroken, is_hidden=True)
    )


def _spread_attacks(hidden: Sequence[HiddenText]) -> frozenset[tuple[int, str]]:
    """Return page and way of hiding of the pieces over which an order to a model is spread."""
    texts = [clean(part.text).text for part in hidden]
    ends = list(accumulate(len(text) + 1 for text in texts))
    hits = find_injections(" ".join(texts), is_hidden=True)
    return frozenset(
        (part.page, part.kind)
        for part, text, end in zip(hidden, texts, ends, strict=True)
        if any(hit.start < end - 1 and end - 1 - len(text) < hit.end for hit in hits)
    )


def _by_amount(part: _HiddenPart, shown: str, redactor: Redactor) -> Iterator[ScreeningFinding]:
    """Yield a finding if words are new; it blocks if they are more than a few, in sentences."""
    if not _WORD.search(part.text):
        return
    tokens = part.text.split()
    words = [word for token in tokens if (word := _natural(token))]
    is_prose = _reads_as_prose(words, len(tokens))
    new = _new_words(words, shown, is_prose=is_prose)
    if not new:
        return
    count = sum(max(1, len(_IDEOGRAPHS.findall(word)) // 2) for word in new)
    is_blocking = (
        part.kind in LAID_OUT and is_prose and count > FEW_WORDS and _reads_as_prose(new, len(new))
    )
    yield _finding(part, None, redactor, is_blocking=is_blocking)


def _natural(token: str) -> str:
    """Return the word in a token, empty for numbers, file names and machine codes."""
    word = token.strip(".,;:!?()[]{}\"'“”„‘’«»…-–—/|*•")
    if len(word) < 2 or not _LETTERS.fullmatch(word):
        return ""
    is_cased = word[1:].islower() or word.islower() or word.isupper() or word[1:].isupper()
    if word.lower() != word.upper() and not is_cased:
        return ""
    return word if len(word) < 4 or _VOWELS.search(word.lower()) else ""


def _reads_as_prose(words: Sequence[str], tokens: int) -> bool:
    """Tells whether these natural words, of so many tokens, are sentences and not labels."""
    if len(words) < _NATURAL_SHARE * tokens or not words:
        return False
    function_words = {word.lower() for word in words} & _FUNCTION_WORDS
    lower = sum(word.lower() == word for word in words)
    return len(function_words) > 1 or lower >= _LOWER_SHARE * len(words)


def _new_words(words: Sequence[str], shown: str, *, is_prose: bool) -> list[str]:
    """Return the words that the page does not show: in order for prose, in any for labels."""
    hidden = [word.lower() for word in words]
    visible = [word.lower() for token in shown.split() if (word := _natural(token))]
    seen = set(visible)
    if not is_prose and sum(word in seen for word in hidden) >= _SEEN_SHARE * len(hidden):
        return []
    runs = {tuple(visible[i : i + _RUN]) for i in range(len(visible) - _RUN + 1)}
    length = min(_RUN, len(hidden))
    repeated: set[int] = set()
    for start in range(len(hidden) - length + 1):
        run = tuple(hidden[start : start + length])
        if run in runs or (length < _RUN and all(word in seen for word in run)):
            repeated.update(range(start, start + length))
    return [word for number, word in enumerate(words) if number not in repeated]


def _finding(
    part: _HiddenPart, attack: Injection | None, redactor: Redactor, *, is_blocking: bool
) -> ScreeningFinding:
    text = part.text
    is_inside = attack is not None and text[attack.start : attack.end] == attack.text
    start, end = (attack.start, attack.end) if attack and is_inside else (0, len(text))
    excerpt = redactor.excerpt(text, start, end, redactor.learn(text), length=EXCERPT_CHARS)
    return ScreeningFinding(
        part.page,
        ScreeningKind.HIDDEN_TEXT,
        part.kind,
        part.parts,
        excerpt.text,
        is_blocking=is_blocking,
        start=excerpt.start,
        end=excerpt.end,
    )
