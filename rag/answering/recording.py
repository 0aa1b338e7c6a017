"""Records an answer, its citations, what was retrieved and what it cost."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, delete, select

from core.domain.answers import Answer, AnswerStatus, Citation, TokenUsage, UsageSource
from core.domain.clock import now
from core.domain.identity import User
from core.domain.prices import Price
from core.model_calls import ModelCall, call_row
from core.models.metering import meter
from core.storage.queries.audit import record_event
from core.storage.queries.collections import with_counts
from core.storage.queries.people import joined_groups
from core.storage.queries.prices import find_price
from core.storage.queries.sources import record_sources
from core.storage.tables import (
    GENERATIONS_KEPT,
    AnswerUsageRow,
    CitationRow,
    CollectionRow,
    GuardNoteRow,
    MessageRow,
    ModelCallRow,
    RetrievalRow,
    SearchedCollectionRow,
)
from rag.writing.draft import AnswerDraft, supported_count
from rag.writing.stored_cards import part_to_json, to_json

CHAT = "chat"
"""The surface of questions that a person types."""
FREE = "free"
"""The surface of those that are asked without documents."""


@dataclass(frozen=True, slots=True)
class Surface:
    """Where a question was asked, and the message that its answer is stored as, if any."""

    name: str
    conversation_id: str = ""
    message_id: str = ""


def _price(session: Session, draft: AnswerDraft, model: str) -> Price | None:
    """Look up a price once for each answer, since its rows are written many times."""
    if model not in draft.prices:
        draft.prices[model] = find_price(session, model, now())
    return draft.prices[model]


def _group_names(session: Session, user: User, draft: AnswerDraft) -> str:
    """Look up the groups once for each answer, whose rows are written many times."""
    if draft.group_names is None:
        draft.group_names = joined_groups(session, user)
    return draft.group_names


class Recorder:
    """The writer of all rows of an answer, which also settles its cost.

    Rows are written into the caller's transaction. `own_price` is the operator's own price, which
    overrules the stored list; `other_prices` are those of models that it is not for, as in a
    Tariff. `currency` is that of answers that cost nothing.
    """

    def __init__(
        self,
        *,
        own_price: Price | None,
        currency: str,
        embedding_model: str,
        other_prices: Mapping[str, Price | None] | None = None,
    ) -> None:
        self._own_price = own_price
        self._other_prices = other_prices or {}
        self._currency = currency
        self._embedding_model = embedding_model

    def record(self, session: Session, user: User, draft: AnswerDraft, surface: Surface) -> Answer:
        """Write the finished answer in place of what was saved of it, and return it.

        The message row, if any, must already exist.
        """
        draft.end_within()
        answer = draft.answer(self._settle(session, user, draft, surface))
        for kind, count in Counter(draft.findings).items():
            record_event(session, user, "question.flagged", draft.usage_id, kind=kind, count=count)
        self._write(session, user, draft, surface, answer)
        if surface.message_id:
            _replace_reading(session, surface.message_id, draft)
        return answer

    def save(
        self, session: Session, user: User, draft: AnswerDraft, surface: Surface, *, is_first: bool
    ) -> None:
        """Write an answer in the making as far as it has come.

        Its sources are written with each text, since they decide who may read it. Requests under
        way count as charged until it is known that they are not.
        """
        answer = draft.so_far(self._settle(session, user, draft, surface))
        self._write(session, user, draft, surface, answer)
        if is_first and surface.message_id:
            _replace_reading(session, surface.message_id, draft)

    def _write(
        self, session: Session, user: User, draft: AnswerDraft, surface: Surface, answer: Answer
    ) -> None:
        usage = self._usage_row(draft.usage_id, user, draft, surface, answer)
        usage.group_names = _group_names(session, user, draft)
        session.merge(usage)
        if surface.message_id:
            _store_message(session, surface.message_id, answer)
            record_sources(session, surface.message_id, draft.sources)
            _replace(
                session, GuardNoteRow, _guard_rows(surface.message_id, answer), surface.message_id
            )
            _replace(
                session, CitationRow, _citation_rows(surface.message_id, answer), surface.message_id
            )

    def _settle(
        self, session: Session, user: User, draft: AnswerDraft, surface: Surface
    ) -> TokenUsage:
        """Record every request to a provider; the answer costs what all of them cost."""
        usage = TokenUsage(currency=self._currency)
        for part in (draft, *draft.within):
            for purpose, call in _calls(part):
                if call.is_refused:  # it was saved before it was refused
                    session.exec(delete(ModelCallRow).where(col(ModelCallRow.id) == call.id))
                    continue
                row = self._call_row(session, part, call, purpose)
                row.answer_usage_id, row.user_id = draft.usage_id, user.id
                row.group_names = _group_names(session, user, draft)
                row.surface, row.prompt_version = surface.name, part.prompt_version
                session.merge(row)
                usage = _plus(usage, row)
        return usage

    def _call_row(
        self, session: Session, draft: AnswerDraft, call: ModelCall, purpose: str
    ) -> ModelCallRow:
        is_answer = call is draft.call
        # Only a judge may be another model than the one that the operator's price is for.
        is_judge = purpose == "judge"
        own = None if is_judge and not _is_same_model(call, draft.call) else self._own_price
        if call.model_requested in self._other_prices:
            own = self._other_prices[call.model_requested]
        price = own or _price(session, draft, call.model_requested)
        reply = draft.text if is_answer else call.reply
        metered = meter(
            call.messages,
            reply,
            reported=call.usage,
            price=price,
            hidden_characters=call.hidden_characters,
            is_charged=call.is_charged or _is_under_way(draft, call),
        )
        status = draft.status if is_answer else _status(draft, call)
        currency = price.currency if price else self._currency
        return call_row(call, metered, purpose=purpose, status=status, currency=currency)

    def _usage_row(
        self, usage_id: str, user: User, draft: AnswerDraft, surface: Surface, answer: Answer
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
            index_generations=_generations(draft),
            status=answer.status.value,
            error_type=draft.error_type,
            abstained=answer.abstained,
            passages_found=len(draft.chunks),
            top_similarity=draft.evidence.similarity if draft.evidence else None,
            citations=len(answer.citations),
            invalid_citations=draft.invalid_markers,
            repaired_citations=len(draft.repairs),
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


def _generations(draft: AnswerDraft) -> str:
    """Return the index generations that passages were found in, best passage first.

    As many as fit are kept whole.
    """
    searched = {c.id: c.generation for part in (draft, *draft.within) for c in part.collections}
    found = (hit for part in (draft, *draft.within) for hit in part.chunks)
    ids = dict.fromkeys(hit.chunk.collection_id for hit in found)
    kept = " ".join(f"{id_}:{searched[id_]}" for id_ in ids if id_ in searched)
    if len(kept) <= GENERATIONS_KEPT:
        return kept
    return kept[: GENERATIONS_KEPT + 1].rpartition(" ")[0]


def _is_same_model(call: ModelCall, other: ModelCall | None) -> bool:
    return other is not None and call.model_requested == other.model_requested


def _calls(draft: AnswerDraft) -> list[tuple[str, ModelCall]]:
    """Return every request made for an answer with its purpose, that of the answer first."""
    calls = [
        ("answer", draft.call),
        *(("answer", call) for call in draft.refused_calls),
        *(("notes", call) for call in draft.note_calls),
        ("rewrite", draft.rewrite_call),
        ("judge", draft.judge_call),
    ]
    return [(purpose, call) for purpose, call in calls if call is not None]


def _is_under_way(draft: AnswerDraft, call: ModelCall) -> bool:
    """Return whether it is still unknown how a request ends."""
    return draft.status is AnswerStatus.PENDING and not call.error_type and not call.total_ms


def _status(draft: AnswerDraft, call: ModelCall) -> AnswerStatus:
    if _is_under_way(draft, call):
        return AnswerStatus.PENDING
    return AnswerStatus.FAILED if call.error_type else AnswerStatus.COMPLETE


def _plus(usage: TokenUsage, row: ModelCallRow) -> TokenUsage:
    """Add a request to the usage; the first one sets the currency and how tokens are counted."""
    is_first = usage.source is UsageSource.NONE
    same_money = is_first or usage.currency == row.currency
    return TokenUsage(
        usage.input_tokens + row.input_tokens,
        usage.output_tokens + row.output_tokens,
        usage.cost_micros + (row.cost_micros if same_money else 0),
        row.currency if is_first else usage.currency,
        UsageSource(row.usage_source) if is_first else usage.source,
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
        {
            "text": s.text,
            "support": s.support.value,
            "citations": list(s.citations),
            "reason": s.reason,
            "repaired": s.is_repaired,
        }
        for s in answer.sentences
    ]
    row.is_tentative = answer.is_tentative
    row.fallback = answer.fallback
    row.way = answer.way.value
    row.lead = answer.lead
    row.cards = [to_json(card) for card in answer.cards]
    row.parts = [part_to_json(part) for part in answer.parts]


def _replace_reading(session: Session, message_id: str, draft: AnswerDraft) -> None:
    """Replace the rows of what was searched and found for an answer."""
    _replace(session, SearchedCollectionRow, _searched_rows(session, message_id, draft), message_id)
    _replace(session, RetrievalRow, _retrieval_rows(message_id, draft), message_id)


def _replace(
    session: Session,
    table: type[CitationRow | SearchedCollectionRow | RetrievalRow | GuardNoteRow],
    rows: Sequence[CitationRow | SearchedCollectionRow | RetrievalRow | GuardNoteRow],
    message_id: str,
) -> None:
    """Write rows of an answer in place of those saved before."""
    session.exec(delete(table).where(col(table.message_id) == message_id))
    session.add_all(rows)


def _guard_rows(message_id: str, answer: Answer) -> list[GuardNoteRow]:
    return [
        GuardNoteRow(
            message_id=message_id, effect=note.effect.value, kind=note.kind, count=note.count
        )
        for note in answer.guard_notes
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


def _searched_rows(
    session: Session, message_id: str, draft: AnswerDraft
) -> list[SearchedCollectionRow]:
    """Return rows of the collections that were not deleted while the answer was made."""
    ids = [collection.id for collection in draft.collections]
    remaining = set(session.exec(select(CollectionRow.id).where(col(CollectionRow.id).in_(ids))))
    return [
        SearchedCollectionRow(
            message_id=message_id,
            collection_id=collection.id,
            document_count=collection.document_count,
        )
        for collection in with_counts(session, draft.collections)
        if collection.id in remaining
    ]


def _retrieval_rows(message_id: str, draft: AnswerDraft) -> list[RetrievalRow]:
    read = {hit.chunk.id for hit in draft.chunks_read}
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
            is_read=hit.chunk.id in read,
        )
        for rank, hit in enumerate(draft.chunks, start=1)
    ]
