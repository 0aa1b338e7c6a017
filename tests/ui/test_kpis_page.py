"""The page KPIs: five groups of figures, their parts, and their files."""

from threading import Event

from streamlit.testing.v1 import AppTest

from admin.kpis.words import GROUPS
from bootstrap.services import Services
from core.domain.identity import User
from tests.ui.conftest import Pages, add_answer
from ui.usage.page import DEFAULT, PERIODS


def test_an_employee_is_told_that_only_administrators_see_kpis(pages: Pages, ben: User) -> None:
    app = pages.open("kpis", ben)

    assert "Only administrators can do this" in app.error[0].value
    assert not app.metric


def test_an_administrator_sees_all_five_groups(
    pages: Pages, services: Services, anna: User
) -> None:
    add_answer(services, anna, "Which class?", "Second class.")

    app = pages.open("kpis", anna)

    assert [one.value for one in app.subheader] == list(GROUPS.values())
    shown = {one.label: one.value for one in app.metric}
    assert shown["Questions"] == "1"
    assert shown["Rated helpful"] == "–"


def test_excel_is_offered_at_once_and_a_pdf_when_it_is_there(
    pages: Pages, services: Services, anna: User
) -> None:
    app = pages.open("kpis", anna)
    assert "Download Excel" in offered(app)
    assert "Download PDF" not in offered(app)

    app.button(key="kpi-make-pdf").click().run()
    _wait(services, anna)
    app = pages.open("kpis", anna)

    assert "Download PDF" in offered(app)


def test_the_pdf_of_another_period_is_not_offered(
    pages: Pages, services: Services, anna: User
) -> None:
    app = pages.open("kpis", anna)
    app.button(key="kpi-make-pdf").click().run()
    _wait(services, anna)

    app = pages.open("kpis", anna)
    assert "Download PDF" in offered(app)
    other = next(one for one in PERIODS if one != DEFAULT)
    app.button_group(key="kpi-period").set_value(other).run()

    assert "Download PDF" not in offered(app)


def offered(app: AppTest) -> str:
    """What the components of the page hold, among it the labels of files."""
    return " ".join(str(one.proto) for one in app.get("bidi_component"))


def _wait(services: Services, user: User) -> None:
    """Until the PDF is there."""
    for _ in range(600):
        file = services.kpis.pdf(user)
        if file is not None and not file.is_running:
            assert not file.problem
            return
        Event().wait(0.1)
    raise AssertionError("the PDF is still being made")
