"""Notifications: what happened, by day; read by opening, marking, or looking at the idea."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import ui
from bootstrap.services import Services
from core.domain.ideas.life import DigestChoice, Happening, Notification
from core.domain.identity import User
from core.storage.tables import NotificationRow
from tests.ideas.rows import add_idea
from tests.ui.conftest import PASSWORD, Pages, texts
from ui.notifications.words import sentence

MAIN = Path(ui.__file__).with_name("main.py")


@pytest.fixture
def tell(services: Services, anna: User, ben: User) -> Callable[..., str]:
    """Tells Ben of something that Anna did to the first idea."""
    idea = add_idea(services.database, 1, title="Answer travel questions")

    def told(happening: Happening, **details: str) -> str:
        row = NotificationRow(
            user_id=ben.id,
            happening=happening.value,
            idea_id=idea,
            actor_id=anna.id,
            details=details,
        )
        with services.database.begin() as session:
            session.add(row)
        return idea

    return told


def test_nothing_yet_says_of_what_one_hears(pages: Pages, ben: User) -> None:
    assert "You are notified about ideas" in pages.open("notifications", ben).info[0].value


def test_each_says_who_did_what_to_which_idea(
    pages: Pages, ben: User, tell: Callable[..., str]
) -> None:
    tell(Happening.MOVED, to="approved")
    tell(Happening.MERGED, merged="7")

    shown = texts(pages.open("notifications", ben))

    assert "Anna Berg moved it to “Approved”" in shown
    assert "Anna Berg merged IDEA-0007 into it" in shown
    assert "**Answer travel questions**" in shown
    assert "#### Today" in shown
    assert shown.count(":blue-badge[New]") == 2


@pytest.mark.parametrize("happening", list(Happening))
def test_every_happening_has_a_sentence_whatever_its_details_say(happening: Happening) -> None:
    from core.domain.clock import now

    told = Notification("1", happening, now(), actor_name="Anna", details={"to": "?", "risk": "?"})

    assert sentence(told)
    assert "None" not in sentence(told)


def test_all_are_marked_as_read_at_once(
    pages: Pages, services: Services, ben: User, tell: Callable[..., str]
) -> None:
    tell(Happening.COMMENTED)
    app = pages.open("notifications", ben)

    app.button(key="read-all").click().run()

    assert services.ideas.notifications.count_unread(ben) == 0
    assert "[New]" not in texts(app)
    assert "read-all" not in [b.key for b in app.button]


def test_looking_at_the_idea_reads_what_is_about_it(
    pages: Pages, services: Services, ben: User, tell: Callable[..., str]
) -> None:
    idea = tell(Happening.COMMENTED)
    app = pages.open("ideas", ben)

    app.query_params["idea"] = idea
    app.run()

    assert services.ideas.notifications.count_unread(ben) == 0


def test_the_choice_of_mails_is_kept(
    pages: Pages, services: Services, ben: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_mail = replace(services, ideas=replace(services.ideas, sends_mail=True))
    monkeypatch.setattr("ui.resources.process_services", lambda: with_mail)
    app = pages.open("notifications", ben)

    app.button_group(key="digest").set_value(DigestChoice.WEEKLY).run()

    assert services.ideas.notifications.digest(ben) is DigestChoice.WEEKLY
    again = pages.open("notifications", ben)
    assert again.button_group(key="digest").value is DigestChoice.WEEKLY


def test_without_a_mail_server_there_is_no_choice_of_mails(pages: Pages, ben: User) -> None:
    app = pages.open("notifications", ben)

    assert not app.button_group


def test_the_bell_in_the_sidebar_counts_what_is_new(
    services: Services,
    ben: User,
    tell: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    token = services.sign_in.sign_in(ben.email, PASSWORD)
    monkeypatch.setattr("ui.state.person.session_token", lambda: token)

    def bell() -> str:
        app = AppTest.from_file(str(MAIN), default_timeout=60).run()
        assert not app.exception
        return str(app.sidebar.get("page_link")[0].proto.label)

    assert bell() == "Notifications"
    tell(Happening.COMMENTED)
    assert bell() == "Notifications (1)"
