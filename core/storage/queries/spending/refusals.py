"""Requests to models that were not made."""

from datetime import datetime

from sqlmodel import Session, col, func, select

from core.domain.costs.refusals import Reason, Request
from core.domain.on_behalf import Behalf
from core.storage.queries.people import joined_groups
from core.storage.tables import RefusedCallRow
from core.storage.tables.usage import EVALUATION_SURFACE


def record_refusal(session: Session, behalf: Behalf, request: Request, reason: Reason) -> None:
    """Write that a request was refused, with whose it was and why."""
    session.add(
        RefusedCallRow(
            user_id=behalf.user.id if behalf.user else "",
            group_names=joined_groups(session, behalf.user) if behalf.user else "",
            surface=behalf.surface,
            purpose=request.purpose,
            prompt_version=request.prompt,
            provider=request.provider,
            model=request.model,
            reason=reason.value,
        )
    )


def refusals(session: Session, since: datetime, until: datetime) -> dict[str, int]:
    """Return how many requests were refused from `since` up to, and without, `until`, by reason.

    Test questions do not count; the reason of most comes first.
    """
    rows = session.exec(
        select(RefusedCallRow.reason, func.count())
        .where(
            col(RefusedCallRow.at) >= since,
            col(RefusedCallRow.at) < until,
            col(RefusedCallRow.surface) != EVALUATION_SURFACE,
        )
        .group_by(col(RefusedCallRow.reason))
        .order_by(func.count().desc(), col(RefusedCallRow.reason))
    ).all()
    return dict(rows)
