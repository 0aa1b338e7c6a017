"""The page KPIs: five groups of figures, their parts, and their files."""

from admin.kpis.words import GROUPS
from bootstrap.services import Services
from core.domain.identity import User
from tests.ui.conftest import Pages, add_answer, texts


def test_an_employee_is_told_that_only_administrators_see_kpis(pages: Pages, ben: User) -> None:
    app = pages.open("kpis", ben)

    assert "Only administrators can do this" in app.error[0].value
    assert not app.metric


def test_an_administrator_sees_all_five_groups_and_what_is_not_recorded(
    pages: Pages, services: Services, anna: User
) -> None:
    add_answer(services, anna, "Which class?", "Second class.")

    app = pages.open("kpis", anna)

    assert [one.value for one in app.subheader] == list(GROUPS.values())
    shown = {one.label: one.value for one in app.metric}
    assert shown["Questions"] == "1"
    assert shown["Rated helpful"] == "–"
    assert "Incidents, budgets" in texts(app)
