"""Connects knowledge gaps with the embedding model, and their questions with the evaluation."""

from dataclasses import dataclass

from admin.gaps.documents import GapDocuments
from admin.gaps.grouping import GapGrouping
from admin.gaps.inbox import GapInbox
from admin.gaps.topics import GapTopics, GoldenQuestion, Promote
from core.domain.answers import Turn
from core.domain.identity import User
from core.storage.database import Database
from evaluation.datasets import Case, Evidence, Kind
from evaluation.service import Evaluations

GOLDEN = "gap"
"""The kind of a case that a knowledge gap became."""


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
