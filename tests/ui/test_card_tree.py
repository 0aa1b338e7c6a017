"""The cards of an answer become plain strings in lists, tables and paragraphs, never HTML."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.domain.answers import Answer, AnswerPart, AnswerStatus, Card, CardTable, Citation
from ui.chat.card_tree import card_nodes, lead_node, part_nodes
from ui.components.text_tree import spans

Node = dict[str, Any]  # Any: JSON

BLOCKS = {"p", "ul", "ol", "li", "heading", "grid", "code", "typed"}
STYLES = {"mark", "code", "strong", "em"}
HOSTILE = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) **b** &lt;"


def citation(number: int, file_name: str) -> Citation:
    return Citation(
        number, f"d{number}", f"v{number}", "Travel Policy", file_name, None, 3, "quote"
    )


def answer(*cards: Card, lead: str = "", sources: int = 3, file_name: str = "travel.pdf") -> Answer:
    return Answer(
        "> quote [1]",
        AnswerStatus.COMPLETE,
        abstained=False,
        engine="passages",
        citations=tuple(citation(number, file_name) for number in range(1, sources + 1)),
        lead=lead,
        cards=cards,
    )


def text_card(text: str, *quotes: str, is_small: bool = False) -> Card:
    marked = tuple((text.index(quote), text.index(quote) + len(quote)) for quote in quotes)
    return Card(1, (), text, marked, is_small=is_small)


def blocks(card: Card, file_name: str = "travel.pdf") -> list[Node]:
    [node] = card_nodes(answer(card, file_name=file_name))
    return node["blocks"]  # type: ignore[return-value]  # JSON


def nodes(items: list[Node]) -> Iterator[Node]:
    """Every block of a card."""
    for node in items:
        yield node
        for name in ("items", "blocks"):
            yield from nodes(node.get(name, []))


def runs(items: list[Node]) -> list[tuple[str, str]]:
    found = [
        run
        for node in nodes(items)
        for part in [*node.get("parts", []), node]
        for run in part.get("runs", [])
    ]
    return [(run["text"], run["style"]) for run in found]


def shown(items: list[Node]) -> str:
    return "".join(text for text, _ in runs(items))


def marked(items: list[Node]) -> list[str]:
    return [text for text, style in runs(items) if "mark" in style.split()]


LINES = st.lists(
    st.sampled_from(
        [
            *("# Limits", "- a", "2. b", "a) c", "City | Limit", "London | 190 EUR", "| | |"),
            *("|---|---|", "| P1 | 4 hours |", "```", "", "   ", "---", HOSTILE, "Best regards"),
            *("Every parent gets 90 days.", "  goes on here", "- 20 °C", "Page 1 of 4 | Nordhafen"),
        ]
    )
).map("\n".join)
SPANS = st.lists(st.tuples(st.integers(-5, 400), st.integers(-5, 400)), max_size=5).map(tuple)


@given(LINES | st.text(), SPANS, st.booleans())
@example("", ((0, 5),), False)
@example("a | ", ((-1, 10**9),), True)
@example(" | \n | ", ((0, 1),), False)
@example("\x00\ud7ff\r\n\u2028- x", ((2, 1), (0, 3), (1, 4)), True)
def test_whatever_a_card_holds_the_browser_gets_only_blocks_that_it_knows(
    text: str, highlights: tuple[tuple[int, int], ...], is_small: bool
) -> None:
    card = Card(1, (), text, highlights, is_small=is_small)
    found = [
        node
        for name in ("travel.pdf", "travel.md", "travel.yaml")
        for node in nodes(blocks(card, name))
    ]

    assert {node["type"] for node in found} <= BLOCKS
    assert all(set(style.split()) <= STYLES and run for run, style in runs(blocks_of(found)))
    assert all(isinstance(cell, str) for cell in cells(found))


def blocks_of(found: list[Node]) -> list[Node]:
    return [node for node in found if node["type"] in ("p", "code", "typed")]


def cells(found: list[Node]) -> list[str]:
    grids = [node for node in found if node["type"] == "grid"]
    rows: list[list[str]] = [row["cells"] for grid in grids for row in grid["rows"]]
    headers: list[list[str]] = [grid["header"] for grid in grids]
    return [cell for row in (*headers, *rows) for cell in row]


@given(LINES)
def test_every_word_of_a_text_is_shown(text: str) -> None:
    found = list(nodes(blocks(Card(1, (), text))))

    seen = shown(blocks_of(found)) + "".join(cells(found))
    wanted = [
        word for word in ("Limits", "London", "90 days", "goes on", "onerror") if word in text
    ]
    assert [word for word in wanted if word not in seen] == []


@given(SPANS, st.integers(0, 300))
def test_highlights_become_ordered_spans_that_lie_inside_and_apart(
    highlights: tuple[tuple[int, int], ...], length: int
) -> None:
    found = spans(highlights, length)

    assert all(0 <= start < end <= length for start, end in found)
    assert all(a[1] < b[0] for a, b in pairwise(found))
    covered = {n for a, b in highlights for n in range(max(a, 0), min(b, length))}
    assert covered == {n for a, b in found for n in range(a, b)}


def test_hostile_words_stay_text() -> None:
    rows = ((HOSTILE, "190 EUR"),)
    card = Card(1, (HOSTILE,), "", table=CardTable((HOSTILE, "Limit"), rows))
    told = answer(text_card(HOSTILE), card, lead=HOSTILE)

    first, second = card_nodes(told)
    lead = lead_node(told)

    assert lead is not None
    assert lead["text"] == HOSTILE
    assert runs(first["blocks"]) == [(HOSTILE, "")]  # type: ignore[arg-type]  # JSON
    assert second["path"] == [HOSTILE]
    [grid] = list(second["blocks"])  # type: ignore[call-overload]  # JSON
    assert (grid["header"][0], grid["rows"][0]["cells"][0]) == (HOSTILE, HOSTILE)


def test_a_paragraph_is_split_at_its_highlights() -> None:
    text = "Ask early. Every parent gets 90 days. Twins get more."

    [paragraph] = blocks(text_card(text, "Every parent gets 90 days."))

    assert runs([paragraph]) == [
        ("Ask early. ", ""),
        ("Every parent gets 90 days.", "mark"),
        (" Twins get more.", ""),
    ]


def test_a_highlight_over_two_paragraphs_marks_both() -> None:
    text = "One line.\n\nAnother line."

    assert marked(blocks(Card(1, (), text, ((4, 18),)))) == ["line.", "Another"]


def test_items_are_a_list_without_their_signs() -> None:
    text = "Do this:\n1. Ask early.\n3. Fill in\n   the form.\n\n• One\n• Two"

    paragraph, numbered, bullets = blocks(text_card(text, "Ask early."))

    assert shown([paragraph]) == "Do this:"
    assert [item["number"] for item in numbered["items"]] == [1, 3]
    assert shown([numbered]) == "Ask early.Fill in\n   the form."
    assert marked([numbered]) == ["Ask early."]
    assert (bullets["type"], shown([bullets])) == ("ul", "OneTwo")


def test_a_temperature_alone_keeps_its_minus() -> None:
    assert shown(blocks(text_card("- 20 °C"))) == "- 20 °C"


def test_items_with_letters_keep_them() -> None:
    assert shown(blocks(text_card("a) early\nb) in writing"))) == "a) earlyb) in writing"


def test_rows_in_a_text_are_a_table_with_its_header_and_the_row_marked() -> None:
    text = "Days per child:\nSituation | Days\nOne child | 90\nTwins | 120\n\nAsk early."

    before, grid, behind = blocks(text_card(text, "Twins | 120"))

    assert (shown([before]), shown([behind])) == ("Days per child:", "Ask early.")
    assert grid["header"] == ["Situation", "Days"]
    assert [(row["cells"], row["marked"]) for row in grid["rows"]] == [
        (["One child", "90"], False),
        (["Twins", "120"], True),
    ]


def test_a_table_of_markdown_loses_its_bars_and_its_rule() -> None:
    text = "| Priority | Target |\n|---|---|\n| P1 | 4 hours |\n| P2 | 8 hours |"

    [grid] = blocks(text_card(text))

    assert grid["header"] == ["Priority", "Target"]
    assert [row["cells"] for row in grid["rows"]] == [["P1", "4 hours"], ["P2", "8 hours"]]


def test_empty_columns_at_the_edges_of_a_table_are_left_out() -> None:
    table = CardTable(("", "City", "", "Limit", ""), (("", "London", "", "190 EUR", ""), ("",)))

    [grid] = blocks(Card(1, (), "", table=table))

    assert grid["header"] == ["City", "", "Limit"]
    assert [row["cells"] for row in grid["rows"]] == [["London", "", "190 EUR"], ["", "", ""]]


def test_a_table_names_the_rows_that_are_left_out() -> None:
    table = CardTable(("City", "Limit"), (("London", "190 EUR"), ("Rome",)), (0,), 3, 1)

    [grid] = blocks(Card(1, (), "", table=table))

    assert (grid["above"], grid["below"]) == ("3 rows above", "1 row below")
    assert [(row["cells"], row["marked"]) for row in grid["rows"]] == [
        (["London", "190 EUR"], True),
        (["Rome", ""], False),
    ]


@pytest.mark.parametrize(
    "table",
    [
        CardTable((), ()),
        CardTable(("City",), (), (0, 7, -1), -2, 0),
        CardTable((), ((),), (5,)),
        CardTable(("", ""), (("a", "b", "c"),), (-1, 0)),
    ],
)
@pytest.mark.parametrize("is_small", [False, True])
def test_odd_tables_never_raise(table: CardTable, is_small: bool) -> None:
    [grid] = blocks(Card(1, (), "", table=table, is_small=is_small))

    assert all(len(row["cells"]) >= len(grid["header"]) for row in grid["rows"])


def test_a_small_table_begins_with_the_marked_row() -> None:
    rows = tuple((f"City {number}", "190 EUR") for number in range(8))

    [grid] = blocks(
        Card(1, (), "", table=CardTable(("City", "Limit"), rows, (4,), 2), is_small=True)
    )

    assert [(row["cells"][0], row["marked"]) for row in grid["rows"]] == [("City 4", True)]
    assert (grid["above"], grid["below"]) == ("6 rows above", "3 rows below")


def test_what_is_short_enough_is_whole_in_a_small_card() -> None:
    text = "Ask early. Every parent gets 90 days."
    table = CardTable(("City", "Limit"), (("Rome", "150 EUR"), ("London", "190 EUR")), (1,), 2)

    [grid] = blocks(Card(1, (), "", table=table, is_small=True))

    assert shown(blocks(text_card(text, "Every parent gets 90 days.", is_small=True))) == text
    assert len(grid["rows"]) == 2


def test_a_small_text_begins_with_the_sentence_that_is_marked_and_ends_soon() -> None:
    text = f"Not this one. Every parent gets 90 days of leave. {'More words follow. ' * 40}"

    found = blocks(text_card(text, "90 days", is_small=True))

    assert shown(found).startswith("Every parent gets 90 days")
    assert marked(found) == ["90 days"]
    assert len(shown(found)) <= 360
    assert shown(found).endswith("…")


def test_headings_at_the_top_that_the_path_says_are_left_out_and_others_are_kept() -> None:
    text = "# Travel Policy\n\n## 4 Hotels\n\nNinety euros.\n\n## 5 Trains\n\nSecond class."
    card = Card(1, ("Travel Policy", "4 Hotels", "City | Limit"), text)

    [node] = card_nodes(answer(card))

    assert node["path"] == ["4 Hotels"]
    found: Any = node["blocks"]  # Any: JSON
    assert [block["type"] for block in found] == ["p", "heading", "p"]
    assert shown(found) == "Ninety euros.5 TrainsSecond class."


def test_a_card_without_a_source_is_not_drawn() -> None:
    assert card_nodes(answer(Card(9, (), "Ninety days."))) == []


def test_the_lead_cites_the_first_card() -> None:
    cards = Card(2, (), "a"), Card(1, (), "b", is_small=True)

    assert lead_node(answer(*cards, lead=" London: 190 EUR ")) == {
        "text": "London: 190 EUR",
        "cites": [2],
        "long": False,
    }
    assert lead_node(answer(*cards, lead=" ")) is None
    assert lead_node(answer(lead="London: 190 EUR")) == {
        "text": "London: 190 EUR",
        "cites": [],
        "long": False,
    }


def test_where_no_document_answers_directly_the_first_line_says_so() -> None:
    cards = Card(1, (), "a"), Card(2, (), "b", is_small=True)

    one = lead_node(replace(answer(cards[0]), is_tentative=True))
    two = lead_node(replace(answer(*cards), is_tentative=True))

    assert one == {
        "text": "No document says this directly. The nearest passage:",
        "cites": [],
        "long": True,
    }
    assert two == {**one, "text": "No document says this directly. The nearest passages:"}


def test_a_lead_that_is_a_sentence_is_set_as_one() -> None:
    lead = lead_node(answer(lead="Send the signed form " * 6))

    assert lead is not None
    assert lead["long"]


def test_marks_of_markdown_are_drawn_as_what_they_mean_and_highlights_stay_on_their_words() -> None:
    text = "Open `reset.example`. **Never** send it by mail."
    card = text_card(text, "reset.example`. **Never", "mail")

    assert runs(blocks(card, "faq.md")) == [
        ("Open ", ""),
        ("reset.example", "mark code"),
        (". ", "mark"),
        ("Never", "mark strong"),
        (" send it by ", ""),
        ("mail", "mark"),
        (".", ""),
    ]
    assert shown(blocks(card, "faq.docx")) == text


def test_cells_path_and_lead_of_markdown_are_read_without_marks() -> None:
    table = CardTable(("**Key**", "Does"), (("`F5`", "_reloads_"),), (0,))
    card = Card(1, ("Use of `F5`",), "", table=table)
    told = answer(card, lead="`F5` reloads", file_name="faq.md")

    [node] = card_nodes(told)
    lead = lead_node(told)

    [grid] = list(node["blocks"])  # type: ignore[call-overload]  # JSON
    assert (grid["header"], grid["rows"][0]["cells"]) == (["Key", "Does"], ["F5", "reloads"])
    assert node["path"] == ["Use of F5"]
    assert lead is not None
    assert lead["text"] == "F5 reloads"


def test_code_between_fences_keeps_its_lines_and_loses_the_fences() -> None:
    text = "Set:\n\n```yaml\nport: 9100\n\n  # not a heading\n- a | b\n```\nThen restart."

    before, code, behind = blocks(text_card(text, "port: 9100"), "faq.md")

    assert (shown([before]), shown([behind])) == ("Set:", "Then restart.")
    assert code["type"] == "code"
    assert shown([code]) == "port: 9100\n\n  # not a heading\n- a | b"
    assert marked([code]) == ["port: 9100"]


def test_a_file_of_settings_keeps_its_indents() -> None:
    text = "# Printers\nprinter:\n  port: 9100\n  - a | b\n"

    [typed] = blocks(text_card(text, "port: 9100"), "printers.yaml")

    assert typed["type"] == "typed"
    assert shown([typed]) == text
    assert marked([typed]) == ["port: 9100"]


def test_numbers_behind_bullets_are_the_numbers_of_the_list() -> None:
    [items] = blocks(text_card("- 1. Describe it.\n- 2. Send it."))

    assert items["type"] == "ol"
    assert [item["number"] for item in items["items"]] == [1, 2]
    assert shown([items]) == "Describe it.Send it."


def test_indented_items_are_of_a_deeper_level() -> None:
    [items] = blocks(text_card("- One\n  - Two\n    - Three"))

    assert [item["level"] for item in items["items"]] == [0, 1, 2]


def test_each_part_has_its_own_cards_lead_and_note_as_plain_words() -> None:
    cards = Card(1, (), "Ninety days."), Card(2, (), "190 EUR.")
    parts = (
        AnswerPart("How long?", lead="Ninety days", numbers=(1,)),
        AnswerPart(HOSTILE, note=f"{HOSTILE}\n\n- one\n- two", numbers=(2, 7), is_beside=True),
    )
    whole = replace(answer(*cards), parts=parts)

    first, second = part_nodes(whole, card_nodes(whole))

    assert [card["number"] for card in first["cards"]] == [1]  # type: ignore[attr-defined]  # JSON
    assert first["lead"] == {"text": "Ninety days", "cites": [1], "long": False}
    assert (first["note"], first["beside"]) == ([], False)
    assert [card["number"] for card in second["cards"]] == [2]  # type: ignore[attr-defined]  # JSON
    assert (second["title"], second["lead"], second["beside"]) == (HOSTILE, None, True)
    note: Any = second["note"]  # Any: JSON
    assert [block["type"] for block in note] == ["p", "ul"]
    assert shown(note) == f"{HOSTILE}onetwo"
