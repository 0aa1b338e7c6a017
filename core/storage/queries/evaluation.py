"""Runs of evaluations and promoted cases."""

from collections.abc import Sequence

from sqlmodel import Session, col, delete, func, select, update

from core.storage.tables import (
    ConversationRow,
    EvaluationCaseRow,
    EvaluationResultRow,
    EvaluationRunRow,
    MessageRow,
)


def runs_newest_first(
    session: Session, dataset_name: str | None = None, *, limit: int = 50
) -> Sequence[EvaluationRunRow]:
    """Return the runs of one dataset, of all if None."""
    query = select(EvaluationRunRow).order_by(
        col(EvaluationRunRow.started_at).desc(), col(EvaluationRunRow.id)
    )
    if dataset_name is not None:
        query = query.where(EvaluationRunRow.dataset_name == dataset_name)
    return session.exec(query.limit(limit)).all()


def case_counts(session: Session, run_ids: Sequence[str]) -> dict[str, int]:
    """Return how many results each of these runs has."""
    rows = session.exec(
        select(EvaluationResultRow.run_id, func.count())
        .where(col(EvaluationResultRow.run_id).in_(run_ids))
        .group_by(col(EvaluationResultRow.run_id))
    ).all()
    return dict(rows)


def results_of(session: Session, run_id: str) -> Sequence[EvaluationResultRow]:
    """Return the results of a run in the order of its dataset."""
    return session.exec(
        select(EvaluationResultRow)
        .where(EvaluationResultRow.run_id == run_id)
        .order_by(col(EvaluationResultRow.position))
    ).all()


def baseline_row(session: Session, dataset_name: str) -> EvaluationRunRow | None:
    """Return the run that others of this dataset are compared with."""
    return session.exec(
        select(EvaluationRunRow).where(
            EvaluationRunRow.dataset_name == dataset_name, col(EvaluationRunRow.is_baseline)
        )
    ).first()


def make_baseline(session: Session, row: EvaluationRunRow) -> None:
    """Make a run the one baseline of its dataset."""
    session.exec(
        update(EvaluationRunRow)
        .where(col(EvaluationRunRow.dataset_name) == row.dataset_name)
        .values(is_baseline=col(EvaluationRunRow.id) == row.id)
    )


def drop_old_runs(session: Session, dataset_name: str, *, keep: int) -> None:
    """Delete all runs of a dataset, with their questions, but its baseline and the newest."""
    newest = [row.id for row in runs_newest_first(session, dataset_name, limit=keep)]
    outdated = session.exec(
        select(EvaluationRunRow.id).where(
            EvaluationRunRow.dataset_name == dataset_name,
            col(EvaluationRunRow.is_baseline).is_(False),
            col(EvaluationRunRow.id).not_in(newest),
        )
    ).all()
    session.exec(delete(EvaluationRunRow).where(col(EvaluationRunRow.id).in_(outdated)))


def active_cases(session: Session) -> Sequence[EvaluationCaseRow]:
    """Return the promoted cases that were not retired, oldest first.

    A question that was taken from a conversation is withdrawn with it.
    """
    withdrawn = (
        select(MessageRow.id)
        .join(ConversationRow, col(ConversationRow.id) == MessageRow.conversation_id)
        .where(
            col(MessageRow.id) == EvaluationCaseRow.source_message_id,
            col(ConversationRow.deleted_at).is_not(None),
        )
        .exists()
    )
    return session.exec(
        select(EvaluationCaseRow)
        .where(col(EvaluationCaseRow.retired_at).is_(None), ~withdrawn)
        .order_by(col(EvaluationCaseRow.promoted_at), col(EvaluationCaseRow.id))
    ).all()
