"""Finds phrases in a text however it is spelled and laid out."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from core.guardrails.folding import flatten, fold


@dataclass(frozen=True, slots=True)
class Injection:
    """A phrase that matched `rule`, at these character offsets of the text."""

    rule: str
    start: int
    end: int
    text: str


Accept = Callable[[re.Match[str]], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern for a folded text, and the test of its matches; None where all count."""

    name: str
    pattern: re.Pattern[str]
    accept: Accept | None = None


def rule(name: str, pattern: str, accept: Accept | None = None) -> Rule:
    """Make a rule for `matches`; each space of the pattern matches a line break as well."""
    return Rule(name, re.compile(pattern.replace(" ", r"\s")), accept)


def matches(
    text: str, rules: Iterable[Rule], *, accepts_all: bool = False
) -> tuple[Injection, ...]:
    """Find where the rules match, by offset; one hit where several overlap.

    With `accepts_all` every match counts, whatever stands around it.

    Both the text as it is laid out and the text without its layout are searched, so that a phrase
    is found however its lines wrap.
    """
    hits: list[Injection] = []
    folded, flat = fold(text), flatten(text)
    for reading in (folded, flat) if flat.text != folded.text else (folded,):
        for looked_for in rules:
            for match in looked_for.pattern.finditer(reading.text):
                if not (accepts_all or looked_for.accept is None or looked_for.accept(match)):
                    continue
                start, end = reading.span(*match.span())
                if not any(start < earlier.end and earlier.start < end for earlier in hits):
                    hits.append(Injection(looked_for.name, start, end, text[start:end]))
    return tuple(sorted(hits, key=lambda hit: hit.start))
