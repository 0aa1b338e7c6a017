"""`search` and `ask`: one question from the command line, or many from a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from core.domain.answers import (
    NOT_CHECKED,
    PASSAGES,
    Answer,
    AnswerPart,
    AnswerStatus,
    Card,
    Citation,
    RetrievedChunk,
    Turn,
    Way,
)
from core.domain.costs.refusals import Reason
from core.domain.identity import SYSTEM, User
from core.errors import InvalidInput, SandboxError
from core.spending.sentences import fallback
from terminal.context import collection_ids, services, user_named
from terminal.output import Json, emit, progress, read_lines, readable_errors, say

CollectionNames = Annotated[
    list[str] | None, typer.Option("--collection", help="Only this collection; can be repeated.")
]

BAD_HISTORY = "“history” is a list of objects with “role” and “content”, or of pairs of both."


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the conversation before it."""

    id: str
    text: str
    history: tuple[Turn, ...] = ()


def search(
    query: Annotated[str | None, typer.Argument(help="What to search for.")] = None,
    collection: CollectionNames = None,
    queries: Annotated[
        Path | None,
        typer.Option(
            help="JSONL with _id, text and an optional history.", exists=True, dir_okay=False
        ),
    ] = None,
    k: Annotated[int, typer.Option(help="Passages per query.", min=1, max=1000)] = 10,
    user: Annotated[
        str | None, typer.Option(help="Search as this person; the default is the operator.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Find the best passages for a query."""
    with readable_errors():
        # An empty name, as from an unset variable, must not become the operator.
        person = SYSTEM if user is None else user_named(user)
        chosen = collection_ids(person, collection)
        services().worker.require_searchable()
        services().audit.note_reading(person, "search")
        for question in _all_questions(query, queries):
            hits = services().chat.search(
                person, question.text, k=k, history=question.history, collection_ids=chosen
            )
            _show_hits(question, hits, as_json=as_json)


def ask(
    user: Annotated[str, typer.Option(help="Ask as this person (e-mail).")],
    question: Annotated[str | None, typer.Argument(help="What to ask.")] = None,
    collection: CollectionNames = None,
    questions: Annotated[
        Path | None,
        typer.Option(
            help="JSONL with _id, text and an optional history.", exists=True, dir_okay=False
        ),
    ] = None,
    without_documents: Annotated[
        bool,
        typer.Option(
            "--without-documents",
            help="Ask the language model alone; nothing is checked against documents.",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Answer a question from the documents, with citations."""
    way = Way.FREE if without_documents else Way.DOCUMENTS
    has_failed = False
    with readable_errors():
        person = user_named(user)
        chosen = collection_ids(person, collection)
        services().worker.require_searchable()
        for item in _all_questions(question, questions):
            answer = _answer_to(item, person, chosen, way, may_fail=questions is not None)
            _show_answer(item, answer, as_json=as_json)
            has_failed |= answer.status is AnswerStatus.FAILED
    if has_failed:
        raise typer.Exit(1)


def _answer_to(
    question: Question, user: User, chosen: Sequence[str] | None, way: Way, *, may_fail: bool
) -> Answer:
    """Return the answer; of many questions, report one that cannot be used and go on."""
    try:
        return services().chat.answer_once(
            user, question.text, history=question.history, collection_ids=chosen, way=way
        )
    except SandboxError as error:
        if not may_fail:
            raise
        return Answer("", AnswerStatus.FAILED, abstained=False, engine="", error=str(error))


def _all_questions(text: str | None, file: Path | None) -> Iterator[Question]:
    if (text is None) == (file is None):
        raise InvalidInput("Pass either one question or a file of questions.")
    if text is not None:
        yield Question("", text)
        return
    assert file is not None  # noqa: S101  for the type checker
    records = list(read_lines(file))
    with progress() as bar:
        yield from bar.track(map(_question, records), total=len(records), description="Questions")


def _question(record: dict[str, Any]) -> Question:  # Any: JSON
    if "text" not in record:
        raise InvalidInput("Every line of the file needs a field “text”.")
    return Question(str(record.get("_id", "")), str(record["text"]), _history(record))


def _history(record: dict[str, Any]) -> tuple[Turn, ...]:  # Any: JSON
    """Read objects with “role” and “content” (or “speaker” and “text”), or pairs of both."""
    turns = record.get("history") or []
    if not isinstance(turns, list):
        raise InvalidInput(BAD_HISTORY)
    return tuple(map(_turn, turns))


def _turn(turn: object) -> Turn:
    match turn:
        case {"role": role, "content": text} | {"role": role, "text": text}:
            pass
        case {"speaker": role, "text": text}:
            pass
        case [role, text]:
            pass
        case _:
            raise InvalidInput(BAD_HISTORY)
    return Turn("user" if role in ("user", "human") else "assistant", str(text or ""))


def _show_hits(question: Question, hits: Sequence[RetrievedChunk], *, as_json: bool) -> None:
    if as_json:
        emit({"_id": question.id, "hits": [_hit(hit) for hit in hits]})
        return
    say(question.text, style="bold")
    for hit in hits:
        chunk = hit.chunk
        typer.echo(f"{hit.score:6.2f}  {chunk.document_title}, page {chunk.page_from}")
        typer.echo(f"        {' '.join(chunk.text.split())[:160]}")


def _hit(hit: RetrievedChunk) -> dict[str, object]:
    chunk = hit.chunk
    return {
        "document": chunk.file_name,
        "external_id": chunk.external_id,
        "chunk": chunk.id,
        "page": chunk.page_from,
        "score": round(hit.score, 6),
        "text": chunk.text,
    }


def _show_answer(question: Question, answer: Answer, *, as_json: bool) -> None:
    if as_json:
        emit(_answer(question, answer))
        return
    label = f"{NOT_CHECKED}:" if answer.way is Way.FREE and answer.text else ""
    for paragraph in filter(None, (label, answer.lead, answer.text, answer.error)):
        typer.echo(paragraph)
    if answer.fallback:
        by_passages = answer.engine == PASSAGES
        typer.echo(fallback(Reason(answer.fallback), by_passages=by_passages))
    for citation in answer.citations or answer.nearest:
        kind = f"[{citation.number}]" if answer.citations else "near"
        typer.echo(f"  {kind} {citation.file_name}, page {citation.page}: “{citation.quote}”")


def _answer(question: Question, answer: Answer) -> dict[str, object]:
    return {
        "_id": question.id,
        "answer": answer.text,
        "abstained": answer.abstained,
        "level": answer.level.value,
        "status": answer.status.value,
        "error": answer.error,
        "engine": answer.engine,
        "fallback": answer.fallback,
        "lead": answer.lead,
        "cards": [_card(card, answer.citations) for card in answer.cards],
        "parts": [_part(part) for part in answer.parts],
        "citations": [_citation(citation) for citation in answer.citations],
        "nearest": [_citation(citation) for citation in answer.nearest],
        "sentences": [
            {
                "text": s.text,
                "support": s.support.value,
                "citations": list(s.citations),
                "reason": s.reason,
                "repaired": s.is_repaired,
            }
            for s in answer.sentences
        ],
        "usage": {
            "input_tokens": answer.usage.input_tokens,
            "output_tokens": answer.usage.output_tokens,
            "cost": answer.usage.cost_micros / 1_000_000,
            "currency": answer.usage.currency,
            "source": answer.usage.source.value,
            "retrieval_ms": answer.timing.retrieval_ms,
            "first_token_ms": answer.timing.first_token_ms,
            "total_ms": answer.timing.total_ms,
        },
    }


def _part(part: AnswerPart) -> dict[str, object]:
    """Return a part of an answer with the numbers of its cards."""
    return {
        "title": part.title,
        "level": part.level.value,
        "lead": part.lead,
        "note": part.note,
        "cards": list(part.numbers),
    }


def _card(card: Card, citations: Sequence[Citation]) -> dict[str, object]:
    """Return a card with its place; `table` is left out where the passage is none."""
    source = next(citation for citation in citations if citation.number == card.number)
    record: dict[str, object] = {
        "number": card.number,
        "document": source.file_name,
        "page": source.page,
        "headings": list(card.headings),
        "text": card.text,
        "highlights": [list(span) for span in card.highlights],
    }
    if card.table is not None:
        record["table"] = {
            "header": list(card.table.header),
            "rows": [list(row) for row in card.table.rows],
            "highlighted": list(card.table.highlighted),
        }
    return record


def _citation(citation: Citation) -> dict[str, object]:
    return {
        "number": citation.number,
        "document": citation.file_name,
        "external_id": citation.external_id,
        "page": citation.page,
        "quote": citation.quote,
    }
