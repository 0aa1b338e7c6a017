"""The encoding of text files, and whether a file is text at all."""

import codecs

from core.errors import UnreadableDocument

SAMPLE_BYTES = 65_536
# UTF-32 comes first, since its little-endian mark begins with that of UTF-16.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CONTROL_BYTES = bytes(set(range(32)) - {7, 8, 9, 10, 11, 12, 13, 27})
# The share of control bytes above which content is binary; text has practically none.
MAX_CONTROL_SHARE = 0.02
ASCII = frozenset(map(chr, range(128)))
WESTERN = frozenset("ÄÖÜäöüßÀÂÇÈÉÊËÎÏÔÙÛàâçèéêëîïôùûÁÍÓÚÑáíóúñÅÆØåæøìòÃã¡¿€§°«»“”„‘’–—…·´")
WESTERN_ASCII_SHARE = 0.5


def decode(content: bytes) -> str:
    """Return the text of `content`; raises UnreadableDocument if it is not text."""
    encoding = encoding_of(content)
    if encoding is None:
        raise UnreadableDocument("The file contains binary data, not text.")
    return content.decode(encoding, errors="replace")


def encoding_of(content: bytes) -> str | None:
    """Return the name of the encoding, None for binary content."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return encoding
    sample = content[:SAMPLE_BYTES]
    if b"\0" in sample:
        return _utf16_without_mark(sample)
    if _control_share(sample) > MAX_CONTROL_SHARE:
        return None
    return "utf-8" if _is_utf8(content) else _guess(sample)


def _is_western(sample: bytes) -> bool:
    high = set(sample.decode("cp1252", "replace")) - ASCII
    letters = sum(byte < 128 for byte in sample)
    return high <= WESTERN and letters > WESTERN_ASCII_SHARE * len(sample)


def _utf16_without_mark(sample: bytes) -> str | None:
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    mostly = 0.3 * len(sample) / 2
    if odd > mostly and even == 0:
        return "utf-16-le"
    if even > mostly and odd == 0:
        return "utf-16-be"
    # A stray NUL in otherwise clean text does not make it binary.
    return "utf-8" if _control_share(sample) <= MAX_CONTROL_SHARE / 10 else None


def _control_share(sample: bytes) -> float:
    controls = len(sample) - len(sample.translate(None, CONTROL_BYTES))
    return controls / max(len(sample), 1)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _guess(sample: bytes) -> str:
    """Guesses by statistics, which need long texts; short ones with accents only are Western."""
    if _is_western(sample):
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return best.encoding if best else "cp1252"
