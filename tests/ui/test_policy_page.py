"""The AI-use policy: the page in front of all others, the editor, people, versions, first steps."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import ui
import ui.policy.gate
from admin.policy.quiz import quiz
from bootstrap.services import Services
from core.domain.governance.policy import Decision, PolicyVersion, Step
from core.domain.identity import SYSTEM, User
from tests.ui.conftest import PASSWORD, Pages, add_answer, table, texts
from ui.policy import words as policy_words

MAIN = Path(ui.__file__).with_name("main.py")
RULES = "# Rules\n\nDo **no** harm."


class Sandbox:
    """The whole app, opened by somebody who is really signed in."""

    def __init__(self, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
        self._services = services
        self._monkeypatch = monkeypatch

    def open(self, user: User) -> AppTest:
        token = self._services.sign_in.sign_in(user.email, PASSWORD)
        self._monkeypatch.setattr("ui.state.person.session_token", lambda: token)
        self._monkeypatch.setattr("ui.policy.gate.state.session_token", lambda: token)
        return AppTest.from_file(str(MAIN), default_timeout=60).run()


@pytest.fixture
def sandbox(services: Services, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    return Sandbox(services, monkeypatch)


@pytest.fixture
def rules(services: Services) -> PolicyVersion:
    return services.policy.versions.publish(SYSTEM, RULES, is_material=True, seen=0)


def test_the_policy_stands_in_front_of_every_page_until_it_is_acknowledged(
    sandbox: Sandbox, services: Services, ben: User, rules: PolicyVersion
) -> None:
    app = sandbox.open(ben)
    assert policy_words.INTRODUCTION in texts(app)
    assert not app.chat_input

    app = app.button(key=f"acknowledge-{rules.id}").click().run()

    assert not app.exception
    assert len(app.chat_input) == 1
    [own] = services.policy.versions.own(ben)
    assert (own.number, own.sha256) == (rules.number, rules.sha256)


def test_declining_is_recorded_and_signs_out(
    sandbox: Sandbox, services: Services, ben: User, rules: PolicyVersion
) -> None:
    app = sandbox.open(ben)

    app = app.button(key=f"decline-{rules.id}").click().run()

    assert "You are signed out" in texts(app)
    assert [one.decision for one in services.policy.versions.own(ben)] == [Decision.DECLINED]
    assert services.sign_in.sessions_of(ben) == []
    assert rules.number == 1


def test_a_text_published_while_somebody_reads_is_not_acknowledged_unseen(
    sandbox: Sandbox, services: Services, ben: User, rules: PolicyVersion
) -> None:
    app = sandbox.open(ben)
    services.policy.versions.publish(
        SYSTEM, RULES + " Ever.", is_material=True, note="A word", seen=rules.number
    )

    app = app.button(key=f"acknowledge-{rules.id}").click().run()

    assert services.policy.versions.own(ben) == []
    assert not app.chat_input
    assert "Version 2" in texts(app)


def test_a_material_change_asks_again_and_says_what_changed(
    sandbox: Sandbox, services: Services, ben: User, rules: PolicyVersion
) -> None:
    services.policy.versions.acknowledge(ben, rules.id, rules.sha256)
    services.policy.versions.publish(
        SYSTEM, RULES + " Ever.", is_material=True, note="Also *never*", seen=1
    )

    shown = texts(sandbox.open(ben))

    assert policy_words.CHANGED in shown
    assert "Also \\*never\\*" in shown


def test_ones_own_figures_stay_open_before_the_policy_is_acknowledged(
    pages: Pages, services: Services, ben: User, rules: PolicyVersion
) -> None:
    app = pages.open("own_usage", ben)

    assert rules.is_material
    assert not app.exception
    assert not app.error
    assert app.button(key="prepare-export")


def test_every_page_of_the_menu_is_closed_until_then() -> None:
    source = MAIN.read_text(encoding="utf-8")

    addresses = set(re.findall(r'url_path="([\w-]+)"', source))
    [listed] = re.findall(r"CLOSED_PATHS = \((.+?)^\)", source, re.DOTALL | re.MULTILINE)

    # The start page has no address of its own, and the other one is a person's own.
    assert set(re.findall(r'"([\w-]+)"', listed)) == addresses - {"chat", "my-usage", "my-data"}


def test_an_administrator_saves_a_draft_and_publishes_it(
    pages: Pages, services: Services, anna: User, rules: PolicyVersion
) -> None:
    services.policy.versions.acknowledge(anna, rules.id, rules.sha256)
    app = pages.open("policy", anna)
    app.text_area(key="policy-editor-1-0").input(RULES + " Ever.").run()
    app = app.button(key="save-policy-draft").click().run()
    assert "A draft is being worked on" in texts(app)

    app.text_input[0].input("A word")
    app.toggle[0].set_value(False)
    app = next(one for one in app.button if one.label == "Publish").click().run()

    assert not app.exception
    [newest, _] = services.policy.versions.history(SYSTEM)
    assert (newest.text, newest.note, newest.is_material) == (RULES + " Ever.", "A word", False)
    assert services.policy.versions.draft(SYSTEM).version == 0


def test_a_publication_without_a_word_on_the_change_says_so(
    pages: Pages, services: Services, anna: User, rules: PolicyVersion
) -> None:
    services.policy.versions.acknowledge(anna, rules.id, rules.sha256)
    app = pages.open("policy", anna)
    app.text_area(key="policy-editor-1-0").input(RULES + " Ever.").run()

    app = next(one for one in app.button if one.label == "Publish").click().run()

    assert "Say in a few words what changed" in texts(app)
    assert len(services.policy.versions.history(SYSTEM)) == 1


def test_the_list_tells_who_has_not_acknowledged(
    pages: Pages, services: Services, anna: User, ben: User, rules: PolicyVersion
) -> None:
    services.policy.versions.acknowledge(anna, rules.id, rules.sha256)
    app = pages.open("policy", anna)

    app = app.segmented_control(key="policy-view").set_value("People").run()
    everyone = table(app, "Policy")
    app = app.segmented_control(key="policy-people").set_value("Not acknowledged").run()
    missing = table(app, "Policy")

    assert list(everyone["Policy"]) == ["Not yet", "Acknowledged"]
    assert list(missing["E-mail"]) == [ben.email]
    assert app.metric[0].value == "1 of 2"


def test_versions_are_listed_with_their_hash(
    pages: Pages, services: Services, anna: User, rules: PolicyVersion
) -> None:
    services.policy.versions.acknowledge(anna, rules.id, rules.sha256)
    app = pages.open("policy", anna)

    app = app.segmented_control(key="policy-view").set_value("Versions").run()

    assert rules.sha256 in texts(app)


def test_employees_cannot_open_the_page(pages: Pages, ben: User) -> None:
    app = pages.open("policy", ben)

    assert "Only administrators" in texts(app)


def test_first_steps_show_what_is_done_until_they_are_hidden(
    pages: Pages, services: Services, ben: User
) -> None:
    services.collections.add(SYSTEM, "Handbook", is_open=True)
    add_answer(services, ben, "How much leave?", "30 days")
    app = pages.open("chat", ben)
    shown = texts(app)
    assert f"{policy_words.STEPS[Step.ASKED]} (done)" in shown
    assert f"{policy_words.STEPS[Step.RATED]} (done)" not in shown

    app = app.button(key="dismiss-first-steps").click().run()

    assert "First steps" not in texts(app)
    assert services.policy.first_steps.trail(ben) is None


def test_the_quiz_is_passed_on_the_start_page(pages: Pages, services: Services, ben: User) -> None:
    services.collections.add(SYSTEM, "Handbook", is_open=True)
    app = pages.open("chat", ben)
    app = app.button(key="start-quiz").click().run()
    for place, question in enumerate(quiz().questions):
        app.radio(key=f"quiz-{place}").set_value(question.right)

    app = next(one for one in app.button if one.label == "Check my answers").click().run()

    assert "You have passed." in texts(app)
    assert services.policy.quiz.passed_at(ben) is not None
