"""Settings of mail: what is refused, what the doctor says, and that digests really go out."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bootstrap.checks import run_checks
from bootstrap.ideas import build_mailer
from core.errors import ConfigurationError
from core.settings import MailSettings, Settings
from tests.inbox import Inbox, mail_server

SENDER = "sandbox@nordhafen.example"


def with_mail(folder: Path, mail: Mapping[str, object]) -> Settings:
    return Settings(_env_file=None, data_dir=folder, mail=MailSettings.model_validate(mail))


def said(settings: Settings) -> tuple[bool, str, str]:
    [check] = [check for check in run_checks(settings) if check.name == "mail"]
    return check.is_ok, check.found, check.fix


def test_without_a_server_no_mail_is_sent_and_that_is_fine(tmp_path: Path) -> None:
    settings = with_mail(tmp_path, {})

    assert build_mailer(settings) is None
    is_ok, found, _ = said(settings)
    assert is_ok
    assert "not sent" in found


@pytest.mark.parametrize(
    ("mail", "named"),
    [
        ({"host": "mail.example.com"}, "SANDBOX_MAIL__SENDER"),
        (
            {
                "host": "mail.example.com",
                "sender": SENDER,
                "security": "none",
                "username": "sandbox",
            },
            "SANDBOX_MAIL__SECURITY",
        ),
    ],
)
def test_settings_that_cannot_be_used_are_refused_with_their_name(
    tmp_path: Path, mail: dict[str, object], named: str
) -> None:
    settings = with_mail(tmp_path, mail)

    with pytest.raises(ConfigurationError, match=named):
        build_mailer(settings)
    is_ok, found, _ = said(settings)
    assert not is_ok
    assert named in found


def test_the_doctor_knocks_at_the_server_and_sends_nothing(tmp_path: Path) -> None:
    inbox = Inbox()
    with mail_server(inbox) as server:
        mail = {"host": server.host, "port": server.port, "security": "none", "sender": SENDER}
        settings = with_mail(tmp_path, mail)
        assert said(settings)[:2] == (True, f"{server.host} takes mail")

    is_ok, found, fix = said(settings)
    assert (is_ok, inbox.mails) == (False, [])
    assert "did not take the mail" in found
    assert "SANDBOX_MAIL__" in fix


def test_a_password_is_never_shown() -> None:
    mail = MailSettings.model_validate({"password": "secret-4711"})

    assert "4711" not in repr(mail)
