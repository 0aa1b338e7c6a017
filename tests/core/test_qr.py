"""QR codes are drawn here, from the text alone."""

import re

import pytest

from core.printing.qr import QUIET_ZONE, qr_svg


@pytest.mark.parametrize("length", [1, 60, 120, 300])
def test_a_code_has_its_three_finders_and_a_quiet_zone(length: int) -> None:
    image = qr_svg("a" * length)

    size = int(re.findall(r'viewBox="0 0 (\d+)', image)[0])
    dark = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1", image)}
    ends = (QUIET_ZONE, size - QUIET_ZONE - 7)
    for x, y in ((ends[0], ends[0]), (ends[0], ends[1]), (ends[1], ends[0])):
        assert {(x + step, y) for step in range(7)} <= dark
        assert (x + 1, y + 1) not in dark
        assert (x + 3, y + 3) in dark
    assert all(min(place) >= QUIET_ZONE and max(place) < size - QUIET_ZONE for place in dark)


def test_no_word_of_the_text_is_written_into_the_image() -> None:
    assert "script" not in qr_svg("</svg><script>alert(1)</script>")
