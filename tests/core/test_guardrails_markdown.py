"""Words of people stay words where Markdown is read."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from core.guardrails.markdown import WORD_JOINER, literal, unlinked

# What the page makes of text nodes after escapes were read: mdast-util-gfm-autolink-literal's
# addresses, names between colons, and Streamlit's arrows and comparisons.
LINKS = re.compile(r"https?://|www\.[-.\w]+|[-.\w+]+@[-\w]+(?:\.[-\w]+)+", re.IGNORECASE)
ICONS = re.compile(r":[\w+/-]+:")
SIGNS = re.compile(r"<-|->|--|>=|<=|~=")

HOSTILE = [
    "http://evil.example/a?b=c",
    "HTTPS://evil.example",
    "see www.evil.example/x now",
    "write to a.b+c@evil.example",
    "mailto:a@evil.example",
    "![picture](http://evil.example/x.png)",
    "[reset your password](http://evil.example)",
    "<img src=//evil.example>",
    "&lt;b&gt; &copy; &#x41;",
    ":material/home: :smile: :red[x] :streamlit:",
    "a -> b <- c -- d >= e <= f ~= g",
    "$5 to $9",
    "31. Dezember",
    "# heading",
    "\\\\fileserver\\hr$\\*.xlsx",
]


def text_nodes(markdown: str) -> list[str]:
    parsed = MarkdownIt("gfm-like", {"linkify": False}).parse(markdown)
    inline = [token for token in parsed if token.type == "inline"]
    children = [child for token in inline for child in token.children or []]
    assert {c.type for c in children} <= {"text", "text_special", "hardbreak"}
    return ["".join(c.content for c in token.children or []) for token in inline]


@pytest.mark.parametrize("written", HOSTILE)
def test_hostile_words_become_neither_link_nor_picture_nor_sign(written: str) -> None:
    [shown] = text_nodes(literal(written))

    assert shown.replace(WORD_JOINER, "") == written
    assert not LINKS.search(shown)
    assert not ICONS.search(shown)
    assert not SIGNS.search(shown)


@given(st.lists(st.sampled_from([*HOSTILE, "www", ".", ":", "//", "@", "a", " ", "<", "-", "="])))
def test_no_mixture_of_hostile_words_becomes_a_link(pieces: list[str]) -> None:
    for shown in text_nodes(literal("".join(pieces))):
        assert not LINKS.search(shown)
        assert not ICONS.search(shown)
        assert not SIGNS.search(shown)


def test_an_override_of_the_writing_direction_is_taken_out() -> None:
    assert literal("invoice\u202efdp.exe") == "invoicefdp.exe"


def test_a_line_break_stays_and_an_indent_is_no_code() -> None:
    assert literal("a\n    b") == "a  \nb"


def test_text_that_stays_markdown_loses_its_links_only() -> None:
    assert unlinked("- **a** at 12:30") == "- **a** at 12:30"
    assert not LINKS.search(unlinked("- **http://evil.example**"))
