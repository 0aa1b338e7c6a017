"""Services for administrators: run evaluations, compare them, promote questions to cases."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlmodel import Session, select

from core.domain.access import require_admin
from core.domain.answers import Answer, Citation, RetrievedChunk, Source, Turn
from core.domain.clock import now
from core.domain.identity import SYSTEM, User
from core.errors import AccessDenied, InvalidInput, NotFound
from core.storage.database import Database
from core.storage.queries import evaluation as queries
from core.storage.queries.audit import record_event
from core.storage.queries.sources import reach_of, sources_named, sources_of
from core.storage.tables import EvaluationCaseRow, EvaluationRunRow, PageRow
from evaluation import stored
from evaluation.datasets import AskedAs, Case, Dataset
from evaluation.runner import Progress, System, no_progress, run_dataset
from evaluation.runs import Run, RunOverview

PROMOTED_NAME = "promoted"
KEPT_RUNS = 50
"""Older runs of a dataset are deleted with the questions in them, baselines excepted."""

OUTSIDER = User(id="", email="", name="outsider")
"""The employee in no group who asks the cases `asked_as` an outsider."""


class AskQuestion(Protocol):
    """Answers a question as a person, from some collections or all readable ones."""

    def __call__(
        self,
        user: User,
        question: str,
        *,
        history: Sequence[Turn],
        collection_ids: Sequence[str] | None,
    ) -> Answer: ...


class FindPassages(Protocol):
    """The k best passages for a question as a person would ask it."""

    def __call__(
        self,
        user: User,
        question: str,
        *,
        history: Sequence[Turn],
        k: int,
        collection_ids: Sequence[str] | None,
    ) -> Sequence[RetrievedChunk]: ...


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The options of a run; `asker` is the administrator if None, `k` cuts the rankings."""

    asker: User | None = None
    collection_ids: Sequence[str] | None = None
    k: int = 10


class Evaluations:
    """Evaluations for administrators; the questions of a run are stored, its answers are not."""

    def __init__(
        self,
        database: Database,
        ask: AskQuestion,
        find: FindPassages,
        configuration: Callable[[], Mapping[str, str]],
    ) -> None:
        self._database = database
        self._ask = ask
        self._find = find
        self._configuration = configuration

    def run(
        self,
        admin: User,
        dataset: Dataset,
        options: RunOptions | None = None,
        *,
        progress: Progress = no_progress,
    ) -> Run:
        """Ask every question and store the run.

        Raises AccessDenied for anybody but administrators, and for an administrator who would ask
        as somebody else: only the terminal may, because it reads everything anyway.
        """
        require_admin(admin)
        options = options or RunOptions()
        asker = options.asker or admin
        if asker != admin and admin is not SYSTEM:
            raise AccessDenied("Only the terminal can ask questions as another person.")
        run = run_dataset(
            dataset,
            self._system(asker, options.collection_ids),
            {**self._configuration(), "asked_by": asker.email or asker.name},
            k=options.k,
            progress=progress,
        )
        self._store(admin, run)
        return run

    def runs(
        self, admin: User, dataset_name: str | None = None, *, limit: int = 50
    ) -> list[RunOverview]:
        """List the runs of one dataset or of all, newest first."""
        require_admin(admin)
        with self._database.read() as session:
            rows = queries.runs_newest_first(session, dataset_name, limit=limit)
            counts = queries.case_counts(session, [row.id for row in rows])
        return [stored.to_overview(row, counts.get(row.id, 0)) for row in rows]

    def load(self, admin: User, run_id: str) -> Run:
        """Return a stored run with its results; raise NotFound."""
        require_admin(admin)
        with self._database.read() as session:
            row = session.get(EvaluationRunRow, run_id)
            if row is None:
                raise NotFound(f"There is no evaluation run “{run_id}”.")
            return stored.to_run(row, queries.results_of(session, run_id))

    def baseline(self, admin: User, dataset_name: str) -> Run | None:
        """Return the run that others of this dataset are compared with, None if none was chosen."""
        require_admin(admin)
        with self._database.read() as session:
            row = queries.baseline_row(session, dataset_name)
            return stored.to_run(row, queries.results_of(session, row.id)) if row else None

    def set_baseline(self, admin: User, run_id: str) -> None:
        """Make a run the one baseline of its dataset; raise NotFound."""
        require_admin(admin)
        with self._database.begin() as session:
            row = session.get(EvaluationRunRow, run_id)
            if row is None:
                raise NotFound(f"There is no evaluation run “{run_id}”.")
            queries.make_baseline(session, row)
            record_event(session, admin, "evaluation.set_baseline", run_id)

    def promote(self, admin: User, case: Case, *, source_message_id: str = "") -> str:
        """Add a case to the dataset in the database; return its new id.

        The id of `case` is not used. Raises InvalidInput if it could never be right.
        """
        require_admin(admin)
        if not case.text.strip():
            raise InvalidInput("A case needs a question.")
        if any(not e.quote.strip() or not e.document or e.page < 1 for e in case.evidence):
            raise InvalidInput("Evidence needs a document, a page from 1 on, and a quote.")
        row = stored.case_row(case, promoted_by=admin.id, source_message_id=source_message_id)
        with self._database.begin() as session:
            session.add(row)
            record_event(session, admin, "evaluation.promote_case", row.id)
        return row.id

    def promoted(self, admin: User) -> Dataset:
        """Return the promoted cases that were not retired, oldest first; perhaps none.

        Cases hold words of documents and earlier answers, so those whose sources are not all open
        to this administrator are left out.
        """
        require_admin(admin)
        with self._database.read() as session:
            rows = [row for row in queries.active_cases(session) if _is_open(session, admin, row)]
        return Dataset(PROMOTED_NAME, tuple(map(stored.to_case, rows)))

    def retire(self, admin: User, case_id: str) -> None:
        """Take a promoted case out of the dataset; raise NotFound."""
        require_admin(admin)
        with self._database.begin() as session:
            row = session.get(EvaluationCaseRow, case_id)
            if row is None or row.retired_at is not None:
                raise NotFound("This case no longer exists.")
            row.retired_at = now()
            record_event(session, admin, "evaluation.retire_case", case_id)

    def _system(self, asker: User, collection_ids: Sequence[str] | None) -> System:
        def ask(case: Case) -> Answer:
            return self._ask(
                _person(case, asker),
                case.text,
                history=case.history,
                collection_ids=_collections(case, collection_ids),
            )

        def find(case: Case, k: int) -> Sequence[RetrievedChunk]:
            return self._find(
                _person(case, asker),
                case.text,
                history=case.history,
                k=k,
                collection_ids=_collections(case, collection_ids),
            )

        return System(ask, find, self._page_text)

    def _page_text(self, citation: Citation) -> str | None:
        with self._database.read() as session:
            return session.exec(
                select(PageRow.text).where(
                    PageRow.version_id == citation.version_id, PageRow.number == citation.page
                )
            ).first()

    def _store(self, admin: User, run: Run) -> None:
        with self._database.begin() as session:
            session.add(stored.run_row(run))
            session.flush()
            session.add_all(stored.result_rows(run))
            queries.drop_old_runs(session, run.dataset_name, keep=KEPT_RUNS)
            record_event(session, admin, "evaluation.run", run.id, cases=len(run.results))


def _is_open(session: Session, admin: User, row: EvaluationCaseRow) -> bool:
    """Return whether the person may read the case; with unknown sources only its author may."""
    if admin is SYSTEM:
        return True
    sources = _sources(session, row)
    if sources is None:
        return row.promoted_by == admin.id
    return not reach_of(session, admin, sources).closed(sources)


def _sources(session: Session, row: EvaluationCaseRow) -> frozenset[Source] | None:
    """Return the documents behind evidence and history; None if some of them are not known."""
    names = {evidence["document"] for evidence in row.evidence}
    named = sources_named(session, names)
    answer_sources = sources_of(session, [row.source_message_id]).get(row.source_message_id)
    has_answers = any(turn["role"] != "user" for turn in row.history)
    if names - named.keys() or ((has_answers or row.source_message_id) and answer_sources is None):
        return None
    return frozenset().union(*named.values(), answer_sources or ())


def _person(case: Case, asker: User) -> User:
    return OUTSIDER if case.asked_as is AskedAs.OUTSIDER else asker


def _collections(case: Case, chosen: Sequence[str] | None) -> Sequence[str] | None:
    """Return the chosen collections, or all readable ones for an outsider."""
    return None if case.asked_as is AskedAs.OUTSIDER else chosen
