"""The page image marks the quote, and nothing where the quote is not on the page."""

import io

import pytest
from PIL import Image

from core.domain.knowledge import PageImage
from ingestion.reading.pdf_image import page_image
from ingestion.reading.quotes import locate
from tools.trial import files

CONTENT = files.pdf(
    [
        ("Mileage", 24),
        ("The mileage rate for private cars is paid for the short-", 11),
        ("est usual route and covers fuel, wear and insurance.", 11),
        ("Bicycles get less.", 11),
    ]
)
QUOTE = "private cars is paid for the shortest usual route"
OTHER = "Trains are booked second class by everybody."


def yellow_rows(drawn: PageImage | None) -> list[int]:
    """The pixel rows with a mark on them."""
    assert drawn is not None
    image = Image.open(io.BytesIO(drawn.png)).convert("RGB")
    pixels = image.load()
    assert pixels is not None
    width, height = image.size
    return [
        y
        for y in range(height)
        if any(_is_yellow(pixels[x, y]) for x in range(0, width, 2))  # type: ignore[arg-type]  # RGB
    ]


def _is_yellow(pixel: tuple[int, int, int]) -> bool:
    return pixel[0] > 200 and pixel[1] > 200 and pixel[2] < 200


def test_a_quote_over_two_lines_is_marked_on_both() -> None:
    rows = yellow_rows(page_image(CONTENT, 1, [QUOTE]))

    assert 20 <= len(rows) <= 60


def test_a_quote_that_is_not_on_the_page_marks_nothing() -> None:
    assert yellow_rows(page_image(CONTENT, 1, [OTHER])) == []


def test_a_quote_of_a_table_drawn_column_by_column_is_marked() -> None:
    rows = [["Lane", "Price"], ["Hamburg harbour", "68 EUR"], ["Leipzig", "52 EUR"]]

    marked = yellow_rows(
        page_image(files.pdf_table_by_columns(rows), 1, ["Hamburg harbour | 68 EUR"])
    )

    assert 10 <= len(marked) <= 40


def test_a_quote_on_a_turned_page_is_marked() -> None:
    assert yellow_rows(page_image(files.turned_pdf(CONTENT, 90), 1, [QUOTE]))


def test_a_page_that_does_not_exist_has_no_image() -> None:
    assert page_image(CONTENT, 2, [QUOTE]) is None


def test_an_a4_page_is_drawn_at_144_dpi() -> None:
    image = page_image(CONTENT, 1, [])
    assert image is not None

    assert Image.open(io.BytesIO(image.png)).size == (1191, 1684)
    assert image.marks == ()


def test_a_mark_colours_the_paper_and_leaves_the_ink_as_dark_as_it_is() -> None:
    plain, marked = page_image(CONTENT, 1, []), page_image(CONTENT, 1, [QUOTE])
    assert plain
    assert marked
    left, top, right, bottom = marked.marks[0]
    width, height = marked.size
    box = (int(left * width), int(top * height), int(right * width), int(bottom * height))

    def darkest(png: bytes) -> int:
        return min(Image.open(io.BytesIO(png)).convert("L").crop(box).tobytes())

    assert darkest(marked.png) <= darkest(plain.png)


def test_the_places_of_marks_and_words_are_told_as_shares_of_the_page() -> None:
    image = page_image(CONTENT, 1, [QUOTE, OTHER, "Bicycles get less."])
    assert image is not None

    first, second, third = image.marks
    left, top, right, bottom = image.words or (0.0, 0.0, 0.0, 0.0)
    rows = [y / 1684 for y in yellow_rows(image)]

    assert first[1] < second[1] < third[1]
    assert first[1] == pytest.approx(rows[0], abs=0.002)
    assert third[3] == pytest.approx(rows[-1], abs=0.002)
    assert left == pytest.approx(72 / 595, abs=0.01)
    assert left <= first[0] < first[2] <= right < 0.9
    assert top < first[1]
    assert third[3] <= bottom + 0.005 < 0.2


def test_the_words_of_a_page_that_is_only_an_image_have_no_place() -> None:
    image = page_image(files.scanned_pdf(), 1, [QUOTE])

    assert image is not None
    assert (image.marks, image.words) == ((), None)


@pytest.mark.parametrize(
    ("page", "quote", "found"),
    [
        ("The ﬁrst rule: re-\nspect it.", "first rule: respect it", "ﬁrst rule: re-\nspect it"),
        ("ÉCOLE du soir", "école DU soir", "ÉCOLE du soir"),
        ("Pay 4.90 EUR today", "4.90 EUR", "4.90 EUR"),
        ("abc", "xyz", ""),
        ("short words", "short swords", ""),
        (
            "co\u00adop\u00aderation and e\ufb00ort",
            "cooperation and effort",
            "co\u00adop\u00aderation and e\ufb00ort",
        ),
        ("in scars", "car", ""),
    ],
)
def test_a_quote_is_found_by_its_letters_and_digits(page: str, quote: str, found: str) -> None:
    places = locate(list(page), quote)

    assert ("" if not places else page[places[0] : places[-1] + 1]) == found


def test_of_several_places_the_one_of_whole_words_is_marked() -> None:
    page = "a scar 0.38 wide; car 0.38 EUR"

    places = locate(list(page), "Car | 0.38")

    assert places[0] == page.index("car 0.38 EUR")


def test_eighty_percent_of_a_quote_in_one_run_are_enough() -> None:
    page = "Nine out of ten drivers prefer the new trucks with automatic gears."

    places = locate(list(page), "drivers prefer the new trucks with automatic gearboxes")

    assert page[places[0] : places[-1] + 1] == "drivers prefer the new trucks with automatic gear"


def test_half_of_a_quote_is_not_enough() -> None:
    page = "Nine out of ten drivers prefer the new trucks."

    assert (
        locate(list(page), "drivers prefer the new trucks but hate the early shift on Monday") == []
    )
