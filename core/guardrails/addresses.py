"""Tells an IP address from what has its form: numbers of sections, of versions and of parts."""

import re

_NEAR = 60
_LARGE = 40  # outlines hardly count further
_PRIVATE = re.compile(r"(?:127|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.")
_SUFFIX = re.compile(r":\d{2,5}\b|/\d{1,2}\b(?![./])")
_CONTEXT = re.compile(
    r"(?i)\b(?:ip(?:v4)?s?|ip-?adress\w*|address(?:es)?|adresse|hosts?|\w*servers?|subnets?|subnetz"
    r"|netmask|gateways?|ping|ports?|dns|dhcp|routers?|cidr|firewalls?|vpn|vlan|ssh|proxy|nodes?"
    r"|listen|connect\w*|bind|network|netzwerk|rechner|clients?)\b|://\Z"
)
_NUMBERED = re.compile(
    r"(?i)(?:\b(?:sections?|sec|articles?|art|chapters?|clauses?|paragraphs?|version|ver|v|release"
    r"|parts?|items?|no|nr|nummer|abschnitte?|kapitel|ziffer|artikel|absatz|annex|table|figure)"
    r"\.?\s{0,2}|§{1,2}\s{0,2})\Z"
)
_HEADING = re.compile(r"[ \t]+[^\W\d_a-zäöü]")  # a title begins with a capital
_LINE_START = re.compile(r"(?:\A|\n)[ \t#*]*\Z")


def is_address(text: str, start: int, end: int) -> bool:
    """Whether the four numbers at this place are an address rather than a place in an outline.

    The shape decides where it is sure, then the words around; what is left is an address if one
    of its numbers is larger than outlines have, or is 0.
    """
    value = text[start:end]
    before = text[max(0, start - _NEAR) : start].rsplit("\n", 1)[-1]
    if ":" in value or _PRIVATE.match(value) or _SUFFIX.match(text, end):
        return True
    is_large = any(int(octet) >= _LARGE for octet in value.split("."))
    if _NUMBERED.search(before):
        return any(int(octet) > 99 for octet in value.split("."))
    has_zero = "0" in value.split(".")  # outlines count from 1
    if (
        not is_large
        and not has_zero
        and _LINE_START.search(text, 0, start)
        and _HEADING.match(text, end)
    ):
        return False
    after = text[end : end + _NEAR].split("\n", 1)[0]
    return (
        is_large
        or has_zero
        or _CONTEXT.search(before) is not None
        or _CONTEXT.search(after) is not None
    )
