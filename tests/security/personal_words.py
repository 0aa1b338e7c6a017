"""A person who left words of theirs wherever the product takes any, and how to look for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import LargeBinary, MetaData, String, cast, select
from sqlmodel import col, update

from admin.incidents.triage import Closing
from bootstrap.services import Services
from core.domain.answers import AnswerStatus
from core.domain.clock import new_id, now
from core.domain.conversations import Feedback, MessageRole
from core.domain.governance.incidents import IncidentKind, IncidentOutcome
from core.domain.ideas.card import DraftFields, IdeaCategory, IdeaDraft
from core.domain.identity import SYSTEM, Role, User
from core.domain.knowledge import Upload
from core.storage.database import Database
from core.storage.tables import (
    AnswerSourceRow,
    AnswerUsageRow,
    CitationRow,
    ConversationRow,
    EvaluationCaseRow,
    EvaluationResultRow,
    EvaluationRunRow,
    IdeaRow,
    MessageRow,
)

PASSWORD = "violet kettle orbit pancake"
NAME, EMAIL = "Quentin Falkenrost", "quentin@nordhafen.example"

WORDS: Mapping[str, str] = {
    "name": NAME,
    "address": EMAIL,
    "question": "quarzfalter",
    "answer": "answerwren",
    "title": "titletapir",
    "searched": "searchedserval",
    "feedback": "feedbackgnu",
    "note to owner": "notevole",
    "reply to them": "replyraven",
    "draft": "draftibis",
    "attachment": "fileotter",
    "name of attachment": "filenamefinch",
    "comment": "commentcrane",
    "origin": "originstoat",
    "drafted": "draftedduck",
    "incident": "incidentiguana",
    "reply to incident": "incidentreplyibex",
    "test question": "casecaracal",
    "test run": "runrook",
    "browser": "browserbadger",
    "hold": "holdhyena",
    "hidden chat": "hiddenheron",
    "lead": "leadlemur",
}
"""One word for each place; none of them is part of another text."""

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")


@dataclass(frozen=True, slots=True)
class Left:
    """What a person left: who they are, who else is there, and an idea that stays."""

    person: User
    colleague: User
    admin: User
    idea_id: str
    draft_file: str
    answers: list[str] = field(default_factory=list)


def fill(services: Services) -> Left:
    """Have a person leave each word of `WORDS` somewhere, and a colleague their own."""
    admin = _person(services, "Ada", "ada@nordhafen.example", Role.ADMIN)
    person = _person(services, NAME, EMAIL)
    colleague = _person(services, "Ole Brandt", "ole@nordhafen.example")
    services.sign_in.sign_in(EMAIL, PASSWORD, browser=WORDS["browser"])
    answers = [_chat(services, person), _hidden_chat(services, person)]
    _chat(services, colleague, is_theirs=False)
    _send_and_judge(services, person, answers[0], admin)
    idea_id, draft_file = _ideas(services, person, colleague)
    _report(services, person, admin)
    _promote(services, answers[0])
    hold = services.privacy.holds.place(admin, person.id, WORDS["hold"])
    services.privacy.holds.release(admin, hold.id)
    services.budgets.mine(person)
    return Left(person, colleague, admin, idea_id, draft_file, answers)


def _person(services: Services, name: str, email: str, role: Role = Role.EMPLOYEE) -> User:
    services.people.add(SYSTEM, email, name=name, password=PASSWORD, role=role)
    user = services.sign_in.user_for(services.sign_in.sign_in(email, PASSWORD))
    assert user is not None
    return user


def _chat(services: Services, person: User, *, is_theirs: bool = True) -> str:
    word = WORDS if is_theirs else dict.fromkeys(WORDS, "something")
    chat = ConversationRow(user_id=person.id, title=word["title"])
    asked = MessageRow(
        conversation_id=chat.id,
        position=0,
        role=MessageRole.USER,
        text=f"What is {word['question']}?",
        status=AnswerStatus.COMPLETE,
    )
    answered = MessageRow(
        conversation_id=chat.id,
        position=1,
        role=MessageRole.ASSISTANT,
        text=f"It is {word['answer']}.",
        status=AnswerStatus.COMPLETE,
        engine="passages",
        abstained=True,
        lead=word["lead"],
        standalone_query=word["searched"],
        sentences=[{"text": f"It is {word['answer']}.", "support": "supported", "citations": [1]}],
    )
    _store(services, chat, asked, answered, *_around(answered.id, chat.id, person.id, word))
    return answered.id


def _around(
    message_id: str, chat_id: str, person_id: str, word: Mapping[str, str]
) -> tuple[CitationRow, AnswerSourceRow, AnswerUsageRow]:
    citation = CitationRow(
        message_id=message_id,
        number=1,
        document_id=new_id(),
        version_id=new_id(),
        document_title="Severance",
        file_name="severance.txt",
        page=1,
        quote=word["answer"],
    )
    source = AnswerSourceRow(message_id=message_id, document_id=citation.document_id)
    usage = AnswerUsageRow(
        message_id=message_id,
        conversation_id=chat_id,
        user_id=person_id,
        engine="passages",
        status="complete",
        cost_micros=500,
    )
    return citation, source, usage


def _hidden_chat(services: Services, person: User) -> str:
    chat = ConversationRow(user_id=person.id, title=WORDS["hidden chat"], deleted_at=now())
    message = MessageRow(
        conversation_id=chat.id,
        position=0,
        role=MessageRole.ASSISTANT,
        text=WORDS["hidden chat"],
        status=AnswerStatus.COMPLETE,
    )
    _store(services, chat, message)
    return message.id


def _store(services: Services, *rows: object) -> None:
    with services.database.begin() as session:
        for row in rows:
            session.add(row)
            session.flush()


def _send_and_judge(services: Services, person: User, message_id: str, admin: User) -> None:
    services.chat.give_feedback(person, message_id, Feedback(-1, comment=WORDS["feedback"]))
    gap = services.gap_requests.ask(person, message_id, note=WORDS["note to owner"])
    services.gaps.topics.group_all(admin)
    services.gaps.inbox.answer(admin, gap.id, f"For you alone: {WORDS['reply to them']}.")


def _ideas(services: Services, person: User, colleague: User) -> tuple[str, str]:
    draft = services.ideas.drafts.save(person, DraftFields(title=WORDS["draft"]))
    content = WORDS["attachment"].encode() * 3
    services.ideas.attachments.add(
        person, Upload(f"{WORDS['name of attachment']}.txt", content), draft_id=draft.id
    )
    theirs = services.ideas.cards.submit(person, _card("Answer travel questions at once"))
    other = services.ideas.cards.submit(colleague, _card("Sort pallets by themselves"))
    services.ideas.comments.add(person, other.id, f"I like {WORDS['comment']}.")
    services.ideas.comments.add(colleague, other.id, f"Thanks, @{NAME}, and write to {EMAIL}!")
    services.ideas.support.vote(person, other.id, is_for=True)
    origin = {"message_id": new_id(), "question": WORDS["origin"], "answer": "", "citations": []}
    with services.database.begin() as session:
        session.exec(
            update(IdeaRow)
            .where(col(IdeaRow.id) == theirs.id)
            .values(origin=origin, drafted={"title": WORDS["drafted"]})
        )
    return theirs.id, draft.id


def _card(title: str) -> IdeaDraft:
    return IdeaDraft(
        title,
        "Every week we type the same questions into long e-mails.",
        "Let the sandbox answer them with the page of the policy.",
        IdeaCategory.INTERNAL_OPTIMISATION,
        "Two hours a week",
    )


def _report(services: Services, person: User, admin: User) -> None:
    incident = services.incidents.reports.report(
        person, IncidentKind.OTHER, words=WORDS["incident"]
    )
    services.incidents.triage.close(
        admin,
        incident.id,
        Closing(IncidentOutcome.EXPLAINED, WORDS["reply to incident"]),
        version=incident.version,
    )


def _promote(services: Services, message_id: str) -> None:
    case = EvaluationCaseRow(
        kind="lookup", question=WORDS["test question"], source_message_id=message_id
    )
    run = EvaluationRunRow(dataset_name="few", dataset_hash="0" * 64, finished_at=now())
    result = EvaluationResultRow(
        run_id=run.id, position=0, case_id=case.id, question=WORDS["test run"]
    )
    _store(services, case, run, result)


def in_files(folder: Path, words: Mapping[str, str]) -> dict[str, list[str]]:
    """Return which files hold which words, the write-ahead log and all indexes included."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        content = path.read_bytes().lower()
        for name, word in words.items():
            if any(word.lower().encode(encoding) in content for encoding in ENCODINGS):
                found.setdefault(name, []).append(path.relative_to(folder).as_posix())
    return found


def in_tables(database: Database, words: Mapping[str, str]) -> dict[str, list[str]]:
    """Return which columns of the database itself hold which words, JSON and bytes included."""
    metadata, found = MetaData(), dict[str, list[str]]()
    metadata.reflect(database.engine)
    with database.read() as session:
        for table in metadata.sorted_tables:
            for column in table.columns:
                is_binary = isinstance(column.type, LargeBinary)
                values = session.execute(select(column if is_binary else cast(column, String)))
                text = " ".join(repr(value) for value in values.scalars()).lower()
                for name, word in words.items():
                    if word.lower() in text:
                        found.setdefault(name, []).append(f"{table.name}.{column.name}")
    return found
