"""The quality page: the state at a glance, measures with their cases, monitors, the evaluation."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from admin.incidents.figures import INCIDENT_RATE
from admin.measures import Measure
from admin.quality.values import Monitor
from bootstrap.services import Services
from core.domain.clock import new_id, now
from core.domain.identity import User
from core.storage.tables import (
    AnswerUsageRow,
    DriftVerdictRow,
    EvaluationResultRow,
    EvaluationRunRow,
)
from tests.ui.conftest import Pages, add_answer, table, texts
from ui.quality import words as quality_words
from ui.words import plain


def metric(app: AppTest, label: str) -> str:
    return next(str(one.value) for one in app.metric if one.label == label)


def add_answers(services: Services, count: int, **values: object) -> None:
    columns: dict[str, Any] = {"conversation_id": "c", "user_id": "u", "engine": "large"}
    columns |= {"status": "complete", **values}
    with services.database.begin() as session:
        session.add_all(AnswerUsageRow(message_id=new_id(), **columns) for _ in range(count))


def verdict(monitor: Monitor, state: str, value: float | None = None) -> DriftVerdictRow:
    return DriftVerdictRow(
        monitor=monitor.value,
        until=date(2026, 11, 30),
        since=date(2026, 11, 23),
        reference_since=date(2026, 10, 19),
        reference_until=date(2026, 11, 16),
        state=state,
        value=value,
        usual=value,
        high=0.1 if value is not None else None,
        cases=120,
        usual_cases=480,
    )


def store(services: Services, *rows: object) -> None:
    with services.database.begin() as session:
        for row in rows:
            session.add(row)
            session.flush()


def run(**metrics: float) -> tuple[EvaluationRunRow, EvaluationResultRow]:
    row = EvaluationRunRow(
        dataset_name="golden",
        dataset_hash="",
        finished_at=datetime(2026, 11, 29, 9, tzinfo=UTC),
    )
    result = EvaluationResultRow(
        run_id=row.id, position=0, case_id="g1", question="Which class?", metrics=metrics
    )
    return row, result


def test_an_employee_is_told_that_only_administrators_see_quality(pages: Pages, ben: User) -> None:
    app = pages.open("quality", ben)

    assert "Only administrators can do this" in app.error[0].value
    assert not app.metric


def test_before_the_first_check_and_evaluation_the_page_says_how_to_get_there(
    pages: Pages, anna: User
) -> None:
    app = pages.open("quality", anna)

    assert "have not been checked yet" in texts(app)
    assert "Nothing was evaluated yet" in texts(app)


def test_shares_of_few_cases_are_not_told(pages: Pages, services: Services, anna: User) -> None:
    add_answers(services, 19)

    app = pages.open("quality", anna)

    assert metric(app, "Not in the documents") == "Too few"
    measures = table(app, "Measure", "Value").set_index("Measure")
    assert measures.loc["Not in the documents", "Value"] == "Too few"


def test_measures_have_a_range_their_cases_and_a_definition(
    pages: Pages, services: Services, anna: User
) -> None:
    add_answers(services, 90, sentences=2, supported_sentences=2, citations=1)
    add_answers(services, 10, abstained=True)

    app = pages.open("quality", anna)

    assert metric(app, "Not in the documents") == "10.0%"
    [shown] = [one for one in app.metric if one.label == "Not in the documents"]
    assert "of all questions" in shown.help
    row = table(app, "Measure", "Value").set_index("Measure").loc["Not in the documents"]
    assert (row["Value"], row["Range (95 of 100)"]) == (plain("10.0%"), plain("5.5% to 17.4%"))
    assert row["Cases"] == 100


def test_kinds_of_errors_stand_below_failed_answers(
    pages: Pages, services: Services, anna: User
) -> None:
    add_answers(services, 18)
    add_answers(services, 2, status="failed", error_type="timeout")

    measures = table(pages.open("quality", anna), "Measure", "Value")

    assert measures.set_index("Measure").loc["of these: timeout", "Value"] == plain("10.0%")


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("alert", "Alert: topics of questions. 1 of 2 monitors as usual."),
        ("warn", "Warning: topics of questions. 1 of 2 monitors as usual."),
        ("ok", "2 of 2 monitors as usual."),
        ("no data", "1 of 2 monitors as usual. 1 of 2 monitors with too few cases"),
    ],
)
def test_the_worst_monitor_stands_on_top_in_words(
    pages: Pages, services: Services, anna: User, state: str, told: str
) -> None:
    store(services, verdict(Monitor.TOPICS, state), verdict(Monitor.FAILED, "ok", 0.02))

    app = pages.open("quality", anna)

    shown = {"alert": app.error, "warn": app.warning}.get(state, app.success)
    assert told in shown[0].value


def test_monitors_that_need_a_look_come_first_with_their_usual_range(
    pages: Pages, services: Services, anna: User
) -> None:
    store(services, verdict(Monitor.TOPICS, "no data"), verdict(Monitor.FAILED, "warn", 0.2))

    app = pages.open("quality", anna)

    monitors = table(app, "State", "Usual range")
    assert list(monitors["State"]) == ["△ Warning", "○ Too few cases"]
    assert list(monitors["Usual range"]) == [plain("at most 10.0%"), "–"]
    compared = table(app, "Monitor", "When it warns")
    assert list(compared["Days"]) == ["23 Nov to 29 Nov"] * 2


def test_what_measures_and_monitors_mean_is_read_in_full(
    pages: Pages, services: Services, anna: User
) -> None:
    store(services, verdict(Monitor.FAILED, "warn", 0.2))

    app = pages.open("quality", anna)

    assert not app.dataframe  # which cuts sentences off
    assert "of all questions" in table(app, "What it means").to_string()
    assert "Answers that ended with an error" in table(app, "When it warns").to_string()


def test_topics_that_could_not_be_compared_are_named(
    pages: Pages, services: Services, anna: User
) -> None:
    store(services, verdict(Monitor.FAILED, "ok", 0.02))

    assert "Topics of questions could not be compared" in texts(pages.open("quality", anna))


def test_monitors_are_checked_on_request(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    add_answer(services, ben, "Which class may I book?", "Second class. [1]")
    app = pages.open("quality", anna)

    app.button(key="check-drift").click().run()

    assert len(table(app, "State", "Monitor")) == len(Monitor)
    assert "10 of 10 monitors with too few cases" in texts(app)


def test_the_last_28_days_are_accepted_as_normal(pages: Pages, anna: User) -> None:
    app = pages.open("quality", anna)
    assert "No days were accepted as normal yet" in texts(app)

    app.button(key="accept-reference").click().run()

    assert "Accepted as normal:" in texts(app)


def test_an_evaluation_that_passes_its_gate_is_told(
    pages: Pages, services: Services, anna: User
) -> None:
    store(services, *run(right_page=1.0))

    app = pages.open("quality", anna)

    assert "golden with 1 case passed its gate" in app.success[0].value


def test_an_evaluation_that_breaks_a_rule_is_told_with_the_rule(
    pages: Pages, services: Services, anna: User
) -> None:
    store(services, *run(right_page=0.1))

    app = pages.open("quality", anna)

    assert "golden with 1 case did not pass its gate" in app.error[0].value
    assert "must be at least 0.85" in texts(app)


def test_an_evaluation_that_drops_below_its_baseline_is_told(
    pages: Pages, services: Services, anna: User
) -> None:
    baseline, result = run(right=1.0)
    baseline.is_baseline, baseline.started_at = True, datetime(2026, 11, 1, tzinfo=UTC)
    newest, worse = run(right=0.0)
    newest.started_at = now()
    store(services, baseline, result, newest, worse)

    app = pages.open("quality", anna)

    assert "compared with its baseline" in texts(app)
    assert "passed its gate, compared" not in texts(app)


def test_the_top_is_not_green_while_most_monitors_have_too_few_cases(
    pages: Pages, services: Services, anna: User
) -> None:
    few = [verdict(one, "no data") for one in (Monitor.TOPICS, Monitor.HELPFUL)]
    store(services, *few, verdict(Monitor.FAILED, "ok", 0.02))

    app = pages.open("quality", anna)

    assert "2 of 3 monitors with too few cases" in app.info[0].value
    assert not app.success


@pytest.mark.parametrize(
    ("number", "cases", "told"),
    [(2.5, 400, "2.5"), (3.0, 400, "3"), (None, 7, "Too few"), (None, 0, "–")],
)
def test_a_rate_for_each_thousand_is_told_with_its_decimal(
    number: float | None, cases: int, told: str
) -> None:
    assert quality_words.value(Measure(INCIDENT_RATE, number, cases)) == told
