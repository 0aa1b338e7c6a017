"""Writes an answer, its citations, what was retrieved and what it cost."""

from collections import Counter
from dataclasses import dataclass

from sqlmodel import Session

from core.domain.answers import Answer, Citation, TokenUsage
from core.domain.clock import new_id, now
from core.domain.identity import User
from core.domain.prices import Price
from core.models.metering import MeteredCall, meter
from core.storage.queries.audit import record_event
from core.storage.queries.prices import find_price
from core.storage.tables import (
    AnswerUsageRow,
    CitationRow,
    MessageRow,
    ModelCallRow,
    RetrievalRow,
)
from rag.draft import Draft, ModelCall, supported_count


@dataclass(frozen=True, slots=True)
class Surface:
    """Where a question was asked: the message it is stored as, if any."""

    name: str
    conversation_id: str = ""
    message_id: str = ""


class Recorder:
    """Settles the cost of a draft and writes all its rows into the caller's transaction.

    `own_price` is the operator's own price, which overrules the stored list; `currency` is that
    of answers that cost nothing.
    """

    def __init__(self, *, own_price: Price | None, currency: str, embedding_model: str) -> None:
        self._own_price = own_price
        self._currency = currency
        self._embedding_model = embedding_model

    def record(self, session: Session, user: User, draft: Draft, surface: Surface) -> Answer:
        """Returns the finished answer; the message row, if any, must exist already."""
        usage_id = new_id()
        usage = self._settle(session, user, draft, usage_id)
        answer = draft.answer(usage)
        for kind, count in Counter(draft.findings).items():
            record_event(session, user, "question.flagged", usage_id, kind=kind, count=count)
        session.add(self._usage_row(usage_id, user, draft, surface, answer))
        if surface.message_id:
            _store_message(session, surface.message_id, answer)
            session.add_all(_citation_rows(surface.message_id, answer))
            session.add_all(_retrieval_rows(surface.message_id, draft))
        return answer

    def _settle(self, session: Session, user: User, draft: Draft, usage_id: str) -> TokenUsage:
        call = draft.call
        if call is None:
            return TokenUsage(currency=self._currency)
        price = self._own_price or find_price(session, call.model_requested, now())
        metered = meter(call.messages, draft.text, reported=call.usage, price=price)
        usage = TokenUsage(
            metered.usage.input_tokens,
            metered.usage.output_tokens,
            metered.cost_micros,
            price.currency if price else self._currency,
            metered.source,
        )
        session.add(_call_row(usage_id, user, draft, call, metered, usage.currency))
        return usage

    def _usage_row(
        self, usage_id: str, user: User, draft: Draft, surface: Surface, answer: Answer
    ) -> AnswerUsageRow:
        return AnswerUsageRow(
            id=usage_id,
            message_id=surface.message_id,
            conversation_id=surface.conversation_id,
            user_id=user.id,
            surface=surface.name,
            engine=answer.engine,
            prompt_version=draft.prompt_version,
            embedding_model=self._embedding_model,
            status=answer.status.value,
            error_type=draft.error_type,
            abstained=answer.abstained,
            passages_found=len(draft.chunks),
            top_similarity=draft.evidence.similarity if draft.evidence else None,
            citations=len(answer.citations),
            invalid_citations=draft.invalid_markers,
            sentences=len(answer.sentences),
            supported_sentences=supported_count(answer),
            masked_values=draft.masked_values,
            input_tokens=answer.usage.input_tokens,
            output_tokens=answer.usage.output_tokens,
            usage_source=answer.usage.source.value,
            cost_micros=answer.usage.cost_micros,
            currency=answer.usage.currency,
            retrieval_ms=answer.timing.retrieval_ms,
            first_token_ms=answer.timing.first_token_ms,
            total_ms=answer.timing.total_ms,
        )


def _call_row(
    usage_id: str,
    user: User,
    draft: Draft,
    call: ModelCall,
    metered: MeteredCall,
    currency: str,
) -> ModelCallRow:
    return ModelCallRow(
        answer_usage_id=usage_id,
        user_id=user.id,
        purpose="answer",
        provider=call.provider,
        model_requested=call.model_requested,
        model_responded=call.model_responded,
        status=draft.status.value,
        error_type=call.error_type,
        finish_reason=call.finish_reason,
        input_tokens=metered.usage.input_tokens,
        output_tokens=metered.usage.output_tokens,
        cached_input_tokens=metered.usage.cached_input_tokens,
        usage_source=metered.source.value,
        cost_micros=metered.cost_micros,
        currency=currency,
        price_id=metered.price.id if metered.price else None,
        first_token_ms=call.first_token_ms,
        total_ms=call.total_ms,
    )


def _store_message(session: Session, message_id: str, answer: Answer) -> None:
    row = session.get_one(MessageRow, message_id)
    row.text = answer.text
    row.status = answer.status.value
    row.engine = answer.engine
    row.abstained = answer.abstained
    row.standalone_query = answer.standalone_query
    row.error = answer.error
    row.sentences = [
        {"text": s.text, "support": s.support.value, "citations": list(s.citations)}
        for s in answer.sentences
    ]


def _citation_rows(message_id: str, answer: Answer) -> list[CitationRow]:
    cited = [_citation_row(message_id, citation) for citation in answer.citations]
    nearest = [_citation_row(message_id, citation) for citation in answer.nearest]
    for row in nearest:
        row.is_nearest = True
    return cited + nearest


def _citation_row(message_id: str, citation: Citation) -> CitationRow:
    return CitationRow(
        message_id=message_id,
        number=citation.number,
        document_id=citation.document_id,
        version_id=citation.version_id,
        document_title=citation.document_title,
        file_name=citation.file_name,
        external_id=citation.external_id,
        page=citation.page,
        quote=citation.quote,
        chunk_id=citation.chunk_id,
    )


def _retrieval_rows(message_id: str, draft: Draft) -> list[RetrievalRow]:
    cited = {citation.chunk_id for citation in draft.citations}
    return [
        RetrievalRow(
            message_id=message_id,
            rank=rank,
            chunk_id=hit.chunk.id,
            document_id=hit.chunk.document_id,
            page=hit.chunk.page_from,
            score=hit.score,
            similarity=hit.similarity,
            keyword_score=hit.keyword_score,
            is_cited=hit.chunk.id in cited,
        )
        for rank, hit in enumerate(draft.chunks, start=1)
    ]
