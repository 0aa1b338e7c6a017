"""Makes the words of people and documents inert where Markdown is read.

Escapes alone do not suffice: what turns addresses into links, `:name:` into pictures and `->` into
signs works on the text after its escapes were read (GitHub Flavored Markdown 6.9 and Streamlit's
own additions). There a word joiner stands between the letters: it has no width and breaks no line.
"""

import re

from core.guardrails.text import clean

WORD_JOINER = "\u2060"
# Characters that begin markup anywhere; before a letter a colon begins Streamlit's.
_MARKS = re.compile(r"[\\`*_\[\]<>&$|~]|:(?![\s\d])")
# Characters that do so only at the beginning of a line: headings, lists and rules.
_OPENINGS = re.compile(r"^(\d*)(?=[-+=#.)])", re.MULTILINE)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_READ_AFTER_ESCAPES = re.compile(
    r"(?<=http)(?=s?://)"
    r"|(?<=www)(?=\.)"
    r"|(?<=[\w.+-])(?=@[\w-])"  # e-mail addresses
    r"|(?<=:)(?=[\w+/-]+:)"  # names of emoji and icons
    r"|(?<=-)(?=[->])|(?<=<)(?=[-=])|(?<=[>~=!])(?==)|(?<==)(?=[>=])|(?<=~)(?=~)",
    re.IGNORECASE,
)


def unlinked(text: str) -> str:
    """Insert a word joiner wherever a reader of Markdown would make a link, icon or sign."""
    return _READ_AFTER_ESCAPES.sub(WORD_JOINER, text)


def literal(text: str) -> str:
    """Return Markdown that shows `text` letter for letter, without its invisible characters.

    Line breaks stay; white space at the beginning of a line does not.
    """
    visible = unlinked(_INDENT.sub("", clean(text).text))
    marked = _MARKS.sub(r"\\\g<0>", visible)
    return _OPENINGS.sub(r"\1\\", marked).replace("\n", "  \n")
