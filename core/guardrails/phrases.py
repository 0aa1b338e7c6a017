"""Looks for phrases in a text, however it is spelled and set."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.guardrails.folding import flatten, fold


@dataclass(frozen=True, slots=True)
class Injection:
    """A phrase that matched `rule`, at these character offsets of the text."""

    rule: str
    start: int
    end: int
    text: str


def matches(text: str, rules: Iterable[tuple[str, re.Pattern[str]]]) -> tuple[Injection, ...]:
    """Where the rules match, by place; one hit where several overlap.

    Looked at are the words as they are set and without their layout, so that a phrase is found
    however its lines wrap. A space of a rule stands for any white space: see `rule`.
    """
    found: list[Injection] = []
    folded, flat = fold(text), flatten(text)
    for reading in (folded, flat) if flat.text != folded.text else (folded,):
        for name, pattern in rules:
            for match in pattern.finditer(reading.text):
                start, end = reading.span(*match.span())
                if not any(start < other.end and other.start < end for other in found):
                    found.append(Injection(name, start, end, text[start:end]))
    return tuple(sorted(found, key=lambda hit: hit.start))


def rule(name: str, pattern: str) -> tuple[str, re.Pattern[str]]:
    """A rule for `matches`; each of its spaces matches a line break as well."""
    return name, re.compile(pattern.replace(" ", r"\s"))
