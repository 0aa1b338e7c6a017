"""Model output: whatever the model writes, nothing in it can be clicked or loaded."""

import html
import re
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.guardrails.output import inert, inert_stream

LIVE = re.compile(
    r"\]\(|\]:|[a-z][a-z0-9+.-]+\\?:\\?/\\?/|www\\?\.|<(?!(?:EMAIL|IBAN)_\d+>)[a-z/!?]"
    r"|\bdata:\w+/|\bjavascript:(?=\S)",
    re.IGNORECASE,
)
PARTS = st.sampled_from(
    [
        "[click](https://evil.example/?d=1)",
        "![x](http://a.b/c.png)",
        "[a][1]",
        "\n[1]: https://evil.example",
        "<img src=x>",
        "<b",
        ">",
        "www.",
        "http",
        "s://",
        "&#58;//",
        "&amp;#58;",
        "](",
        "]",
        "(",
        "]:",
        ":",
        "//",
        "evil.example",
        "<EMAIL_1>",
        "javascript:alert(1)",
        "data:text/html;base64,AA",
        "\\",
        "\u200b",
        "\u2028",
        " ",
        "\n",
        ". ",
        "Leave is 30 days [1].",
    ]
)
TEXTS = st.lists(st.one_of(PARTS, st.text(max_size=4)), max_size=14).map("".join)


def cut(text: str, places: Sequence[int]) -> list[str]:
    marks = [0, *sorted(place % (len(text) + 1) for place in places), len(text)]
    return [text[start:end] for start, end in pairwise(marks)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Leave is 30 days [1][2]. Done![1]", "Leave is 30 days [1][2]. Done![1]"),
        ("[the form](https://evil.example/x?d=1 'now') [1]", "the form (evil.example) [1]"),
        ("![alt](https://evil.example/p.png?d=a)", "alt"),
        ("[![i](http://a.b/c)](http://d.e/f)", "i (d.e)"),
        ("[1](https://evil.example)", "[1] (evil.example)"),
        ("[1]: https://evil.example/x", "[1] : evil.example"),
        ("<https://evil.example/q>", "evil.example"),
        ("see https://www.evil.example/a_(b).", "see evil.example."),
        ("<img src=x onerror=alert(1)><b>bold</b>", "bold"),
        ("<scr<script>ipt>alert(1)</script>", "< script>alert(1)"),
        ("&#104;ttps://evil.example &amp;#104;ttps://b.example", "evil.example b.example"),
        ("https\\://evil.example www\\.evil.example", "evil.example evil.example"),
        ("[x](javascript:alert(1))", "[x] (alert(1))"),
        ("Write to <EMAIL_1> if a < b and 5 <6.", "Write to <EMAIL_1> if a < b and 5 <6."),
        ("| a | [b](/admin/delete) |", "| a | b |"),
    ],
)
def test_links_images_and_tags_become_text(text: str, expected: str) -> None:
    assert inert(text) == expected


@given(TEXTS)
def test_nothing_live_is_left(text: str) -> None:
    found = inert(text)

    assert not LIVE.search(found)
    assert not LIVE.search(html.unescape(found))


@given(TEXTS, st.lists(st.integers(min_value=0), max_size=12))
def test_a_stream_gives_the_same_however_it_is_cut(text: str, places: list[int]) -> None:
    assert "".join(inert_stream(cut(text, places))) == inert(text)


def test_sentences_are_passed_on_as_soon_as_they_end() -> None:
    pieces = inert_stream(iter(["Leave is 30", " days [1]. Mo", "re follows."]))

    assert next(pieces) == "Leave is 30 days [1]. "


def test_no_sign_of_an_image_is_left_before_a_label_and_citations_keep_theirs() -> None:
    assert inert("See ![a][1] and ![b]. Done![1]") == "See [a][1] and [b]. Done![1]"
