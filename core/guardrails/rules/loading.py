"""Reads the rules from the files beside this module, once."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

COUNTRIES = ("at", "ch", "de", "es", "fr", "gb", "it", "nl", "pl", "us")


@dataclass(frozen=True, slots=True)
class KeyRule:
    """The form of a key or token.

    `begins` are the possible beginnings of a match in small letters, `back` characters after its
    start; `needs` is what a text has to hold. `looks_drawn`: the value has to look drawn by chance.
    """

    type: str
    form: re.Pattern[str]
    begins: tuple[str, ...]
    back: int = 0
    needs: str = ""
    looks_drawn: bool = False


@dataclass(frozen=True, slots=True)
class SaidRules:
    """The wordings in which people tell passwords, and the words that follow and are none."""

    wording: re.Pattern[str]
    begins: tuple[str, ...]
    ordinary: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class NumberRule:
    """A number with a form of its own.

    Without `is_alone` it counts only behind a word of its country. `check` names its check digit in
    `core.guardrails.numbers.check_digits`, "" where it has none.
    """

    type: str
    form: re.Pattern[str]
    check: str = ""
    is_alone: bool = True


@dataclass(frozen=True, slots=True)
class WordRules:
    """The words of all countries that announce a value, by what they announce.

    Each word for plates has one of `plate_parts`. `near` are those for numbers of people, wherever
    they stand before a number that is right.
    """

    people: re.Pattern[str]
    near: re.Pattern[str]
    accounts: re.Pattern[str]
    births: str
    birth_begins: tuple[str, ...]
    plates: re.Pattern[str]
    plate_parts: tuple[str, ...]
    phones: str


@cache
def key_rules() -> tuple[KeyRule, ...]:
    """Return the rules for keys and tokens."""
    return tuple(
        KeyRule(
            rule["type"],
            re.compile(rule["form"], re.DOTALL),
            tuple(rule["begins"]),
            rule.get("back", 0),
            rule.get("needs", ""),
            rule.get("looks_drawn", False),
        )
        for rule in _read("secrets")["key"]
    )


@cache
def said_rules() -> SaidRules:
    """Return how people tell passwords."""
    said = _read("secrets")["said"]
    wording = rf"(?i)(?:{said['words']}){said['about']}(?P<link>{said['link']})"
    return SaidRules(
        re.compile(wording), tuple(said["begins"]), re.compile(rf"(?i)(?:{said['ordinary']})\Z")
    )


@cache
def number_rules() -> tuple[NumberRule, ...]:
    """Return the numbers of people of all countries that have a form of their own."""
    return tuple(
        NumberRule(
            rule["type"],
            re.compile(rf"(?<![\w.,+-])(?<!\d )(?:{rule['form']})(?![\w-]|[.,]\d| \d)"),
            rule.get("check", ""),
            rule.get("alone", True),
        )
        for rule in _all("number")
    )


@cache
def phone_forms() -> tuple[re.Pattern[str], ...]:
    """Return the national forms of phone numbers that nothing else has."""
    return tuple(
        re.compile(rf"(?<![\w+.,/(-])(?<!\d[ ])(?:{form})(?![\w]|[ ]?[.,/-]?\d|-\d)")
        for form in _all("phone")
    )


@cache
def street_forms() -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    """Return the forms of street addresses, each with words one of which it holds."""
    return tuple((re.compile(rule["form"]), tuple(rule["holds"])) for rule in _all("street"))


@cache
def word_rules() -> WordRules:
    """Return the words that announce values, of all countries together."""
    words = {name: _joined(name) for name in ("people", "accounts", "births", "plates", "phones")}
    ending = (
        r"(?:[ ]?-?[ ]?(?:card|karte))?"
        r"(?:[ ]?-?[ ]?(?:number|nummer|numer|num[ée]ro|n[úu]mero|nr|no|n[°ºo]|code|id|#)\.?)?"
        r"(?:[ ](?:of|von|für|de|van|di)[ ][\w'. -]{2,30}?"
        r"(?=[ ]?[:=]|[ ](?:is|ist|lautet|est|es|è|jest|to)[ ]))?"
        r"(?:,?[ ](?:is|was|ist|lautet|c['’]est|est|es|to|è|jest)"
        r"(?:[ ](?:the|der|die|das|le|la|el|il|lo|de|het))?)?[ .:#=*|\"'º°]{1,4}\Z"
    )
    return WordRules(
        re.compile(rf"(?i)(?<![^\W_])(?:{words['people']}){ending}"),
        re.compile(rf"(?i)(?<![^\W_])(?:{words['people']})(?![^\W_])"),
        re.compile(rf"(?i)(?<![^\W_])(?:{words['accounts']}){ending}"),
        words["births"],
        tuple(_all("birth_begins")),
        re.compile(rf"(?i)(?<![^\W_])(?:{words['plates']}){ending}"),
        tuple(_all("plate_parts")),
        words["phones"],
    )


def _joined(name: str) -> str:
    return "|".join(sorted(dict.fromkeys(_all(name)), key=len, reverse=True))


def _all(name: str) -> Iterator[Any]:  # what TOML holds
    for country in COUNTRIES:
        yield from _read(country).get(name, ())


@cache
def _read(name: str) -> Mapping[str, Any]:  # what TOML holds
    raw = files("core.guardrails.rules").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(raw)
