"""Each sentence of an answer is compared with the source sentences it rests on."""

import json
from pathlib import Path

import pytest

from core.domain.answers import Support
from rag.grounding import Claim, ground
from rag.grounding.judges.lexical import LexicalJudge

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "grounding_cases.jsonl").read_text().splitlines()
]
LEAVE = (
    "Every parent gets 90 working days of leave per child. The form is due eight weeks before the "
    "birth. Finance pays the first 30 days. Employees must not work during the leave."
)


def support(sentence: str, passage: str = LEAVE) -> Support:
    return ground(f"{sentence} [1]", {1: passage})[0].support


def reason(sentence: str, passage: str = LEAVE) -> str:
    return ground(f"{sentence} [1]", {1: passage})[0].reason


def shares(kind: str, wanted: Support) -> float:
    """Share of the hand-written cases of one kind with this support, by words alone."""
    claims = [Claim(c["sentence"], tuple(c["passages"])) for c in CASES if c["kind"] == kind]
    verdicts = LexicalJudge().judge(claims).verdicts
    return sum(v.support is wanted for v in verdicts) / len(verdicts)


def test_hardly_any_planted_fault_is_marked_supported() -> None:
    assert shares("faulty", Support.SUPPORTED) <= 0.05


def test_hardly_any_faithful_sentence_is_marked_unsupported() -> None:
    assert shares("faithful", Support.UNSUPPORTED) <= 0.05


def test_most_planted_faults_are_marked_unsupported() -> None:
    assert shares("faulty", Support.UNSUPPORTED) >= 0.65


def test_a_sentence_without_a_source_is_unsupported() -> None:
    sentence = ground("Parents get a present.", {1: LEAVE})[0]

    assert (sentence.support, sentence.reason) == (Support.UNSUPPORTED, "no source is cited")


def test_introductions_and_headings_claim_nothing() -> None:
    sentences = ground("# Leave\nIt covers:\n- Every parent gets 90 working days [1]", {1: LEAVE})

    assert [s.text for s in sentences] == ["- Every parent gets 90 working days"]


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("The fee is 1200.5 EUR.", "The fee is 1,200.50 EUR."),
        ("The fee is €1,200.50.", "The fee is 1.200,50 EUR."),
        ("You get thirty days.", "You get 30 days."),
        ("It rose by 30 percent.", "It rose by 30 %."),
        ("It ends on March 1, 2026.", "It ends on 2026-03-01."),
        ("It ends on 1 March 2026.", "It ends on 01.03.2026."),
        ("It opens at 2 pm.", "It opens at 14:00."),
        ("It takes 14 days.", "It takes two weeks."),
        ("It costs about 1.4 million euros.", "It costs 1,382,000 euros."),
        ("Sales were $5.2 million.", "Sales were 5,200,000 US$ in total."),
        ("Results are due in the third quarter.", "Results are due in Q3."),
        ("It takes 5 days to 10 days.", "It takes 5-10 days."),
    ],
)
def test_a_figure_is_the_same_in_any_spelling(sentence: str, passage: str) -> None:
    assert support(sentence, passage) is Support.SUPPORTED


@pytest.mark.parametrize(
    ("sentence", "passage", "why"),
    [
        ("You get 45 days.", "You get 30 days.", "the sources say 30 days, not 45 days"),
        (
            "You get forty days.",
            "You get thirty days.",
            "the sources say thirty days, not forty days",
        ),
        ("You get 30 weeks.", "You get 30 days.", "the sources say 30 days, not 30 weeks"),
        ("It costs 30 USD.", "It costs 30 EUR.", "the sources say 30 EUR, not 30 USD"),
        (
            "It ends in May 2026.",
            "It ends in June 2026.",
            "the sources say June 2026, not May 2026",
        ),
        ("It has 3 million users.", "It has 3 billion users.", ""),
        ("It opens at 2 am.", "It opens at 14:00.", ""),
        ("It runs weekly.", "It runs every day.", ""),
    ],
)
def test_another_figure_is_unsupported_and_named(sentence: str, passage: str, why: str) -> None:
    assert support(sentence, passage) is Support.UNSUPPORTED
    assert reason(sentence, passage).startswith(why)


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("The store is kept at 21 °C.", "Cold store 6 is kept at -21 °C at night."),
        ("Cold store 6 is kept at 21 °C.", "-21 °C must be kept in cold store 6."),
        ("Cold store 6 is kept at −21 °C.", "Cold store 6 is kept at 21 °C at night."),
        ("The allowance changed by +350 EUR.", "The allowance changed by -350 EUR in May."),
        ("The allowance changed by 350 EUR.", "The allowance changed by −350 EUR in May."),
        ("The result of Tarnow was 1,350 EUR.", "Depot | Result in EUR\nTarnow | (1,350)"),
        ("The result of Tarnow was 350 EUR.", "The result of Tarnow was minus 350 EUR."),
        ("The balance was 350.00 EUR.", "The balance of the account was 350.00- EUR."),
        ("The night is 18 degrees cold.", "The night is 18 degrees below zero cold."),
        ("20 °C is the lower limit of the store.", "- 20 °C is the lower limit of the store."),
    ],
)
def test_a_figure_under_another_sign_is_not_supported(sentence: str, passage: str) -> None:
    assert support(sentence, passage) is Support.UNSUPPORTED


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("Cold store 6 is kept at minus 21 °C.", "Cold store 6 is kept at −21 °C at night."),
        ("Cold store 6 is kept at -21 °C.", "-21 °C must be kept in cold store 6."),
        ("The allowance fell by 350 EUR.", "The allowance changed by -350 EUR; it fell in May."),
        ("The result of Tarnow was -1,350.", "Depot | Result\nTarnow | (1,350)"),
        ("The store is kept at 5 to 18 °C.", "The store is kept at 5-18 °C."),
        ("The limit of the axle is 18 tons.", "Limits of the axle:\n- 18 tons\n- 20 km/h"),
        ("- 18 tons is the limit of the axle", "- 18 tons is the limit of the axle\n- 2 m is not"),
        ("Gate A-18 opens at night.", "Gate A-18 opens at night."),
        ("The plan holds from 2020 to 2024.", "The plan holds 2020–2024."),
        ("The tolerance is 2 mm.", "The tolerance is ±2 mm."),
        ("A fee of 5 EUR is due.", "A fee (5 EUR) is due."),
    ],
)
def test_a_figure_under_the_same_sign_is_supported(sentence: str, passage: str) -> None:
    assert support(sentence, passage) is Support.SUPPORTED


def test_the_reason_names_the_figure_with_its_sign() -> None:
    assert "-350 EUR" in reason("It changed by +350 EUR.", "It changed by -350 EUR.")


@pytest.mark.parametrize(
    "sentence",
    [
        "Employees must work during the leave.",
        "The form is not due eight weeks before the birth.",
        "Employees may always work during the leave.",
        "Lisbon pays the first 30 days.",
        "The form is due eight weeks after the birth.",
    ],
)
def test_denials_opposites_and_foreign_names_are_not_supported(sentence: str) -> None:
    assert support(sentence) is not Support.SUPPORTED


@pytest.mark.parametrize(
    "sentence",
    [
        "Employees are not allowed to work during the leave.",
        "You must not work during your leave.",
        "You get 90 working days of leave for each child, and the form is due eight weeks before "
        "the birth.",
    ],
)
def test_the_same_in_other_words_is_supported(sentence: str) -> None:
    assert support(sentence) is Support.SUPPORTED


def test_a_name_from_another_sentence_in_the_place_of_this_one_is_weak() -> None:
    passage = "Maria Lopez approves all orders in Porto. Jan Novak approves all travel in Brno."

    assert support("Maria Lopez approves all travel in Brno.", passage) is Support.WEAK
    assert support("Jan Novak approves all travel in Brno.", passage) is Support.SUPPORTED


def test_a_table_row_is_read_with_the_names_of_its_columns() -> None:
    table = "| Service | Price 2025 | Price 2026 |\n|---|---|---|\n| Storage | 2.10 | 2.35 |"

    assert support("In 2026, the price of storage is 2.35.", table) is Support.SUPPORTED
    assert support("The price of storage is 2.45.", table) is Support.UNSUPPORTED


def test_list_items_are_read_with_their_introduction() -> None:
    rules = "You must not:\n- share passwords\n- install software"

    assert support("You must not share passwords.", rules) is Support.SUPPORTED
    assert support("You may share passwords.", rules) is not Support.SUPPORTED


GERMAN = (
    "Das Rauchen ist in der Halle nicht erlaubt. Hunde sind im Büro erlaubt. Frau Kern leitet das "
    "Lager in Kassel. Jeder Elternteil erhält 90 Arbeitstage Urlaub."
)


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("Rauchen ist in der Halle erlaubt.", GERMAN),
        ("Hunde sind im Büro nicht erlaubt.", GERMAN),
        ("Keine Hunde sind im Büro erlaubt.", GERMAN),
        ("Ohne Hunde ist das Büro erlaubt.", GERMAN),
        ("Rauchen ist in der Halle niemals verboten.", GERMAN),
        ("Les chiens sont admis.", "Les chiens ne sont pas admis dans le hall."),
        ("Les chiens ne sont jamais admis.", "Les chiens sont admis dans le hall."),
        ("Les clients entrent sans badge.", "Les clients entrent avec un badge dans le hall."),
        ("Se permite fumar en la nave.", "No se permite fumar en la nave."),
        ("Nunca se permite fumar en la nave.", "Se permite fumar en la nave."),
        ("Se puede entrar sin permiso.", "Se puede entrar con permiso en la nave."),
        ("È consentito fumare in ufficio.", "Non è consentito fumare in ufficio."),
        ("Si entra senza tessera in ufficio.", "Si entra con la tessera in ufficio."),
        ("Roken is toegestaan in de hal.", "Roken is niet toegestaan in de hal."),
        ("Geen honden zijn toegestaan in de hal.", "Honden zijn toegestaan in de hal."),
        ("Smoking is allowed in the hall.", "Smoking is never allowed in the hall."),
    ],
)
def test_a_denial_in_six_languages_is_never_supported_by_its_opposite(
    sentence: str, passage: str
) -> None:
    assert support(sentence, passage) in (Support.UNSUPPORTED, Support.WEAK)


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("Rauchen ist in der Halle nicht erlaubt.", GERMAN),
        ("Das Lager in Kassel wird von Frau Kern geleitet.", GERMAN),
        ("Jeder Elternteil erhält 90 Urlaubstage.", GERMAN),
        ("Les chiens ne sont pas admis.", "Les chiens ne sont pas admis dans le hall."),
        ("No se permite fumar.", "No se permite fumar en la nave nunca."),
        ("Non è consentito fumare in ufficio.", "Non è mai consentito fumare in ufficio."),
        ("Honden zijn niet toegestaan.", "Honden zijn niet toegestaan in de hal."),
    ],
)
def test_the_same_in_the_language_of_the_source_is_supported(sentence: str, passage: str) -> None:
    assert support(sentence, passage) is Support.SUPPORTED


@pytest.mark.parametrize(
    "sentence",
    [
        "Jeder Elternteil erhält 90 Arbeitstage Elternzeit.",
        "Das Formular ist 8 Wochen vor der Geburt fällig.",
        "Die Arbeit ist während der Elternzeit nicht erlaubt.",
        "Die Arbeit ist während der Elternzeit erlaubt.",
        "Chaque parent a droit à 90 jours de congé.",
        "El permiso es de 90 días.",
        "Il congedo dura 90 giorni.",
        "Het verlof duurt 90 dagen.",
        "Przysługuje 90 dni urlopu na dziecko.",
        "Каждый родитель получает 90 дней.",
        "父母有90个工作日的假期。",
    ],
)
def test_a_sentence_in_another_language_is_not_checked(sentence: str) -> None:
    assert support(sentence) is Support.NOT_CHECKED
    assert "another language" in reason(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Jeder Elternteil erhält 95 Arbeitstage Elternzeit.",
        "Frau Kahl entscheidet darüber.",
        "Das Formular NH-4712 ist auszufüllen.",
        "Der Antrag ist am 4. März 2026 fällig.",
        "La demande est due le 4 mars 2026.",
        "Das Kühlhaus hat 21 °C.",
        "El almacén cierra a las 18:30.",
    ],
)
def test_what_no_translation_changes_is_compared_in_any_language(sentence: str) -> None:
    passage = f"{LEAVE} Ms Kern needs form NH-4711 by 3 March 2026. It is -21 °C until 18:45."

    assert support(sentence, passage) is Support.UNSUPPORTED


def test_dates_and_times_are_the_same_in_any_language() -> None:
    passage = "The gate opens on 3 March 2026 at 5 p.m. for the staff."

    for sentence in (
        "Das Tor öffnet am 3. März 2026 um 17 Uhr.",
        "La porte ouvre le 3 mars 2026 à 17h00.",
        "La puerta se abre el 3 de marzo de 2026 a las 17:00.",
    ):
        assert support(sentence, passage) is Support.NOT_CHECKED


def test_an_english_sentence_about_a_german_source_is_not_checked() -> None:
    assert support("Smoking is not allowed in the hall.", GERMAN) is Support.NOT_CHECKED
    assert support("Every parent gets 80 days.", GERMAN) is Support.UNSUPPORTED


def test_the_reason_names_a_date_without_the_full_stop_behind_it() -> None:
    assert reason("The form is due by 31 June.") == "31 June is in none of the cited passages"


TABLE = (
    "The limits are [1]:\n\n| City | Limit |\n|---|:--|\n| Copenhagen | 175 EUR |\n"
    "|Rotterdam|160 EUR [2]|\n| Oslo | 999 EUR |\n"
)
RATES = "City | Limit per night\nCopenhagen | 175 EUR\nRotterdam | 160 EUR\nOslo | 180 EUR"


def test_rows_of_a_table_are_judged_one_by_one_and_its_header_row_claims_nothing() -> None:
    sentences = ground(TABLE, {1: RATES, 2: RATES})

    assert [(s.text, s.support, s.citations) for s in sentences] == [
        ("Copenhagen | 175 EUR", Support.SUPPORTED, (1,)),
        ("Rotterdam | 160 EUR", Support.SUPPORTED, (2,)),
        ("Oslo | 999 EUR", Support.UNSUPPORTED, (1,)),
    ]


def test_a_marker_in_a_cell_of_its_own_belongs_to_its_row() -> None:
    table = (
        "City | Limit | Source\n--- | --- | ---\nCopenhagen | 175 EUR | [1]\nOslo | 180 EUR | [2]"
    )

    sentences = ground(table, {1: RATES, 2: LEAVE})

    assert [(s.text, s.support) for s in sentences] == [
        ("Copenhagen | 175 EUR", Support.SUPPORTED),
        ("Oslo | 180 EUR", Support.UNSUPPORTED),
    ]


def test_a_marker_in_the_header_row_holds_for_rows_without_one() -> None:
    sentences = ground("| City | Limit [1] |\n|---|---|\n| Oslo | 180 EUR |", {1: RATES})

    assert [(s.text, s.citations) for s in sentences] == [("Oslo | 180 EUR", (1,))]


def test_an_item_has_the_source_of_its_introduction_and_a_later_sentence_has_not() -> None:
    text = "**Parents** [1]:\n- get 90 working days\n- get a car\n\nFinance pays the first 30 days."

    sentences = ground(text, {1: LEAVE})

    assert [(s.citations, s.support) for s in sentences] == [
        ((1,), Support.SUPPORTED),
        ((1,), Support.UNSUPPORTED),
        ((), Support.UNSUPPORTED),
    ]


@pytest.mark.parametrize(
    ("sentence", "claims"),
    [
        ("The documents do not say what applies to trainees.", False),
        ("Die Quellen enthalten dazu keine Angaben.", False),
        ("The documents do not mention a limit, so you may spend 500 EUR.", True),
        ("The documents do not say this but everybody knows it.", True),
    ],
)
def test_that_the_documents_lack_something_needs_no_source(sentence: str, claims: bool) -> None:
    assert bool(ground(sentence, {1: LEAVE})) == claims
