"""Passages follow the structure of a document and never lose or move a character."""

from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.knowledge import Page, ParsedDocument, Passage
from ingestion.reading.splitter import split
from tests.growth import growth


def words(text: str) -> int:
    return len(text.split())


def document(*pages: str, title: str = "Handbook") -> ParsedDocument:
    return ParsedDocument(title, tuple(Page(n, text) for n, text in enumerate(pages, start=1)))


def passages(*pages: str, max_tokens: int = 50) -> list[Passage]:
    return split(document(*pages), words, max_tokens=max_tokens)


def sentence(count: int, word: str = "word") -> str:
    return " ".join([word] * (count - 1)) + " end."


lines = st.one_of(
    st.text(max_size=200),
    st.sampled_from(
        ["", " ", "# Head", "## Sub", "- item", "1. one", "a | b", "```", "x   y", "|"]
    ),
    st.text(alphabet="ab .!?\n\t", max_size=600),
)
page_texts = st.lists(lines, max_size=12).map("\n".join).map(lambda t: t.replace("\f", " "))


@settings(max_examples=120, deadline=None)
@given(st.lists(page_texts, min_size=1, max_size=3), st.sampled_from([words, len]))
def test_every_visible_character_lies_in_exactly_one_passage_at_its_offset(
    texts: list[str], count_tokens: object
) -> None:
    source = document(*texts)

    found = split(source, count_tokens, max_tokens=40)  # type: ignore[arg-type]  # drawn

    covered = [0] * len(source.text)
    for passage in found:
        assert source.text[passage.start : passage.end] == passage.text
        for place in range(passage.start, passage.end):
            covered[place] += 1
    assert max(covered, default=0) <= 1
    visible = (i for i, c in enumerate(source.text) if not c.isspace())
    assert all(covered[i] == 1 for i in visible)


@settings(max_examples=60, deadline=None)
@given(page_texts)
def test_no_passage_is_much_larger_than_asked(text: str) -> None:
    found = passages(text, max_tokens=80)

    assert all(words(passage.text) <= 80 for passage in found)


def test_a_passage_knows_its_page_and_never_crosses_to_the_next() -> None:
    found = passages("First page.", "Second page.")

    assert [(p.page_from, p.page_to, p.text) for p in found] == [
        (1, 1, "First page."),
        (2, 2, "Second page."),
    ]


def test_the_path_of_headings_stays_open_on_the_next_page() -> None:
    found = passages(f"# Leave\n\n## Parental\n\n{sentence(45)}", sentence(45))

    assert [p.headings for p in found] == [("Leave", "Parental"), ("Leave", "Parental")]


def test_a_sibling_heading_closes_the_one_before() -> None:
    found = passages(f"# A\n\n{sentence(45)}\n\n# B\n\n{sentence(45)}")

    assert [p.headings for p in found] == [("A",), ("B",)]


def test_the_title_is_not_repeated_among_the_headings() -> None:
    found = passages(f"# Handbook\n\n## Leave\n\n{sentence(45)}")

    assert found[0].headings == ("Leave",)


def test_a_heading_stands_with_the_text_below_it() -> None:
    found = passages(f"# A\n\n{sentence(60)}\n\n# B\n\n{sentence(30)} {sentence(30)}")

    assert all(not p.text.rstrip().endswith(("# A", "# B")) for p in found)


def test_paragraphs_that_fit_together_are_not_cut() -> None:
    paragraph = sentence(20)

    found = passages("\n\n".join([paragraph] * 4))

    assert [p.text.count("end.") for p in found] == [2, 2]


def test_a_long_paragraph_is_cut_between_sentences_into_even_parts() -> None:
    found = passages(" ".join(sentence(10) for _ in range(11)))

    assert all(p.text.endswith("end.") for p in found)
    assert [words(p.text) for p in found] in ([40, 40, 30], [40, 30, 40], [30, 40, 40])


def test_small_sections_are_joined() -> None:
    found = passages("# A\n\nShort.\n\n# B\n\nAlso short.")

    assert [p.text for p in found] == ["# A\n\nShort.\n\n# B\n\nAlso short."]
    assert found[0].headings == ()


def test_rows_stay_whole_and_later_parts_of_a_table_name_its_header() -> None:
    rows = [f"Lane {n} | Hamburg | Leipzig | {n}0 EUR" for n in range(40)]

    found = passages("Lane | From | To | Price\n" + "\n".join(rows))

    assert len(found) > 1
    assert found[0].headings == ()
    assert all(p.headings == ("Lane | From | To | Price",) for p in found[1:])
    assert all(line.endswith("EUR") for p in found[1:] for line in p.text.split("\n"))


def test_list_items_stay_whole_with_their_second_line() -> None:
    items = [f"- item {n} {sentence(12)}\n  and more of it" for n in range(8)]

    found = passages("\n".join(items))

    assert all(p.text.startswith("- item") and p.text.endswith("more of it") for p in found)


def test_a_hash_inside_a_code_block_is_no_heading() -> None:
    found = passages(f"# Setup\n\n```\n# comment\nrun it\n```\n\n{sentence(42)}")

    assert {p.headings for p in found} == {("Setup",)}


def test_a_word_without_end_is_cut_all_the_same() -> None:
    found = split(document("x" * 5_000), len, max_tokens=80)

    assert max(len(p.text) for p in found) <= 100
    assert sum(len(p.text) for p in found) == 5_000


def test_an_empty_page_gives_no_passage() -> None:
    assert [p.page_from for p in passages("", "Text.", " \n ")] == [2]


def test_a_heading_of_very_many_spaces_takes_no_time() -> None:
    assert len(passages("# " + " " * 200_000 + "x")) == 1


def test_a_table_of_many_rows_costs_no_more_than_its_rows() -> None:
    def cut(rows: int) -> int:
        return len(passages("\n".join(f"{n} | lane | price" for n in range(rows))))

    assert cut(8_000) > 160
    assert growth(cut, 2_000, 8_000) < 9


def test_a_table_that_fits_stays_whole() -> None:
    table = "\n".join(["Zone | Rate", *(f"zone {n} | {n} EUR" for n in range(6))])

    found = passages(f"{sentence(20)}\n\n{sentence(20)}\n\n{table}\n\n{sentence(20)}")

    assert sum(table in passage.text for passage in found) == 1


def test_a_list_that_fits_stays_whole_and_a_longer_one_is_cut_between_items() -> None:
    short = "\n".join(f"- item {n} of a list" for n in range(7))
    long = "\n".join(f"- item {n} of a long list" for n in range(40))

    found = passages(f"{sentence(30)}\n\n{short}", long)

    assert sum(short in passage.text for passage in found) == 1
    assert all(passage.text.startswith("- item") for passage in found if passage.page_from == 2)
