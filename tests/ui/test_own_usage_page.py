"""My usage: one's own figures, ideas and conversations, and nobody else's."""

from bootstrap.services import Services
from core.domain.identity import User
from core.storage.tables import ModelCallRow
from tests.ui.conftest import Pages, add_answer, texts
from tests.ui.test_usage_page import metric


def test_it_tells_what_i_asked_and_nothing_of_others(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    add_answer(services, ben, "Which class may I book?", "Second class. [1]")
    add_answer(services, ben, "Who won in 1974?", "Not in the documents.", abstained=True)
    add_answer(services, anna, "How many days of leave?", "Thirty. [1]")

    app = pages.open("own_usage", ben)

    assert (metric(app, "Questions"), metric(app, "Not in the documents")) == ("2", "1 of 2")
    assert "#### 2 questions, most on" in texts(app)
    assert "0 ideas submitted, 0 votes given." in texts(app)
    assert "no language model is asked" in texts(app)


def test_what_my_questions_cost_is_told(pages: Pages, services: Services, ben: User) -> None:
    add_answer(services, ben, "Which class may I book?", "Second class. [1]")
    with services.database.begin() as session:
        session.add(request(ben, 2_500_000))
        session.add(request(User("other", "", ""), 9_000_000))

    app = pages.open("own_usage", ben)

    assert metric(app, "Cost") == "2.50 EUR"
    assert "2.50 EUR per question" in texts(app)


def test_without_questions_there_are_figures_and_no_charts(pages: Pages, ben: User) -> None:
    app = pages.open("own_usage", ben)

    assert metric(app, "Questions") == "0"
    assert "####" not in texts(app)


def test_the_export_is_prepared_on_request(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    app = pages.open("own_usage", ben)
    app.button(key="prepare-export").click().run()
    assert "There are no conversations yet" in app.info[0].value

    add_answer(services, ben, "Which class may I book?", "Second class. [1]")
    add_answer(services, anna, "How many days of leave?", "Thirty. [1]")

    lines = services.personal_conversations.own_lines(ben)
    assert "Which class may I book?" in lines
    assert "How many days of leave?" not in lines
    app = pages.open("own_usage", ben)
    app.button(key="prepare-export").click().run()
    assert not app.exception
    assert not app.info


def request(person: User, cost: int) -> ModelCallRow:
    return ModelCallRow(
        user_id=person.id,
        surface="chat",
        purpose="answer",
        provider="local",
        model_requested="large",
        status="complete",
        cost_micros=cost,
    )
