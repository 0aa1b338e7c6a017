"""A run asks every case once, tells how far it is, and never drops a case that fails."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from core.domain.answers import Answer, AnswerStatus, RetrievedChunk
from core.errors import ModelUnavailable
from evaluation.datasets import Case, Dataset, Kind
from evaluation.runner import UNEXPECTED, System, run_dataset
from evaluation.runs import run_from_record, run_record
from tests.evaluation.cases import CASE, UNANSWERABLE, abstention, answer, citation, hit, page_text

SEARCH_ONLY = Case("c3", "leave", Kind.RETRIEVAL, relevant={"leave": 1})


@dataclass
class Scripted:
    """Answers by the id of the case; an exception in the place of an answer is raised."""

    answers: dict[str, Answer | Exception]
    asked: list[str] = field(default_factory=list)

    def ask(self, case: Case) -> Answer:
        self.asked.append(case.id)
        given = self.answers[case.id]
        if isinstance(given, Exception):
            raise given
        return given

    def search(self, _case: Case, _k: int) -> Sequence[RetrievedChunk]:
        return [hit(external_id="leave")]

    @property
    def system(self) -> System:
        return System(self.ask, self.search, page_text)


GOOD = answer("You get 90 days. [1]", citation())
DATASET = Dataset("mine", (CASE, UNANSWERABLE, SEARCH_ONLY))


def test_every_case_is_asked_in_order_and_measured() -> None:
    scripted = Scripted({"c1": GOOD, "c2": abstention()})

    run = run_dataset(DATASET, scripted.system, {"engine": "passages"}, k=5)

    assert scripted.asked == ["c1", "c2"]
    assert [result.case_id for result in run.results] == ["c1", "c2", "c3"]
    assert run.means["right"] == 1
    assert run.means["recall@5"] == 1
    assert (run.dataset_sha256, run.configuration) == (
        DATASET.sha256,
        {"engine": "passages", "k": "5"},
    )


def test_a_case_for_the_search_alone_is_not_asked() -> None:
    scripted = Scripted({})

    run = run_dataset(Dataset("mine", (SEARCH_ONLY,)), scripted.system, {})

    assert scripted.asked == []
    assert run.results[0].values["ndcg@10"] == 1


def test_progress_counts_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    scripted = Scripted({"c1": GOOD, "c2": abstention()})

    run_dataset(DATASET, scripted.system, {}, progress=lambda done, of: told.append((done, of)))

    assert told == [(1, 3), (2, 3), (3, 3)]


def test_errors_of_every_sort_are_failures_and_the_run_goes_on() -> None:
    failed = replace(GOOD, status=AnswerStatus.FAILED, error="The provider is down.")
    cases = tuple(replace(CASE, id=i) for i in ("told", "defect", "failed", "good"))
    scripted = Scripted(
        {
            "told": ModelUnavailable("The provider is down."),
            "defect": KeyError("secret text"),
            "failed": failed,
            "good": GOOD,
        }
    )

    run = run_dataset(Dataset("mine", cases), scripted.system, {})

    errors = {result.case_id: result.error for result in run.results}
    assert errors == {
        "told": "The provider is down.",
        "defect": UNEXPECTED,
        "failed": "The provider is down.",
        "good": "",
    }
    assert run.means["right"] == 0.25
    assert run.means["error"] == 0.75


def test_a_run_is_the_same_after_a_file() -> None:
    run = run_dataset(DATASET, Scripted({"c1": GOOD, "c2": abstention()}).system, {})

    assert run_from_record(run_record(run)) == run


def test_precision_of_abstention_falls_with_every_answerable_question_left_out() -> None:
    scripted = Scripted({"c1": abstention(), "c2": abstention()})

    run = run_dataset(Dataset("mine", (CASE, UNANSWERABLE)), scripted.system, {})

    assert run.means["abstention"] == 1
    assert run.summary["abstention_precision"] == 0.5
    assert round(run.summary["abstention_f1"], 3) == 0.667
