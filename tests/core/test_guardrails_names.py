"""Names of people with an account, in every form people write them."""

import pytest

from core.guardrails.detectors import Kind, detect
from core.guardrails.masking import Masker
from core.guardrails.words.names import NameList

PEOPLE = NameList(
    [
        *("Anna Nowak", "Piotr Kowalski", "Jürgen Müller", "Marek Wójcik", "Paweł Zieliński"),
        *("Katarzyna Lis", "Hans-Peter Koch", "Mark Young", "Sofia de Vries", "Ole Petersen"),
        *("Ewa Kowalska", "李 小龙", "Dr. Marie Dupont", "Szabina J Gelencsér", "Madonna"),
    ]
)


def found(text: str) -> list[str]:
    return [text[hit.start : hit.end] for hit in detect(text, PEOPLE) if hit.kind is Kind.PERSON]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ask anna nowak", "anna nowak"),
        ("ANNA NOWAK", "ANNA NOWAK"),
        ("Nowak, Anna (HR)", "Nowak, Anna"),
        ("A. Nowak signed", "A. Nowak"),
        ("Anna N. signed", "Anna N."),
        ("Anna Nowak's desk", "Anna Nowak"),
        ("Nowaks Schreibtisch", "Nowaks"),
        ("Annas Büro", "Annas"),
        ("z Anną Nowak", "Anną Nowak"),
        ("dla Annie Nowak", "Annie Nowak"),
        ("bez Piotra Kowalskiego", "Piotra Kowalskiego"),
        ("z Kowalskim", "Kowalskim"),
        ("państwo Kowalscy", "Kowalscy"),
        ("z Markiem Wójcikiem", "Markiem Wójcikiem"),
        ("o Pawle Zielińskim", "Pawle Zielińskim"),
        ("juergen mueller", "juergen mueller"),
        ("Jurgen Muller", "Jurgen Muller"),
        ("anna.nowak is away", "anna.nowak"),
        ("petersen is away", "petersen"),
        ("ping @annanowak", "annanowak"),
        ("AnnaNowak wrote it", "AnnaNowak"),
        ("李小龙 is away", "李小龙"),
        ("Herr Koch ist da", "Koch"),
        ("H.-P. Koch ist da", "H.-P. Koch"),
        ("Mr Young is away", "Young"),
        ("mark young is away", "mark young"),
        ("S. de Vries", "S. de Vries"),
        ("Szabina J Gelencsér", "Szabina J Gelencsér"),
        ("Szabina Gelencsér", "Szabina Gelencsér"),
        ("madonna sings", "madonna"),
    ],
)
def test_a_listed_name_is_found_as_people_write_it(text: str, name: str) -> None:
    assert found(text) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "der Koch kocht, young people mark the date",
        "Mark the date. Young drivers pay more.",
        "lis w lesie",
        "Annex A, an anniversary, annually",
        "a new work order",
        "Petra Schwarz",
    ],
)
def test_ordinary_words_and_other_people_are_left_alone(text: str) -> None:
    assert found(text) == []


def test_the_same_form_of_a_name_has_one_placeholder_and_comes_back() -> None:
    masker = Masker(PEOPLE)

    masked = masker.mask("Anna Nowak asks. Then Anna Nowak leaves with Piotr Kowalski.").text

    assert masked == "<PERSON_1> asks. Then <PERSON_1> leaves with <PERSON_2>."
    assert masker.restore(masked).endswith("Anna Nowak leaves with Piotr Kowalski.")


@pytest.mark.parametrize("sign", ["Anna,", "Nowak ", "A. ", "Anna Nowak "])
def test_no_text_takes_long(sign: str) -> None:
    text = sign * (100_000 // len(sign))

    detect(text, PEOPLE)  # the time limit of the suite is the check


def test_without_a_list_no_name_is_looked_for() -> None:
    assert detect("Anna Nowak") == []
