"""The quality of a page tells readable text from garbage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.knowledge import Page
from ingestion.parsers.building import PageText, build
from ingestion.parsers.quality import page_quality

PROSE = "Mileage is paid at 0.30 EUR per kilometre for private cars on the shortest usual route. "


@given(
    st.text(max_size=300),
    st.none() | st.floats(allow_nan=False),
    st.integers(min_value=0, max_value=500),
)
def test_quality_lies_between_zero_and_one(
    text: str, confidence: float | None, unread: int
) -> None:
    quality = page_quality(text, confidence, unread)

    assert quality is None or 0 <= quality <= 1


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        "Die Kraftfahrzeughaftpflichtversicherung der Rechtsschutzversicherungsgesellschaften.",
        "HTTP and PDF, e.g. the GmbH & Co. KG; 12 | 3,400.50 | (17 %)",
        "\ucc28\ub7c9 \uc720\uc9c0\ube44\ub294 \ud68c\uc0ac\uac00 \ubd80\ub2f4\ud569\ub2c8\ub2e4",
        "\u51fa\u5f35\u65c5\u8cbb\u898f\u7a0b\u306f\u5168\u793e\u54e1\u306b\u9069\u7528" * 10,
    ],
)
def test_readable_text_of_any_language_has_full_quality(text: str) -> None:
    assert page_quality(text) == 1.0


@pytest.mark.parametrize(
    "text",
    [
        "\ufffd\ufffd\ufffd \ufffd\ufffd of \ufffd\ufffd",
        "(cid:12)(cid:7)(cid:33) (cid:4)",
        "\uf041\uf042\uf043 \uf044\uf045",
        "M i l e a g e i s p a i d",
        "Mlgdrt prvts crsfr shrtst",
        "mileageispaidforprivatecarsontheshortestusualroute " * 3,
        "MileageIsPaidFor CarsOnTheShort UsualRouteAndBack",
    ],
)
def test_garbage_and_broken_words_have_a_low_quality(text: str) -> None:
    quality = page_quality(text)

    assert quality is not None
    assert quality < 0.2


def test_an_empty_page_has_no_quality() -> None:
    assert page_quality(" \n\u00a0") is None


def test_the_confidence_of_recognised_words_counts() -> None:
    assert page_quality(PROSE, 0.5) == 0.5


def test_glyphs_without_a_letter_count_as_garbage() -> None:
    assert page_quality("word", unread=4) == 0.0


def test_a_document_has_the_quality_of_each_page() -> None:
    pages: list[tuple[str, str] | PageText] = [
        (PROSE, "slide"),
        ("", "slide"),
        PageText("", is_readable=False),
        PageText(PROSE, ocr_confidence=0.9),
    ]

    document = build(pages, "a.pdf")

    assert document.pages[2] == Page(3, "", "page", 0.0)
    assert [page.quality for page in document.pages] == [1.0, None, 0.0, 0.9]
    assert document.pages[3].ocr_confidence == 0.9
