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

# What a code or a PIN opens: "for the safe", "vom Tresor", "do alarmu".
_WHAT_FOR = (
    r"(?:for|to|of|on|für|fürs|zu[mr]?|vom|von|am|an|do|od|de|du|des|d'|pour|van|voor|op|di|del|della"
    r"|dello|dell')"
)
_PIN = re.compile(
    r"(?i)(?<![^\W_])(?P<word>pin(?:[ -]?(?:code|nummer|number|kod))?|pin-nr\.?|kod pin"
    r"|code pin|puk"
    r"|tan|cv[vc]2?(?:[ -]?code)?|security code|pr[üu]fziffer|geheimzahl|otp|one-time code"
    r"|einmalcode|verification code|best[äa]tigungscode)"
    rf"(?:[ ]{_WHAT_FOR}(?:[ ][\w'-]{{1,20}}){{1,3}}?|[ ](?:meine[rs]?|mein|my|mijn|ma|mon|der|die"
    r"|karty|karte|card|carte|phone|handy|sim|telefon\w?|kaart|ec-karte|door|tür)){0,4}"
    r"(?:[ ]?[:=#][ ]{0,3}|(?:['’]s|[ ](?:is|ist|war|was|lautet|to|jest|est|es|è))[ ]:?[ ]?|[ ])"
    r"[\"']?(?P<value>\d{3,8})(?![\w]|[.,]\d|-\d| ?(?:digits|stellen|ziffern|cyfr|chiffres))"
)
_PIN_BEGINS = (
    *("pin", "kod pin", "code pin", "puk", "tan", "cvv", "cvc", "security code", "prüfziffer"),
    *("prufziffer", "geheimzahl", "otp", "one-time code", "einmalcode", "verification code"),
    *("bestätigungscode", "bestatigungscode"),
)
_LOGIN = re.compile(
    r"(?i)(?<![^\W_])(?:zugangsdaten|anmeldedaten|logindaten|login|credentials|identifiants"
    r"|inloggegevens|dane logowania|credenziali|user ?/ ?pass\w*)"
    rf"(?:[ ]{_WHAT_FOR}(?:[ ][\w'-]{{1,20}}){{1,3}}?)?(?:[ ]?:[ ]?|[ ])"
    r"[\w.@+-]{2,60}[ ]?[/|:][ ]?(?P<value>(?=[^\s]{0,40}[\d!@#$%^&*])[^\s\"'<>,;/]{4,80})"
)
_LOGIN_BEGINS = (
    *("zugangsdaten", "anmeldedaten", "logindaten", "login", "credentials", "identifiants"),
    *("inloggegevens", "dane logowania", "credenziali", "user"),
)
# "user ops pass Anchor_9pm", "Benutzer: kruse, Passwort: Deich19".
_PAIR = re.compile(
    r"(?i)(?<![^\W_])(?:user(?:name|-?id)?|benutzer(?:name)?|utilisateur|u[żz]ytkownik|gebruiker"
    r"|utente|usuario|login)[ ]?[:=]?[ ]?[\w.@+-]{2,60}[ ]?[,;/|]?[ ]?"
    r"(?:and |und |et |i |en |e |y )?"
    r"(?:pass(?:word|wort|e)?|pwd?|pw|kennwort|has[łl]o|mdp|ww|clave)[ ]?[:=]?[ ]?"
    r"(?P<value>(?=[^\s]{0,40}[\d!@#$%^&*])[^\s\"'<>,;/]{4,80})"
)
_PAIR_BEGINS = (
    *("user", "benutzer", "utilisateur", "użytkownik", "uzytkownik", "gebruiker", "utente"),
    *("usuario", "login"),
)
# The name of a network and its password: "WLAN Gast: Ebbe&Flut", "wifi is NordGuest / tide-14".
_NETWORK = re.compile(
    r"(?i)(?<![^\W_])(?:wi-?fi|wlan|ssid|hotspot)(?:-?(?:gast|guest|key|schlüssel|code|clé|klucz))?"
    r"(?:(?:[ ][\w'-]{1,20}){0,8}?[ ]?(?::|=|->)|(?:[ ][\w'-]{1,20}){1,8}?[ ]?/)[ ]{0,2}"
    r"(?P<value>(?=[^\s]{0,40}[\d!@#$%^&*])(?=[^\s]{0,40}[^\W\d_])[^\s\"'<>,;/()]{6,80})"
)
# What a code opens: doors, gates, safes, alarms, barriers.
_OPENED = (
    r"(?:front |back |main )?(?:door|gate|safe|alarm|archive|lock|locker|garage|entrance|barrier)"
    r"|(?:haupt|seiten|garagen|keller|haus)?(?:tür|tor|tresor|safe|alarm\w{0,6}|archiv|schloss)"
    r"|schranke|eingang|garage|porte|portail|coffre\w{0,5}|alarme|entr[ée]e|barri[èe]re|parking|drzwi|bramy|sejfu"
    r"|alarmu|szlabanu|domofonu|gara[żz]u|deur|poort|kluis|ingang|slagboom|porta|cancello|cassaforte"
    r"|allarme|puerta|caja fuerte|alarma"
)
# "le code de la porte est B4471", "kod do bramy: 4471#".
_OPENING = re.compile(
    r"(?i)(?<![^\W_])(?:codes?|kod|codice|c[óo]digo|cijfercode)[ ]"
    rf"{_WHAT_FOR}[ ]?(?:the |our |den |die |das |der |dem |la |le |l'|l’|het |de |il |el |my )?"
    rf"(?:{_OPENED})(?:[ ][\w'-]{{1,20}}){{0,3}}?"
    r"(?:[ ]?[:=][ ]{0,3}|[ ](?:is|ist|lautet|to|jest|est|es|è)[ ]|[ ])"
    r"[\"']?(?P<value>(?=\w{0,7}\d{3})[A-Z\d]{3,10}[#*]?)(?![\w]|[.,-]\d)"
)
_OPENING_BEGINS = ("code", "kod", "codice", "código", "codigo", "cijfercode")
_NETWORK_BEGINS = ("wifi", "wi-fi", "wlan", "ssid", "hotspot")
_WORDED = (
    ("PIN", _PIN, _PIN_BEGINS),
    ("PASSWORD", _LOGIN, _LOGIN_BEGINS),
    ("PASSWORD", _PAIR, _PAIR_BEGINS),
    ("PASSWORD", _NETWORK, _NETWORK_BEGINS),
    ("PIN", _OPENING, _OPENING_BEGINS),
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
    for type_, pattern, begins in _WORDED:
        for match in starting(pattern, text, folded, begins):
            yield type_, *match.span("value")


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
