"""Prints a conversation with its sources as PDF.

Nothing is read here: what is withheld from the reader, erased or masked is so in what is given.
"""

from collections.abc import Iterable, Iterator

from core.domain.answers import PASSAGES, SANDBOX, Answer, AnswerPart, Card, Citation, only_nearest
from core.domain.conversations import Conversation, Message, MessageRole
from core.domain.identity import User
from core.guardrails.output import inert
from core.guardrails.text import clean
from core.printing.blocks import (
    Block,
    Bullets,
    Heading,
    Paragraph,
    Quotation,
    Table,
    Title,
)
from core.printing.markdown import markdown_blocks
from core.printing.pdf import to_pdf
from rag.conversations.sharing import access_note, cited_by, day, made_by, source_line


def as_pdf(conversation: Conversation, reader: User) -> bytes:
    """Return a conversation as PDF, as much of it as its reader may read."""
    title = clean(conversation.title).text
    blocks: list[Block] = [Title(title), Paragraph(day(conversation.created_at), is_note=True)]
    for message in conversation.messages:
        blocks.extend(_message(message))
    blocks.append(Paragraph(access_note(reader), is_note=True))
    return to_pdf(title, blocks, footer=title)


def _message(message: Message) -> Iterator[Block]:
    if message.role is MessageRole.USER:
        yield Heading("Question")
        yield Paragraph(clean(message.text).text)
        return
    yield Heading("Answer")
    if message.answer is not None:
        yield from _answer(message.answer, message.text)
        yield from _sources(message.answer.citations)
        yield Paragraph(made_by(message), is_note=True)


def _answer(answer: Answer, text: str) -> Iterable[Block]:
    if answer.engine == PASSAGES and answer.parts:
        return (block for part in answer.parts for block in _part(part, answer))
    if answer.engine == PASSAGES and answer.cards:
        return _shown(answer)
    if answer.engine == PASSAGES and answer.citations:
        return [Quotation(f"{c.quote} [{c.number}]") for c in answer.citations]
    if answer.engine in (PASSAGES, SANDBOX) or answer.abstained or answer.is_withheld:
        return _plain(text)
    return markdown_blocks(inert(text))


def _part(part: AnswerPart, answer: Answer) -> Iterator[Block]:
    if part.title:
        yield Heading(part.title, is_small=True)
    yield from _plain(part.note)
    if part.lead:
        yield Paragraph(part.lead, is_strong=True)
    for card in answer.cards:
        if card.number in part.numbers:
            yield from _card(card, answer)


def _shown(answer: Answer) -> Iterator[Block]:
    if answer.is_tentative:
        yield Paragraph(only_nearest(len(answer.cards)))
    elif answer.lead:
        yield Paragraph(answer.lead, is_strong=True)
    for card in answer.cards:
        yield from _card(card, answer)


def _card(card: Card, answer: Answer) -> Iterator[Block]:
    title = next((c.document_title for c in answer.citations if c.number == card.number), "")
    path = [heading for heading in (title, *card.headings) if heading]
    cited = cited_by(AnswerPart("", numbers=(card.number,)), answer)
    numbers = " ".join(f"[{number}]" for number in sorted(cited))
    yield Paragraph(f"{' › '.join(dict.fromkeys(path))} {numbers}", is_note=True)
    if card.table is None:
        yield Quotation(card.text, card.highlights)
    else:
        yield Table(card.table.header, card.table.rows, frozenset(card.table.highlighted))


def _plain(text: str) -> Iterator[Block]:
    """Yield paragraphs and lists of what the sandbox says by itself, letter for letter."""
    for paragraph in filter(str.strip, clean(text).text.split("\n\n")):
        lines = paragraph.split("\n")
        if all(line.startswith("- ") for line in lines):
            yield Bullets([line.removeprefix("- ") for line in lines])
        else:
            yield Paragraph(paragraph)


def _sources(citations: Iterable[Citation]) -> Iterator[Block]:
    found = list(citations)
    if found:
        yield Heading("Sources", is_small=True)
        yield Bullets([source_line(c) for c in found], [c.number for c in found])
