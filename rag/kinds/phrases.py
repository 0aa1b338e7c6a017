"""Reads phrases as they are written in kinds.toml into regular expressions."""

import re
from collections.abc import Iterator, Mapping, Sequence

LONGEST_SUBJECT = 12
"""Words of a subject, unless its kind says fewer."""

_PART = re.compile(r"[\[\]()|]|<\w+>|\{\w+\}|[^\s\[\]()|<>{}]+")


class PhraseError(ValueError):
    """A phrase that nobody can read: a bracket is missing, or a wording has no such name."""


def phrase_pattern(
    phrase: str, wordings: Mapping[str, Sequence[str]], longest: int = LONGEST_SUBJECT
) -> str:
    """Return a regular expression over words that each have one space in front.

    Subjects are named groups of one to `longest` words. Raises PhraseError.
    """
    reader = _Reader(_PART.findall(phrase), wordings, longest)
    pattern = reader.choice()
    if reader.rest:
        raise PhraseError(f"“{reader.rest[0]}” closes nothing in “{phrase}”")
    return pattern


class _Reader:
    """A walk through the parts of one phrase, from left to right."""

    def __init__(
        self, parts: Sequence[str], wordings: Mapping[str, Sequence[str]], longest: int
    ) -> None:
        self.rest = list(parts)
        self._wordings = wordings
        self._longest = longest

    def choice(self) -> str:
        """Read alternatives up to what closes them."""
        alternatives = [self._sequence()]
        while self.rest and self.rest[0] == "|":
            self.rest.pop(0)
            alternatives.append(self._sequence())
        return f"(?:{'|'.join(alternatives)})"

    def _sequence(self) -> str:
        return "".join(self._elements())

    def _elements(self) -> Iterator[str]:
        while self.rest and self.rest[0] not in ("|", ")", "]"):
            part = self.rest.pop(0)
            if part == "(":
                yield self._closed(")")
            elif part == "[":
                yield f"{self._closed(']')}?"
            elif part[0] == "<":
                yield self._wording(part[1:-1])
            elif part[0] == "{":
                yield rf"(?P<{part[1:-1]}>(?: \S+){{1,{self._longest}}}?)"
            else:
                yield f" {re.escape(part)}"

    def _closed(self, closing: str) -> str:
        pattern = self.choice()
        if not self.rest or self.rest.pop(0) != closing:
            raise PhraseError(f"“{closing}” is missing")
        return pattern

    def _wording(self, name: str) -> str:
        if name not in self._wordings:
            raise PhraseError(f"no wording is called “{name}”")
        patterns = (phrase_pattern(w, self._wordings, self._longest) for w in self._wordings[name])
        return f"(?:{'|'.join(patterns)})"
