"""Finds passwords, keys and tokens by the rules in secrets.toml."""

import re
from collections.abc import Iterator

from core.guardrails.numbers.places import Span, starting
from core.guardrails.rules.loading import KeyRule, key_rules, said_rules

Named = tuple[str, Span]
"""A type of secret, and where one stands."""

# Not treated as a secret: it is put back after the output filter and must not carry a link.
_LIVE = re.compile(r"://|www\.|\]\(", re.IGNORECASE)
# The password in an address: https://anna:word@host, https://token@host
_SIGNED_IN = re.compile(
    r"(?i)\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@]{0,100}:(?P<value>[^\s/@]{3,200})@"
)
_QUOTED = re.compile(r"[\"“„«'`](?P<value>[^\"“”„»'`\n]{3,80})[\"”“»'`]")
_TOKEN = re.compile(r"[^\s\"'<>,;)(]{3,120}")
_PHRASE = re.compile(r"[^\W\d_]{3,20}(?: [^\W\d_]{3,20}){1,6} \d{1,6}(?!\w)")
_WORD = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")
_MARKED = re.compile(r"[\d!@#$%^&*+=?~_]|[a-zß-ÿ][A-Z]|-")
_END = re.compile(r"[.,;!?)]*(?:\s*(?:\Z|\n)|[.,;!?)]\s)")
_STOP = re.compile(r"[.,;!?)]*\s*\Z|[.,;!?)]+\s")
_TO = re.compile(r"(?i) to ?")
_SIGN = re.compile(r"(?:[:=]|->|=>|→)\s*\Z")
_CERTAIN = re.compile(r"(?i)(?:lautet[e]?|brzmi|luidt)\s*:?\s*\Z")

_PIN = re.compile(
    r"(?i)(?<![^\W_])(?P<word>pin(?:[ -]?(?:code|nummer|number|kod))?|pin-nr\.?|kod pin"
    r"|code pin|puk"
    r"|tan|cv[vc]2?(?:[ -]?code)?|security code|pr[üu]fziffer|geheimzahl|otp|one-time code"
    r"|einmalcode|verification code|best[äa]tigungscode)"
    r"(?:[ ](?:for|to|of|für|zu[mr]?|meine[rs]?|der|die|do|de|du|van|voor|di|la|my|mijn|ma|mon"
    r"|karty|karte|card|carte|phone|handy|sim|telefon\w?|kaart|ec-karte|door|tür)){0,4}"
    r"(?:[ ]?[:=#][ ]{0,3}|[ ](?:is|ist|war|was|lautet|to|jest|est|es|è)[ ]:?[ ]?|[ ])"
    r"[\"']?(?P<value>\d{3,8})(?![\w]|[.,]\d|-\d| ?(?:digits|stellen|ziffern|cyfr|chiffres))"
)
_PIN_BEGINS = (
    *("pin", "kod pin", "code pin", "puk", "tan", "cvv", "cvc", "security code", "prüfziffer"),
    *("prufziffer", "geheimzahl", "otp", "one-time code", "einmalcode", "verification code"),
    *("bestätigungscode", "bestatigungscode"),
)
_LOGIN = re.compile(
    r"(?i)(?<![^\W_])(?:zugangsdaten|anmeldedaten|logindaten|login|credentials|identifiants"
    r"|inloggegevens|dane logowania|credenziali|user ?/ ?pass\w*)(?:[ ]?:[ ]?|[ ])"
    r"[\w.@+-]{2,60}[ ]?[/|:][ ]?(?P<value>(?=[^\s]{0,40}[\d!@#$%^&*])[^\s\"'<>,;/]{4,80})"
)
_LOGIN_BEGINS = (
    *("zugangsdaten", "anmeldedaten", "logindaten", "login", "credentials", "identifiants"),
    *("inloggegevens", "dane logowania", "credenziali", "user"),
)
# Forty characters of base 64 on their own, as in a secret of AWS.
_BARE = re.compile(r"(?<![\w+/=.-])[A-Za-z0-9+/]{40}(?![\w+/=.-])")
_RUN = re.compile(r"[a-zß-ÿ]{8}")


def secrets(text: str, folded: str | None) -> Iterator[Named]:
    """Find passwords, keys and tokens, each with its type.

    `folded` is the text as `fold` gives it, None to look at all of it.
    """
    for kind, start, last in _found(text, folded):
        end = start + len(text[start:last].rstrip(".,;:"))
        if end > start and not _LIVE.search(text, start, end):
            yield kind, (start, end)


def _found(text: str, folded: str | None) -> Iterator[tuple[str, int, int]]:
    for rule in key_rules():
        for match in _matches(rule, text, folded):
            start, end = _value(match)
            if not rule.looks_drawn or _is_drawn(text[start:end]):
                yield rule.type, start, end
    if "://" in text and "@" in text:
        for match in _SIGNED_IN.finditer(text):
            yield "PASSWORD", *match.span("value")
    for match in _BARE.finditer(text):
        if _is_drawn(match[0]) and re.search("[A-Z]", match[0]) and re.search("[a-z]", match[0]):
            yield "KEY", *match.span()
    yield from _said(text, folded)
    for match in starting(_PIN, text, folded, _PIN_BEGINS):
        yield "PIN", *match.span("value")
    for match in starting(_LOGIN, text, folded, _LOGIN_BEGINS):
        yield "PASSWORD", *match.span("value")


def _matches(rule: KeyRule, text: str, folded: str | None) -> Iterator[re.Match[str]]:
    if rule.needs and folded is not None and rule.needs not in folded:
        return
    if rule.back:
        yield from rule.form.finditer(text) if _holds(folded, rule.begins) else ()
    else:
        yield from starting(rule.form, text, folded, rule.begins)


def _holds(folded: str | None, words: tuple[str, ...]) -> bool:
    return folded is None or any(word in folded for word in words)


def _value(match: re.Match[str]) -> Span:
    for name in ("value", "other"):
        if name in match.re.groupindex and match[name] is not None:
            return match.span(name)
    return match.span()


def _is_drawn(value: str) -> bool:
    """Return whether a value looks drawn by chance, not like a path, a name or words."""
    figures = sum(char.isdigit() for char in value)
    letters = sum(char.isalpha() for char in value)
    return figures >= 2 and letters >= 2 and _RUN.search(value) is None and len(set(value)) > 8


def _said(text: str, folded: str | None) -> Iterator[tuple[str, int, int]]:
    """Find what stands behind "my password is" and the like."""
    rules = said_rules()
    for match in starting(rules.wording, text, folded, rules.begins):
        span = _said_value(text, match.end(), match["link"])
        if span is not None:
            yield "PASSWORD", *span


def _said_value(text: str, start: int, link: str) -> Span | None:
    """Return where the value at this place ends, None if it is an ordinary word."""
    if quoted := _QUOTED.match(text, start):
        return quoted.span("value")
    if phrase := _PHRASE.match(text, start):
        return phrase.span()
    token = _TOKEN.match(text, start)
    if token is None:
        return None
    value = token[0].rstrip(".,;:!?") if not _MARKED.search(token[0][:-1]) else token[0]
    value = value.rstrip(".,;:")
    end = start + len(value)
    if value.isdigit() and len(value) < 4:
        return None
    is_plain = value.islower() or value.istitle() or value.isupper()
    if is_plain and said_rules().ordinary.match(value):
        return None
    is_word = _WORD.fullmatch(value) is not None and not re.search(r"[a-zß-ÿ][A-Z]|-", value)
    if not is_word:
        return (start, end) if _MARKED.search(value) or value.isdigit() else None
    if len(value) < 4 or _TO.fullmatch(link):
        return None
    is_field = _SIGN.search(link) is not None or _CERTAIN.search(link) is not None
    is_end = (_END if is_field else _STOP).match(text, end) is not None
    return (start, end) if is_end else None
