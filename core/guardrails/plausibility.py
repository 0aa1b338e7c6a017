"""Tells real values from look-alikes such as `password: <your password>` or rows of digits.

Masking does not ask this: there a value too many costs little, and one too few cannot be taken
back. But nobody goes on reading a report full of false alarms.
"""

import re

from core.guardrails.detectors import Kind
from core.guardrails.numbers.addresses import is_likely_address
from core.guardrails.numbers.cards import is_likely_card
from core.guardrails.numbers.identity import is_likely_birthday, is_likely_id
from core.guardrails.numbers.labels import even
from core.guardrails.numbers.phones import is_likely_phone

_KEY_BLOCK = "-----BEGIN"
_AROUND = 120
# Placeholders for a password or key in manuals and in program text.
_STAND_IN = re.compile(
    r"(?i)your|placeholder|change[_ -]?me|insert|dummy|redacted|x{4}|\.\.\.|…|\*{3}|•{3}"
    r"|(?:key|token|secret|password|passwort)(?:[_\W]|$)|env\b|environ|getenv|process\.|settings\."
    r"|config\.|[<{\[(]\s?[\w -]{2,60}\s?[>}\])]|\$\{?\w|%\w+%|^(?:none|null|true|false|string)\b"
)
# Expressions of program text: an address, a member, a call, an element, a path, a channel.
_EXPRESSION = re.compile(
    r"[&*]+[A-Za-z_]\w*(?:->\w+|\.\w+)*(?:\(.*|\[.*)?|[A-Za-z_]\w*(?:->|::)\w*.*"
    r"|(?:[A-Za-z_]+\.)+(?:[A-Za-z_]+|\w*(?:pass|pwd|secret|key|token)\w*)(?:\(.*|\[.*)?"
    r"|[A-Za-z_]\w*(?:\(.*|\[\w{0,20}\].*)|\{?\.\w+[ =].*"
    r"|(?:~|\.{1,2})?/[\w.-]+(?:/[\w.-]*)*|[#@][A-Za-z][A-Za-z_-]*|[x*!]?(?::\d*)+:.*"
)
# `struct passwd: ...`, `char *password = ...`: the word is a name in a program.
_DECLARED = re.compile(
    r"\b(?:struct|class|enum|union|interface|type|typedef|void|char|const|string|var|let|final"
    r"|def|function|db|file|database|map|service)\b[ *]{1,3}(?:\w+[ *]+)?[\"']?"
    r"(?:pass(?:word|wd|wort|phrase)?|pwd|secret)[\"']?[ ]?[:=][ ]{0,3}[\"']?\Z",
    re.IGNORECASE,
)
# A word with slashes in it right before the value: the value is a part of an address.
_IN_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"']{0,2000}/[^\s<>\"'?=&]{0,200}\Z")


def is_plausible(kind: Kind, text: str, start: int, end: int) -> bool:
    """Return whether `text[start:end]` is worth reporting as a value of this kind."""
    value = text[start:end]
    match kind:
        case Kind.SECRET if value.startswith(_KEY_BLOCK):
            return len(value) > len(_KEY_BLOCK) + 60
        case Kind.SECRET:
            is_stand_in = _STAND_IN.search(value) is not None or len(set(value)) < 4
            return (
                not is_stand_in
                and not _is_program(text, start, end)
                and not _is_in_address(text, start)
            )
        case Kind.IP | Kind.PHONE | Kind.CARD | Kind.ID | Kind.BIRTH:
            return _is_likely(kind, text, start, end)
        case Kind.LITERAL | Kind.ADDRESS | Kind.PERSON:  # every letter has them
            return False
        case _:
            return True


def _is_likely(kind: Kind, text: str, start: int, end: int) -> bool:
    """Return whether a number is of this kind, by its form and by the words around it."""
    first = max(0, start - _AROUND)
    near = even(text[first : end + _AROUND])
    where = near, start - first, end - first
    match kind:
        case Kind.IP:
            return is_likely_address(*where)
        case _ if _is_in_address(text, start):
            return False
        case Kind.CARD:
            return is_likely_card(*where)
        case Kind.PHONE:
            return is_likely_phone(*where)
        case Kind.BIRTH:
            return is_likely_birthday(*where)
        case _:
            return is_likely_id(*where)


def _is_program(text: str, start: int, end: int) -> bool:
    """Return whether an expression is where a password would be; a quoted value may be one."""
    if text[start - 1 : start] in ("'", '"'):
        return False
    value = text[start:end]
    is_declared = _DECLARED.search(text, max(0, start - 60), start) is not None
    return _EXPRESSION.fullmatch(value) is not None or (
        is_declared and not any(char.isdigit() for char in value)
    )


def _is_in_address(text: str, start: int) -> bool:
    """Return whether the place is in the path of a web address; after `?` it may be a key."""
    return _IN_ADDRESS.search(text, max(0, start - 400), start) is not None
