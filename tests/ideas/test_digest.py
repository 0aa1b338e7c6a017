"""Digests over a real mail server: what is told, to whom, how often, and over which connection."""

import ipaddress
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlmodel import delete

from core.domain.batches import batched
from core.domain.clock import now
from core.domain.ideas.life import DigestChoice, Happening, Visibility
from core.domain.ideas.workflow import IdeaStatus
from core.errors import MailUnavailable
from core.mail import Mail, MailSecurity, MailServer, SmtpMailer
from core.storage.database import Database
from core.storage.queries.ideas.notifications import notify
from core.storage.tables import DigestChoiceRow, UserRow
from ideas.life.comments import IdeaComments
from ideas.life.digest import MOST, DigestLook, Digests
from ideas.life.notifications import Notifications
from tests.ideas.office import Office
from tests.inbox import HOST, Inbox, mail_server

LOOK = DigestLook("Nordhafen", "https://sandbox.nordhafen.example/")


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    return Office(sqlite_database)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def digests(office: Office, inbox: Inbox) -> Iterator[Digests]:
    with mail_server(inbox) as server:
        mailer = SmtpMailer(server, "sandbox@nordhafen.example")
        yield Digests(office.database, mailer, LOOK)


def test_a_mail_tells_what_was_not_read_once(database: Database, inbox: Inbox) -> None:
    office = Office(database)
    with mail_server(inbox) as server:
        digests = Digests(database, SmtpMailer(server, "sandbox@nordhafen.example"), LOOK)
        tell_once(office, digests, inbox)


def tell_once(office: Office, digests: Digests, inbox: Inbox) -> None:
    idea = office.idea(office.anna)
    office.move(office.rita, idea, IdeaStatus.TRIAGE)
    IdeaComments(office.database).add(office.ben, idea, "My secret words.")

    assert digests.send_due() == 1
    assert digests.send_due() == 0

    [mail] = inbox.mails
    assert (mail["To"], mail["From"]) == ("anna@nordhafen.example", "sandbox@nordhafen.example")
    assert mail["Subject"] == "Nordhafen: 2 pieces of news about ideas"
    assert mail["Auto-Submitted"] == "auto-generated"
    text = mail.get_content()
    assert "Hello Anna," in text
    assert "- IDEA-0001 “Answer question number 1” is in triage now." in text
    assert "- Ben wrote a comment on IDEA-0001" in text
    assert "https://sandbox.nordhafen.example/ideas" in text
    assert "secret" not in text


def test_every_happening_has_a_sentence(office: Office, digests: Digests, inbox: Inbox) -> None:
    idea = office.idea()
    for some in batched(list(Happening), MOST):
        with office.database.begin() as session:
            for happening in some:
                anna, details = [office.anna.id], {"to": "approved", "merged": "7"}
                notify(session, office.rita, happening, anna, idea_id=idea, **details)
            session.exec(delete(DigestChoiceRow))
        digests.send_due()

    lines = [line for text in inbox.texts() for line in text.splitlines() if line.startswith("- ")]
    assert len(lines) == len(set(lines)) == len(Happening)
    assert all(line.endswith(".") for line in lines)
    about_ideas = [line for line in lines if "IDEA-0001" in line]
    assert len(about_ideas) == sum(not happening.is_without_idea for happening in Happening)


def test_a_mail_has_a_limited_number_of_lines(
    office: Office, digests: Digests, inbox: Inbox
) -> None:
    idea = office.idea()
    with office.database.begin() as session:
        for _ in range(MOST + 5):
            notify(session, office.rita, Happening.EDITED, [office.anna.id], idea_id=idea)

    digests.send_due()

    [text] = inbox.texts()
    assert text.count("\n- ") == MOST + 1
    assert "- and 5 more notifications" in text


def test_what_was_read_is_not_mailed_and_nobody_without_news_gets_mail(
    office: Office, digests: Digests, inbox: Inbox
) -> None:
    office.move(office.rita, office.idea(office.anna), IdeaStatus.TRIAGE)
    Notifications(office.database).mark_read(office.anna)

    assert digests.send_due() == 0
    assert inbox.mails == []


@pytest.mark.parametrize(
    ("choice", "days_ago", "mails"),
    [
        (DigestChoice.DAILY, 1, 1),
        (DigestChoice.DAILY, 0, 0),
        (DigestChoice.WEEKLY, 6, 0),
        (DigestChoice.WEEKLY, 7, 1),
        (DigestChoice.NEVER, 900, 0),
    ],
)
def test_each_person_gets_mail_as_often_as_they_chose(
    office: Office, digests: Digests, choice: DigestChoice, days_ago: int, mails: int
) -> None:
    office.move(office.rita, office.idea(office.anna), IdeaStatus.TRIAGE)
    Notifications(office.database).set_digest(office.anna, choice)
    with office.database.begin() as session:
        row = session.get_one(DigestChoiceRow, office.anna.id)
        row.sent_at = now() - timedelta(days=days_ago)

    assert digests.send_due() == mails


def test_a_deactivated_person_gets_no_mail(office: Office, digests: Digests) -> None:
    office.move(office.rita, office.idea(office.anna), IdeaStatus.TRIAGE)
    with office.database.begin() as session:
        session.get_one(UserRow, office.anna.id).is_active = False

    assert digests.send_due() == 0


def test_an_address_that_cannot_exist_gets_no_mail(office: Office, digests: Digests) -> None:
    office.move(office.rita, office.idea(office.anna), IdeaStatus.TRIAGE)
    with office.database.begin() as session:
        session.get_one(UserRow, office.anna.id).email = "anna@demo.invalid"

    assert digests.send_due() == 0


def test_one_refused_address_keeps_no_one_else_from_their_mail(
    office: Office, digests: Digests, inbox: Inbox
) -> None:
    for person in (office.anna, office.ben):
        office.move(office.rita, office.idea(person), IdeaStatus.TRIAGE)
    inbox.refused.add("anna@nordhafen.example")

    assert digests.send_due() == 1
    assert digests.send_due() == 0

    assert [mail["To"] for mail in inbox.mails] == ["ben@nordhafen.example"]
    inbox.refused.clear()
    with office.database.begin() as session:
        session.get_one(DigestChoiceRow, office.anna.id).sent_at = now() - timedelta(days=1)
    assert digests.send_due() == 1
    assert "in triage" in inbox.texts()[-1]


def test_without_a_server_nothing_is_lost(office: Office, inbox: Inbox) -> None:
    office.move(office.rita, office.idea(office.anna), IdeaStatus.TRIAGE)
    with mail_server(inbox) as server:
        pass
    away = Digests(office.database, SmtpMailer(server, "s@nordhafen.example"), LOOK)

    with pytest.raises(MailUnavailable, match="tried again later"):
        away.send_due()

    with mail_server(inbox) as back:
        mailer = SmtpMailer(back, "s@nordhafen.example")
        assert Digests(office.database, mailer, LOOK).send_due() == 1


def test_a_note_for_reviewers_is_mentioned_without_its_words(
    office: Office, digests: Digests, inbox: Inbox
) -> None:
    idea = office.idea(office.anna)
    comments = IdeaComments(office.database)
    comments.add(office.rita, idea, "@rob salary 64,000", visibility=Visibility.REVIEWERS)

    assert digests.send_due() == 1

    [text] = inbox.texts()
    assert "Rita mentioned you at IDEA-0001" in text
    assert "64,000" not in text


def test_a_name_or_title_adds_no_header_and_no_line(
    office: Office, digests: Digests, inbox: Inbox
) -> None:
    idea = office.idea(office.anna)
    office.change(idea, title="Title\nBcc: evil@example.com")
    with office.database.begin() as session:
        session.get_one(UserRow, office.anna.id).name = "Anna\r\nBcc: evil@example.com"
    office.move(office.rita, idea, IdeaStatus.TRIAGE)

    digests.send_due()

    [mail] = inbox.mails
    assert mail["Bcc"] is None
    assert "“Title Bcc: evil@example.com”" in mail.get_content()


class Certificate:
    """A certificate for 127.0.0.1 that signs itself."""

    def __init__(self, folder: Path) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime.now(UTC) - timedelta(hours=1))
            .not_valid_after(datetime.now(UTC) + timedelta(hours=1))
            .add_extension(names, critical=False)
            .sign(key, hashes.SHA256())
        )
        self.file, self.key_file = folder / "mail.pem", folder / "mail.key"
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        self.key_file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )

    def of_server(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key_file)
        return context

    def trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.file))


MAIL = Mail("anna@nordhafen.example", "News", "Grüße: ein Brief.\n")


def signs_in(
    _server: object, _session: object, _envelope: object, _how: str, given: object
) -> AuthResult:
    is_right = given == LoginPassword(b"sandbox", b"right")
    return AuthResult(success=is_right, handled=False)


# The server does not know that its whole connection is encrypted.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
@pytest.mark.parametrize("security", [MailSecurity.STARTTLS, MailSecurity.TLS])
def test_mail_goes_over_an_encrypted_connection_with_a_sign_in(
    inbox: Inbox, tmp_path: Path, security: MailSecurity
) -> None:
    certificate = Certificate(tmp_path)
    options = (
        {"tls_context": certificate.of_server(), "require_starttls": True}
        if security is MailSecurity.STARTTLS
        else {"ssl_context": certificate.of_server(), "auth_require_tls": False}
    )
    with mail_server(inbox, authenticator=signs_in, auth_required=True, **options) as plain:
        server = MailServer(HOST, plain.port, security, "sandbox", "right", 5)
        mailer = SmtpMailer(server, "s@nordhafen.example", certificate.trusted())

        mailer.check()
        assert mailer.send([MAIL]) == [MAIL]

        wrong = MailServer(HOST, plain.port, security, "sandbox", "wrong", 5)
        with pytest.raises(MailUnavailable, match="SMTPAuthenticationError"):
            SmtpMailer(wrong, "s@nordhafen.example", certificate.trusted()).send([MAIL])

    assert [text.splitlines() for text in inbox.texts()] == [MAIL.text.splitlines()]


@pytest.mark.parametrize("security", [MailSecurity.STARTTLS, MailSecurity.TLS])
def test_a_server_that_is_not_trusted_gets_nothing(
    inbox: Inbox, tmp_path: Path, security: MailSecurity
) -> None:
    certificate = Certificate(tmp_path)
    key = "tls_context" if security is MailSecurity.STARTTLS else "ssl_context"
    with mail_server(inbox, **{key: certificate.of_server()}) as plain:
        mailer = SmtpMailer(MailServer(HOST, plain.port, security), "s@nordhafen.example")
        with pytest.raises(MailUnavailable):
            mailer.send([MAIL])

    assert inbox.mails == []


def test_a_server_without_encryption_gets_nothing_where_it_is_wanted(inbox: Inbox) -> None:
    with mail_server(inbox) as plain:
        server = MailServer(HOST, plain.port, MailSecurity.STARTTLS, "sandbox", "right", 5)
        with pytest.raises(MailUnavailable):
            SmtpMailer(server, "s@nordhafen.example").send([MAIL])

    assert inbox.mails == []


def test_news_about_a_question_leads_to_the_notifications(
    office: Office, digests: Digests, inbox: Inbox
) -> None:
    with office.database.begin() as session:
        notify(session, office.rita, Happening.GAP_ANSWERED, [office.anna.id], idea_id=None)

    digests.send_due()

    [text] = inbox.texts()
    assert "Rita replied to a question that you asked in the chat." in text
    assert "/ideas" not in text
