"""Tells real values from what only looks like one: `password: <your password>`, rows of digits.

Masking does not ask this: there a value too many costs nothing. A report that cries wolf is not
read any more.
"""

import re

from core.guardrails.detectors import Kind

_KEY_BLOCK = "-----BEGIN"
# What stands where a password or key goes in manuals and in program text.
_STAND_IN = re.compile(
    r"(?i)your|placeholder|change[_ -]?me|insert|dummy|redacted|x{4}|\.\.\.|…|\*{3}|•{3}"
    r"|(?:key|token|secret|password|passwort)(?:[_\W]|$)|env\b|environ|getenv|process\.|settings\."
    r"|config\.|[<{\[(]\s?[\w -]{2,60}\s?[>}\])]|\$\{?\w|%\w+%|^(?:none|null|true|false|string)\b"
)
# What program text puts there: an address, a member, a call, an element, a path, a channel.
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
# Issuers and lengths: ISO/IEC 7812 ranges of the networks in use, grouped as on a card.
_CARD_DIGITS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|6(?:011|[45]\d\d)\d{12}"
    r"|3(?:0[0-5]|[68]\d)\d{11}|35\d{14}|(?:50|5[6-9]|6[0-9])\d{10,17}"
)
_CARD_GROUPS = re.compile(r"\d+|\d{4}(?:[ -]\d{4}){2,3}(?:[ -]\d{1,4})?|\d{4}[ -]\d{6}[ -]\d{4,5}")
# A word with slashes in it right before the value: the value is a part of an address.
_IN_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"']{0,2000}/[^\s<>\"'?=&]{0,200}\Z")


def is_plausible(kind: Kind, text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` is worth reporting as a value of this kind."""
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
        case Kind.CARD:
            digits = re.sub(r"\D", "", value)
            is_card = _CARD_DIGITS.fullmatch(digits) and _CARD_GROUPS.fullmatch(value)
            return is_card is not None and not _is_in_address(text, start)
        case Kind.PHONE:  # the digits behind a decimal point
            return text[max(0, start - 1) : start] not in (".", ",")
        case Kind.LITERAL:
            return False
        case _:
            return True


def _is_program(text: str, start: int, end: int) -> bool:
    """Whether an expression stands where a password would; a quoted value is one as it is."""
    if text[start - 1 : start] in ("'", '"'):
        return False
    value = text[start:end]
    is_declared = _DECLARED.search(text, max(0, start - 60), start) is not None
    return _EXPRESSION.fullmatch(value) is not None or (
        is_declared and not any(char.isdigit() for char in value)
    )


def _is_in_address(text: str, start: int) -> bool:
    """Whether the place is within the path of a web address; behind `?` or `=` it may be a key."""
    return _IN_ADDRESS.search(text, max(0, start - 400), start) is not None
