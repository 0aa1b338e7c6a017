"""Writes an answer, its citations, what was retrieved and what it cost."""

from dataclasses import dataclass

from core.models.metering import cost_micros, estimate_tokens
from core.models.prices import PriceBook
from sqlmodel import Session

from core.domain.answers import Answer, Citation, TokenUsage, UsageSource
from core.domain.clock import new_id
from core.domain.identity import User
from core.domain.ports import ModelUsage
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
    """Settles the cost of a draft and writes all its rows into the caller's transaction."""

    def __init__(self, prices: PriceBook, *, embedding_model: str) -> None:
        self._prices = prices
        self._embedding_model = embedding_model

    def record(self, session: Session, user: User, draft: Draft, surface: Surface) -> Answer:
        """Returns the finished answer; the message row, if any, must exist already."""
        usage_id = new_id()
        usage = self._settle(session, user, draft, usage_id)
        answer = draft.answer(usage)
        session.add(self._usage_row(usage_id, user, draft, surface, answer))
        if surface.message_id:
            _store_message(session, surface.message_id, answer)
            session.add_all(_citation_rows(surface.message_id, answer))
            session.add_all(_retrieval_rows(surface.message_id, draft))
        return answer

    def _settle(self, session: Session, user: User, draft: Draft, usage_id: str) -> TokenUsage:
        call = draft.call
        if call is None:
            return TokenUsage(currency=self._prices.currency)
        source = UsageSource.PROVIDER if call.usage else UsageSource.ESTIMATED
        tokens = call.usage or ModelUsage(
            estimate_tokens(call.prompt_text_length), estimate_tokens(len(draft.text))
        )
        price = self._prices.price_of(session, call.model_requested)
        cost = cost_micros(price, tokens) if price else 0
        currency = price.currency if price else self._prices.currency
        usage = TokenUsage(tokens.input_tokens, tokens.output_tokens, cost, currency, source)
        row = _call_row(usage_id, user, draft, call, tokens, usage)
        row.price_id = price.id if price else None
        session.add(row)
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
    usage_id: str, user: User, draft: Draft, call: ModelCall, tokens: ModelUsage, usage: TokenUsage
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
        input_tokens=tokens.input_tokens,
        output_tokens=tokens.output_tokens,
        cached_input_tokens=tokens.cached_input_tokens,
        usage_source=usage.source.value,
        cost_micros=usage.cost_micros,
        currency=usage.currency,
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
