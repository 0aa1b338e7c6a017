"""Costs and value: totals by month, what ideas bring, and cost items that are kept there."""

import csv
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from streamlit.testing.v1 import AppTest

from bootstrap.services import Services
from core.domain.costs.months import later
from core.domain.costs.terms import CostItem, CostKind, CostRhythm, CostTerms
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import User
from core.printing.delimited import as_csv
from core.printing.workbook import as_xlsx
from core.storage.tables import IdeaImpactRow, ModelCallRow
from tests.ideas.rows import add_idea
from tests.ui.conftest import Pages, texts
from ui.costs.tables import ideas_table, items_table, months_table

EURO = 1_000_000


@pytest.fixture
def this(services: Services) -> date:
    """The running month."""
    return services.costs.this_month


def add(services: Services, admin: User, first: date, **values: object) -> CostItem:
    terms = CostTerms("Model licence", CostKind.LICENCE, first, "EUR", amount=Decimal(50))
    return services.cost_items.add(admin, replace(terms, **values))  # type: ignore[arg-type]  # any field


def ask_model(services: Services, euros: int) -> None:
    with services.database.begin() as session:
        session.add(
            ModelCallRow(
                user_id="ben",
                surface="chat",
                purpose="answer",
                provider="local",
                model_requested="large",
                status="complete",
                cost_micros=euros * EURO,
            )
        )


def show(app: AppTest, view: str) -> AppTest:
    app.segmented_control(key="costs-view").set_value(view).run()
    assert not app.exception
    return app


def field(app: AppTest, kind: str, start: str):  # type: ignore[no-untyped-def]  # any kind of element
    return next(e for e in getattr(app, kind) if (e.key or "").startswith(start))


def metric(app: AppTest, label: str) -> str:
    return next(str(one.value) for one in app.metric if one.label == label)


def listed(app: AppTest, *columns: str):  # type: ignore[no-untyped-def]  # a table of pandas
    found = [one.value for one in app.table if set(columns) <= set(one.value.columns)]
    assert len(found) == 1
    return found[0]


def test_an_employee_is_told_that_only_administrators_see_costs(pages: Pages, ben: User) -> None:
    app = pages.open("costs", ben)

    assert "Only administrators can do this" in app.error[0].value
    for view in ("Value of ideas", "Cost items"):
        app.segmented_control(key="costs-view").set_value(view).run()
        assert "Only administrators can do this" in app.error[0].value
        assert not app.table


def test_without_costs_each_view_says_what_to_do(pages: Pages, anna: User) -> None:
    app = pages.open("costs", anna)

    assert "Nothing was spent in these months" in app.info[0].value
    assert "No idea has a benefit or a cost yet" in show(app, "Value of ideas").info[0].value
    assert "No costs beside the models yet" in show(app, "Cost items").info[0].value


def test_models_and_items_are_added_up_by_month(
    pages: Pages, services: Services, anna: User, this: date
) -> None:
    add(services, anna, later(this, -1))
    add(services, anna, this, name="Firewall", kind=CostKind.SERVER, rhythm=CostRhythm.ONCE)
    ask_model(services, 100)

    app = pages.open("costs", anna)

    assert metric(app, "Total cost") == "250.00 EUR"
    assert metric(app, "Models") == "100.00 EUR"
    months = listed(app, "Month", "Total (EUR)")
    assert len(months) == 13
    assert months["Total (EUR)"].tolist()[-3:] == [50, 200, 250]
    assert [c for c in months.columns if "Embeddings" in c or "Staff" in c] == []
    titles = [one.value.replace("\\", "") for one in app.markdown if one.value.startswith("####")]
    assert titles == ["#### 250.00 EUR in 12 months, 40% of it answers and drafts"]
    assert f"{this:%B} is not over" in texts(app)


def test_the_period_can_be_changed(
    pages: Pages, services: Services, anna: User, this: date
) -> None:
    add(services, anna, later(this, -2))
    app = pages.open("costs", anna)

    app.segmented_control(key="costs-period").set_value("Months").run()
    assert len(listed(app, "Month", "Total (EUR)")) == 4
    app.selectbox(key="costs-last").set_value(later(this, -1)).run()
    assert metric(app, "Total cost") == "100.00 EUR"
    app.selectbox(key="costs-first").set_value(this).run()
    assert "not before the first" in app.error[0].value


def test_what_has_no_exchange_rate_stands_by_itself(
    pages: Pages, services: Services, anna: User, this: date
) -> None:
    add(services, anna, this)
    add(services, anna, this, name="Translator", currency="USD")

    app = pages.open("costs", anna)

    assert "Not included, since no exchange rate is set: 50.00 USD." in texts(app).replace("\\", "")
    assert listed(app, "Month", "Not converted (USD)")["Not converted (USD)"].tolist()[-1] == 50


def test_a_cost_is_added_and_the_form_is_empty_again(
    pages: Pages, services: Services, anna: User, this: date
) -> None:
    app = show(pages.open("costs", anna), "Cost items")

    field(app, "text_input", "name-").input("Model licence")
    field(app, "number_input", "amount-").set_value(49.9)
    app.button(key="add-cost").click().run()

    [item] = services.cost_items.list_all(anna)
    assert item.terms == CostTerms(
        "Model licence", CostKind.LICENCE, this, "EUR", amount=Decimal("49.9")
    )
    assert listed(app, "Name", "Amount")["Amount"].tolist() == [49.9]
    assert field(app, "text_input", "name-").value == ""


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    pages: Pages, services: Services, anna: User
) -> None:
    app = show(pages.open("costs", anna), "Cost items")

    field(app, "button_group", "given-").set_value("Hours and hourly rate").run()
    field(app, "text_input", "name-").input("x")
    field(app, "number_input", "hours-").set_value(12.5)
    app.button(key="add-cost").click().run()

    assert "name of 2 to 120 characters" in texts(app)
    assert "an hourly rate above 0" in texts(app)
    assert field(app, "text_input", "name-").value == "x"
    assert field(app, "number_input", "hours-").value == 12.5
    assert services.cost_items.list_all(anna) == []

    field(app, "text_input", "name-").input("Editor")
    field(app, "number_input", "rate-").set_value(64.4)
    app.button(key="add-cost").click().run()
    assert services.cost_items.list_all(anna)[0].terms.micros == 805 * EURO


def test_a_cost_is_changed_ended_and_deleted_and_its_history_says_so(
    pages: Pages, services: Services, anna: User, this: date
) -> None:
    item = add(services, anna, later(this, -3))
    app = show(pages.open("costs", anna), "Cost items")

    field(app, "selectbox", "changed-cost").set_value(item.id).run()
    amount = next(e for e in app.number_input if item.id in (e.key or ""))
    amount.set_value(60.0)
    app.button(key="save-cost").click().run()
    assert services.cost_items.list_all(anna)[0].terms.amount == 60
    assert "Anna Berg changed it: amount 50 → 60" in texts(app).replace("\\", "")

    app.selectbox(key=f"end-of-{item.id}").set_value(later(this, -1))
    app.button(key="end-cost").click().run()
    assert services.cost_items.list_all(anna)[0].terms.last_month == later(this, -1)

    app.button(key="delete-cost").click().run()
    assert services.cost_items.list_all(anna) == []
    assert not app.exception


def test_a_change_by_someone_else_is_told_and_loses_nothing(
    pages: Pages, services: Services, anna: User, this: date
) -> None:
    item = add(services, anna, this)
    app = show(pages.open("costs", anna), "Cost items")
    field(app, "selectbox", "changed-cost").set_value(item.id).run()
    others = replace(item.terms, note="By someone else.")
    services.cost_items.change(anna, item.id, others, version=1)

    next(e for e in app.number_input if item.id in (e.key or "")).set_value(60.0)
    app.button(key="save-cost").click().run()

    assert "Someone else changed this cost" in app.error[0].value
    assert next(e for e in app.number_input if item.id in (e.key or "")).value == 60.0
    app.button(key="save-cost").click().run()
    assert services.cost_items.list_all(anna)[0].terms.amount == 60


def test_a_row_of_the_list_says_in_few_columns_what_is_paid_and_when(
    pages: Pages, services: Services, anna: User, this: date
) -> None:
    add(services, anna, this, name="Machine")

    table = listed(show(pages.open("costs", anna), "Cost items"), "Name", "Paid")

    assert list(table.columns) == ["Name", "Kind", "Amount", "Paid", "Months"]
    assert table.loc[0, "Paid"] == "EUR\u00a0a\u00a0month"
    assert table.loc[0, "Months"] == f"since {this:%b %Y}"


def test_ideas_are_listed_by_net_value_with_the_month_that_paid_for_them(
    pages: Pages, services: Services, anna: User, this: date
) -> None:
    good, poor = (
        add_idea(services.database, number, status=IdeaStatus.PRODUCTION.value, title=title)
        for number, title in ((1, "=Read invoices"), (2, "See *damaged* pallets"))
    )
    start = later(this, -2)
    with services.database.begin() as session:
        for idea, month, benefit, cost in (
            (good, start, 10, 60),
            (good, later(this, -1), 90, 10),
            (poor, start, 5, 0),
        ):
            session.add(
                IdeaImpactRow(
                    idea_id=idea,
                    month=month,
                    kind="actual",
                    benefit_micros=benefit * EURO,
                    cost_micros=cost * EURO,
                )
            )
    add(services, anna, start, idea_id=poor, amount=Decimal(25))

    app = show(pages.open("costs", anna), "Value of ideas")

    found = listed(app, "Idea", "Net value (EUR)")
    assert found["Net value (EUR)"].tolist() == [30, -70]
    assert found["Paid for itself"].tolist() == [
        f"{later(this, -1):%b\u00a0%Y}",
        "Not yet: 70 EUR missing",
    ]
    assert found["ROI (%)"].tolist() == [42.9, -93.3]
    assert "2 ideas brought 40 EUR less than they cost" in texts(app)
    app.selectbox(key="costs-idea").set_value(app.selectbox(key="costs-idea").options[1]).run()
    assert "not paid for itself yet: 70 EUR missing" in texts(app)
    assert not app.exception


def test_files_hold_what_the_page_shows_and_run_nothing(
    services: Services, anna: User, this: date
) -> None:
    add(services, anna, this, name="=HYPERLINK(1)", note="+1")
    add_idea(services.database, 1, status=IdeaStatus.APPROVED.value, title="@sum")
    idea = next(iter(services.cost_items.ideas(anna)))
    add(services, anna, this, name="-2", idea_id=idea)
    report = services.costs.tco(anna, later(this, -1), this)
    items = items_table(services.cost_items.list_all(anna))

    months = list(csv.reader(io.StringIO(as_csv(months_table(report)).decode("utf-8-sig"))))
    named = list(csv.reader(io.StringIO(as_csv(items).decode("utf-8-sig"))))
    book = load_workbook(io.BytesIO(as_xlsx({"Months": months_table(report), "Items": items})))
    ideas = as_csv(ideas_table(services.costs.ideas(anna))).decode("utf-8-sig")

    assert months[0] == list(months_table(report).header)
    assert [row[1] for row in months[1:]] == ["0", "100", "100"]
    assert {row[0] for row in named[1:]} == {"'-2", "'=HYPERLINK(1)"}
    assert {row[-1] for row in named[1:]} == {"", "'+1"}
    cells = [cell for row in book["Items"].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert book["Months"]["B4"].value == 100
    assert ",'@sum," in ideas
