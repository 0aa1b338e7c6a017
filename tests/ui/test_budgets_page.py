"""Budgets: who may spend how much, what is used, and what is turned off."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from admin.spending.values import BudgetTerms
from bootstrap.services import Services
from core.domain.costs.budgets import BudgetPeriod, BudgetScope
from core.domain.costs.refusals import SwitchKind
from core.domain.identity import SYSTEM, User
from core.storage.tables import MessageRow, ModelCallRow, RefusedCallRow
from tests.ui.conftest import Pages, add_answer, texts

EURO = 1_000_000


def spend(services: Services, user: User, euros: float) -> None:
    with services.database.begin() as session:
        session.add(
            ModelCallRow(
                user_id=user.id,
                surface="chat",
                purpose="answer",
                provider="local",
                model_requested="large",
                status="complete",
                cost_micros=round(euros * EURO),
            )
        )


def set_budget(
    services: Services,
    amount: int,
    scope: BudgetScope = BudgetScope.EVERYBODY,
    subject: str = "",
    period: BudgetPeriod = BudgetPeriod.MONTH,
) -> None:
    services.budgets.set(SYSTEM, BudgetTerms(scope, period, Decimal(amount), subject))


def field(app: AppTest, kind: str, start: str):  # type: ignore[no-untyped-def]  # any kind of element
    return next(e for e in getattr(app, kind) if (e.key or "").startswith(start))


def shares(app: AppTest) -> list[str]:
    """What stands above the bars that show how much is used."""
    return [one.proto.text for one in app.get("progress")]


def click(app: AppTest, key: str) -> AppTest:
    field(app, "button", key).click().run()
    assert not app.exception
    return app


def test_an_employee_is_told_that_only_administrators_see_budgets(pages: Pages, ben: User) -> None:
    app = pages.open("budgets", ben)

    assert "Only administrators can do this" in app.error[0].value


def test_a_budget_is_set_changed_and_removed_on_the_page(
    pages: Pages, services: Services, anna: User
) -> None:
    app = pages.open("budgets", anna)
    assert "There are no budgets yet" in texts(app)

    field(app, "number_input", "amount-").set_value(20.0)
    click(app, "set-budget")
    [line] = services.budgets.list_all(anna)
    assert (line.budget.scope, line.budget.limit_micros) == (BudgetScope.EVERYBODY, 20 * EURO)
    assert list(app.dataframe[0].value["Limit"]) == ["20.00 EUR"]
    field(app, "selectbox", "changed-budget").set_value(line.budget.id).run()
    app.number_input[-1].set_value(30.0)
    click(app, "save-budget")
    assert list(app.dataframe[0].value["Limit"]) == ["30.00 EUR"]
    field(app, "selectbox", "changed-budget").set_value(line.budget.id).run()
    click(app, "remove-budget")

    assert services.budgets.list_all(anna) == []


def test_a_budget_of_a_person_names_the_person(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    spend(services, ben, 4)
    app = pages.open("budgets", anna)

    field(app, "selectbox", "scope-").set_value(BudgetScope.PERSON).run()
    field(app, "number_input", "amount-").set_value(5.0)
    click(app, "set-budget")
    assert "Choose a person." in texts(app)
    field(app, "selectbox", "person-").set_value(ben.id).run()
    click(app, "set-budget")

    row = app.dataframe[0].value.iloc[0]
    assert (row["Who"], row["Used"], row["Share"]) == ("Ben Okafor", "4.00 EUR", 80)


def test_names_of_people_are_shown_letter_for_letter(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    set_budget(services, 5, BudgetScope.PERSON, ben.id)
    services.switches.turn_off(anna, SwitchKind.MODEL, "**large**", "[It](http://x) leaks")

    app = pages.open("budgets", anna)

    assert r"\*\*large\*\*" in texts(app)
    assert "[It](http://x)" not in texts(app)


def test_something_is_turned_off_and_on_again(pages: Pages, services: Services, anna: User) -> None:
    app = pages.open("budgets", anna)
    assert "Nothing is turned off" in texts(app)

    click(app, "turn-off")
    assert "Say why in 3 to 200 characters." in texts(app)
    services.switches.turn_off(anna, SwitchKind.MODEL, "large", "It leaks")
    app.run()
    assert "Model large" in texts(app)
    click(app, "on-model-large")

    assert not any(line.is_off for line in services.switches.list_all(anna))
    assert "Nothing is turned off" in texts(app)


def test_refused_requests_of_the_month_are_told_with_their_reasons(
    pages: Pages, services: Services, anna: User
) -> None:
    with services.database.begin() as session:
        session.add_all(RefusedCallRow(reason=r) for r in ("price", "person.month", "price"))

    told = texts(pages.open("budgets", anna))

    assert "3 requests were refused this month (price not known: 2" in told


@pytest.mark.parametrize(
    ("euros", "sentence"),
    [(3.9, ""), (4.1, "82 % of your budget"), (5, "Your budget for"), (7, "is used up")],
)
def test_a_person_is_told_on_their_own_page_and_in_chat_from_80_percent_on(  # noqa: PLR0913  what the test needs
    pages: Pages,
    services: Services,
    ben: User,
    monkeypatch: pytest.MonkeyPatch,
    euros: float,
    sentence: str,
) -> None:
    set_budget(services, 5)
    spend(services, ben, euros)
    monkeypatch.setattr(type(services.chat), "model_name", "large")

    [own], chat = shares(pages.open("own_usage", ben)), texts(pages.open("chat", ben))

    assert f"{euros:.2f} EUR of 5.00 EUR used" in own
    assert ("is used" in chat) == bool(sentence)
    assert sentence in chat


def test_of_a_shared_budget_only_the_share_is_told(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    set_budget(services, 8, BudgetScope.COMPANY)
    spend(services, anna, 4)

    [own] = shares(pages.open("own_usage", ben))

    assert "The company's budget" in own
    assert "50 % used" in own
    assert "8.00" not in own


def test_without_budgets_a_person_sees_nothing_of_them(pages: Pages, ben: User) -> None:
    assert shares(pages.open("own_usage", ben)) == []


def test_an_answer_says_why_passages_answered(pages: Pages, services: Services, ben: User) -> None:
    answered = add_answer(services, ben, "How do I travel?", "Second class is the rule. [1]")
    with services.database.begin() as session:
        row = session.get_one(MessageRow, answered.answer_id)
        row.fallback, conversation = "person.month", row.conversation_id
    app = pages.open("chat", ben)
    app.query_params["chat"] = conversation

    told = texts(app.run())

    assert "Your budget for this month no longer covers the language model, so this" in told


def test_usage_tells_refused_requests_of_its_period(
    pages: Pages, services: Services, anna: User
) -> None:
    add_answer(services, anna, "How do I travel?", "Second class is the rule. [1]")
    with services.database.begin() as session:
        session.add(RefusedCallRow(reason="company.day"))
        session.add(RefusedCallRow(reason="company.day", at=datetime(2020, 1, 1, tzinfo=UTC)))

    told = texts(pages.open("usage", anna))

    assert "1 request was refused in this period (the company's budget, day: 1)" in told
