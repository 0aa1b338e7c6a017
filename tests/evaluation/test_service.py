"""Administrators run evaluations, keep baselines, and promote questions to cases."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from sqlmodel import Session, select

from core.domain.answers import Answer, RetrievedChunk, Turn
from core.domain.identity import SYSTEM, Role, User
from core.errors import AccessDenied, InvalidInput, NotFound
from core.storage.database import Database
from core.storage.tables import AuditEventRow, EvaluationResultRow
from evaluation import service
from evaluation.datasets import AskedAs, Case, Dataset, Evidence
from evaluation.service import OUTSIDER, Evaluations, RunOptions
from tests.evaluation.cases import CASE, UNANSWERABLE, abstention, hit

ADMIN = User("a" * 32, "ada@nordhafen.example", "Ada", Role.ADMIN)
EMPLOYEE = User("e" * 32, "ole@nordhafen.example", "Ole")
DATASET = Dataset("mine", (CASE, UNANSWERABLE))


@dataclass
class Everybody:
    """A chat that answers nothing and remembers who asked in which collections."""

    asked: list[tuple[User, str, Sequence[str] | None]] = field(default_factory=list)

    def ask(
        self,
        user: User,
        question: str,
        *,
        collection_ids: Sequence[str] | None,
        **_: object,
    ) -> Answer:
        self.asked.append((user, question, collection_ids))
        return abstention()

    def find(self, *_: object, **__: object) -> Sequence[RetrievedChunk]:
        return [hit()]


@pytest.fixture
def chat() -> Everybody:
    return Everybody()


@pytest.fixture
def evaluations(sqlite_database: Database, chat: Everybody) -> Evaluations:
    return Evaluations(sqlite_database, chat.ask, chat.find, lambda: {"engine": "passages"})


def audited(session: Session) -> list[str]:
    return [row.action for row in session.exec(select(AuditEventRow)).all()]


def test_a_run_is_stored_with_its_results(evaluations: Evaluations) -> None:
    run = evaluations.run(ADMIN, DATASET)

    stored = evaluations.load(ADMIN, run.id)

    assert stored.summary == run.summary
    assert [r.values for r in stored.results] == [r.values for r in run.results]
    assert stored.dataset_sha256 == DATASET.sha256
    assert stored.configuration == {"engine": "passages", "k": "10", "asked_by": ADMIN.email}


def test_runs_are_listed_newest_first(evaluations: Evaluations) -> None:
    first, second = (evaluations.run(ADMIN, DATASET) for _ in range(2))
    evaluations.run(ADMIN, Dataset("other", (CASE,)))

    listed = evaluations.runs(ADMIN, "mine")

    assert [overview.id for overview in listed] == [second.id, first.id]
    assert [overview.cases for overview in listed] == [2, 2]
    assert len(evaluations.runs(ADMIN)) == 3


def test_a_dataset_has_one_baseline(evaluations: Evaluations) -> None:
    first, second = (evaluations.run(ADMIN, DATASET) for _ in range(2))
    assert evaluations.baseline(ADMIN, "mine") is None

    evaluations.set_baseline(ADMIN, first.id)
    evaluations.set_baseline(ADMIN, second.id)

    baseline = evaluations.baseline(ADMIN, "mine")
    assert baseline is not None
    assert (baseline.id, baseline.is_baseline) == (second.id, True)
    assert sum(overview.is_baseline for overview in evaluations.runs(ADMIN)) == 1


def test_old_runs_go_and_the_baseline_stays(
    evaluations: Evaluations, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "KEPT_RUNS", 2)
    pinned = evaluations.run(ADMIN, DATASET)
    evaluations.set_baseline(ADMIN, pinned.id)

    kept = [evaluations.run(ADMIN, DATASET) for _ in range(4)][2:]

    assert {o.id for o in evaluations.runs(ADMIN)} == {pinned.id, *(run.id for run in kept)}
    with sqlite_database.read() as session:
        assert len(session.exec(select(EvaluationResultRow)).all()) == 3 * 2


def test_no_answer_is_stored(evaluations: Evaluations) -> None:
    run = evaluations.run(ADMIN, DATASET)

    stored = evaluations.load(ADMIN, run.id)

    assert run.results[0].answer
    assert {result.answer for result in stored.results} == {""}


def test_the_cases_of_outsiders_are_asked_as_one_everywhere(
    evaluations: Evaluations, chat: Everybody
) -> None:
    outside = replace(UNANSWERABLE, id="c9", asked_as=AskedAs.OUTSIDER)

    evaluations.run(ADMIN, Dataset("mine", (CASE, outside)), RunOptions(collection_ids=["one"]))

    assert [(user, ids) for user, _, ids in chat.asked] == [(ADMIN, ["one"]), (OUTSIDER, None)]


def test_only_the_terminal_asks_as_somebody_else(evaluations: Evaluations) -> None:
    evaluations.run(SYSTEM, DATASET, RunOptions(asker=EMPLOYEE))

    with pytest.raises(AccessDenied):
        evaluations.run(ADMIN, DATASET, RunOptions(asker=EMPLOYEE))


def test_a_promoted_case_is_in_the_dataset_until_it_is_retired(evaluations: Evaluations) -> None:
    case = Case(
        "",
        "And for twins?",
        "follow_up",
        (Evidence("leave.pdf", 2, "30 more days"),),
        (Turn("user", "How many days?"),),
        ("secret",),
    )

    case_id = evaluations.promote(ADMIN, case, source_message_id="m1")

    assert evaluations.promoted(ADMIN).cases == (replace(case, id=case_id),)
    evaluations.retire(ADMIN, case_id)
    assert evaluations.promoted(ADMIN).cases == ()
    with pytest.raises(NotFound):
        evaluations.retire(ADMIN, case_id)


@pytest.mark.parametrize(
    "case",
    [
        Case("", "  "),
        Case("", "Why?", evidence=(Evidence("leave.pdf", 0, "words"),)),
        Case("", "Why?", evidence=(Evidence("leave.pdf", 1, " "),)),
    ],
)
def test_a_case_that_could_never_be_right_is_refused(evaluations: Evaluations, case: Case) -> None:
    with pytest.raises(InvalidInput):
        evaluations.promote(ADMIN, case)


def test_everything_is_for_administrators_only(evaluations: Evaluations) -> None:
    calls = (
        lambda: evaluations.run(EMPLOYEE, DATASET),
        lambda: evaluations.runs(EMPLOYEE),
        lambda: evaluations.load(EMPLOYEE, "r"),
        lambda: evaluations.baseline(EMPLOYEE, "mine"),
        lambda: evaluations.set_baseline(EMPLOYEE, "r"),
        lambda: evaluations.promote(EMPLOYEE, CASE),
        lambda: evaluations.promoted(EMPLOYEE),
        lambda: evaluations.retire(EMPLOYEE, "c"),
    )

    for call in calls:
        with pytest.raises(AccessDenied):
            call()


def test_unknown_runs_are_told(evaluations: Evaluations) -> None:
    with pytest.raises(NotFound):
        evaluations.load(ADMIN, "nothing")
    with pytest.raises(NotFound):
        evaluations.set_baseline(ADMIN, "nothing")


def test_what_changes_something_is_audited(
    evaluations: Evaluations, sqlite_database: Database
) -> None:
    run = evaluations.run(ADMIN, DATASET)
    evaluations.set_baseline(ADMIN, run.id)
    evaluations.retire(ADMIN, evaluations.promote(ADMIN, CASE))

    with sqlite_database.read() as session:
        assert audited(session) == [
            "evaluation.run",
            "evaluation.set_baseline",
            "evaluation.promote_case",
            "evaluation.retire_case",
        ]
