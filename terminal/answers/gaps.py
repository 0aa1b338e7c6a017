"""Knowledge gaps from the terminal: topics of questions, and questions that were sent by name."""

from typing import Annotated

import typer

from admin.gaps.reading import TopicFilter
from core.domain.gaps import GapCause, GapStatus, GapTopic, KnowledgeGap
from core.domain.identity import SYSTEM
from core.errors import InvalidInput, NotFound
from terminal.context import collection_named, services, user_named
from terminal.output import Json, emit_table, readable_errors, say

gaps = typer.Typer(
    invoke_without_command=True, help="Questions that the documents do not answer well."
)

TopicId = Annotated[str, typer.Argument(help="Id of a topic, as `gaps` shows it.")]
GapId = Annotated[str, typer.Argument(help="Id of the question, as `gaps list` shows it.")]
Words = Annotated[str, typer.Argument(help="What the person who asked will read.")]


@gaps.callback()
def list_topics(
    context: typer.Context,
    status: Annotated[GapStatus | None, typer.Option(help="Only topics with this status.")] = None,
    collection: Annotated[str | None, typer.Option(help="Only topics of this collection.")] = None,
    as_json: Json = False,
) -> None:
    """List questions grouped by meaning, those of most people first."""
    if context.invoked_subcommand is not None:
        return
    with readable_errors():
        topics = services().gaps.topics
        topics.group_all(SYSTEM)
        collection_id = collection_named(collection) if collection else None
        wanted = TopicFilter(status=status, collection_id=collection_id)
        emit_table([_topic(one) for one in topics.find(SYSTEM, wanted).shown], as_json=as_json)


@gaps.command("show")
def show_topic(topic_id: TopicId, as_json: Json = False) -> None:
    """Show the single questions of a topic; recorded in the audit log."""
    with readable_errors():
        topics = services().gaps.topics
        topic = topics.get(SYSTEM, topic_id)
        if not as_json:
            emit_table([_topic(topic)], as_json=False)
        records = [
            {
                "question": one.question,
                "asked_at": one.asked_at.isoformat(timespec="minutes"),
                "cause": one.cause.value,
                "told": one.was_told,
            }
            for one in topics.questions(SYSTEM, topic_id)
        ]
        emit_table(records, as_json=as_json)


@gaps.command("reopen")
def reopen_topic(topic_id: TopicId, as_json: Json = False) -> None:
    """Open a settled topic again."""
    with readable_errors():
        reopened = services().gaps.topics.reopen(SYSTEM, topic_id)
        emit_table([_topic(reopened)], as_json=as_json)


@gaps.command("assign")
def assign_topic(
    topic_id: TopicId,
    person: Annotated[
        str, typer.Argument(help="E-mail address; without one, the owner of the collection.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Give a topic to someone to look after."""
    with readable_errors():
        person_id = user_named(person).id if person else ""
        assigned = services().gaps.topics.assign(SYSTEM, topic_id, person_id)
        emit_table([_topic(assigned)], as_json=as_json)


@gaps.command("golden")
def make_golden(topic_id: TopicId, as_json: Json = False) -> None:
    """Make the question of a topic a case that `evaluate promoted` asks."""
    with readable_errors():
        case_id = services().gaps.topics.make_golden(SYSTEM, topic_id)
        emit_table([{"case": case_id}], as_json=as_json)
        say("The documents must not answer it until the case has its evidence.")


@gaps.command("list")
def list_gaps(
    status: Annotated[
        GapStatus | None, typer.Option(help="Only questions with this status.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List questions that were sent to owners and administrators, newest first."""
    with readable_errors():
        found = services().gaps.inbox.list(SYSTEM, status=status)
        emit_table([_record(gap) for gap in found], as_json=as_json)


@gaps.command("answer")
def answer_gap(gap_id: GapId, reply: Words, as_json: Json = False) -> None:
    """Send a reply to the one person who sent this question."""
    with readable_errors():
        answered = services().gaps.inbox.answer(SYSTEM, gap_id, reply)
        emit_table([_record(answered)], as_json=as_json)


@gaps.command("close")
def close(
    id_: Annotated[
        str, typer.Argument(metavar="ID", help="Id of a topic, or of a question that was sent.")
    ],
    reason: Annotated[str, typer.Argument(help="What those who asked will read.")] = "",
    *,
    reply: Annotated[str, typer.Option(help="Reply to everyone who asked.")] = "",
    document: Annotated[
        str, typer.Option(help="Title or id of the document that answers now.")
    ] = "",
    is_declined: Annotated[
        bool, typer.Option("--decline", help="The documents will not answer this.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Close a topic by a reply, a document or a reason, or a single question with a reason."""
    with readable_errors():
        if _is_topic(id_):
            settled = _settled(id_, reason, reply, document, is_declined=is_declined)
            emit_table([_topic(settled)], as_json=as_json)
            return
        if reply or document:
            raise InvalidInput("--reply and --document are for topics. Their ids are in `gaps`.")
        inbox = services().gaps.inbox
        settle = inbox.decline if is_declined else inbox.close
        emit_table([_record(settle(SYSTEM, id_, reason))], as_json=as_json)


def _is_topic(id_: str) -> bool:
    try:
        services().gaps.topics.get(SYSTEM, id_)
    except NotFound:
        return False
    return True


def _settled(
    topic_id: str, reason: str, reply: str, document: str, *, is_declined: bool
) -> GapTopic:
    topics = services().gaps.topics
    if is_declined:
        return topics.decline(SYSTEM, topic_id, reason or reply)
    if document:
        document_id = _document(topic_id, document)
        return topics.close(SYSTEM, topic_id, document_id=document_id, reason=reason or reply)
    if reply:
        return topics.reply(SYSTEM, topic_id, reply)
    return topics.close(SYSTEM, topic_id, reason=reason)


def _document(topic_id: str, name: str) -> str:
    """Return the id of a document; raise NotFound unless exactly one has this title or id."""
    every = services().gaps.topics.documents(SYSTEM, topic_id)
    found = [one.id for one in every if name in (one.id, one.title)]
    if len(found) != 1:
        raise NotFound(f"{len(found) or 'No'} documents are called “{name}”. Name one by its id.")
    return found[0]


def _topic(topic: GapTopic) -> dict[str, object]:
    outcome = topic.outcome
    return {
        "id": topic.id,
        "status": topic.status.value,
        "question": topic.label,
        "questions": topic.questions,
        "people": topic.people,
        **{cause.value: topic.causes[cause] for cause in GapCause},
        "first_asked": topic.first_asked.isoformat(timespec="minutes"),
        "last_asked": topic.last_asked.isoformat(timespec="minutes"),
        "collection": topic.collection_name,
        "responsible": topic.assignee_name,
        "reopened": topic.reopened_at is not None and topic.is_open,
        "reply": outcome.reply if outcome else "",
        "document": outcome.document_name if outcome else "",
        "golden": topic.is_golden,
    }


def _record(gap: KnowledgeGap) -> dict[str, object]:
    return {
        "id": gap.id,
        "status": gap.status.value,
        "question": gap.question,
        "note": gap.note,
        "asked_by": gap.asker_name,
        "asked_at": gap.asked_at.isoformat(timespec="minutes"),
        "collection": gap.collection_name,
        "owner": gap.owner_name,
        "reply": gap.reply,
    }
