"""The screening of invisible characters, which tells payloads from what programs leave behind.

Word processors and web pages are full of soft hyphens, zero-width spaces and symbols of private
fonts. These are removed, and reported only if a page has many. Letters written in tag characters or
variation selectors serve only to reach a model unseen, and block.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.domain.screening import EXCERPT_CHARS, ScreeningFinding, ScreeningKind
from core.guardrails.redaction import Redactor
from core.guardrails.text import Invisible, InvisibleRun, invisible_runs

# The characters on one page from which on they are worth a person's time. Direction overrides
# reverse the order of letters ("gpj.exe" reads "exe.jpg"), so a single one is reported.
REPORTED_FROM = {
    "zero-width": 20,
    "direction": 1,
    "control": 20,
    "private": 200,
    "selector": 20,
    "tag": 1,
}
# Letters in tag characters or selectors from which on they are words and no accident.
PAYLOAD_CHARS = 4
SHOWN_CHARACTERS = 6
_OVERRIDES = frozenset("\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
_BLACK_FLAG = "\U0001f3f4"
_RULES = {
    Invisible.CONTROL: "control",
    Invisible.FORMAT: "zero-width",
    Invisible.TAG: "tag",
    Invisible.PRIVATE: "private",
    Invisible.SELECTOR: "selector",
}


@dataclass(frozen=True, slots=True)
class RawPage:
    """The text of a page as parsed, and without what people cannot see."""

    number: int
    raw: str
    clean: str


@dataclass(frozen=True, slots=True)
class _Group:
    """The invisible characters of one rule on a page, with the run that spells the most."""

    rule: str
    count: int
    longest: InvisibleRun
    is_blocking: bool


def invisible_findings(page: RawPage, redactor: Redactor) -> Iterator[ScreeningFinding]:
    """Yield one finding for each kind of invisible characters reported on this page."""
    by_rule: dict[str, list[InvisibleRun]] = defaultdict(list)
    for run in invisible_runs(page.raw):
        if not _is_flag(run, page.clean):
            by_rule[_rule(run)].append(run)
    for rule, runs in by_rule.items():
        group = _group(rule, runs)
        if group.is_blocking or group.count >= REPORTED_FROM[rule]:
            yield _finding(page, group, redactor)


def _group(rule: str, runs: Sequence[InvisibleRun]) -> _Group:
    longest = max(runs, key=lambda run: len(decoded(run.characters)))
    is_blocking = len(decoded(longest.characters)) >= PAYLOAD_CHARS
    return _Group(rule, sum(len(run.characters) for run in runs), longest, is_blocking)


def decoded(characters: str) -> str:
    """Return the visible ASCII letters that tag characters or variation selectors stand for."""
    codes = (_hidden_code(ord(char)) for char in characters)
    return "".join(chr(code) for code in codes if code is not None and 0x20 <= code < 0x7F)


def _hidden_code(code: int) -> int | None:
    if 0xE0000 <= code <= 0xE007F:
        return code - 0xE0000
    if 0xE0100 <= code <= 0xE01EF:  # the later selectors carry the bytes from 16 on
        return code - 0xE0100 + 16
    return None


def _rule(run: InvisibleRun) -> str:
    if run.kind is Invisible.FORMAT and _OVERRIDES & set(run.characters):
        return "direction"
    return _RULES[run.kind]


def _is_flag(run: InvisibleRun, text: str) -> bool:
    """Tells whether these tag characters spell the region of a flag, such as Scotland's."""
    return text[run.place - 1 : run.place] == _BLACK_FLAG and len(run.characters) <= 7


def _finding(page: RawPage, group: _Group, redactor: Redactor) -> ScreeningFinding:
    run = group.longest
    shown = _shown(run.characters)
    hits = redactor.learn(page.clean)
    # A value is masked as a whole, so characters inside it are shown behind it.
    offset = next((h.end for h in hits if h.start < run.place < h.end), run.place)
    text = page.clean[:offset] + shown + page.clean[offset:]
    excerpt = redactor.excerpt(
        text, offset, offset + len(shown), redactor.learn(text), length=EXCERPT_CHARS
    )
    return ScreeningFinding(
        page.number,
        ScreeningKind.INVISIBLE,
        group.rule,
        group.count,
        excerpt.text,
        group.is_blocking,
        excerpt.start,
        excerpt.end,
    )


def _shown(characters: str) -> str:
    """Make characters visible: as the words they spell, or as their code points."""
    words = decoded(characters)
    if len(words) >= PAYLOAD_CHARS:
        return f"⟨{words}⟩"
    names = [f"U+{ord(char):04X}" for char in characters[:SHOWN_CHARACTERS]]
    more = len(characters) - SHOWN_CHARACTERS
    return f"⟨{' '.join(names)}{f' and {more} more' if more > 0 else ''}⟩"
