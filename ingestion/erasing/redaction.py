"""The removal of erased documents' words from what was made of them: answers, ideas, cases."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select, update

from core.domain.batches import batched
from core.domain.clock import now
from core.storage.queries.ideas.files import remove_copies
from core.storage.queries.poison import erase_poison
from core.storage.queries.sources import messages_made_from
from core.storage.queries.vocabulary import remove_sets_from
from core.storage.tables import (
    CitationRow,
    EvaluationCaseRow,
    GapTopicRow,
    IdeaDraftRow,
    IdeaRow,
    MessageRow,
)

ERASED_NAME = "Erased document"
ERASED_QUOTE = "(erased)"
ERASED_ANSWER = "This answer quoted a document that has been erased."
PASSAGE_ENGINE = "passages"
IDS_PER_QUERY = 500

Json = dict[str, Any]  # Any: a JSON column


@dataclass(frozen=True, slots=True)
class Redaction:
    """The number of earlier answers, ideas and cases that held words of the erased documents.

    Drafts of ideas count as ideas. `files` are the hashes of copies that ideas had as files; their
    contents are still to be removed.
    """

    answers: int = 0
    ideas: int = 0
    cases: int = 0
    files: frozenset[str] = frozenset()


def redact(session: Session, document_ids: Iterable[str]) -> Redaction:
    """Blanks every copy of the documents' words outside the documents themselves.

    Sentences of the passage engine that quote an erased document are replaced one by one; what a
    language model wrote is replaced as a whole, since its words cannot be told apart.
    """
    erased = set(document_ids)
    names, cited = _blank_citations(session, erased)
    for message_id, numbers in cited.items():
        _blank_answer(session, message_id, numbers, names)
    read = sorted(messages_made_from(session, erased) - cited.keys())
    messages = cited.keys() | {
        message_id for message_id in read if _blank_retelling(session, message_id)
    }
    remove_sets_from(session, erased)
    erase_poison(session, erased)
    _forget_meaning(session, messages | set(read))
    started: list[IdeaRow | IdeaDraftRow] = [
        *session.exec(select(IdeaRow)).all(),
        *session.exec(select(IdeaDraftRow)).all(),
    ]
    ideas = sum(_blank_idea(row, erased) for row in started)
    files = remove_copies(session, erased)
    cases = session.exec(select(EvaluationCaseRow)).all()
    blanked = sum(_blank_case(row, names, messages) for row in cases)
    return Redaction(len(messages), ideas, blanked, files)


def _blank_citations(session: Session, erased: set[str]) -> tuple[set[str], dict[str, set[int]]]:
    """Return the names the documents were cited by, and the citation numbers by message."""
    names: set[str] = set()
    messages: dict[str, set[int]] = defaultdict(set)
    for batch in batched(erased, IDS_PER_QUERY):
        of_these = col(CitationRow.document_id).in_(batch)
        for row in session.exec(select(CitationRow).where(of_these)).all():
            names |= {row.document_title, row.file_name, row.external_id or row.file_name}
            messages[row.message_id].add(row.number)
            row.quote, row.document_title = ERASED_QUOTE, ERASED_NAME
            row.file_name, row.external_id = ERASED_NAME, None
    return names - {ERASED_NAME}, messages


def _blank_answer(session: Session, message_id: str, numbers: set[int], names: set[str]) -> None:
    message = session.get(MessageRow, message_id)
    if message is None:
        return
    _blank_cards(message, numbers)
    quoting = [s for s in message.sentences if numbers & set(s["citations"])]
    if _is_made_of_quotes(message, quoting, names):
        for sentence in quoting:
            message.text = message.text.replace(sentence["text"], ERASED_QUOTE)
        message.sentences = [
            {**s, "text": ERASED_QUOTE} if s in quoting else s for s in message.sentences
        ]
    elif not message.abstained:
        message.text, message.sentences = ERASED_ANSWER, []
        message.lead, message.cards, message.parts = "", [], []


def _blank_cards(message: MessageRow, numbers: set[int]) -> None:
    """Remove the passages of erased documents, and the lead and the parts that are theirs."""
    if any(card["number"] in numbers for card in message.cards[:1]):
        message.lead = ""
    message.cards = [card for card in message.cards if card["number"] not in numbers]
    message.parts = [part for part in message.parts if not numbers.intersection(part["numbers"])]


def _blank_retelling(session: Session, message_id: str) -> bool:
    """Blanks what a model made of passages without citing them; quotes are always cited."""
    message = session.get(MessageRow, message_id)
    if message is None or message.engine == PASSAGE_ENGINE or message.abstained:
        return False
    message.text, message.sentences, message.standalone_query = ERASED_ANSWER, [], ""
    message.lead, message.cards, message.parts = "", [], []
    return True


def _is_made_of_quotes(message: MessageRow, quoting: Sequence[Json], names: set[str]) -> bool:
    """Tells whether the words of the documents stand in these sentences and nowhere else."""
    return (
        message.engine == PASSAGE_ENGINE
        and bool(quoting)
        and all(s["text"] in message.text for s in quoting)
        and not any(name in message.text for name in names)
        and _without_rest(message.sentences, quoting)
    )


def _without_rest(sentences: Sequence[Json], quoting: Sequence[Json]) -> bool:
    """Tells whether every sentence without a source may stay: it has no words of the quotes."""
    quoted = {word for s in quoting for word in _long_words(s["text"])}
    rest = (s for s in sentences if not s["citations"])
    return not any(quoted & _long_words(s["text"]) for s in rest)


def _long_words(text: str) -> set[str]:
    return set(re.findall(r"\w{8,}", text.casefold()))


def _forget_meaning(session: Session, message_ids: Iterable[str]) -> None:
    """Remove what questions of gaps mean where a model may have completed them from a document."""
    for batch in batched(sorted(message_ids), IDS_PER_QUERY):
        session.execute(
            update(GapTopicRow).where(col(GapTopicRow.label_id).in_(batch)).values(vector=None)
        )


def _blank_idea(row: IdeaRow | IdeaDraftRow, erased: set[str]) -> int:
    """Blanks the conversation kept with an idea; the idea itself is in its author's own words."""
    origin = row.origin
    if origin is None:
        return 0
    is_cited = any(c["document_id"] in erased for c in origin["citations"])
    is_read = any(s["document_id"] in erased for s in origin.get("sources") or ())
    if not is_cited and not (is_read and origin["engine"] != PASSAGE_ENGINE):
        return 0
    blank = {"quote": ERASED_QUOTE, "document_title": ERASED_NAME, "file_name": ERASED_NAME}
    row.origin = {
        **origin,
        "answer": ERASED_ANSWER,
        "citations": [
            {**c, **blank, "external_id": None} if c["document_id"] in erased else c
            for c in origin["citations"]
        ],
    }
    return 1


def _blank_case(row: EvaluationCaseRow, names: set[str], message_ids: Set[str]) -> int:
    """Retires a test case that needs the documents, since it can never pass again."""
    if row.source_message_id not in message_ids and not any(
        e["document"] in names for e in row.evidence
    ):
        return 0
    row.evidence, row.forbidden = [], []
    row.history = [turn for turn in row.history if turn["role"] == "user"]
    row.retired_at = row.retired_at or now()
    return 1
