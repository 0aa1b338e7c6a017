"""Text is cut where a reader would cut it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.text.sentences import CODE_WORDS, UnitKind, split_sentences, text_units


def test_sentences_end_at_full_stops_and_question_marks() -> None:
    assert split_sentences("You get 30 days. Is that all? Yes.") == [
        "You get 30 days.",
        "Is that all?",
        "Yes.",
    ]


def test_abbreviations_numbers_and_initials_do_not_end_a_sentence() -> None:
    text = "Claims, e.g. for 3.5 hours, go to Dr. M. Weber approx. weekly."

    assert split_sentences(text) == [text]


def test_a_sentence_runs_over_a_line_end_but_not_over_a_blank_line() -> None:
    assert split_sentences("The rate\nis 0.38 EUR\n\nper kilometre") == [
        "The rate\nis 0.38 EUR",
        "per kilometre",
    ]


def test_list_items_and_table_rows_are_kept_whole() -> None:
    units = text_units("# Rates\nSee below:\n- Car. Private only.\n1. Bike\nCar | 0.38 | EUR")

    assert [unit.kind for unit in units] == [
        UnitKind.HEADING,
        UnitKind.SENTENCE,
        UnitKind.LIST_ITEM,
        UnitKind.LIST_ITEM,
        UnitKind.TABLE_ROW,
    ]
    assert units[2].text == "- Car. Private only."


@given(st.text(alphabet="ab .?!\n-|#1)", max_size=200))
def test_units_keep_their_places_and_lose_no_word(text: str) -> None:
    units = text_units(text)

    assert all(text[unit.start : unit.end] == unit.text for unit in units)
    assert _letters("".join(unit.text for unit in units)) == _letters(text)


@given(st.text(alphabet='a1ä字-_*•.·# \n[]|()–"', max_size=120))
def test_every_unit_has_a_letter_or_a_digit(text: str) -> None:
    assert all(_letters(unit.text) for unit in text_units(text))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


@pytest.mark.parametrize(
    ("text", "items"),
    [
        (
            "* **Eligibility**: Former Peace\n  Corps volunteers can be selected.\n* Others wait.",
            [
                "* **Eligibility**: Former Peace\n  Corps volunteers can be selected.",
                "* Others wait.",
            ],
        ),
        (
            "• Forms go to the desk of\nthe harbour office\n• Keys stay here",
            ["• Forms go to the desk of\nthe harbour office", "• Keys stay here"],
        ),
        (
            "- Keys stay here.\nThe gate closes at ten.",
            ["- Keys stay here.", "The gate closes at ten."],
        ),
        ("- Keys stay here\n\n  The gate closes.", ["- Keys stay here", "The gate closes."]),
    ],
    ids=["indented", "goes on", "a sentence after it", "a paragraph after it"],
)
def test_a_list_item_is_whole_also_over_line_ends(text: str, items: list[str]) -> None:
    assert [unit.text for unit in text_units(text)] == items


@pytest.mark.parametrize(
    "sentences",
    [
        ["Die Frist folgt aus Art. 5 Abs. 2 lit. b DSGVO.", "Sie beträgt 30 Tage."],
        ["Der Stichtag ist der 3. März 2026 in Kassel.", "Danach gilt Nr. 4."],
        ["Der Umsatz lag bei 3 Mio. Euro und 2,5 Mrd. Yen.", "Das ist mehr als 2024."],
        ["Werkzeug, z. B. Zangen bzw. Scheren, liegt im 2. Stock.", "Bitte zurücklegen."],
        ["Am 24. und 31. Dezember ist zu.", "Am 2. Januar öffnen wir wieder."],
        ["Das gilt seit dem 1. 1. 2026.", "Alte Regeln entfallen."],
        ["Frau Dr. Ute Kern und Hr. Prof. A. B. Weiß leiten das Lager.", "Sie sind ab 7 Uhr da."],
        ["Die Gebühr (zzgl. MwSt. Siehe Anl. B.) beträgt 5 EUR.", "Sie ist fällig."],
        ["Das Tor öffnet um 5.", "Das Büro öffnet um 9."],
        ["Gate No. 5 is on p. 12 of the plan, cf. Fig. 3.", "Gate No. 6 is not."],
        ["J. R. Smith and Mr. T. Wu work for Acme Inc. in Leeds.", "Both travel a lot."],
        ["The U.S. office opens at 9 a.m. on Mondays.", "It closes at 5 p.m. sharp."],
        ["It closes at 5 p.m.", "The gate is then locked."],
        [
            "The answer is no.",
            "Then ask again.",
            "The sales rep. in Leeds may do so.",
            "Historically not.",
        ],
        [
            "He has a sharp mind.",
            "He knows it since the 1950s.",
            "Most agree, as J. A. Hobson did.",
        ],
        ["It means empty land (“terra nullius”).", "Nobody lived there (as they said).", "No."],
        ["Wait ... then press start.", "The motor runs."],
        ["See https://intra.example/a.b?c=d. for notes on version 3.2.1.", "Install it today."],
        ["“Stop. Do not enter.” is written on door 3.", "Door 4 is open."],
        ["He said “Stop.”", "Then he left."],
        ["The rate is 0.38 EUR.", "It rose by .5 percent."],
        ["Voir l'art. 5, al. 2 du contrat, p. ex. pour les frais.", "Le délai est de 30 jours."],
        ["M. Dupont et Mme Leroy arrivent à 8 h.", "La porte est fermée."],
        ["El Sr. López y la Sra. Díaz trabajan aquí.", "¿Dónde está el núm. 5?"],
        ["Il sig. Rossi e la dott.ssa Bianchi sono qui.", "Tornano domani."],
        ["Dhr. Jansen en mevr. De Vries werken o.a. hier.", "Ze komen om 9 uur."],
    ],
    ids=lambda sentences: sentences[0][:30],
)
def test_sentences_of_six_languages_end_where_a_reader_ends_them(sentences: list[str]) -> None:
    assert split_sentences(" ".join(sentences)) == sentences


def test_an_ordinal_at_the_start_of_a_line_belongs_to_the_sentence_above() -> None:
    text = "Der Stichtag der Inventur ist der\n31. Dezember 2026. Danach gilt Nr. 4."

    assert split_sentences(text) == [
        "Der Stichtag der Inventur ist der\n31. Dezember 2026.",
        "Danach gilt Nr. 4.",
    ]


@pytest.mark.parametrize("rule", ["---", "***", "-- ", "___", "• • •", "[ ]", "=====", "~~~", "…"])
def test_a_rule_says_nothing_and_ends_a_paragraph(rule: str) -> None:
    assert split_sentences(f"Gate 7 opens at six\n{rule}\nGate 8 stays shut") == [
        "Gate 7 opens at six",
        "Gate 8 stays shut",
    ]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("-18 °C must be kept.", [UnitKind.SENTENCE]),
        ("- 20 °C is the lower limit.", [UnitKind.SENTENCE]),
        ("Limits:\n- 18 tons", [UnitKind.SENTENCE, UnitKind.LIST_ITEM]),
        ("- 18 tons\n- 20 tons", [UnitKind.LIST_ITEM, UnitKind.LIST_ITEM]),
    ],
    ids=["a minus", "a minus with a space", "a list of one", "a list"],
)
def test_a_minus_is_no_bullet(text: str, kinds: list[UnitKind]) -> None:
    assert [unit.kind for unit in text_units(text)] == kinds


def test_lines_of_code_are_no_headings_lists_or_sentences() -> None:
    text = (
        "## Queue\n\nSet this:\n```ini\n# The queue. It is called main\nqueue = main\n\n"
        "- name: second\n1. level | 2\n```\n# Next\nDone."
    )

    assert [(unit.text, unit.kind) for unit in text_units(text)] == [
        ("## Queue", UnitKind.HEADING),
        ("Set this:", UnitKind.SENTENCE),
        ("# The queue. It is called main\nqueue = main", UnitKind.SENTENCE),
        ("- name: second\n1. level | 2", UnitKind.SENTENCE),
        ("# Next", UnitKind.HEADING),
        ("Done.", UnitKind.SENTENCE),
    ]


def test_long_code_is_cut_between_its_lines() -> None:
    lines = [f"set the value {number} of the list" for number in range(20)]

    units = split_sentences("\n".join(["~~~", *lines, "~~~"]))

    assert [line for unit in units for line in unit.split("\n")] == lines
    assert max(len(unit.split()) for unit in units) <= CODE_WORDS
