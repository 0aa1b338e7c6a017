"""E-mails and Outlook messages: headers, text, and the pages of their attachments."""

from email.message import EmailMessage

import pytest

from core.domain.knowledge import LeftOut, ParsedDocument
from core.errors import UnreadableDocument
from ingestion.files.media import MediaType
from ingestion.parsers.registry import parser_for
from tests.ingestion import format_files as more
from tests.ingestion.test_formats_word import WORD, docx, run, with_part
from tools.trial import files

SUBJECT, SENDER, BODY, HTML_BODY, CLASS = 0x37, 0x0C1A, 0x1000, 0x1013, 0x1A


def parsed(content: bytes, media_type: MediaType = MediaType.EMAIL) -> ParsedDocument:
    return parser_for(media_type)(content, "a_file.eml")


def letter(subject: str = "Rates", text: str = "See attached.") -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = "ann@example.com"
    message.set_content(text)
    return message


def attached(message: EmailMessage, name: str, content: bytes) -> EmailMessage:
    message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message


def test_attachments_follow_as_pages_that_name_file_and_place() -> None:
    message = attached(letter(), "rates.xlsx", files.xlsx())
    attached(message, "deck.pptx", files.pptx())
    attached(message, "note.txt", "Grüße".encode("cp1252"))

    document = parsed(message.as_bytes())

    assert document.title == "Rates"
    assert [page.number for page in document.pages] == [1, 2, 3, 4, 5, 6]
    assert [page.label for page in document.pages] == [
        "page",
        "attachment rates.xlsx, sheet Rates",
        "attachment rates.xlsx, sheet Notes",
        "attachment deck.pptx, slide 1",
        "attachment deck.pptx, slide 2",
        "attachment note.txt",
    ]
    assert document.pages[5].text == "Grüße"


def test_what_was_not_read_of_an_attachment_is_said_at_the_e_mail() -> None:
    comments = f'<w:comments xmlns:w="{WORD}"><w:comment/></w:comments>'
    commented = with_part(docx(run("See:")), "comments", comments)

    document = parsed(attached(letter(), "a.docx", commented).as_bytes())

    assert document.left_out == (LeftOut("comments", 1),)


def test_an_attachment_that_cannot_be_read_is_named_with_the_reason() -> None:
    message = attached(letter(), "song.mp3", b"\xff\xfb\x90\x64" + bytes(50))
    attached(message, "bomb.docx", files.zip_bomb(400))

    text = parsed(message.as_bytes()).text

    assert "song.mp3 (not readable: files of type .mp3 cannot be read)" in text
    assert "bomb.docx (not readable: the file unpacks to 400 MB" in text
    assert text.endswith("See attached.")


def test_a_zip_archive_in_an_email_is_taken_apart() -> None:
    packed = files.zip_of({"a/note.txt": b"Packed words", "song.mp3": b"\xff\xfb\x90"})

    document = parsed(attached(letter(), "all.zip", packed).as_bytes())

    assert [(page.label, page.text) for page in document.pages[1:]] == [
        ("attachment all.zip/a/note.txt", "Packed words")
    ]


def test_files_of_an_attached_archive_that_are_not_read_are_counted() -> None:
    packed = files.zip_of(
        {
            "a/note.txt": b"Packed words",
            "song.mp3": b"\xff\xfb\x90",
            "program.exe": b"MZ" + bytes(80),
            "broken.docx": docx(run("words"))[:-40],
            "empty.txt": b" ",
        }
    )

    document = parsed(attached(letter(), "all.zip", packed).as_bytes())

    assert [page.label for page in document.pages[1:]] == ["attachment all.zip/a/note.txt"]
    assert document.left_out == (LeftOut("attached files", 4),)


def test_attachments_beyond_the_last_one_that_is_read_are_counted() -> None:
    message = letter()
    for number in range(102):
        attached(message, f"{number}.txt", b"words")

    assert parsed(message.as_bytes()).left_out == (LeftOut("attached files", 2),)


def test_emails_in_emails_are_read_three_deep() -> None:
    message = letter("Inmost", "Inmost words")
    for name in ("Third", "Second", "First"):
        outer = letter(name, f"{name} words")
        outer.add_attachment(message)
        message = outer

    document = parsed(message.as_bytes())

    assert [page.label for page in document.pages] == [
        "page",
        "attachment Second",
        "attachment Second, attachment Third",
    ]
    assert "Inmost (not readable: it is nested too deeply)" in document.text


def test_a_stub_of_plain_text_gives_way_to_the_html() -> None:
    message = letter("News", "Open in a browser.")
    message.add_alternative("<h1>News</h1><p>" + "All the news. " * 20 + "</p>", subtype="html")

    assert "# News\n\nAll the news." in parsed(message.as_bytes()).text


def test_utf8_is_read_whatever_the_part_declares() -> None:
    content = (
        b"Subject: x\nMIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\n"
        b"Content-Transfer-Encoding: quoted-printable\n\nI=E2=80=99m here"
    )

    assert parsed(content).text.endswith("I’m here")


@pytest.mark.parametrize(
    "content",
    [
        b"From: a@b.c\nContent-Type: multipart/encrypted; boundary=x\n\n--x\n\nVersion: 1\n--x--",
        b"From: a@b.c\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nMIIB",
        b"From: a@b.c\n\n-----BEGIN PGP MESSAGE-----\nhIwDY32hYGCE8MkBA\n",
    ],
)
def test_an_encrypted_email_is_told_so(content: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="encrypted"):
        parsed(content)


def test_a_signed_email_is_read_without_its_signature() -> None:
    content = (
        b"Content-Type: multipart/signed; boundary=x\n\n--x\nContent-Type: text/plain\n\nSigned."
        b"\n--x\nContent-Type: application/pkcs7-signature; name=s.p7s\n\nMIIB\n--x--"
    )

    assert parsed(content).text == "Signed."


def test_an_outlook_message_is_read_with_its_attachments_and_enclosed_messages() -> None:
    content = more.msg(
        {SUBJECT: "Rates", SENDER: "Ann Lee", BODY: "See attached."},
        [("note.txt", b"Attached words")],
        [{SUBJECT: "Forwarded", BODY: "Older words"}],
    )

    document = parsed(content, MediaType.MSG)

    assert document.title == "Rates"
    assert [(page.label, page.text) for page in document.pages] == [
        (
            "page",
            "Subject: Rates\nFrom: Ann Lee\nAttachments: note.txt, Forwarded\n\nSee attached.",
        ),
        ("attachment note.txt", "Attached words"),
        ("attachment Forwarded", "Subject: Forwarded\n\nOlder words"),
    ]


def test_an_outlook_message_of_html_only_is_read() -> None:
    content = more.msg({SUBJECT: "News", HTML_BODY: "<ul><li>one</li></ul>"})

    assert parsed(content, MediaType.MSG).text == "Subject: News\n\n- one"


def test_an_encrypted_outlook_message_is_told_so() -> None:
    content = more.msg({SUBJECT: "x", CLASS: "IPM.Note.SMIME"}, [("smime.p7m", b"MIIB")])

    with pytest.raises(UnreadableDocument, match="encrypted"):
        parsed(content, MediaType.MSG)


def test_a_truncated_outlook_message_is_damaged() -> None:
    content = more.msg({SUBJECT: "Rates", BODY: "Words " * 2_000})

    with pytest.raises(UnreadableDocument, match="message is damaged"):
        parsed(content[: len(content) // 2], MediaType.MSG)


def test_an_email_of_endless_parts_or_headers_costs_little() -> None:
    with pytest.raises(UnreadableDocument, match="more than 5,000 parts"):
        parsed(b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 5_001)

    assert len(parsed(b"Subject: " + b"=?utf-8?q?a?= " * 20_000 + b"\n\nx").text) < 2_000
