"""An answer becomes a tree of plain texts; whatever it says, nothing of it is HTML."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.domain.answers import SANDBOX, AnswerSentence, Support
from ui.chat.answer_tree import answer_tree

Node = dict[str, Any]  # Any: JSON

BLOCKS = {"p", "ul", "ol", "li", "quote", "code", "table", "tr", "heading"}
STYLES = {"", "strong", "em", "code"}
SUPPORTS = {"", *(support.value for support in Support)}
MARKDOWN = st.text(
    st.sampled_from("ab c.!?\n\t#*_`~|>-+1234567890.[](){}<>/\\\"'&;:=$") | st.characters()
)
PIECES = st.lists(
    st.sampled_from(
        [
            *(
                "[1]",
                " [1]",
                "[2]",
                " [7]",
                "[12]",
                "**",
                "_",
                "`",
                "```\n",
                "\n\n",
                "\n",
                "- ",
                "1. ",
            ),
            *(
                "> ",
                "| a | b |\n",
                "|---|---|\n",
                "# ",
                "    ",
                "<b>",
                "</b>",
                "<img src=x>",
                "&lt;",
            ),
            *("Every parent gets 90 days.", " word", "![a](b)", "[a](b)", "[1](b)", "<http://x.y>"),
        ]
    )
).map("".join)


def tree(text: str, cited: set[int] | None = None, *sentences: AnswerSentence) -> list[Node]:
    return answer_tree(text, sentences, cited or set())


def nodes(items: list[Node]) -> Iterator[Node]:
    """Every block of a tree."""
    for node in items:
        yield node
        for name in ("items", "blocks", "rows", "cells"):
            yield from nodes(node.get(name, []))


def parts(items: list[Node]) -> list[Node]:
    """Every part of every paragraph."""
    return [part for node in nodes(items) for part in node.get("parts", [])]


def texts(items: list[Node]) -> str:
    """What a reader sees, without the citation chips."""
    shown = [run["text"] for part in parts(items) for run in part["runs"]]
    return "".join([*shown, *(node["text"] for node in nodes(items) if node["type"] == "code")])


def cites(items: list[Node]) -> list[int]:
    return [number for part in parts(items) for number in part["cites"]]


@given(MARKDOWN | PIECES, st.sets(st.integers(0, 12)))
@example("[" * 200 + "]" * 200, {1})
@example(">" * 500 + "a", set())
@example("- " * 300 + "a", set())
@example("[" + "9" * 5000 + "]", {1})
@example("[١]", {1})
@example("**a", {1})
@example("| a |\n|---|\n| **b [1]** |", {1})
@example("\x00\ud7ff￾", set())
def test_whatever_an_answer_says_the_tree_holds_only_what_the_browser_knows(
    text: str, cited: set[int]
) -> None:
    built = tree(text, cited)

    for node in nodes(built):
        assert node["type"] in BLOCKS
    for part in parts(built):
        assert set(part) == {"runs", "support", "doubt", "cites"}
        assert part["support"] in SUPPORTS
        assert set(part["cites"]) <= cited
        assert all(set(run) == {"text", "style"} for run in part["runs"])
        assert all(run["style"] in STYLES for run in part["runs"])
        assert all(isinstance(run["text"], str) and run["text"] for run in part["runs"])


@given(PIECES, st.sets(st.integers(1, 12)))
def test_tags_are_texts_and_never_a_kind_of_node(text: str, cited: set[int]) -> None:
    built = tree(text, cited)

    outside_code = [node["type"] for node in nodes(built)]
    assert not {"html_block", "html_inline", "img", "a", "script"} & set(outside_code)
    assert texts(built).count("<img") <= text.count("<img")


WORDS = st.lists(st.sampled_from(["parent", "leave", "90", "days", "**bold**", "_it_"]), max_size=5)
SENTENCES = st.lists(st.tuples(WORDS, st.lists(st.integers(1, 6), max_size=4)), max_size=8)


@given(SENTENCES, st.sets(st.integers(1, 6)))
def test_each_marker_of_a_known_number_is_a_chip_exactly_as_often_as_it_is_written(
    written: list[tuple[list[str], list[int]]], cited: set[int]
) -> None:
    text = "\n\n".join(
        f"{' '.join(words)}{''.join(f' [{n}]' for n in numbers)}." for words, numbers in written
    )

    built = tree(text, cited)

    expected = [n for _, numbers in written for n in numbers]
    assert cites(built) == [n for n in expected if n in cited]
    left = [int(n) for n in re.findall(r"\[(\d+)\]", texts(built))]
    assert Counter(left) == Counter(n for n in expected if n not in cited)


def test_a_paragraph_has_its_chips_behind_their_sentences() -> None:
    [block] = tree("Ninety days [1]. Twins get more [2][3].", {1, 2, 3})

    assert block["type"] == "p"
    assert [("".join(r["text"] for r in p["runs"]), p["cites"]) for p in block["parts"]] == [
        ("Ninety days", [1]),
        (". ", []),
        ("Twins get more", [2, 3]),
        (".", []),
    ]


def test_markers_of_unknown_numbers_stay_text() -> None:
    built = tree("Ninety days [9] and [1].", {1})

    assert texts(built) == "Ninety days [9] and."
    assert cites(built) == [1]


def test_a_marker_in_code_is_code() -> None:
    built = tree("`list[1]` and\n\n```\nlist[1]\n```\n", {1})

    assert cites(built) == []
    assert texts(built).count("list[1]") == 2


def test_a_marker_alone_is_a_chip() -> None:
    assert cites(tree("[1]", {1})) == [1]


def test_a_marker_at_the_start_of_a_paragraph_is_one_chip() -> None:
    assert cites(tree("[1] says ninety days.\n\n- [2]", {1, 2})) == [1, 2]


def test_support_belongs_to_the_sentence_with_the_same_words() -> None:
    sentences = (
        AnswerSentence("Ninety days.", Support.SUPPORTED, (1,)),
        AnswerSentence("Twins get *more*!", Support.UNSUPPORTED, ()),
    )

    found = parts(tree("Ninety days. Twins get more!", {1}, *sentences))

    assert [part["support"] for part in found] == ["supported", "unsupported"]


def test_of_two_sentences_with_the_same_words_the_worse_one_counts() -> None:
    sentences = [AnswerSentence("Ninety days.", s) for s in (Support.SUPPORTED, Support.WEAK)]

    assert parts(tree("Ninety days.", set(), *sentences))[0]["support"] == "weak"


def test_emphasis_and_code_are_styles_of_their_runs() -> None:
    [block] = tree("a **b _c_** `d` _e_")

    runs = [(run["text"], run["style"]) for part in block["parts"] for run in part["runs"]]
    assert runs == [
        ("a ", ""),
        ("b ", "strong"),
        ("c", "em"),
        (" ", ""),
        ("d", "code"),
        (" ", ""),
        ("e", "em"),
    ]


def test_lists_may_hold_lists() -> None:
    [outer] = tree("1. Ask [1]\n   - early\n   - in writing\n2. Wait", {1})

    first, second = outer["items"]
    assert (outer["type"], first["type"]) == ("ol", "li")
    assert [block["type"] for block in first["blocks"]] == ["p", "ul"]
    assert len(first["blocks"][1]["items"]) == 2
    assert texts([second]) == "Wait"
    assert cites([outer]) == [1]


def test_a_quote_holds_paragraphs() -> None:
    [quote] = tree("> Ninety days. [1]\n>\n> More.", {1})

    assert quote["type"] == "quote"
    assert [block["type"] for block in quote["blocks"]] == ["p", "p"]
    assert cites([quote]) == [1]


def test_a_table_has_rows_of_cells() -> None:
    [table] = tree("| Class | Days |\n|---|---|\n| A [1] | 90 |\n", {1})

    assert table["type"] == "table"
    assert [[texts([cell]) for cell in row["cells"]] for row in table["rows"]] == [
        ["Class", "Days"],
        ["A", "90"],
    ]
    assert cites([table]) == [1]


def test_a_row_is_judged_as_a_whole_and_the_header_row_is_not() -> None:
    sentences = (
        AnswerSentence("Oslo | 180 EUR", Support.WEAK, (1,), "half of it"),
        AnswerSentence("City | Limit", Support.UNSUPPORTED, (), "no source is cited"),
    )

    [table] = tree("| City | Limit |\n|---|---|\n| Oslo | 180 EUR [1] |", {1}, *sentences)

    header, row = table["rows"]
    assert (header["isHeader"], header["doubt"]) == (True, "")
    assert (row["support"], row["doubt"], cites([row])) == ("weak", "Half of it.", [1])
    assert {part["doubt"] for part in parts([table])} == {""}


def test_a_sentence_with_two_citations_has_its_mark_at_its_end() -> None:
    judged = AnswerSentence("Ninety days for parents and more for twins.", Support.WEAK, (1, 2))

    found = parts(tree("Ninety days for parents [1] and more for twins [2].", {1, 2}, judged))

    assert [part["support"] for part in found if part["cites"]] == ["", "weak"]


@pytest.mark.parametrize("written", ["```python\nx = '<b>'\n```", "    x = '<b>'"])
def test_code_is_kept_letter_for_letter(written: str) -> None:
    [code] = tree(written)

    assert (code["type"], code["text"].strip()) == ("code", "x = '<b>'")


def test_headings_are_blocks() -> None:
    [heading] = tree("## Leave")

    assert heading["type"] == "heading"
    assert texts([heading]) == "Leave"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("See [the policy](https://evil.example/?q=1).", "See the policy."),
        ("![the page](https://evil.example/p.png)", "the page"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("<https://evil.example>", "https://evil.example"),
        ("&lt;b&gt;", "<b>"),
        ("a\\\nb", "a\nb"),
        ("a\nb", "a b"),
    ],
)
def test_links_images_and_tags_are_their_text(written: str, shown: str) -> None:
    built = tree(written)

    assert texts(built) == shown
    assert {node["type"] for node in nodes(built)} == {"p"}


def test_an_empty_answer_is_an_empty_tree() -> None:
    assert tree("") == tree(" \n\n ") == []


def test_a_doubtful_sentence_carries_the_reason_and_a_supported_one_none() -> None:
    sentences = (
        AnswerSentence("Leave is 90 days.", Support.SUPPORTED, (1,)),
        AnswerSentence("Pay is full.", Support.UNSUPPORTED, (1,), "the source says 70 percent"),
        AnswerSentence("Ask early.", Support.WEAK, (1,)),
    )

    found = parts(tree("Leave is 90 days. Pay is full. Ask early.", set(), *sentences))

    assert [part["doubt"] for part in found] == [
        "",
        "The source says 70 percent.",
        "Only partly supported by its source. Open the source before you rely on it.",
    ]


QUOTE_OF_A_DOCUMENT = [
    "31. Dezember",
    "\\\\fileserver\\hr$\\Inventur_2026\\*.xlsx",
    "3 * 4 * 5 = 60 and 7 * 8",
    "$5 bis $9",
    "> 50 kg",
    "# 12 is the number of the gate",
    "- 18 °C",
    "`code` _a_ **b** ~~c~~ [x](http://a.example) <b>",
    "Copenhagen | 175 EUR",
    "line one\nline two",
    "    indented",
    "&lt; &copy;",
]


@pytest.mark.parametrize("quote", QUOTE_OF_A_DOCUMENT)
def test_a_quote_of_the_passage_engine_appears_letter_for_letter(quote: str) -> None:
    [block] = answer_tree(f"> {quote} [1]", (), {1}, "passages")

    [part] = parts([block])
    assert block["type"] == "quote"
    assert "".join(run["text"] for run in part["runs"]) == quote
    assert part["cites"] == [1]


@given(st.lists(st.sampled_from(QUOTE_OF_A_DOCUMENT) | st.text(min_size=1), min_size=1, max_size=4))
def test_every_quote_is_a_block_of_its_own(quotes: list[str]) -> None:
    quotes = [quote.strip() or "x" for quote in quotes]
    text = "\n\n".join(f"> {quote} [{n}]" for n, quote in enumerate(quotes, start=1))

    blocks = answer_tree(text, (), set(range(1, len(quotes) + 1)), "passages")

    shown = ["".join(run["text"] for run in part["runs"]) for part in parts(list(blocks))]
    assert shown == [quote.strip("\n") for quote in quotes]


def test_a_sentence_of_the_app_is_a_paragraph_letter_for_letter() -> None:
    [block] = answer_tree("The documents do not *say*.", (), set(), "passages")

    assert block["type"] == "p"
    assert parts([block])[0]["runs"][0]["text"] == "The documents do not *say*."


def test_items_of_an_ordered_list_keep_their_numbers() -> None:
    [listed] = tree("3. Sign the form.\n7. Send it.")

    assert [item["number"] for item in listed["items"]] == [3, 7]


def test_a_date_at_the_start_of_a_line_keeps_its_day() -> None:
    [listed] = tree("31. Dezember 2026 ist der Stichtag.")

    assert listed["items"][0]["number"] == 31


def test_a_path_of_a_file_server_keeps_its_backslashes() -> None:
    [block] = tree(r"It lies in \\fileserver\hr$\Inventur and 2 \* 3.")

    shown = "".join(run["text"] for part in parts([block]) for run in part["runs"])
    assert shown == r"It lies in \\fileserver\hr$\Inventur and 2 * 3."


def test_an_answer_of_the_sandbox_itself_has_lists_with_their_words_letter_for_letter() -> None:
    first, listed, last = answer_tree(
        "2 documents:\n\n- Travel *policy* [1], 4 March\n- <b>Sites</b>\n\n- and\nno list",
        (),
        set(),
        SANDBOX,
    )

    items: Any = listed["items"]  # Any: JSON
    assert (first["type"], listed["type"], last["type"]) == ("p", "ul", "p")
    assert [texts([item]) for item in items] == ["Travel *policy* [1], 4 March", "<b>Sites</b>"]
    assert texts([last]) == "- and\nno list"
