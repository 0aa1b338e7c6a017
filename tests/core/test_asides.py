"""What accompanies a text is told apart from what it states."""

import pytest

from core.domain.text.sentences import UnitKind, sentence_spans, text_units

BODY = "Gate 7 in Kassel opens at 05:15."


def stated(text: str) -> list[str]:
    return [unit.text for unit in text_units(text) if unit.kind is not UnitKind.ASIDE]


@pytest.mark.parametrize(
    "greeting",
    [
        "Dear all,",
        "Hi Lena",
        "Dear Sir or Madam,",
        "Hallo Herr Kern,",
        "Sehr geehrte Damen und Herren,",
        "Bonjour à tous,",
        "Estimado señor López:",
        "Gentile dott.ssa Bianchi,",
        "Beste collega's,",
    ],
)
def test_a_greeting_is_no_statement(greeting: str) -> None:
    assert stated(f"{greeting}\n{BODY}") == [BODY]
    assert stated(f"{greeting}\n\n{BODY}") == [BODY]


@pytest.mark.parametrize(
    "closing",
    [
        "Kind regards,",
        "Best,",
        "Yours sincerely",
        "Many thanks in advance,",
        "Thanks, Lena",
        "Mit freundlichen Grüßen",
        "Viele Grüße aus Kassel",
        "MfG,",
        "Cordialement,",
        "Un saludo,",
        "Cordiali saluti",
        "Met vriendelijke groet,",
        "-- ",
    ],
)
def test_a_closing_and_the_signature_below_it_are_no_statements(closing: str) -> None:
    signature = "Lena Holt\nHead of Logistics\nTel. 0561 4411"

    assert stated(f"{BODY}\n{closing}\n{signature}") == [BODY]
    assert stated(f"{BODY}\n\n{closing}\n\n{signature}\n\nGate 8 is shut.") == [
        BODY,
        "Gate 8 is shut.",
    ]


def test_a_mail_below_a_signature_is_read() -> None:
    text = f"{BODY}\n\nBest regards\nLena\n\nOn 3 March Tom wrote:\n> When does gate 7 open?"

    assert stated(text)[1:] == ["On 3 March Tom wrote:\n> When does gate 7 open?"]


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Get Outlook for Android",
        "2.1 Parental leave ........ 12",
        "Parental leave . . . . . . iv",
        "[[_TOC_]]",
        "[TOC]",
    ],
)
def test_lines_of_programs_and_of_contents_are_no_statements(line: str) -> None:
    assert stated(f"{BODY}\n\n{line}") == [BODY]


@pytest.mark.parametrize(
    "text",
    [
        "Thanks for waiting at gate 7.",
        "Dear customers are greeted at the gate.",
        "Best\n3 tons",
        "Regards the key: ask Lena.",
        "Hello world programs are written in chapter 2.",
        "The form asks for name ....",
        "LG Display delivers the monitors.",
    ],
)
def test_what_states_something_is_kept(text: str) -> None:
    assert stated(text) == [text]


def test_comments_and_front_matter_are_no_text_and_places_stay_true() -> None:
    text = f"---\ntitle: Gates\ntags:\n  - yard\n---\n\n<!-- old: gate 9 -->\n{BODY}"

    (unit,) = text_units(text)

    assert text[unit.start : unit.end] == unit.text == BODY


def test_rules_around_a_paragraph_are_no_front_matter() -> None:
    assert stated(f"---\n{BODY}\n---") == [BODY]


def test_asides_get_no_vector() -> None:
    text = f"Dear all,\n\n{BODY}\n\nKind regards\nLena"

    assert [text[start:end] for start, end in sentence_spans(text, text)] == [BODY]


def test_a_long_heap_of_fields_is_read_quickly() -> None:
    text = "---\n" + "field: value\n  more\n" * 20_000 + "end"

    assert text_units(text)
