"""Makes model output inert: no images, HTML or links; a link becomes the name of its domain.

A link or image whose address carries text from a conversation sends that text to whoever owns the
address. Whatever no pattern recognises is broken apart rather than trusted: after this module no
`](`, no `]:`, no `![label`, no `scheme://`, no `www.` and no tag is left.
"""

import html
import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from core.guardrails.detectors import PLACEHOLDER

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_IMAGE = re.compile(r"!\[([^\[\]]{0,400})\]\([^()]{0,2000}(?:\([^()]{0,400}\)[^()]{0,400})?\)")
_LINK = re.compile(
    r"\[([^\[\]]{0,400})\]\(\s{0,3}<?([^\s()<>]{0,2000})>?"
    r"(?:\s{1,3}(?:\"[^\"]{0,400}\"|'[^']{0,400}'))?\s{0,3}\)"
)
_AUTOLINK = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]{1,20}\\?:[^\s<>]{0,4000})>")
_TAG = re.compile(r"</?[A-Za-z!?][^<>]{0,4000}>")
# Markdown drops a backslash before punctuation, so an address may hold them anywhere.
_ADDRESS = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9+.-]{1,20}\\?:\\?/\\?/|www\\?\.)[^\s<>\[\]\"'`|]{0,4000}", re.IGNORECASE
)
_SCHEME = re.compile(
    r"\b(?:data\\?:[\w.+-]{0,60}[/;,][^\s<>)]{0,20000}|(?:javascript|vbscript)\\?:(?=\S))",
    re.IGNORECASE,
)
_OPEN_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_JOINTS = re.compile(r"\](?=[(:])")
# "Done![1]" is a sentence with its citation; before any other label, the sign makes an image.
_IMAGE_SIGN = re.compile(r"!+(?=\[(?!\d))")
# A sentence or a line ends where white space follows; cutting only there never joins two parts
# into something live.
_BOUNDARY = re.compile(r"(?:(?<=[.!?…])|(?<=[.!?…][\"'”)\]]))\s+(?=\S)|\n\s*(?=\S)")


def inert(text: str) -> str:
    """Remove images, HTML tags and addresses; placeholders such as <EMAIL_1> stay."""
    return "".join(inert_stream([text]))


def inert_stream(pieces: Iterable[str]) -> Iterator[str]:
    """Make a text inert that arrives in pieces; yield whole sentences and lines.

    However the text is cut into pieces, the result joined is that of `inert`.
    """
    pending = ""
    for piece in pieces:
        pending += piece
        start = 0
        for boundary in _BOUNDARY.finditer(pending):
            yield _inert_part(pending[start : boundary.end()])
            start = boundary.end()
        pending = pending[start:]
    if pending:
        yield _inert_part(pending)


def _inert_part(part: str) -> str:
    text = _INVISIBLE.sub("", _unescape(part))
    previous = None
    while text != previous:  # removing one thing may uncover another
        previous, text = text, _remove_once(text)
    return text


def _remove_once(text: str) -> str:
    text = _IMAGE.sub(r"\1", text)
    text = _LINK.sub(_link_text, text)
    text = _outside_placeholders(text)
    return _IMAGE_SIGN.sub("", _JOINTS.sub("] ", text))


def _outside_placeholders(text: str) -> str:
    """Remove tags and addresses everywhere but inside our own placeholders."""
    parts = PLACEHOLDER.split(text)
    placeholders = PLACEHOLDER.findall(text)
    cleaned = [_remove_addresses(part) for part in parts]
    return "".join(a + b for a, b in zip(cleaned, [*placeholders, ""], strict=True))


def _remove_addresses(text: str) -> str:
    text = _ADDRESS.sub(_domain_and_rest, _AUTOLINK.sub(r"\1", text))
    text = _SCHEME.sub("", text)
    return _OPEN_TAG.sub("< ", _TAG.sub("", text))


def _unescape(text: str) -> str:
    """Resolve HTML entities, also those that resolve to entities."""
    previous = None
    while text != previous:
        previous, text = text, _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    return text


def _link_text(match: re.Match[str]) -> str:
    label, address = match[1], match[2]
    label = f"[{label}]" if label.isdigit() else label  # a citation that was made a link
    domain = _domain(address) if "//" in address else ""
    return label if not domain or domain in label else f"{label} ({domain})"


def _domain_and_rest(match: re.Match[str]) -> str:
    address = match[0].rstrip(".,;:!?*_~")
    while address.endswith(")") and address.count(")") > address.count("("):
        address = address[:-1].rstrip(".,;:!?*_~")
    return _domain(address) + match[0][len(address) :]


def _domain(address: str) -> str:
    """Return the host name of an address; without `www.`, which would be a link again."""
    plain = address.replace("\\", "")
    try:
        host = urlsplit(plain if "//" in plain else f"//{plain}").hostname or ""
    except ValueError:
        return ""
    labels = re.sub(r"[^\w.-]", "", host).split(".")
    while labels and labels[0] == "www":
        labels.pop(0)
    return ".".join(label for label in labels if label)
