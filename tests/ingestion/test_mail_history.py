"""What an e-mail says now stands apart from what it quotes, in the languages people write in."""

from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.knowledge import EARLIER_MESSAGES, ParsedDocument
from ingestion.parsers.mail.email import parse
from ingestion.parsers.mail.history import split_html, split_text

NEW, OLD = "The ferry leaves at 05:15 from June.", "The ferry leaves at 07:45."
ATTRIBUTIONS = [
    "On Mon, 11 May 2026 at 16:40, Omar <omar@nordhafen.example> wrote:",
    "On Mon, 11 May 2026 at 16:40, Omar Abdul-Rahman Lindqvist\n<omar@nordhafen.example> wrote:",
    "Am 11.05.2026 um 16:40 schrieb Omar:",
    "Am Montag, 11. Mai 2026 um 16:40 schrieb Omar <omar@nordhafen.example>:",
    "Le lun. 11 mai 2026 à 16:40, Omar <omar@nordhafen.example> a écrit :",
    "El lun, 11 may 2026 a las 16:40, Omar (<omar@nordhafen.example>) escribió:",
    "Il giorno lun 11 mag 2026 alle ore 16:40 Omar <omar@nordhafen.example> ha scritto:",
    "Op ma 11 mei 2026 om 16:40 schreef Omar <omar@nordhafen.example>:",
    "Em seg., 11 de mai. de 2026 às 16:40, Omar <omar@nordhafen.example> escreveu:",
    "Den mån 11 maj 2026 kl 16:40 skrev Omar <omar@nordhafen.example>:",
]
BLOCKS = [
    "From: Omar\nSent: Monday, 11 May 2026 16:40\nTo: Lena\nSubject: Ferry",
    "________________________________\nFrom: Omar\nDate: Monday\nTo: Lena\nSubject: Ferry",
    "-----Original Message-----\nFrom: Omar\nSent: Monday\nTo: Lena\nSubject: Ferry",
    "*From:* Omar\n*Sent:* Monday\n*To:* Lena\n*Subject:* Ferry",
    "-----Ursprüngliche Nachricht-----\nVon: Omar\nGesendet: Montag\nAn: Lena\nBetreff: Fähre",
    "Von: Omar\nGesendet: Montag, 11. Mai 2026 16:40\nAn: Lena\nBetreff: Fähre",
    "De : Omar\nEnvoyé : lundi 11 mai 2026 16:40\nÀ : Lena\nObjet : Ferry",
    "De: Omar\nEnviado el: lunes, 11 de mayo\nPara: Lena\nAsunto: Ferry",
    "Da: Omar\nInviato: lunedì 11 maggio\nA: Lena\nOggetto: Traghetto",
    "Van: Omar\nVerzonden: maandag 11 mei\nAan: Lena\nOnderwerp: Veer",
]


def mail(body: str, kind: str = "plain", **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"] = "Ferry", "lena@nordhafen.example"
    for name, value in headers.items():
        message[name] = value
    message.set_content(body, subtype=kind)
    return message


def read(message: EmailMessage) -> ParsedDocument:
    return parse(message.as_bytes(), "ferry.eml")


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_quoted_lines_go_to_the_earlier_messages_with_who_wrote_them(
    attribution: str, gap: str
) -> None:
    said = split_text(f"{NEW}\n\n{attribution}{gap}> {OLD}\n>\n> > {OLD}\n")

    assert said.now == NEW
    assert OLD in said.earlier
    assert "Omar" in said.earlier


@pytest.mark.parametrize("block", BLOCKS)
def test_a_message_below_its_headers_is_an_earlier_one(block: str) -> None:
    said = split_text(f"{NEW}\n\nLena\n\n{block}\n\n{OLD}\n")

    assert NEW in said.now
    assert OLD not in said.now
    assert OLD in said.earlier


def test_an_answer_between_the_quoted_lines_is_said_now() -> None:
    said = split_text(f"> {OLD} Right?\nNo. {NEW}\n> Thanks.\nYou are welcome.")

    assert said.now == f"No. {NEW}\nYou are welcome."


@pytest.mark.parametrize(
    "opening", ["---------- Forwarded message ---------", "Begin forwarded message:"]
)
def test_a_message_passed_on_is_what_the_e_mail_says(opening: str) -> None:
    said = split_text(f"FYI\n\n{opening}\n{BLOCKS[0]}\n\n{NEW}\n\n{ATTRIBUTIONS[0]}\n> {OLD}")

    assert NEW in said.now
    assert "FYI" in said.now
    assert OLD not in said.now


@pytest.mark.parametrize("block", [BLOCKS[0], BLOCKS[5], "", ATTRIBUTIONS[0]])
def test_without_a_word_above_it_the_first_message_is_said_now(block: str) -> None:
    mark = "" if block.startswith(("From", "Von")) else "> "

    said = split_text(f"{block}\n\n{mark}{NEW}")

    assert NEW in said.now


@pytest.mark.parametrize(
    "text",
    [
        "From: Hamburg\nTo: Kassel\nThe distance is 300 km.",
        "The driver wrote:\n\nI am late today.",
        "To: the team\nPlease read this.\nDate: see below",
        "Prices > 50 EUR need a second signature.",
    ],
)
def test_ordinary_lines_are_no_history(text: str) -> None:
    assert split_text(text).now == text


@pytest.mark.parametrize(
    "html",
    [
        '<p>{new}</p><div class="gmail_quote"><div>On Mon, Omar wrote:</div><p>{old}</p></div>',
        '<p>{new}</p><blockquote type="cite">{old}</blockquote>',
        '<p>{new}</p><div id="divRplyFwdMsg"><b>From:</b> Omar<br></div><p>{old}</p>',
        "<p>{new}</p><div><p><b>Von:</b> Omar<br><b>Gesendet:</b> Montag<br><b>An:</b> Lena<br>"
        "<b>Betreff:</b> F</p></div><p>{old}</p>",
    ],
)
def test_what_mail_programs_mark_as_quoted_is_earlier(html: str) -> None:
    said = split_html(html.format(new=NEW, old=OLD))

    assert said.now.strip() == NEW
    assert OLD in said.earlier


def test_a_message_passed_on_in_html_is_what_the_e_mail_says() -> None:
    said = split_html(
        '<div class="gmail_quote">---------- Forwarded message ---------<br>'
        f"From: Omar<br>Date: Monday<br>Subject: Ferry<br>To: Lena<br><br>{NEW}</div>"
    )

    assert NEW in said.now


def test_earlier_messages_are_a_page_of_their_own() -> None:
    document = read(mail(f"{NEW}\n\n{ATTRIBUTIONS[0]}\n> {OLD}\n"))

    assert [page.label for page in document.pages] == ["page", EARLIER_MESSAGES]
    assert OLD not in document.pages[0].text


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from(
            [*ATTRIBUTIONS, *BLOCKS, "> x", ">> y", "", "-- ", "word 1", "______________"]
        )
    )
)
def test_no_word_is_lost_whatever_stands_where(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    said = split_text(text)

    for word in ("word", "Lena", "lunedì"):
        assert (said.now + said.earlier).count(word) == text.count(word)


CALENDAR = """BEGIN:VCALENDAR
METHOD:{method}
BEGIN:VEVENT
UID:1
DTSTART:20260304T133000Z
DTEND:20260304T140000Z
SUMMARY:Key handover
LOCATION:Hall 2
END:VEVENT
END:VCALENDAR
"""


def invited(method: str, file_name: str = "") -> ParsedDocument:
    message = mail("Please come.", Date="Mon, 2 Mar 2026 08:00:00 +0100")
    calendar = CALENDAR.format(method=method)
    if file_name:
        message.add_attachment(calendar, subtype="calendar", filename=file_name)
    else:
        message.add_alternative(calendar, subtype="calendar")
    return read(message)


@pytest.mark.parametrize("file_name", ["", "invite.ics"])
def test_an_invitation_is_told_in_words_and_in_the_time_of_the_sender(file_name: str) -> None:
    text = invited("REQUEST", file_name).text

    assert "Please come." in text
    assert "Event: Key handover" in text
    assert "When: Wednesday 4 March 2026, 14:30 to 15:00" in text
    assert "Where: Hall 2" in text
    assert "BEGIN:VEVENT" not in text


def test_a_cancelled_event_says_so() -> None:
    assert "Cancelled event: Key handover" in invited("CANCEL").text
