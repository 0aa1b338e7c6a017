"""A number of a spreadsheet is shown as its format shows it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.parsers.numbers.formats import hides, shown_number, shown_text

MONEY = '_-* #,##0.00 [$€-407]_-;-* #,##0.00 [$€-407]_-;_-* "-"?? [$€-407]_-;_-@_-'


@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [
        (417, "0000000", "0000417"),
        (8.5, '0.0" t"', "8.5 t"),
        (2, '0" calendar days"', "2 calendar days"),
        (-18, '0" °C"', "-18 °C"),
        (-18, "0 \\°C;\\-0 \\°C", "-18 °C"),
        (1_250_000, '#,##0,"k €"', "1,250k €"),
        (1_234_567, '#,##0.0,,"M"', "1.2M"),
        (44_301_555, '"+"00 000 000', "+44 301 555"),
        (123, "000-00-0000", "000-00-0123"),
        (5_551_234_567, "[<=9999999]###-####;(###) ###-####", "(555) 123-4567"),
        (0.125, "0.0%", "12.5%"),
        (0.5, "0 %", "50 %"),
        (12345.678, "0.00E+00", "1.23E+04"),
        (123456, "##0.0E+0", "123.5E+3"),
        (1e-7, "0.00E+00", "1.00E-07"),
        (2.675, "0.00", "2.68"),
        (1.5, "0.##", "1.5"),
        (0.1 + 0.2, "General", "0.3"),
        (123_456_789_012, "General", "123456789012"),
        (5, 'General" pcs"', "5 pcs"),
        (3, "@", "3"),
        (1e300, "0", f"1{'0' * 300}"),
    ],
)
def test_digits_words_and_scales_are_those_of_the_format(
    value: float, number_format: str, expected: str
) -> None:
    assert shown_number(value, number_format) == expected


@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [
        (0.375, "# ?/?", "3/8"),
        (2.25, "# ??/??", "2 1/4"),
        (2.0, "# ?/?", "2"),
        (0, "# ?/?", "0"),
        (1.5, "?/?", "3/2"),
        (0.5, "# ?/8", "4/8"),
        (-1.5, "# ?/?", "-1 1/2"),
        (0.3333, "??/100", "33/100"),
    ],
)
def test_fractions_stay_fractions(value: float, number_format: str, expected: str) -> None:
    assert shown_number(value, number_format) == expected


@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [
        (-1250.5, "#,##0.00;(#,##0.00)", "(1,250.50)"),
        (-1250.5, MONEY, "-1,250.50 €"),
        (0, MONEY, "- €"),
        (1250.5, MONEY, "1,250.50 €"),
        (-3, "+0;-0;0", "-3"),
        (3, "+0;-0;0", "+3"),
        (5, '[<10]"low";[>100]"high";0', "low"),
        (500, '[<10]"low";[>100]"high";0', "high"),
        (50, '[<10]"low";[>100]"high";0', "50"),
        (-0.001, "0.00", "0.00"),
        (12, ";;;", ""),
    ],
)
def test_each_number_has_its_section(value: float, number_format: str, expected: str) -> None:
    assert shown_number(value, number_format) == expected


def test_a_loss_that_only_a_colour_tells_keeps_its_sign() -> None:
    assert shown_number(-80, "0.00;[Red]0.00") == "-80.00"


@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [
        (46_477, "DD.MM.YYYY", "31.03.2027"),
        (46_477, "yyyy-mm-dd", "2027-03-31"),
        (46_477, "d/m/yy", "31/3/27"),
        (46_477, "[$-407]d. mmmm yyyy;@", "31. März 2027"),
        (46_477, "[$-C0C]dddd d mmmm yyyy", "mercredi 31 mars 2027"),
        (46_477, "mmm d, yyyy", "Mar 31, 2027"),
        (46_477, 'yyyy"年"m"月"d"日"', "2027年3月31日"),
        (46_477.270833333, "dd.mm.yyyy hh:mm", "31.03.2027 06:30"),
        (46_477.75, "h:mm AM/PM", "6:00 PM"),
        (0.0104282407, "mm:ss.0", "15:01.0"),
        (0.270833333, "hh:mm", "06:30"),
        (1.604166667, "[h]:mm", "38:30"),
        (-0.0625, "[h]:mm", "-1:30"),
        (0.5, "[mm]:ss", "720:00"),
        (1, "yyyy-mm-dd", "1900-01-01"),
    ],
)
def test_days_and_times_are_shown_in_their_format(
    value: float, number_format: str, expected: str
) -> None:
    assert shown_number(value, number_format) == expected


@pytest.mark.parametrize("number_format", ["mm-dd-yy", "[$-F800]dddd, mmmm dd, yyyy"])
def test_a_date_that_each_computer_shows_in_its_own_way_is_spelled_so_that_nobody_misreads_it(
    number_format: str,
) -> None:
    assert shown_number(46_085, number_format) == "2026-03-04"


def test_a_workbook_that_counts_from_1904_shows_the_same_days() -> None:
    assert shown_number(46_477 - 1_462, "DD.MM.YYYY", days_before=1_462) == "31.03.2027"


def test_words_may_have_a_format_too() -> None:
    assert shown_text("K7", '0;-0;0;"Crane "@') == "Crane K7"
    assert shown_text("K7", "0.00") == "K7"


def test_a_format_that_shows_nothing_is_recognised() -> None:
    assert hides(";;;")
    assert not hides("0;;")


@given(
    st.floats(allow_nan=True, allow_infinity=True),
    st.text(alphabet='0#?.,%/E+-;[]<>=$"\\_*@ymdhsAPM General"€é', max_size=30),
)
def test_any_format_shows_any_number(value: float, number_format: str) -> None:
    assert "\n" not in shown_number(value, number_format)


@given(st.floats(min_value=0, max_value=1e12), st.integers(0, 6))
def test_the_digits_shown_are_those_of_the_number(value: float, places: int) -> None:
    shown = shown_number(value, f"#,##0.{'0' * places}" if places else "#,##0")

    assert math.isclose(
        float(shown.replace(",", "")), value, rel_tol=1e-12, abs_tol=0.51 * 10**-places
    )
