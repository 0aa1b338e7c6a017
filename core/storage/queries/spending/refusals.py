"""Requests to models that were not made."""

from sqlmodel import Session

from core.domain.costs.refusals import Reason, Request
from core.domain.on_behalf import Behalf
from core.storage.queries.people import joined_groups
from core.storage.tables import RefusedCallRow


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
