"""The portfolio: matrix, board, ranking, comparison and roadmap from one filter in the address."""

import json
from collections.abc import Mapping
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from bootstrap.services import Services
from core.domain.clock import now
from core.domain.ideas.card import IdeaCategory, label_of
from core.domain.ideas.review import Quadrant
from core.domain.ideas.triage import RiskClass
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import User
from core.storage.tables import IdeaReviewRow
from tests.ideas.rows import add_idea
from tests.ui.conftest import Pages, texts
from ui.portfolio.roadmap import AT_MOST, CARDS

FIRM: Mapping[str, object] = {
    "value_score": 80.0,
    "feasibility_score": 70.0,
    "value_spread": 5.0,
    "feasibility_spread": 2.5,
    "review_count": 2,
    "quadrant": Quadrant.QUICK_WIN.value,
    "status": IdeaStatus.EVALUATION.value,
}
PROVISIONAL: Mapping[str, object] = {
    **FIRM,
    "value_score": 20.0,
    "feasibility_score": 30.0,
    "review_count": 1,
    "quadrant": Quadrant.TRAP.value,
}


@pytest.fixture
def ids(services: Services) -> list[str]:
    """A quick win, a provisional trap, and a new idea without a review."""
    database = services.database
    return [
        add_idea(
            database,
            1,
            title="Answer travel questions",
            risk_class=RiskClass.HIGH.value,
            money_per_month_micros=900_000_000,
            business_unit="Finance",
            **FIRM,
        ),
        add_idea(database, 2, category=IdeaCategory.BETTER_PRODUCT.value, **PROVISIONAL),
        add_idea(database, 3),
    ]


def opened(pages: Pages, user: User, **address: str) -> AppTest:
    app = pages.open("portfolio", user)
    app.query_params.update(address)
    app.run()
    assert not app.exception
    return app


def chart(app: AppTest) -> dict[str, object]:
    """The chart as the browser gets it."""
    spec: dict[str, object] = json.loads(app.get("vega_lite_chart")[0].proto.spec)
    return spec


def test_an_empty_portfolio_says_what_will_be_here(pages: Pages, ben: User) -> None:
    assert "No idea here has a review yet" in opened(pages, ben).info[0].value


def test_the_matrix_says_what_it_shows_and_what_not(
    pages: Pages, ben: User, ids: list[str]
) -> None:
    app = opened(pages, ben)

    shown = texts(app)
    assert "#### 1 quick win, 0 big bets, 0 incremental and 0 traps" in shown
    assert "1 idea without a review." in shown
    assert "**Colour and letter**" in shown
    assert len(ids) == 3


def test_the_table_under_the_matrix_says_the_same(pages: Pages, ben: User, ids: list[str]) -> None:
    table = opened(pages, ben).dataframe[0].value

    first, second = table.to_dict("records")
    assert len(ids) == 3
    assert first["Title"] == "Answer travel questions"
    assert (first["Place"], first["Value"], first["Feasibility"]) == ("Quick win", 80.0, 70.0)
    assert (first["Risk"], first["EUR a month"]) == ("High risk", 900.0)
    assert (second["Place"], second["Reviews"]) == ("Trap", "1, provisional")


def test_the_chart_has_names_of_quadrants_and_marks_beside_colours(
    pages: Pages, ben: User, ids: list[str]
) -> None:
    spec = json.dumps(chart(opened(pages, ben)))

    assert len(ids) == 3
    for encoding in ('"shape"', '"size"', '"fillOpacity"', '"stroke"', '"Letter"'):
        assert encoding in spec
    assert '"name": "opened"' in spec


def test_nobody_sees_the_place_of_an_idea_they_still_have_to_review(
    pages: Pages, services: Services, anna: User, ids: list[str]
) -> None:
    with services.database.begin() as session:
        session.add(IdeaReviewRow(idea_id=ids[0], reviewer_id=anna.id, due_at=now()))

    app = opened(pages, anna)

    assert "1 idea that you still have to review." in texts(app)
    assert "Answer travel questions" not in str(app.dataframe[0].value)


def test_one_filter_holds_for_all_views_and_stands_in_the_address(
    pages: Pages, ben: User, ids: list[str]
) -> None:
    app = opened(pages, ben, unit="Finance", view="ranking")
    assert [label_of(1)] == list(app.dataframe[0].value["Number"])

    app.button_group(key="portfolio-view").set_value("board").run()

    assert app.query_params == {"unit": "Finance", "view": "board"}
    opens = [b.key for b in app.button if (b.key or "").startswith("open-")]
    assert opens == [f"open-{ids[0]}"]


def test_the_board_has_a_column_for_each_open_state_with_count_and_ages(
    pages: Pages, ben: User, ids: list[str]
) -> None:
    shown = texts(opened(pages, ben, view="board"))

    assert len(ids) == 3
    assert ":blue-badge[In evaluation] **2**" in shown
    assert ":blue-badge[In triage] **1**" in shown
    assert "Median 0 days, oldest 0 days" in shown
    assert "Declined" not in shown


def test_a_full_column_leads_to_the_rest_of_its_ideas(
    pages: Pages, services: Services, ben: User
) -> None:
    for number in range(1, 9):
        add_idea(services.database, number)
    app = opened(pages, ben, view="board")

    app.button(key="more-triage").click().run()

    assert app.query_params["state"] == "triage"
    assert len([b for b in app.button if (b.key or "").startswith("open-")]) == 8


def test_the_ranking_puts_ideas_in_the_order_of_the_chosen_figure(
    pages: Pages, ben: User, ids: list[str]
) -> None:
    app = opened(pages, ben, view="ranking")
    by_score = app.dataframe[0].value
    assert list(by_score["Number"]) == [label_of(n) for n in (1, 2, 3)]
    assert list(by_score["Score"])[:2] == [75.0, 25.0]

    app.button_group(key="ranked-by").set_value("votes").run()

    assert app.query_params["by-figure"] == "votes"
    assert list(app.dataframe[0].value["Number"]) == [label_of(n) for n in (3, 2, 1)]
    assert ids


def test_two_ideas_are_compared_as_the_address_says(
    pages: Pages, ben: User, ids: list[str]
) -> None:
    app = opened(pages, ben, view="compare")
    assert app.info[0].value == "Choose two ideas."

    app.selectbox(key="compare-one").set_value(ids[0]).run()
    app.selectbox(key="compare-other").set_value(ids[1]).run()

    assert (app.query_params["one"], app.query_params["other"]) == (ids[0], ids[1])
    shown = texts(app)
    assert "[Value]] 80 of 100" in shown
    assert "[Value]] 20 of 100" in shown
    assert "[Money a month]] 900 EUR" in shown


def test_the_roadmap_has_a_column_for_each_quarter(
    pages: Pages, services: Services, ben: User
) -> None:
    add_idea(
        services.database, 1, status=IdeaStatus.EXPERIMENT.value, pilot_ends_on=date(2027, 3, 31)
    )
    add_idea(services.database, 2, status=IdeaStatus.APPROVED.value)

    shown = texts(opened(pages, ben, view="roadmap"))

    assert "**2027, quarter 1**" in shown
    assert "Pilot ends 31 Mar 2027" in shown
    assert "**Without a date**" in shown


def test_a_full_quarter_shows_some_ideas_and_more_when_asked(
    pages: Pages, services: Services, ben: User
) -> None:
    fields = {"status": IdeaStatus.APPROVED.value, "pilot_ends_on": date(2027, 3, 31)}
    for number in range(1, 80):
        add_idea(services.database, number, **fields)

    app = opened(pages, ben, view="roadmap").run()
    few = [button.key for button in app.button if (button.key or "").startswith("open-")]
    app.button(key="more-all-2027-Q1").click().run()
    many = [button.key for button in app.button if (button.key or "").startswith("open-")]

    assert (len(few), len(many)) == (CARDS, AT_MOST)
    assert "19 more. A filter or a search shows fewer at once." in texts(app)


def test_an_address_that_nobody_wrote_shows_the_matrix(
    pages: Pages, ben: User, ids: list[str]
) -> None:
    app = opened(pages, ben, view="<script>", state="nowhere", one="x", category="none")

    assert "1 quick win" in texts(app)
    assert ids
