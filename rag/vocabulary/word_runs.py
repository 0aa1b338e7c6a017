"""Cuts a question into runs of words in which a phrase may be looked for."""

import re
from collections.abc import Iterator

# Who puts words in quotation marks looks for these words. A mark that is not closed soon is none.
_QUOTED = re.compile(
    r"\"[^\"\n]{0,500}\"|“[^”\n]{0,500}”|„[^“”\n]{0,500}[“”]|«[^»\n]{0,500}»|`[^`\n]{0,500}`"
    r"|‘(?:[^’\n]|’(?=\w)){0,500}’(?!\w)|(?<!\w)'(?:[^'\n]|(?<=\w)'(?=\w)){0,500}'(?!\w)"
)
# Order numbers, dates, addresses: words inside of them name nothing by themselves.
_JOINED = re.compile(r"\w[./:_-]\w")
_ADDRESS = re.compile(r"@|://|^www\.")
_BREAK = re.compile(r"\s[-–—]+\s|[^\w '’‐‑-]+|_+")
_POSSESSIVE = re.compile(r"(?<=\w)['’]s\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")


def word_runs(text: str) -> Iterator[list[str]]:
    """Yield the words that stand side by side, as they are written, without possessive endings.

    Punctuation, line ends, quotations, identifiers and addresses part them; hyphens do not. "&"
    reads as "and".
    """
    for line in _QUOTED.sub("\n", text).splitlines():
        plain = " ".join("|" if _is_opaque(token) else token for token in line.split(" "))
        for part in _BREAK.split(plain.replace("&", " and ")):
            words = _WORD.findall(_POSSESSIVE.sub("", part))
            if words:
                yield words


def _is_opaque(token: str) -> bool:
    has_digit = any(map(str.isdigit, token))
    return bool(_ADDRESS.search(token) or (has_digit and _JOINED.search(token)))
