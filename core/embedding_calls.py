"""Requests to an embedding model behind an address, from their end to their row."""

import logging

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from core.domain.answers import AnswerStatus
from core.domain.finished_calls import FinishedCall
from core.domain.on_behalf import current_behalf
from core.errors import SandboxError
from core.model_calls import Tariff
from core.models.metering import meter_texts
from core.storage.database import Database
from core.storage.queries.people import joined_groups
from core.storage.tables import EMBEDDING_PURPOSE, ModelCallRow

logger = logging.getLogger(__name__)


class EmbeddingCalls:
    """The writer of a row for each request, in a transaction of its own.

    What is embedded must not depend on it, so a failure is only logged.
    """

    def __init__(self, database: Database, tariff: Tariff) -> None:
        self._database = database
        self._tariff = tariff

    def record(self, call: FinishedCall) -> None:
        """Write the request as one of whoever this thread works for."""
        try:
            with self._database.begin() as session:
                session.add(self._row(session, call))
        except (SandboxError, SQLAlchemyError) as error:
            logger.warning("embedding request not recorded error=%s", type(error).__name__)

    def _row(self, session: Session, call: FinishedCall) -> ModelCallRow:
        behalf = current_behalf()
        price = self._tariff.price(session, call.model_requested)
        metered = meter_texts(
            call.characters, reported=call.usage, price=price, is_charged=call.is_charged
        )
        status = AnswerStatus.FAILED if call.error_type else AnswerStatus.COMPLETE
        return ModelCallRow(
            user_id=behalf.user.id if behalf.user else "",
            group_names=joined_groups(session, behalf.user) if behalf.user else "",
            surface=behalf.surface,
            purpose=EMBEDDING_PURPOSE,
            provider=call.provider,
            model_requested=call.model_requested,
            model_responded=call.model_responded,
            status=status.value,
            error_type=call.error_type,
            input_tokens=metered.usage.input_tokens,
            usage_source=metered.source.value,
            cost_micros=metered.cost_micros,
            currency=price.currency if price else self._tariff.currency,
            price_id=price.id if price else None,
            total_ms=round(call.total_s * 1000),
        )
