"""The usage page: figures with their n, charts with a title that answers, unanswered questions."""

import csv
import io
from datetime import timedelta

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from admin.usage.period import Step
from admin.usage.values import Dimension
from bootstrap.services import Services
from core.domain.clock import now
from core.domain.conversations import Feedback, FeedbackReason
from core.domain.identity import User
from core.storage.tables import ModelCallRow
from tests.ui.conftest import Pages, add_answer, table, texts
from ui.components.csv_file import csv_bytes
from ui.usage.words import whereabouts


def metric(app: AppTest, label: str) -> str:
    return next(str(one.value) for one in app.metric if one.label == label)


def test_an_employee_is_told_that_only_administrators_see_usage(pages: Pages, ben: User) -> None:
    app = pages.open("usage", ben)

    assert "Only administrators can do this" in app.error[0].value
    assert not app.metric


def test_without_questions_the_page_says_when_figures_appear(pages: Pages, anna: User) -> None:
    app = pages.open("usage", anna)

    assert "No one asked anything in these 30 days" in app.info[0].value
    assert not app.metric


def test_shares_are_counts_of_something(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    add_answer(services, ben, "Which class may I book?", "Second class. [1]")
    add_answer(services, ben, "Who won in 1974?", "Not in the documents.", abstained=True)

    app = pages.open("usage", anna)

    assert metric(app, "Questions") == "2"
    assert metric(app, "People") == "1"
    assert metric(app, "Not in the documents") == "1 of 2"
    assert metric(app, "Rated helpful") == "None rated"


def test_each_chart_is_titled_with_its_answer_and_has_a_table(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    add_answer(services, ben, "Which class may I book?", "Second class. [1]")

    app = pages.open("usage", anna)

    titles = [one.value for one in app.markdown if one.value.startswith("####")]
    assert titles[0].startswith("#### 1 question, most on")
    assert titles[1:] == [
        "#### Nothing was spent",
        "#### Half of the answers took at most 1.2 s, 95% at most 1.2 s",
    ]
    numbers = table(app, "Day", "People")
    assert numbers["Questions"].sum() == 1
    assert len(numbers) == 30


def test_documents_that_cost_something_without_a_question_are_told_so(
    pages: Pages, services: Services, anna: User
) -> None:
    with services.database.begin() as session:
        session.add(
            ModelCallRow(
                user_id="",
                surface="documents",
                purpose="embedding",
                provider="openai",
                model_requested="text-embedding-3-small",
                status="complete",
                input_tokens=2_000_000,
                cost_micros=40_000,
                currency="EUR",
            )
        )

    app = pages.open("usage", anna)
    app.segmented_control(key="usage-by").set_value(Dimension.SURFACE).run()

    shown = texts(app)
    assert "#### No questions were asked" in shown
    assert "#### 4 ct EUR spent" in shown
    assert "per question" not in shown
    assert [one.value["Place"].tolist() for one in app.table if "Place" in one.value] == [
        ["Documents"]
    ]


@pytest.mark.parametrize(
    ("model", "embedding_model", "told"),
    [
        (None, None, ["Nowhere else", "no language model is asked"]),
        (None, "small", ["embedding model small", "masked", "no language model is asked"]),
        ("large", None, ["language model large. ", "masked"]),
        ("large", "small", ["language model large, ", "embedding model small", "masked"]),
    ],
)
def test_people_read_where_their_questions_go(
    model: str | None, embedding_model: str | None, told: list[str]
) -> None:
    sentence = whereabouts(model, embedding_model)

    assert not [part for part in told if part not in sentence]
    assert ("Nowhere" in sentence) == (model is None and embedding_model is None)


def test_the_period_can_be_changed(pages: Pages, services: Services, anna: User, ben: User) -> None:
    add_answer(services, ben, "Which class may I book?", "Second class. [1]")
    app = pages.open("usage", anna)

    app.segmented_control(key="usage-period").set_value("7 days").run()

    assert len(table(app, "Day", "People")) == 7


def test_a_year_is_shown_by_weeks_until_another_step_is_chosen(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    add_answer(services, ben, "Which class may I book?", "Second class. [1]")
    app = pages.open("usage", anna)

    app.segmented_control(key="usage-period").set_value("12 months").run()

    assert len(table(app, "Day", "People")) in (53, 54)

    app.segmented_control(key="usage-step-True").set_value(Step.MONTH).run()

    assert len(table(app, "Day", "People")) in (12, 13)


def test_days_of_my_choice_wait_for_the_last_one(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    add_answer(services, ben, "Which class may I book?", "Second class. [1]")
    app = pages.open("usage", anna)
    app.segmented_control(key="usage-period").set_value("Dates").run()
    today = now().date()

    app.date_input(key="usage-days").set_value((today,)).run()
    assert "Choose the last day as well" in app.info[0].value

    app.date_input(key="usage-days").set_value((today - timedelta(days=2), today)).run()
    assert len(table(app, "Day", "People")) == 3


def test_figures_lead_to_their_answers_and_a_question_only_on_request(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    add_answer(services, ben, "Which class may I book?", "Second class. [1]")
    app = pages.open("usage", anna)

    app.segmented_control(key="usage-by").set_value(Dimension.PERSON).run()
    assert listed(app, "Person")["Questions"].tolist() == [1]
    app.selectbox(key="usage-answers-person").set_value(
        app.selectbox(key="usage-answers-person").options[0]
    ).run()
    assert listed(app, "How it ended")["How it ended"].tolist() == ["Complete"]
    assert "Which class" not in texts(app)

    app.button(key="usage-show-question").click().run()

    assert "Which class may I book?" in texts(app)
    read = [event for event in services.audit.list(anna) if event.action == "usage.read_questions"]
    assert [event.object_id != "" for event in read].count(True) == 1


def listed(app: AppTest, column: str) -> pd.DataFrame:
    """The table on the page that has this column."""
    return next(one.value for one in app.table if column in one.value.columns)


def test_unanswered_questions_are_listed_with_their_cause_in_words(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    wrong = add_answer(services, ben, "Which class may I book?", "First class. [1]")
    services.chat.give_feedback(
        ben, wrong.answer_id, Feedback(-1, FeedbackReason.OUTDATED, "See 2026")
    )
    add_answer(services, ben, "Who won in 1974?", "Not in the documents.", abstained=True)

    app = pages.open("usage", anna)

    found = listed(app, "Question").set_index("Question")
    assert found.loc["Who won in 1974?", "Cause"] == "Not in the documents"
    assert found.loc["Which class may I book?", "Reason"] == "The source is outdated"
    assert found.loc["Which class may I book?", "Expected"] == "See 2026"


def test_an_unanswered_question_is_shown_letter_for_letter(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    add_answer(services, ben, "![x](https://evil.example)", "Not there.", abstained=True)

    app = pages.open("usage", anna)

    assert "![" not in listed(app, "Question")["Question"].iloc[0]


def test_a_period_without_complaints_says_so(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    add_answer(services, ben, "Which class may I book?", "Second class. [1]")

    app = pages.open("usage", anna)

    assert "Every question was answered" in texts(app)


@pytest.mark.parametrize(
    "cell",
    ["\n=1+1", "\t=1", "\r@x", " =1+1", "＝1+1", "＋1", "－1", "＠x", "\u200b=1+1", "\u202e-1"],
)
def test_a_formula_behind_what_nobody_sees_or_with_a_wide_sign_is_made_harmless(cell: str) -> None:
    written = csv_bytes(pd.DataFrame({"Question": [cell]})).decode("utf-8-sig")

    [[shown]] = list(csv.reader(io.StringIO(written, newline="")))[1:]
    assert shown == f"'{cell}".replace("\r", "\n")


def test_cells_that_a_spreadsheet_would_run_are_made_harmless() -> None:
    questions = pd.DataFrame(
        {"Question": ["=1+1", "+2", "-3", "@now", "plain"], "n": [-1, 2, 3, 4, 5]}
    )

    lines = csv_bytes(questions).decode("utf-8-sig").splitlines()

    assert lines == ["Question,n", "'=1+1,-1", "'+2,2", "'-3,3", "'@now,4", "plain,5"]
