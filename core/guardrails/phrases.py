"""Looks for phrases in a text, however it is spelled and set."""

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
    """What to look for in a folded text, and which matches count; None where all do."""

    name: str
    pattern: re.Pattern[str]
    accept: Accept | None = None


def rule(name: str, pattern: str, accept: Accept | None = None) -> Rule:
    """A rule for `matches`; each of its spaces matches a line break as well."""
    return Rule(name, re.compile(pattern.replace(" ", r"\s")), accept)


def matches(
    text: str, rules: Iterable[Rule], *, accepts_all: bool = False
) -> tuple[Injection, ...]:
    """Where the rules match, by place; one hit where several overlap.

    With `accepts_all` every match counts, whatever stands around it.

    Looked at are the words as they are set and without their layout, so that a phrase is found
    however its lines wrap.
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
