"""Marks inside a line of Markdown: left out where they are marks, kept where they are signs."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.growth import growth
from ui.components.inline_marks import shown_parts, without_marks

MARKS = set("`*_\\[]()<>!")
PIECES = st.lists(
    st.sampled_from(
        [*("`", "``", "*", "**", "_", "__", "[", "](", ")", "<https://a.example>", "\\"), *"ab 2\n"]
    )
).map("".join)


@given(PIECES | st.text())
@example("**a** `b` _c_ [d](e) \\* <https://f.example>")
@example("***`a`***")
def test_only_marks_are_left_out_and_the_rest_keeps_its_order(text: str) -> None:
    parts = list(shown_parts(text, 0, len(text)))
    shown = {n for part in parts for n in range(part.start, part.end)}

    assert all(a.end <= b.start for a, b in pairwise(parts))
    assert all(part.start < part.end for part in parts)
    assert {style for part in parts for style in part.styles} <= {"code", "strong", "em"}
    if "](" not in text:
        assert {text[n] for n in range(len(text)) if n not in shown} <= MARKS


@given(st.text(st.characters(exclude_characters="".join(MARKS))))
def test_text_without_marks_is_one_part_as_it_is(text: str) -> None:
    assert without_marks(text) == text


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("Open `reset.example` and **wait**.", "Open reset.example and wait."),
        ("_Only_ *today* __now__", "Only today now"),
        ('See [the form](https://a.example/x_(y) "Form") here', "See the form here"),
        ("![a crane](crane.png)", "a crane"),
        ("<https://a.example/b>", "https://a.example/b"),
        ("**bold with `code` and _more_**", "bold with code and more"),
        ("two ``a ` b`` ticks", "two a ` b ticks"),
        (r"1 \* 2 and \`no code\`", "1 * 2 and `no code`"),
        ("`**kept**`", "**kept**"),
    ],
)
def test_marks_are_read_as_what_they_mean(line: str, read: str) -> None:
    assert without_marks(line) == read


@pytest.mark.parametrize(
    "line",
    [
        *(
            "2*3*4",
            "2 * 3 * 4",
            "file_name_v2",
            r"\\server\share",
            "a ** b ** c",
            "5* hotel, 4* hotel",
        ),
        *("a ` b", "[not a link]", "[1] and (2)", "x < y > z", "C:\\temp\\new", "snake_case_name"),
    ],
)
def test_signs_that_are_no_marks_stay(line: str) -> None:
    assert without_marks(line) == line


def test_styles_are_told_from_the_outside_in() -> None:
    line = "**bold with `code`**"

    assert [(line[p.start : p.end], p.styles) for p in shown_parts(line, 0, len(line))] == [
        ("bold with ", ("strong",)),
        ("code", ("strong", "code")),
    ]


@pytest.mark.parametrize("piece", ["*a ", "**a ", "`a", "[a](", "_a ", "\\", "<https://", "[a](b("])
def test_a_hostile_line_costs_no_more_than_its_length(piece: str) -> None:
    def read(length: int) -> None:
        without_marks(piece * (length // len(piece)))

    assert growth(read, 2_500, 10_000) < 9
