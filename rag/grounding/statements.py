"""A sentence as the checks see it: words, names, figures and clauses with their polarity."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache

from rag.figures.reading import Figures, find_figures
from rag.grounding.languages import ENGLISH, Language, language_by_code, language_of
from rag.vocabulary.words import STOP_WORDS, stem

# Idioms that say the opposite of their words, or one thing in several words.
_IDIOMS = tuple(
    (re.compile(pattern, re.IGNORECASE), instead)
    for pattern, instead in (
        (r"\bnot only\b", ""),
        (r"\b(?:not|nor) even\b", "even"),
        (r"\bturn(?:s|ed|ing)? down\b", "reject"),
        (r"\brul(?:e|es|ed|ing)\s+(?:\w+\s+)?out\b", "exclude"),
        (r"\bvot(?:e|es|ed|ing) against\b", "reject"),
        (r"\b(?:whether or not|regardless of whether)\b", "whether"),
        (r"\bNo\.\s*(?=\d)", "number "),
        (r"\b(?:no|not) later than\b(.{1,30}?)\bbefore\b", r"atleast\1before"),
        (r"\b(?:no|not)\s+(?:more|longer|greater|higher|larger|later)\s+than\b", "atmost"),
        (r"\b(?:may|must|shall|can|should|do|does|will)\s*not\s+exceed\b", "atmost"),
        (r"\bnot exceed(?:ing)?\b|\b(?:at most|up to|a maximum of|at the latest)\b", "atmost"),
        (r"\b(?:no|not)\s+(?:less|fewer|lower|earlier|shorter|sooner)\s+than\b", "atleast"),
        (r"\b(?:at least|a minimum of|at the earliest)\b", "atleast"),
        (r"\b(?:more|greater|higher|larger|longer) than\b", "morethan"),
        (r"\b(?:less|fewer|lower|smaller|shorter) than\b", "lessthan"),
        (r"\bover (?=[$€£]?\d)", "morethan "),
        (r"\bunder (?=[$€£]?\d)", "lessthan "),
        (r"\b(?:no one|not (?:a|any|one)(?:body)?)\b", "nobody"),
        (r"\bcan['’]?t\b|\bcannot\b", "can not"),
        (r"\bwon['’]t\b", "will not"),
        (r"(?<=[a-z])n['’]t\b", " not"),
        (r"\bnothing but\b", "only"),
        (r"\bno longer\b", "not"),
    )
)
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|[^\W_]+(?:[-_.]?[^\W_]+)*")
_IDENTIFIER = re.compile(
    r"(?<![\w.])(?:[A-Za-z]+\d[\w.-]*\w|[A-Z][A-Za-z]*-\d[\w-]*|[A-Za-z]\d+|\d+(?:\.\d+){2,}"
    r"|\d+[A-Z]\w*|\w+_\w+|[\w.+-]+@[\w-]+\.[\w.]*\w)(?![\w])"
)
_CLAUSE_SIGNS = r"[,;:–—()|]|\s-\s"
# Titles, which a name follows; they tell names where all nouns are capitalised.
_TITLE = re.compile(
    r"\b(?:frau|herrn?|dr|prof|firma|fa|fr|hr|mr|mrs|ms|mme|mlle|m|monsieur|madame|sra?|srta|señora?"
    r"|signora?|sig|sig\.ra|dott|dott\.ssa|dhr|mevr|mevrouw|meneer)\.?\s+(?:[^\W\d_]\.\s+)*$",
    re.IGNORECASE,
)
# The article in "l'ufficio" and "d'heures".
_ELISION = re.compile(r"^(?:[ldnscjmt]|qu|un|dell|all|nell|sull|dall|quest)['’](?=\w{2})", re.I)
_START = re.compile(r"(?:^|[.!?:|\n]|[\"“‘(]|[-*•–]\s)[\s\"“‘(*_#>]*$")
_NAME_FOLLOWS = re.compile(r"\s[A-ZÀ-Þ]\w")
_NEGATIONS = frozenset(
    "not no never none neither nobody nothing nowhere without non hardly".split()
)
_REFUSALS = frozenset(
    stem(word)
    for word in """
    prohibit forbid forbidden ban disallow refuse deny denied reject avoid refrain prevent exclude
    lack ineligible unable
    """.split()
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word with its offset; `clause` counts from 0.

    `is_name` is told by spelling and position. At the start of a sentence the spelling says
    nothing; there `leads_name` says that a name follows directly. `is_titled` says that a title
    precedes the word, and `denies` that it negates its clause.
    """

    text: str
    stem: str
    start: int
    is_content: bool
    is_name: bool
    clause: int
    leads_name: bool = False
    is_titled: bool = False
    denies: bool = False


@dataclass(frozen=True, slots=True)
class Clause:
    """The content of a clause, and whether it is negated."""

    number: int
    stems: frozenset[str]
    is_negative: bool


@dataclass(frozen=True)
class Statement:
    """A text with its words and figures; `text` has its idioms replaced."""

    text: str
    words: tuple[Word, ...]
    figures: Figures
    language: str = ENGLISH

    @cached_property
    def content(self) -> tuple[Word, ...]:
        """The content words: all but stop words."""
        return tuple(word for word in self.words if word.is_content)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of the content words."""
        return frozenset(word.stem for word in self.content)

    @cached_property
    def stems_by_start(self) -> dict[str, list[str]]:
        """The content stems by their first four letters."""
        by_start: dict[str, list[str]] = {}
        for content_stem in self.stems:
            by_start.setdefault(content_stem[:4], []).append(content_stem)
        return by_start

    @cached_property
    def plain(self) -> frozenset[str]:
        """All words in lower case, stop words included."""
        return frozenset(word.text.lower() for word in self.words)

    @cached_property
    def negative_clauses(self) -> frozenset[int]:
        """The clauses that are negated.

        That takes an odd number of negations, or any number in a language with concord.
        """
        counts: dict[int, int] = {}
        for word in self.words:
            if word.denies:
                counts[word.clause] = counts.get(word.clause, 0) + 1
        concord = language_by_code(self.language).concord
        return frozenset(clause for clause, count in counts.items() if concord or count % 2)

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """The clauses with content words, in order."""
        stems: dict[int, set[str]] = {}
        for word in self.content:
            if not word.denies:
                stems.setdefault(word.clause, set()).add(word.stem)
        negative = self.negative_clauses
        return tuple(Clause(n, frozenset(s), n in negative) for n, s in sorted(stems.items()))


@lru_cache(maxsize=4096)
def statement_of(text: str, code: str = "") -> Statement:
    """Read a text, in the language with this code unless it clearly shows another."""
    language = language_by_code(language_of(text) or code or ENGLISH)
    for pattern, instead in _IDIOMS if language.code == ENGLISH else language.idioms:
        text = pattern.sub(instead, text)
    figures = find_figures(text)
    return Statement(text, tuple(_joined(_words(text, figures, language))), figures, language.code)


def merged(statements: Sequence[Statement]) -> Statement:
    """Return all statements as one; offsets of words and figures stay those in their own."""
    return Statement(
        "\n".join(statement.text for statement in statements),
        tuple(word for statement in statements for word in statement.words),
        Figures(
            tuple(f for statement in statements for f in statement.figures.numbers),
            tuple(d for statement in statements for d in statement.figures.dates),
        ),
        _most_common([statement.language for statement in statements]),
    )


def _most_common(codes: Sequence[str]) -> str:
    return Counter(codes).most_common(1)[0][0] if codes else ENGLISH


def _joined(words: list[Word]) -> list[Word]:
    """Join a clause that only negates with the one before it: "2018, and 2017 were not"."""
    content = sorted({w.clause for w in words if w.is_content and not w.denies})
    if not content:
        return words
    return [
        replace(word, clause=max((c for c in content if c <= word.clause), default=content[0]))
        for word in words
    ]


@cache
def _clause_end(joiners: str) -> re.Pattern[str]:
    words = rf"|\b(?:{joiners})\b" if joiners else ""
    return re.compile(_CLAUSE_SIGNS + words, re.IGNORECASE)


def _words(text: str, figures: Figures, language: Language) -> list[Word]:
    taken = sorted(figures.spans)
    identifiers = [m.span() for m in _IDENTIFIER.finditer(text)]
    ends = [match.start() for match in _clause_end(language.joiners).finditer(text)]
    words: list[Word] = []
    spans = [
        *identifiers,
        *(m.span() for m in _TOKEN.finditer(text) if not _inside(m.span(), identifiers)),
    ]
    for start, end in sorted(spans):
        if _inside((start, end), taken) and (start, end) not in identifiers:
            continue
        clause = sum(1 for end_offset in ends if end_offset < start)
        is_identifier = (start, end) in identifiers
        words.append(
            _identifier(text[start:end], start, clause)
            if is_identifier
            else _word(text, start, end, clause, language)
        )
    return words


def _inside(span: tuple[int, int], spans: list[tuple[int, int]]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in spans)


def _identifier(written: str, start: int, clause: int) -> Word:
    return Word(written, re.sub(r"[-_.]", "", written.lower()), start, True, True, clause)


def _word(text: str, start: int, end: int, clause: int, language: Language) -> Word:
    written = text[start:end]
    plain = written.lower()
    is_acronym = len(written) > 1 and written.isupper() and not text.isupper()
    is_capital = written[0].isupper() and not _START.search(text[:start])
    is_mixed = bool(re.search(r"[a-z][A-Z]", written))
    is_titled = written[0].isupper() and bool(_TITLE.search(text[max(0, start - 40) : start]))
    is_marked = is_titled if language.has_capital_nouns else is_capital
    is_stop = _is_stop(plain, language) and not (is_acronym and plain in {"us", "it", "who"})
    is_content = not is_stop and (len(plain) > 1)
    is_name = is_content and (is_acronym or is_marked or is_mixed)
    leads_name = (
        is_content
        and not is_name
        and not language.has_capital_nouns
        and written[0].isupper()
        and bool(_NAME_FOLLOWS.match(text, end))
    )
    core = _ELISION.sub("", written) if language.code in ("fr", "it") else written
    denies = _denies(plain, written, language)
    return Word(
        written, stem(core), start, is_content, is_name, clause, leads_name, is_titled, denies
    )


def _is_stop(plain: str, language: Language) -> bool:
    if language.code == ENGLISH:
        return plain in STOP_WORDS
    return plain in language.function_words or plain in language.denials


def _denies(plain: str, written: str, language: Language) -> bool:
    if language.code == ENGLISH:
        return plain in _NEGATIONS or stem(written) in _REFUSALS
    elided = language.code == "fr" and plain.startswith(("n'", "n’"))
    return plain in language.denials or plain in language.refusals or elided
