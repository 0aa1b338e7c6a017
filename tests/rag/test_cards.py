"""Cards hold exact words of a passage, whole enough to be read, with what answers highlighted."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from core.domain.answers import Card, RetrievedChunk
from core.domain.knowledge import Chunk
from core.domain.text.table_rows import cells_of
from rag.finding.selection import preceded
from rag.reading.blocks import Block, Blocks, blocks_of
from rag.reading.units import quotable_units
from rag.writing.cards import MAX_ROWS, MAX_WORDS, SMALL_CARDS, ShownCards, completed, show
from rag.writing.passages import Quote

LEAVE = "Every parent gets 90 working days of parental leave per child."
HOTELS = (
    "## 3 Hotels\n\n#### 3.1 Limits\n\nThe limits apply to one night.\n\n"
    "City | Limit per night\nHamburg | 135 EUR\nLondon | 190 EUR\nParis | 185 EUR\n\n"
    "During trade fairs the limit may be exceeded."
)
PIECES = [
    LEAVE,
    "It is paid. However, it ends. This is why.",
    "- Laptop",
    "- It is returned.",
    "Return these:",
    "1. Call 4911.",
    "# Heading",
    "\n\n",
    "Site | Function | Extension\nRotterdam | Site manager | 2701\nGdynia | Reception",
    "Rating   Update installed within\n\nCritical   72 hours\n\nHigh   14 days",
    "Nordhafen Logistics SE   Page 1 of 7",
    "Kind regards,",
    "Dear colleagues,",
    "Version 5.0 | Policy",
    " ".join(["word"] * 130) + ".",
]


def hit(text: str, *headings: str, number: int = 1) -> RetrievedChunk:
    chunk = Chunk(number, "c", "d", "v", "Title", "f.txt", None, 0, text, 0, 1, 1, headings)
    return RetrievedChunk(chunk, 1.0, 0.5)


def quote(words: str, passage: RetrievedChunk, score: float = 1.0) -> Quote:
    """The unit of the passage that begins with some words."""
    unit = next(u for u in quotable_units([passage]) if u.text.startswith(words))
    return Quote(passage, unit.text, unit.start, score, unit.kind)


def cards(*quotes: Quote) -> tuple[Card, ...]:
    return show(quotes, Blocks()).cards


def highlighted(card: Card) -> list[str]:
    return [card.text[start:end] for start, end in card.highlights]


def blocks(text: str, *headings: str) -> list[Block]:
    return blocks_of(hit(text, *headings).chunk)


def test_a_table_stands_apart_from_the_text_around_it() -> None:
    intro, table, after = blocks(HOTELS)

    assert [block.is_table for block in (intro, table, after)] == [False, True, False]
    assert table.columns == ("City", "Limit per night")
    assert {block.headings for block in (intro, table, after)} == {("3 Hotels", "3.1 Limits")}


def test_a_heading_that_the_passage_is_known_by_is_named_once() -> None:
    [block] = blocks(f"#### 3.2 Leave\n\n{LEAVE}", "3 Time off", "3.2 Leave")

    assert block.headings == ("3 Time off", "3.2 Leave")


def test_a_heading_of_the_same_rank_takes_the_place_of_the_one_before() -> None:
    first, second = blocks(f"### One\n\n{LEAVE}\n\n### Two\n\n{LEAVE}", "Part")

    assert (first.headings, second.headings) == (("Part", "One"), ("Part", "Two"))


def test_a_table_that_began_earlier_keeps_its_columns_and_they_are_no_heading() -> None:
    [table] = blocks("Antwerp | 140 EUR\nGdynia | 95 EUR", "Hotels", "City | Limit")

    assert (table.headings, table.columns) == (("Hotels",), ("City", "Limit"))


def test_greetings_closings_and_footers_are_in_no_block() -> None:
    text = f"Dear colleagues,\n\n{LEAVE}\n\nKind regards,\nAda\n\nNordhafen SE   Page 1 of 7"

    assert [p.text for block in blocks(text) for p in block.pieces] == [LEAVE]


def test_the_passage_around_a_sentence_is_shown_with_the_sentence_highlighted() -> None:
    text = f"Parents take leave. {LEAVE} Ask in time."

    [card] = cards(quote("Every", hit(text, "1 Leave")))

    assert (card.text, card.headings, card.is_small) == (text, ("1 Leave",), False)
    assert highlighted(card) == [LEAVE]


def test_a_row_is_shown_in_its_table() -> None:
    [card] = cards(quote("London", hit(HOTELS)))

    assert card.table is not None
    assert card.table.header == ("City", "Limit per night")
    assert card.table.rows == (("Hamburg", "135 EUR"), ("London", "190 EUR"), ("Paris", "185 EUR"))
    assert card.table.highlighted == (1,)
    assert highlighted(card) == ["London | 190 EUR"]


def test_a_long_table_is_cut_around_the_row() -> None:
    rows = [f"Town {n} | {n} EUR" for n in range(100, 160)]
    text = "\n".join(["City | Limit", *rows])

    [card] = cards(quote("Town 130", hit(text)))

    assert card.table is not None
    assert len(card.table.rows) == MAX_ROWS
    assert card.table.rows[card.table.highlighted[0]] == ("Town 130", "130 EUR")
    assert card.table.rows_before + MAX_ROWS + card.table.rows_after == len(rows)


def test_a_short_row_is_filled_up_to_the_columns() -> None:
    [card] = cards(
        quote("Hamburg", hit("City | Limit | Note\nHamburg | 1 EUR\nLondon | 2 EUR | x"))
    )

    assert card.table is not None
    assert card.table.rows[0] == ("Hamburg", "1 EUR", "")


def test_a_list_stays_a_list_with_its_introduction() -> None:
    text = "Return these:\n" + "\n".join(f"- thing {n} of the shelf" for n in range(15))

    [card] = cards(quote("thing 7", hit(text)))

    assert card.text == text
    assert highlighted(card) == ["thing 7 of the shelf"]


def test_a_long_text_is_cut_around_the_sentence() -> None:
    text = " ".join(f"The rule number {n} holds for all people here." for n in range(60))

    [card] = cards(quote("The rule number 30", hit(text)))

    assert card.text in text
    assert MAX_WORDS - 9 <= len(card.text.split()) <= MAX_WORDS
    assert highlighted(card) == ["The rule number 30 holds for all people here."]


def test_a_sentence_longer_than_a_card_is_shown_whole() -> None:
    text = " ".join(["word"] * 200) + "."

    [card] = cards(quote("word", hit(text)))

    assert card.text == text


def test_a_sentence_that_begins_with_a_pronoun_is_highlighted_with_the_one_before() -> None:
    text = "The exchange opened in 1817. It was founded again in 1991. Trade goes on."

    shown = show([quote("It", hit(text))], Blocks())

    together = "The exchange opened in 1817. It was founded again in 1991."
    assert highlighted(shown.cards[0]) == [together]
    assert shown.citations[0].quote == together


def test_a_quote_at_the_start_of_a_passage_gets_the_sentence_from_the_one_before() -> None:
    text = "The exchange opened in 1817. It was founded again in 1991. It has two floors."
    start = text.index("It was")
    before, passage = hit(text[: start - 1]), hit(text[start:], number=2)
    passage = replace(passage, chunk=replace(passage.chunk, start=start))
    quotes = [quote("It was", passage), quote("It has", passage)]

    found = completed(quotes, lambda hit: preceded(hit, before.chunk), Blocks())

    assert [q.hit.chunk.text[q.start : q.end] for q in found] == [q.text for q in quotes]
    assert cards(*found)[0].text == text
    assert highlighted(cards(found[0])[0]) == [text[: text.index(" It has")]]


def test_a_quote_that_stands_alone_needs_no_passage_before() -> None:
    asked: list[RetrievedChunk] = []

    def with_passage_before(passage: RetrievedChunk) -> RetrievedChunk:
        asked.append(passage)
        return passage

    quotes = [quote("Every", hit(LEAVE)), quote("It", hit(f"{LEAVE} It is paid.", number=2))]

    assert (completed(quotes, with_passage_before, Blocks()), asked) == (quotes, [])


def test_sentences_in_a_row_are_one_highlight_and_rows_are_not() -> None:
    leave, hotels = hit(f"{LEAVE} Leave is paid."), hit(HOTELS, number=2)

    text, table = cards(
        quote("Every", leave),
        quote("Leave", leave),
        quote("London", hotels),
        quote("Paris", hotels),
    )

    assert highlighted(text) == [leave.chunk.text]
    assert highlighted(table) == ["London | 190 EUR", "Paris | 185 EUR"]


def test_what_is_far_weaker_than_the_best_quote_of_a_card_is_not_highlighted() -> None:
    passage = hit(f"{LEAVE} Ask in time.")

    [card] = cards(quote("Every", passage, 2.0), quote("Ask", passage, 1.7))

    assert highlighted(card) == [LEAVE]


def test_other_passages_follow_in_small_cards_of_which_there_are_few() -> None:
    hits = [hit(f"Rule {n} of the house holds.", number=n) for n in range(1, 6)]

    first, *others = cards(*(quote("Rule", passage) for passage in hits))

    assert not first.is_small
    assert len(others) == SMALL_CARDS
    assert all(card.is_small for card in others)


def test_what_the_first_card_says_is_not_said_again() -> None:
    first = hit(f"{LEAVE} Ask in time.")

    assert len(cards(quote("Every", first), quote("Ask", hit("Ask in time.", number=2)))) == 1


def test_citations_are_those_of_the_highlights_in_order() -> None:
    hotels, leave = hit(HOTELS), hit(LEAVE, number=2)

    shown = show([quote("Paris", hotels), quote("London", hotels), quote("Every", leave)], Blocks())

    assert [(c.number, c.quote) for c in shown.citations] == [
        (1, "London | 190 EUR"),
        (2, "Paris | 185 EUR"),
        (3, LEAVE),
    ]
    assert [card.number for card in shown.cards] == [1, 3]


def test_without_quotes_there_is_nothing_to_show() -> None:
    assert show([], Blocks()) == ShownCards()


@given(
    passages=st.lists(
        st.lists(st.sampled_from(PIECES), min_size=1, max_size=10).map("\n".join),
        min_size=1,
        max_size=4,
    ),
    chosen=st.lists(st.tuples(st.integers(0, 60), st.floats(0, 2)), min_size=1, max_size=6),
)
def test_cards_are_exact_and_every_highlight_lies_in_them(
    passages: list[str], chosen: list[tuple[int, float]]
) -> None:
    hits = [hit(text, number=number) for number, text in enumerate(passages)]
    units = quotable_units(hits)
    picked = dict(chosen) if units else {}
    quotes = [
        Quote(unit.hit, unit.text, unit.start, picked[number], unit.kind)
        for number, unit in enumerate(units)
        if number in picked
    ]

    shown = show(quotes, Blocks())

    assert bool(shown.cards) == bool(quotes)
    assert len(shown.citations) == sum(len(card.highlights) for card in shown.cards)
    quoted = iter(shown.citations)
    for card in shown.cards:
        assert card.highlights
        for start, end in card.highlights:
            assert 0 <= start < end <= len(card.text)
            citation = next(quoted)
            assert citation.quote == " ".join(card.text[start:end].split())
            assert card.text in hits[citation.chunk_id or 0].chunk.text
        if card.table is not None:
            check_table(card)


def check_table(card: Card) -> None:
    """The rows are those of the text, with all that is highlighted."""
    table = card.table
    assert table is not None
    lines = [line for line in card.text.split("\n") if line.strip()]
    assert [[cell for cell in row if cell] for row in table.rows] == [
        [cell for cell in cells_of(line) if cell] for line in lines
    ]
    assert len(table.highlighted) == len(card.highlights)
    assert {len(row) for row in table.rows} == {len(table.header) or len(table.rows[0])}


def test_a_small_card_that_only_announces_something_is_left_out() -> None:
    first = hit(LEAVE)
    other = hit("After probation these periods apply:", number=2)

    [card] = cards(quote("Every", first), quote("After", other, 0.9))

    assert card.text == LEAVE
