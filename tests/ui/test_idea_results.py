"""What becomes of an idea on its card: owner and budget, experiments, months, and break-even."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from bootstrap.services import Services
from core.domain.clock import now
from core.domain.costs.months import later
from core.domain.costs.terms import CostKind, CostTerms
from core.domain.ideas.card import Ownership
from core.domain.ideas.tracking import ImpactKind, Outcome
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import SYSTEM, Role, User
from core.storage.tables import IdeaRow
from ideas.tracking.experiments import ExperimentEnd
from ideas.tracking.impacts import MonthEntry
from tests.ideas.rows import add_idea
from tests.ui.conftest import PASSWORD, Pages, texts


@pytest.fixture
def rita(services: Services) -> User:
    """A reviewer."""
    return services.people.add(
        SYSTEM, "rita@nordhafen.example", name="Rita Vogel", password=PASSWORD, role=Role.REVIEWER
    )


def idea_in(services: Services, status: IdeaStatus, owner: User | None = None) -> str:
    owner_id = owner.id if owner else None
    return add_idea(services.database, 1, status=status.value, owner_id=owner_id)


def results(pages: Pages, user: User, idea_id: str) -> AppTest:
    app = pages.open("ideas", user)
    app.query_params.update({"idea": idea_id, "tab": "Results"})
    app.run()
    assert not app.exception
    return app


def widget(app: AppTest, kind: str, start: str):  # type: ignore[no-untyped-def]  # any kind of element
    return next(e for e in getattr(app, kind) if (e.key or "").startswith(start))


def test_before_the_approval_there_is_nothing_to_tell(
    pages: Pages, services: Services, ben: User
) -> None:
    idea = idea_in(services, IdeaStatus.TRIAGE)

    assert "follow once the idea is approved" in results(pages, ben, idea).info[0].value


def test_the_committee_names_owner_budget_metric_and_end(
    pages: Pages, services: Services, rita: User, ben: User
) -> None:
    idea = idea_in(services, IdeaStatus.APPROVED)
    app = results(pages, rita, idea)

    widget(app, "selectbox", "owner_id-").set_value(ben.id)
    widget(app, "number_input", "cap-").set_value(5000.0)
    widget(app, "text_input", "metric-").input("Half the e-mails")
    widget(app, "date_input", "ends-").set_value(now().date() + timedelta(days=90))
    app.button(key="save-owner").click().run()

    owned = services.ideas.ownership.of(rita, idea).ownership
    assert (owned.owner_id, owned.budget_cap) == (ben.id, Decimal(5000))
    assert owned.is_complete
    assert services.ideas.notifications.count_unread(ben) == 1


def test_problems_of_the_owner_form_stand_beside_their_fields(
    pages: Pages, services: Services, rita: User
) -> None:
    idea = idea_in(services, IdeaStatus.APPROVED)
    app = results(pages, rita, idea)

    widget(app, "text_input", "metric-").input("x")
    app.button(key="save-owner").click().run()

    assert "characters what success is" in texts(app)
    assert widget(app, "text_input", "metric-").value == "x"


def test_the_owner_changes_metric_and_end_only(
    pages: Pages, services: Services, ben: User, anna: User
) -> None:
    idea = idea_in(services, IdeaStatus.APPROVED, owner=ben)
    app = results(pages, ben, idea)

    assert widget(app, "selectbox", "owner_id-").disabled
    assert not widget(app, "text_input", "metric-").disabled
    assert anna.name


def test_others_read_who_answers_for_the_idea(
    pages: Pages, services: Services, ben: User, rita: User
) -> None:
    idea = idea_in(services, IdeaStatus.APPROVED)
    wanted = Ownership(rita.id, "", Decimal(5000), "Half the e-mails", now().date())
    services.ideas.ownership.set(rita, idea, wanted, version=1)

    app = results(pages, ben, idea)

    assert "Rita Vogel" in texts(app)
    assert "Half the e-mails" in texts(app)
    assert "0 EUR of 5,000 EUR spent" in [p.proto.text for p in app.get("progress")]
    assert "save-owner" not in [b.key for b in app.button]


def test_costs_above_the_cap_are_told_in_red(
    pages: Pages, services: Services, ben: User, rita: User
) -> None:
    idea = idea_in(services, IdeaStatus.EXPERIMENT, owner=ben)
    wanted = Ownership(ben.id, "", Decimal(1000), "Half the e-mails", now().date())
    version = services.ideas.cards.get(rita, idea).version
    services.ideas.ownership.set(rita, idea, wanted, version=version)
    begun = services.ideas.experiments.begin(
        ben, idea, "It halves the e-mails.", started_on=now().date()
    )
    end = ExperimentEnd(Outcome.SUCCESS, now().date(), "", Decimal(1400))
    services.ideas.experiments.close(ben, begun.id, end)

    app = results(pages, ben, idea)

    told = [p.proto.text for p in app.get("progress")]
    assert told == [":red[:material/error: 1,400 EUR of 1,000 EUR spent, 400 EUR over the cap]"]


def test_an_experiment_is_begun_and_closed_with_what_was_learned(
    pages: Pages, services: Services, ben: User
) -> None:
    idea = idea_in(services, IdeaStatus.EXPERIMENT, owner=ben)
    app = results(pages, ben, idea)

    app.text_area(key=f"hypothesis-{idea}").input("It halves the e-mails of travellers.")
    app.button(key="begin-experiment").click().run()
    experiment = services.ideas.experiments.list(ben, idea)[0]
    assert "[Running]" in texts(app)
    app.button(key=f"close-{experiment.id}").click().run()
    assert "Choose how it ended." in texts(app)
    app.button_group(key=f"outcome-{experiment.id}").set_value(Outcome.FAILURE)
    app.button(key=f"close-{experiment.id}").click().run()
    assert "what was learned" in texts(app)
    app.text_area(key=f"learned-{experiment.id}").input("People want the page, not a summary.")
    app.number_input(key=f"cost-{experiment.id}").set_value(250.0)
    app.button(key=f"close-{experiment.id}").click().run()

    closed = services.ideas.experiments.list(ben, idea)[0]
    assert (closed.outcome, closed.cost) == (Outcome.FAILURE, Decimal(250))
    assert "[Failure]" in texts(app)


def test_months_add_up_to_the_one_in_which_the_idea_has_paid_for_itself(
    pages: Pages, services: Services, ben: User
) -> None:
    idea = idea_in(services, IdeaStatus.PRODUCTION, owner=ben)
    for month, benefit in ((1, 100), (2, 500)):
        entry = MonthEntry(
            date(2026, month, 1),
            ImpactKind.ACTUAL,
            Decimal(benefit),
            Decimal(200),
            "Counted in the ticket system.",
        )
        services.ideas.impacts.enter(ben, idea, entry)

    app = results(pages, ben, idea)

    assert "600 EUR benefit, 400 EUR cost, ROI 50%. Paid for itself in February 2026." in texts(app)
    assert list(app.dataframe[0].value["Month"]) == ["January 2026", "February 2026"]


def test_what_is_missing_until_an_idea_has_paid_for_itself_is_told_with_its_cost_items(
    pages: Pages, services: Services, ben: User, anna: User
) -> None:
    idea = idea_in(services, IdeaStatus.PRODUCTION, owner=ben)
    this = services.costs.this_month
    entry = MonthEntry(
        later(this, -1), ImpactKind.ACTUAL, Decimal(100), Decimal(50), "Counted by hand."
    )
    services.ideas.impacts.enter(ben, idea, entry)
    terms = CostTerms("Server", CostKind.SERVER, this, "EUR", amount=Decimal(80), idea_id=idea)
    services.cost_items.add(anna, terms)
    services.cost_items.add(anna, replace(terms, currency="CHF"))

    app = results(pages, ben, idea)

    assert "100 EUR benefit, 130 EUR cost, ROI -23%. Not paid for itself yet: 30 EUR missing." in (
        texts(app)
    )
    told = texts(app).replace("\\", "")
    assert "80 EUR of the actual cost are licences, servers, staff" in told
    assert "Not included, since no exchange rate is set: 80.00 CHF." in told
    assert "Server" not in told
    drawn = json.loads(app.get("vega_lite_chart")[0].proto.spec)
    assert [layer["mark"]["type"] for layer in drawn["layer"]] == ["line"]


def test_a_month_without_evidence_is_refused_beside_the_field(
    pages: Pages, services: Services, ben: User
) -> None:
    idea = idea_in(services, IdeaStatus.PRODUCTION, owner=ben)
    app = results(pages, ben, idea)

    app.number_input(key="impact-benefit").set_value(300.0)
    app.button(key="enter-month").click().run()
    assert "how this is known" in texts(app)
    assert app.number_input(key="impact-benefit").value == 300.0
    app.text_area(key=f"evidence-{idea}").input("Counted in the ticket system.")
    app.button(key="enter-month").click().run()

    entered = services.ideas.impacts.of(ben, idea).entries
    assert [(e.kind, e.benefit) for e in entered] == [(ImpactKind.ACTUAL, Decimal(300))]


def test_a_month_entered_by_mistake_is_removed(pages: Pages, services: Services, ben: User) -> None:
    idea = idea_in(services, IdeaStatus.APPROVED, owner=ben)
    entry = MonthEntry(date(2026, 1, 1), ImpactKind.PLANNED, Decimal(5), Decimal(1))
    services.ideas.impacts.enter(ben, idea, entry)
    app = results(pages, ben, idea)

    app.button(key="remove-month").click().run()

    assert services.ideas.impacts.of(ben, idea).entries == ()


def test_a_declined_idea_says_what_was_learned(pages: Pages, services: Services, ben: User) -> None:
    idea = add_idea(
        services.database,
        1,
        status=IdeaStatus.DECLINED.value,
        lesson_learned="The data may not be used for this.",
    )
    app = pages.open("ideas", ben)
    app.query_params["idea"] = idea

    assert "The data may not be used for this." in texts(app.run())
    with services.database.read() as session:
        assert session.get_one(IdeaRow, idea).lesson_learned
