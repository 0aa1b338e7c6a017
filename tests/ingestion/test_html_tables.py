"""Tables of web pages keep each cell in its column and each name above its cells."""

import pytest

from ingestion.files.media import MediaType
from ingestion.parsers.registry import parser_for
from ingestion.parsers.web.html import html_text
from ingestion.reading.splitter import split
from tests.growth import growth

LOADS = (
    "<table><thead><tr><th>Lift<th>Inside<th>Outside<th>Keeper</thead><tbody>"
    "<tr><td>L1<td>5 t<td>4 t<td>Maja<tr><td>L2<td><td>7 t<td>Iwan"
    "<tr><td>L3<td>9 t<td>&nbsp;<td>Ruth"
    "</table>"
)


def lines(table: str) -> list[str]:
    return html_text(table).split("\n")


def test_a_raised_mark_is_no_figure_of_the_number_before_it() -> None:
    page = b"<table><tr><th>Yard</th><th>Fee</th></tr><tr><td>Split</td><td>4,500<sup>1</sup></td>"
    page += b"</tr></table><p>10<sup>3</sup> m<sup>2</sup>, 5<sup>th</sup></p>"

    text = parser_for(MediaType.HTML)(page, "a_file.html").text

    assert text == "Yard | Fee\nSplit | 4,500\u00b9\n\n10\u00b3 m2, 5th"


def test_empty_cells_stay_in_their_columns() -> None:
    assert lines(LOADS) == [
        "Lift | Inside | Outside | Keeper",
        "L1 | 5 t | 4 t | Maja",
        "L2 |  | 7 t | Iwan",
        "L3 | 9 t |  | Ruth",
    ]


def test_cells_over_rows_and_columns_count_for_each_of_them() -> None:
    table = (
        "<table><tr><th>Lift<th>Inside<th>Outside<th>Keeper"
        '<tr><td rowspan="2">L4<td>11 t<td>10 t<td>Maja<tr><td>12 t<td>8 t<td>Iwan'
        '<tr><td>L5<td colspan="2">no limit<td>Ruth</table>'
    )

    assert lines(table)[1:] == [
        "L4 | 11 t | 10 t | Maja",
        "L4 | 12 t | 8 t | Iwan",
        "L5 | no limit | no limit | Ruth",
    ]


def test_names_of_columns_over_two_rows_become_one() -> None:
    table = (
        "<table><thead><tr><th rowspan=2>Lift<th colspan=2>Load<th rowspan=2>Keeper"
        "<tr><th>inside<th>outside</thead><tr><td>L1<td>5 t<td>4 t<td>Maja</table>"
    )

    assert lines(table) == ["Lift | Load inside | Load outside | Keeper", "L1 | 5 t | 4 t | Maja"]


def test_the_name_of_a_section_stands_once_and_does_not_end_the_table() -> None:
    table = (
        "<table><tr><th>Lift<th>Load<tr><td colspan=2>North<tr><td>L1<td>5 t"
        "<tr><td colspan=2>South<tr><td>L2<td>7 t</table>"
    )

    assert lines(table) == ["Lift | Load", "North |", "L1 | 5 t", "South |", "L2 | 7 t"]


def test_a_name_in_front_of_each_row_is_no_header() -> None:
    table = "<table><tr><th>Name<td>Maja<tr><th>Post<td>Pilot<tr><th>Yard<td>Split</table>"

    assert lines(table) == ["Name | Maja", "", "Post | Pilot", "", "Yard | Split"]


def test_names_that_could_be_data_stand_with_each_cell() -> None:
    table = "<table><tr><th>Shift<th>1<th>2<tr><th>Crew<td>5<td>6<tr><th>Guards<td>7<td>8</table>"

    assert lines(table) == ["Shift: Crew | 1: 5 | 2: 6", "Shift: Guards | 1: 7 | 2: 8"]


def test_a_caption_stands_above_its_table() -> None:
    table = "<table><caption>Limits</caption><tr><th>Lift<th>Load<tr><td>L1<td>5 t</table>"

    assert lines(table) == ["Limits", "", "Lift | Load", "L1 | 5 t"]


def test_a_table_within_a_cell_is_part_of_its_row() -> None:
    table = (
        "<table><tr><th>Yard<th>Open<tr><td>Split"
        "<td><table><tr><td>Mon<td>8-5<tr><td>Tue<td>9-6</table></table>"
    )

    assert lines(table) == ["Yard | Open", "Split | Mon, 8-5; Tue, 9-6"]


def test_a_table_that_puts_parts_of_the_page_in_place_is_none() -> None:
    page = "<table><tr><td><h2>Yards</h2><p>Open daily.</p><td><p>Call Ruth.</p></table>"

    assert html_text(page) == "## Yards\n\nOpen daily.\n\nCall Ruth."


def test_hidden_rows_are_no_part_of_a_table() -> None:
    table = "<table><tr><th>Lift<th>Load<tr hidden><td>L0<td>99 t<tr><td>L1<td>5 t</table>"

    assert lines(table) == ["Lift | Load", "L1 | 5 t"]


@pytest.mark.parametrize(
    "old",
    [
        "<s>40 EUR</s>",
        "<del>40 EUR</del>",
        "<strike>40 EUR</strike>",
        '<span style="text-decoration: line-through">40 EUR</span>',
        '<span class="old">40 EUR</span>',
    ],
)
def test_what_is_struck_out_does_not_stand_beside_what_holds(old: str) -> None:
    styles = "<style>.old { text-decoration: line-through red }</style>"
    page = f"{styles}<p>Entry: {old} <ins>45 EUR</ins> a day.</p>".encode()

    assert parser_for(MediaType.HTML)(page, "a.html").text == "Entry: 45 EUR a day."


def test_every_passage_of_a_long_table_repeats_its_own_header() -> None:
    rows = "".join(f"<tr><td>Pump {n}<td>{n}<td>{n * 5} kg" for n in range(1, 90))
    table = f"<h1>Pumps</h1><table><thead><tr><th>Pump<th>Stock<th>Weight</thead>{rows}</table>"
    document = parser_for(MediaType.HTML)(table.encode(), "a.html")

    passages = split(document, lambda text: len(text.split()))

    assert len(passages) > 2
    assert all("Pump | Stock | Weight" in "\n".join((*p.headings, p.text)) for p in passages)


def test_no_passage_of_a_table_without_names_repeats_a_row_of_data() -> None:
    rows = "".join(f"<tr><td>Pump {n}<td>{n}<td>{n * 5} kg" for n in range(1, 90))
    document = parser_for(MediaType.HTML)(f"<table>{rows}</table>".encode(), "a.html")

    passages = split(document, lambda text: len(text.split()))

    assert all(not passage.headings for passage in passages)


def test_cells_that_claim_to_be_endless_fill_no_more_than_the_page() -> None:
    def read(span: int) -> int:
        row = "<tr>" + f'<td rowspan="{span}" colspan="{span}">x' * 20
        return len(html_text(f"<table>{row * 40}</table>"))

    assert read(99_999) < 100_000
    assert growth(read, 2_000, 99_999) < 3


def test_an_amount_in_several_cells_below_one_name_is_one_amount() -> None:
    def amount(words: str, end: str = "") -> str:
        return f"<td>$<td>{words}<td>{end}"

    table = (
        "<table><tr><td><td colspan=3>2021<td colspan=3>2020"
        f"<tr><td>Income{amount('(2,048', ')')}{amount('715')}"
        f"<tr><td>Assets{amount('40,452')}{amount('30,574')}</table>"
    )

    assert lines(table) == [
        " | 2021 | 2020",
        "Income | $(2,048) | $715",
        "Assets | $40,452 | $30,574",
    ]


def test_names_over_others_are_found_in_a_table_that_marks_none() -> None:
    table = (
        "<table><tr><td><td colspan=2>2021<td colspan=2>2020"
        "<tr><td>Quarter<td>High<td>Low<td>High<td>Low"
        "<tr><td>First<td>3.02<td>1.72<td>1.95<td>0.70</table>"
    )

    assert lines(table)[0] == "Quarter | 2021 High | 2021 Low | 2020 High | 2020 Low"


def test_a_name_over_two_columns_of_values_stands_for_both() -> None:
    table = "<table><tr><th>Lift<th colspan=2>Load<tr><td>L1<td>5 t<td>4 t</table>"

    assert lines(table) == ["Lift | Load | Load", "L1 | 5 t | 4 t"]


def test_rows_of_a_layout_stay_rows() -> None:
    page = "<table><tr><td>Grade:<td>SNB22<tr><td colspan=2><h3>Use</h3>Bolts.</table>"

    assert html_text(page) == "Grade: | SNB22\n\n### Use\n\nBolts."
