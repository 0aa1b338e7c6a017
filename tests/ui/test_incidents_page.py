"""Reporting a problem in two clicks, settling it, and what its reporter sees of it."""

from streamlit.testing.v1 import AppTest

from admin.incidents.triage import Closing
from bootstrap.services import Services
from core.domain.governance.incidents import IncidentKind, IncidentOutcome, IncidentState
from core.domain.identity import User
from tests.ui.conftest import Pages, add_answer, texts


def opened(app: AppTest, key: str) -> AppTest:
    """The page after a panel was opened, as a click on it does."""
    app.session_state[key] = True
    return app.run()


def test_a_problem_is_reported_with_two_clicks(pages: Pages, services: Services, ben: User) -> None:
    answered = add_answer(services, ben, "How much is lunch?", "4.90 EUR")
    [chat] = services.chat.conversations.list(ben)
    app = pages.open("chat", ben)
    app.query_params["chat"] = chat.id

    app = app.run().button(key=f"report-{answered.answer_id}").click().run()
    app = app.button(key=f"report-wrong-{answered.answer_id}").click().run()

    assert not app.exception
    [sent] = services.incidents.reports.own(ben)
    assert (sent.kind, sent.message_id) == (IncidentKind.WRONG, answered.answer_id)


def test_an_administrator_reads_and_closes_a_problem(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    answered = add_answer(services, ben, "How much is lunch?", "4.90 EUR")
    services.incidents.reports.report(
        ben, IncidentKind.WRONG, message_id=answered.answer_id, words="It is *5.90* now."
    )
    app = pages.open("incidents", anna)
    assert "It is *5.90* now." in texts(app)
    assert "4.90" not in texts(app)

    app = app.button(key="read-1").click().run()
    assert "4.90 EUR" in texts(app)
    app = opened(app, "settle-1")
    app = next(one for one in app.button if one.label == "Close").click().run()

    assert not app.exception
    [own] = services.incidents.reports.own(ben)
    assert own.outcome is IncidentOutcome.FIXED


def test_a_reporter_sees_where_it_stands_and_the_reply(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    sent = services.incidents.reports.report(ben, IncidentKind.OTHER, words="Odd tone")
    services.incidents.triage.close(
        anna, sent.id, Closing(IncidentOutcome.EXPLAINED, "It quotes a *poem*."), version=1
    )

    shown = texts(pages.open("own_usage", ben))

    assert "Closed: Explained" in shown
    assert "It quotes a \\*poem\\*." in shown
    [own] = services.incidents.reports.own(ben)
    assert own.state is IncidentState.CLOSED


def test_near_misses_stand_apart(pages: Pages, services: Services, anna: User, ben: User) -> None:
    services.incidents.reports.report(
        ben, IncidentKind.WRONG, is_near_miss=True, words="Noticed in time"
    )
    app = pages.open("incidents", anna)
    assert "Noticed in time" not in texts(app)

    app = app.segmented_control(key="incidents-view").set_value("Near misses").run()

    assert "Noticed in time" in texts(app)


def test_employees_cannot_open_the_page(pages: Pages, ben: User) -> None:
    assert "Only administrators" in texts(pages.open("incidents", ben))
