"""Writes conversations out with their sources, to be shared as text.

Nothing is read here: what is withheld from the reader, erased or masked is so in what is given.
"""

from collections.abc import Iterator
from datetime import datetime

from core.domain.answers import (
    NOT_CHECKED,
    PASSAGES,
    SANDBOX,
    Answer,
    AnswerPart,
    Citation,
    Way,
    only_nearest,
)
from core.domain.conversations import Conversation, Message, MessageRole
from core.domain.identity import User
from core.domain.text.dates import long_date
from core.guardrails.markdown import literal, unlinked
from core.guardrails.output import inert
from core.guardrails.text import clean

QUOTED = "No language model: passages of the documents, word for word"
BY_SANDBOX = "From the sandbox itself"
BY_MODEL = "Written by the language model {name}, which can make mistakes"
ACCESS = (
    "The sources were read with the access of {name}. Not everyone may read these documents: check "
    "who may before you pass this on."
)


def answer_as_text(message: Message) -> str:
    """Return an answer with its sources as plain text, "" for a question."""
    return "\n\n".join(_plain_answer(message)) if message.answer else ""


def as_text(conversation: Conversation, reader: User) -> str:
    """Return a conversation with its sources as plain text."""
    parts = [_visible(conversation.title), day(conversation.created_at)]
    for message in conversation.messages:
        if message.role is MessageRole.USER:
            parts.append(f"Question: {_visible(message.text)}")
        else:
            parts.extend(_plain_answer(message))
    return "\n\n".join([*parts, access_note(reader)]) + "\n"


def as_markdown(conversation: Conversation, reader: User) -> str:
    """Return a conversation with its sources as Markdown in which only our own marks are marks."""
    parts = [f"# {literal(conversation.title)}", f"_{day(conversation.created_at)}_"]
    for message in conversation.messages:
        parts.append("## Question" if message.role is MessageRole.USER else "## Answer")
        parts.append(_markdown_text(message))
        parts.extend(_markdown_sources(message))
        if message.answer:
            parts.append(f"_{literal(made_by(message))}_")
    return "\n\n".join([*parts, "---", literal(access_note(reader))]) + "\n"


def made_by(message: Message) -> str:
    """Return who wrote an answer, and when."""
    engine = message.answer.engine if message.answer else ""
    if engine == PASSAGES:
        writer = QUOTED
    else:
        writer = BY_SANDBOX if engine == SANDBOX else BY_MODEL.format(name=engine or "unknown")
    if message.answer is not None and message.answer.way is Way.FREE:
        writer = f"{NOT_CHECKED}. {writer}"
    return f"{writer} · {day(message.created_at)}"


def access_note(reader: User) -> str:
    """Return the sentence that says with whose access the sources were read."""
    return ACCESS.format(name=_visible(reader.name))


def day(moment: datetime) -> str:
    """Return a moment as `3 April 2026, 09:15 UTC`."""
    return f"{long_date(moment)}, {moment:%H:%M} UTC"


def _plain_answer(message: Message) -> Iterator[str]:
    answer = message.answer
    if answer is None:
        return
    text = _visible(message.text)
    yield f"{_visible(answer.lead)}\n\n{text}" if answer.lead else text
    if answer.citations:
        yield "\n".join(["Sources:", *(f"[{c.number}] {source_line(c)}" for c in answer.citations)])
    yield made_by(message)


def source_line(citation: Citation) -> str:
    """Return the document, the place in it and the words that a citation stands for."""
    return _visible(
        f"{citation.document_title} ({citation.file_name}), {citation.place}: “{citation.quote}”"
    )


def _visible(text: str) -> str:
    return clean(text).text


def _markdown_text(message: Message) -> str:
    """Return model output as Markdown without links, and all other text literally."""
    answer = message.answer
    if answer is None or answer.abstained:
        return literal(message.text)
    if answer.engine == PASSAGES and answer.parts:
        return "\n\n".join(filter(None, (_markdown_part(part, answer) for part in answer.parts)))
    if answer.engine == PASSAGES and answer.citations:
        return "\n\n".join([*_markdown_lead(answer), *map(_markdown_quote, answer.citations)])
    if answer.engine == SANDBOX:
        return "\n".join(map(_markdown_line, message.text.split("\n")))
    return unlinked(inert(message.text))


def _markdown_lead(answer: Answer) -> list[str]:
    """Return what stands before the quotes: the lead, or that they only come near."""
    if answer.is_tentative:
        return [only_nearest(len(answer.cards))]
    return [f"**{literal(answer.lead)}**"] if answer.lead else []


def _markdown_part(part: AnswerPart, answer: Answer) -> str:
    title = f"**{literal(part.title)}**" if part.title else ""
    note = "\n".join(map(_markdown_line, part.note.split("\n")))
    lead = f"**{literal(part.lead)}**" if part.lead else ""
    quotes = [_markdown_quote(c) for c in answer.citations if c.number in cited_by(part, answer)]
    return "\n\n".join(filter(None, (title, note, lead, *quotes)))


def cited_by(part: AnswerPart, answer: Answer) -> set[int]:
    """Return the numbers of a part's citations: each card has those up to that of the next."""
    shown = sorted(card.number for card in answer.cards)
    last = max((citation.number for citation in answer.citations), default=0)
    after = dict(zip(shown, [*shown[1:], last + 1], strict=True))
    return {n for number in part.numbers for n in range(number, after.get(number, number + 1))}


def _markdown_line(line: str) -> str:
    """Return a line of the sandbox itself, an item of a list or words, with its words literally."""
    item = line.removeprefix("- ")
    return literal(line) if item == line else f"- {literal(item)}"


def _markdown_quote(citation: Citation) -> str:
    quoted = literal(f"{citation.quote} [{citation.number}]")
    return "\n".join(f"> {line}" for line in quoted.split("\n"))


def _markdown_sources(message: Message) -> list[str]:
    if message.answer is None or not message.answer.citations:
        return []
    lines = [f"{c.number}. " + literal(source_line(c)) for c in message.answer.citations]
    return ["Sources:\n\n" + "\n".join(lines)]
