"""Links for passwords by mail, and what people are told about changes of how they sign in."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from admin.audit.log import AuditLog
from admin.people import People
from admin.signing_in.account_mail import AccountMail
from admin.signing_in.notices import AccountNotices
from admin.signing_in.password_links import PasswordLinks
from admin.signing_in.passwords import Passwords
from admin.signing_in.second_factors import SecondFactors
from admin.signing_in.sign_in import SignIn
from admin.single_sign_on.connections import Connections
from core.domain.ideas.life import Happening
from core.domain.identity import SYSTEM, User
from core.errors import AccessDenied, Conflict, MailUnavailable, NotFound
from core.mail import MailSecurity, MailServer, SmtpMailer
from core.storage.audit.key import SecretKey
from core.storage.database import Database
from ideas.life.notifications import Notifications
from tests.admin.conftest import NEW_PASSWORD, PASSWORD, Clock
from tests.admin.test_second_factors import enrol
from tests.inbox import Inbox, mail_server

SENDER = "sandbox@nordhafen.example"
ADDRESS = "https://sandbox.nordhafen.example/"


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def mail(inbox: Inbox) -> Iterator[AccountMail]:
    with mail_server(inbox) as server:
        yield AccountMail(SmtpMailer(server, SENDER), "Nordhafen", ADDRESS)


@pytest.fixture
def notices(sqlite_database: Database, mail: AccountMail) -> AccountNotices:
    return AccountNotices(sqlite_database, mail)


@pytest.fixture
def mailed(
    sqlite_database: Database, passwords: Passwords, mail: AccountMail, notices: AccountNotices
) -> PasswordLinks:
    return PasswordLinks(sqlite_database, passwords, mail=mail, notices=notices)


def told(database: Database, user: User) -> list[Happening]:
    return [one.happening for one in Notifications(database).list(user)]


def test_a_link_goes_to_its_person_and_whoever_sends_it_sees_nothing(
    mailed: PasswordLinks, sign_in: SignIn, anna: User, ben: User, inbox: Inbox
) -> None:
    assert mailed.send(anna, ben.id) is None  # type: ignore[func-returns-value]  # that is the point

    [sent] = inbox.mails
    found = re.search(
        r"https://sandbox\.nordhafen\.example/new-password\?token=(\S+)", inbox.texts()[0]
    )
    assert found is not None
    assert (sent["To"], sent["From"]) == (ben.email, SENDER)
    mailed.use(found[1], NEW_PASSWORD)
    assert sign_in.sign_in(ben.email, NEW_PASSWORD)


def test_no_administrator_gets_a_link_into_their_hands(
    links: PasswordLinks, anna: User, ben: User
) -> None:
    with pytest.raises(AccessDenied, match="terminal"):
        links.create(anna, ben.id)
    with pytest.raises(Conflict, match="Mail is not set up"):
        links.send(anna, ben.id)
    with pytest.raises(AccessDenied):
        links.send(ben, anna.id)


def test_a_link_that_is_not_taken_opens_nothing(
    sqlite_database: Database, passwords: Passwords, anna: User, ben: User
) -> None:
    nobody = SmtpMailer(MailServer("127.0.0.1", 9, MailSecurity.NONE, timeout_s=1), SENDER)
    links = PasswordLinks(
        sqlite_database, passwords, mail=AccountMail(nobody, "Nordhafen", ADDRESS)
    )
    earlier = links.create(SYSTEM, ben.id)

    with pytest.raises(MailUnavailable):
        links.send(anna, ben.id)

    assert not links.is_open(earlier)


def test_an_address_that_does_not_exist_is_told(
    mailed: PasswordLinks, anna: User, ben: User, inbox: Inbox
) -> None:
    inbox.refused = {ben.email}

    with pytest.raises(MailUnavailable, match="takes no mail for"):
        mailed.send(anna, ben.id)


def test_a_password_by_a_link_is_told_on_the_page_and_by_mail(
    mailed: PasswordLinks, sqlite_database: Database, ben: User, inbox: Inbox
) -> None:
    mailed.use(mailed.create(SYSTEM, ben.id), NEW_PASSWORD)

    [text] = inbox.texts()
    assert "A new password was set for your account with a link." in text
    assert "If that was not you" in text
    assert told(sqlite_database, ben) == [Happening.ACCOUNT_PASSWORD_SET]


def test_a_second_factor_that_comes_or_goes_is_told_to_its_owner(
    tmp_path_factory: pytest.TempPathFactory,
    sqlite_database: Database,
    notices: AccountNotices,
    ben: User,
    inbox: Inbox,
) -> None:
    key, clock = SecretKey(tmp_path_factory.mktemp("key") / "key"), Clock()
    factors = SecondFactors(sqlite_database, key, "Sandbox", clock=clock, notices=notices)

    enrol(factors, ben, clock)
    factors.remove(SYSTEM, ben.id)

    assert ["added" in text for text in inbox.texts()] == [True, False]
    assert sorted(told(sqlite_database, ben)) == [
        Happening.ACCOUNT_FACTOR_ADDED,
        Happening.ACCOUNT_FACTOR_REMOVED,
    ]


def test_a_notice_that_was_not_mailed_stays_for_the_digest(
    sqlite_database: Database,
    passwords: Passwords,
    ben: User,
    notices: AccountNotices,
    inbox: Inbox,
) -> None:
    nobody = SmtpMailer(MailServer("127.0.0.1", 9, MailSecurity.NONE, timeout_s=1), SENDER)
    down = AccountNotices(sqlite_database, AccountMail(nobody, "Nordhafen", ADDRESS))
    links = PasswordLinks(sqlite_database, passwords, notices=down)
    links.use(links.create(SYSTEM, ben.id), NEW_PASSWORD)
    notices.send(ben.id)
    notices.send(ben.id)

    assert len(inbox.mails) == 1


def test_a_connection_is_told_and_seen_by_its_owner(
    sqlite_database: Database, notices: AccountNotices, anna: User, ben: User, inbox: Inbox
) -> None:
    connections = Connections(sqlite_database, "https://login.example", notices)

    made = connections.connect(anna, ben.id, " s-ben ")
    mine = connections.mine(ben)
    with pytest.raises(NotFound):
        connections.disconnect(anna, made.id)
    with pytest.raises(Conflict):
        connections.connect(anna, anna.id, "s-ben")
    connections.disconnect(ben, made.id)

    assert [(one.issuer, one.subject) for one in mine] == [("https://login.example", "s-ben")]
    assert connections.mine(ben) == []
    assert len(inbox.mails) == 2
    assert [one.action for one in AuditLog(sqlite_database).readings_of(ben)] == ["identity.added"]


def test_the_only_way_in_is_not_let_go(
    sqlite_database: Database, people: People, notices: AccountNotices
) -> None:
    mia = people.add_without_password(SYSTEM, "mia@nordhafen.example", name="Mia")
    connections = Connections(sqlite_database, "https://login.example", notices)
    made = connections.connect(SYSTEM, mia.id, "s-mia")

    with pytest.raises(Conflict, match="only way to sign in"):
        connections.disconnect(mia, made.id)


def test_without_passwords_only_emergency_accounts_get_links(
    sqlite_database: Database, passwords: Passwords, people: People, anna: User, ben: User
) -> None:
    people.set_emergency(SYSTEM, anna.id, is_emergency=True)
    links = PasswordLinks(sqlite_database, passwords, takes_passwords=False)
    old = PasswordLinks(sqlite_database, passwords).create(SYSTEM, ben.id)

    assert links.is_open(links.create(SYSTEM, anna.id))
    assert not links.is_open(old)
    with pytest.raises(Conflict, match="company account"):
        links.create(SYSTEM, ben.id)


def test_the_first_account_where_there_are_no_passwords_is_for_emergencies(
    sqlite_database: Database, passwords: Passwords, clock: Clock
) -> None:
    sign_in = SignIn(
        sqlite_database,
        passwords,
        idle=timedelta(hours=1),
        absolute=timedelta(hours=8),
        takes_passwords=False,
        clock=clock,
    )
    sign_in.complete_setup(
        sign_in.start_setup(), "ada@nordhafen.example", name="Ada", password=PASSWORD
    )

    assert sign_in.sign_in("ada@nordhafen.example", PASSWORD)
