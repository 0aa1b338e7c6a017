"""Connects the evaluation with the chat, gaps and quality, and names what was evaluated."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from admin.gaps.documents import GapDocuments
from admin.gaps.grouping import GapGrouping
from admin.gaps.inbox import GapInbox
from admin.gaps.topics import GapTopics, GoldenQuestion, Promote
from admin.quality.values import GateState, LastEvaluation
from core.domain.answers import RetrievedChunk, Turn
from core.domain.identity import SYSTEM, User
from core.domain.ports import Embedder
from core.settings import Settings
from core.storage.database import Database
from core.storage.tables import EVALUATION_SURFACE
from evaluation.comparison import Outcome, compare
from evaluation.datasets import Case, Evidence, Kind
from evaluation.gate import breaches
from evaluation.runs import Run
from evaluation.service import Evaluations
from ingestion.reading.splitter import SPLITTER_VERSION
from rag.prompting.prompt import load_prompt
from rag.service import Chat

ROOT = Path(__file__).parent.parent
GIT_SECONDS = 5
GOLDEN = "gap"
"""The kind of a case that a knowledge gap became."""


def build_evaluations(
    settings: Settings, database: Database, chat: Chat, embedder: Embedder
) -> Evaluations:
    """Build evaluations of this chat; their usage is recorded under its own name."""

    def find(
        user: User,
        question: str,
        *,
        history: Sequence[Turn],
        k: int,
        collection_ids: Sequence[str] | None,
    ) -> Sequence[RetrievedChunk]:
        return chat.search(
            user,
            question,
            k=k,
            history=history,
            collection_ids=collection_ids,
            surface=EVALUATION_SURFACE,
        )

    def configuration() -> dict[str, str]:
        return {
            "engine": chat.model_name or "passages",
            "prompt": load_prompt(settings.company_name).version if chat.model_name else "",
            "embedding": embedder.name,
            "splitter": SPLITTER_VERSION,
            "judge": settings.grounding.judge,
            "keywords": settings.keywords.engine,
            "reranker": Path(settings.reranker.model).name,
            "revision": git_revision(ROOT),
        }

    return Evaluations(
        database, partial(chat.answer_once, surface=EVALUATION_SURFACE), find, configuration
    )


class NewestRun:
    """The newest evaluation run and what its gate says, as the quality page tells it."""

    def __init__(self, evaluations: Evaluations) -> None:
        self._evaluations = evaluations
        self._known: tuple[tuple[str, str], LastEvaluation] | None = None

    def __call__(self) -> LastEvaluation | None:
        """Return it, None if nothing was evaluated; a run is compared with its baseline once."""
        runs = self._evaluations.runs(SYSTEM, limit=1)
        if not runs:
            return None
        baseline = self._evaluations.baseline(SYSTEM, runs[0].dataset_name)
        key = (runs[0].id, baseline.id if baseline else "")
        if self._known is None or self._known[0] != key:
            run = self._evaluations.load(SYSTEM, runs[0].id)
            self._known = key, _judged(run, baseline)
        return self._known[1]


def _judged(run: Run, baseline: Run | None) -> LastEvaluation:
    broken = breaches(run)
    has_other = baseline is not None and baseline.id != run.id
    outcome = compare(run, baseline).outcome if baseline and has_other else Outcome.PASS
    return LastEvaluation(
        run.dataset_name,
        run.finished_at,
        len(run.results),
        GateState.FAIL if broken else GateState(outcome.value),
        has_other,
        tuple(map(str, broken)),
    )


def git_revision(folder: Path) -> str:
    """Return the start of the commit that is checked out, "" if git does not know."""
    command = ["git", "-C", str(folder), "rev-parse", "--short=12", "HEAD"]
    try:
        process = subprocess.run(
            command, capture_output=True, text=True, timeout=GIT_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return process.stdout.strip() if process.returncode == 0 else ""


@dataclass(frozen=True, slots=True)
class GapServices:
    """What administrators and owners do with knowledge gaps."""

    inbox: GapInbox
    topics: GapTopics
    documents: GapDocuments


def build_gaps(database: Database, grouping: GapGrouping, evaluations: Evaluations) -> GapServices:
    """Build the services."""
    topics = GapTopics(database, grouping, promote_into(evaluations))
    return GapServices(GapInbox(database), topics, GapDocuments(database))


def promote_into(evaluations: Evaluations) -> Promote:
    """Return what stores a golden question as a case that `evaluate promoted` asks."""

    def promote(admin: User, golden: GoldenQuestion) -> str:
        evidence = (
            (Evidence(golden.document, golden.page, golden.quote),) if golden.document else ()
        )
        case = Case(
            id="",
            text=golden.question,
            kind=GOLDEN if evidence else Kind.UNANSWERABLE,
            evidence=evidence,
            history=tuple(Turn("user", question) for question in golden.earlier),
        )
        return evaluations.promote(admin, case, source_message_id=golden.message_id)

    return promote
