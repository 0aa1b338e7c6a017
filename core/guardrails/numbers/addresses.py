"""Finds IP addresses and tells them from section, version and part numbers of the same form."""

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv6Address

from core.guardrails.numbers.labels import after, before, is_about_goods, is_labelled_otherwise
from core.guardrails.numbers.places import Span

_LARGE = 40  # outlines hardly count further
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_IPV4 = re.compile(rf"(?<![\w.])(?:{_OCTET}\.){{3}}{_OCTET}(?![\w]|\.\d)")
_IPV6 = re.compile(
    r"(?<![\w:.])(?:(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}"
    r"|(?:[0-9A-Fa-f]{1,4}:){1,6}(?::[0-9A-Fa-f]{1,4}){1,6})(?![\w:])"
)
# Every address of version 4 contains this, which is quick to look for.
_DOTTED = re.compile(r"\.\d{1,3}\.\d{1,3}\.")
_COLONS = 7
_PRIVATE = re.compile(r"(?:127|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.")
_SUFFIX = re.compile(r":\d{2,5}\b|/\d{1,2}\b(?![./])")
_NETWORK = re.compile(
    r"(?i)\b(?:[\w-]*ip(?:v4)?s?|ip-?adress\w*|address(?:es)?|adresse|hosts?|\w*servers?|serveurs?"
    r"|servidor(?:es)?|subnets?|subnetz|netmask|gateways?|ping|ports?|dns|dhcp|routers?|routeurs?"
    r"|cidr|firewalls?|vpn|vlan|ssh|proxy|nodes?|listen|connect\w*|bind|network|netzwerk|réseau"
    r"|red|rechner|clients?)\b|://\Z|@\Z"
)
_NUMBER = r"\d{1,3}(?:\.\d{1,3}){0,5}"
# After "Section 1.2.3.4, 1.2.3.5 and" the word counts for all of the numbers.
_LIST = rf"(?:{_NUMBER}[ ]?(?:,|;|and|und|et|y|or|oder|ou|to|bis|à|a|-|/)[ ]?){{0,6}}\Z"
_NUMBERED = re.compile(
    r"(?i)(?:(?<![^\W_])(?:sections?|sec|articles?|art|chapters?|clauses?|paragraphs?|version|ver|v"
    r"|release|parts?|items?|no|nr|nummer|abschnitte?|kapitel|ziffern?|artikel|absatz|annex|tables?"
    r"|figures?|tabellen?|abbildung|bild|anhang|anlage|punkte?|points?|pos|position(?:en)?|schritt"
    r"|titel|kap|abschn|ziff|tab|abb|bauteil|wp|req|aufgabe|tasks?|los|notes|tabla|tableau|python|java|excel|office|windows|kernel|steps?|rules?|regel|requirements?|apartados?|secci[óo]n|cap[íi]tulo|chapitre|alinéa|lemma"
    r"|software|firmware|driver|treiber|bios|build|patch|update|stand|rev|revision|ec)"
    rf"\.?[ ]{{0,2}}|§{{1,2}}[ ]{{0,2}}){_LIST}"
)
_REFERRED = re.compile(
    r"(?i)(?<![^\W_])(?:see|siehe|s\.|vgl\.?|cf\.?|voir|v[ée]ase|ver|laut|gem(?:äß|\.)|selon"
    r"|seg[úu]n|(?:described|defined|specified|mentioned|listed|stated|shown|laid down"
    r"|set out|required)[ ](?:in|by|under)|pursuant to|according to|accordance with"
    rf"|requirements (?:of|in)|comply with|beschrieben in|conform[ée]ment à|conforme a"
    rf"|refer to)[ ]{{1,2}}\(?{_LIST}"
)
_HEADING = re.compile(r"[ \t]+[^\W\d_a-zäöü]")  # a title begins with a capital
_LINE_START = re.compile(r"(?:\A|\n)[ \t#*|>]*\Z")
_CELL = re.compile(r"[ \t]*\|")
_READ_ON = re.compile(
    r"(?i)[ ](?:below|above|oben|unten|ff?\.|ci-dess\w+|abs\.|absatz|satz|applies|gilt)(?!\w)"
)


def addresses(text: str) -> Iterator[Span]:
    """Find everything that may be an address, except where an outline number would stand."""
    for match in _IPV4.finditer(text) if _DOTTED.search(text) else ():
        if not _is_outline(text, *match.span()):
            yield match.span()
    for match in _IPV6.finditer(text) if _may_hold_version_6(text) else ():
        if _is_version_6(match[0]):
            yield match.span()


def is_likely_address(text: str, start: int, end: int) -> bool:
    """Return whether it is worth reporting: too high for an outline, or near network terms."""
    value = text[start:end]
    if ":" in value or _is_sure(text, start, end):
        return True
    if _is_high(value) or "0" in value.split("."):
        return not is_about_goods(text, start) or _speaks_of_networks(text, start, end)
    return _speaks_of_networks(text, start, end)


def _is_outline(text: str, start: int, end: int) -> bool:
    """Return whether something says that these four numbers are a place in a text or a version."""
    numbers = text[start:end].split(".")
    if _is_sure(text, start, end):
        return False
    lead = before(text, start)
    if _NUMBERED.search(lead) or is_labelled_otherwise(text, start):
        return all(int(number) <= 99 for number in numbers)
    if _is_high(text[start:end]) or "0" in numbers:  # outlines count from 1
        return False
    if _LINE_START.search(text, max(0, start - 20), start) and _is_title(text, start, end):
        return True
    is_referred = _REFERRED.search(lead) or _READ_ON.match(text, end)
    return is_referred is not None and not _speaks_of_networks(text, start, end)


def _is_title(text: str, start: int, end: int) -> bool:
    """Return whether a title follows, or cells of a bill of quantities, not of machines."""
    if _HEADING.match(text, end):
        return True
    return _CELL.match(text, end) is not None and not text.startswith("10.", start)


def _is_sure(text: str, start: int, end: int) -> bool:
    return _PRIVATE.match(text, start, end) is not None or _SUFFIX.match(text, end) is not None


def _is_high(value: str) -> bool:
    return any(int(number) >= _LARGE for number in value.split("."))


def _speaks_of_networks(text: str, start: int, end: int) -> bool:
    match = _NETWORK.search(before(text, start)) or _NETWORK.search(after(text, end))
    return match is not None


def _may_hold_version_6(text: str) -> bool:
    return "::" in text or text.count(":") >= _COLONS


def _is_version_6(value: str) -> bool:
    """Return whether it is an IPv6 address, not a time of day or a member of a program's class."""
    try:
        IPv6Address(value)
    except AddressValueError:
        return False
    groups = [group for group in value.split(":") if group]
    has_figures = any(char.isdigit() for char in value)
    return has_figures and any(len(group) > 2 for group in groups)
