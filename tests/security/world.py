"""A company with two groups in which everybody has something of their own, each marked by a word.

Hanna was in the group hr and has left it. What she has, and what the group reads, the others must
not reach. Whoever finds one of its words found a leak.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlmodel import Session, col, select, update

import bootstrap.embedders
from bootstrap.services import ProcessRole, Services, build_services
from core.domain.clock import new_id, now
from core.domain.ideas.card import DraftFields, IdeaCategory, IdeaDraft
from core.domain.ideas.life import Visibility
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import SYSTEM, Role, User
from core.domain.knowledge import Upload
from core.settings import EmbeddingSettings, Settings
from core.settings_identity import OidcSettings, ProxySignInSettings
from core.storage.tables import (
    AnswerSourceRow,
    AnswerUsageRow,
    ChunkRow,
    CitationRow,
    ConversationRow,
    DocumentRow,
    FeedbackRow,
    IdeaExperimentRow,
    IdeaImpactRow,
    IdeaReviewRow,
    IdeaRow,
    MessageRow,
    RetrievalRow,
)
from tests.ingestion.fakes import HashingEmbedder

ISSUER = "http://127.0.0.1:9"
"""An identity provider where nobody answers."""
PASSWORD = "violet kettle orbit pancake"

NOT_IN_DOCUMENTS = "The documents do not tell."
# One word for each kind of thing; none of them is part of another text.
QUESTION, ANSWER, PASSAGE = "quarzfalter", "answerwren", "passagelynx"
DRAFT, FILE, NOTE = "draftibis", "fileotter", "notevole"
SENT, FEEDBACK, HIDDEN = "sentheron", "feedbackgnu", "hiddenmarten"
ORIGIN, RATIONALE, COPY = "originstoat", "rationaleyak", "copyerne"
ATTACHED = "attachedsable"
CANARIES = frozenset(
    {QUESTION, ANSWER, PASSAGE, DRAFT, FILE, NOTE, SENT, FEEDBACK, HIDDEN, ORIGIN, RATIONALE, COPY}
    | {ATTACHED}
)

Ids = Mapping[str, str]
"""Ids by kind of thing: conversation, message, draft, file, idea and so on."""


@dataclass(frozen=True, slots=True)
class World:
    """The services on a data directory, the people, and the ids of what belongs to each."""

    services: Services
    folder: Path
    people: Mapping[str, User]
    own: Mapping[str, Ids]
    deleted: Ids

    def actor(self, name: str) -> User:
        """Return who acts; `gone` is Hanna as an administrator of her group, but deactivated."""
        if name != "gone":
            return self.people[name]
        groups = self.people["hugo"].group_ids
        return replace(self.people["hanna"], is_active=False, role=Role.ADMIN, group_ids=groups)

    def ids(self, name: str) -> Ids:
        """Return what belongs to an actor."""
        return self.own["hanna" if name == "gone" else name]


@contextmanager
def built_world(folder: Path, migrated: Path) -> Iterator[World]:
    """Build the company; everything is real but the embedding model."""
    shutil.copyfile(migrated, folder / "sandbox.db")
    settings = Settings(
        data_dir=folder,
        embeddings=EmbeddingSettings(cache_dir=folder),
        oidc=OidcSettings(issuer=ISSUER, client_id="sandbox"),
        proxy_sign_in=ProxySignInSettings(
            header="X-Forwarded-Email", addresses=["127.0.0.1"], secret=SecretStr("0" * 16)
        ),
        _env_file=None,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap.embedders, "build_embedder", lambda *_, **__: HashingEmbedder())
        services = build_services(settings, ProcessRole.TERMINAL)
    try:
        yield _filled(services, folder)
    finally:
        services.worker.stop()
        services.database.close()


def _filled(services: Services, folder: Path) -> World:
    for group in ("hr", "sales"):
        services.groups.add(SYSTEM, group)
    people = {
        "hanna": _person(services, "hanna", Role.EMPLOYEE, "hr"),
        "ole": _person(services, "ole", Role.EMPLOYEE, "sales"),
        "rob": _person(services, "rob", Role.REVIEWER, "sales"),
        "ada": _person(services, "ada", Role.ADMIN, "sales"),
    }
    closed = _library(services, "Board papers", PASSAGE, groups=("hr",))
    opened = _library(services, "Handbook", "holidays", is_open=True)
    gone = _document(services, closed["collection"], "Old salaries", HIDDEN)
    services.documents.delete(SYSTEM, gone["document"])
    own = {
        name: _belongings(services, person, closed if name == "hanna" else opened)
        for name, person in people.items()
    }
    _around(services, people, own["hanna"])
    people["hugo"] = _person(services, "hugo", Role.EMPLOYEE, "hr")
    own["hugo"] = own["hanna"]
    deleted = {
        **{kind: new_id() for kind in own["hanna"]},
        **_deleted_chat(services, people, closed),
        **gone,
    }
    (folder / "followed").mkdir()
    services.people.set_groups(SYSTEM, people["hanna"].id, ())
    people["hanna"] = replace(people["hanna"], group_ids=frozenset())
    return World(services, folder, people, own, deleted)


def _person(services: Services, name: str, role: Role, group: str) -> User:
    email = f"{name}@nordhafen.example"
    services.people.add(
        SYSTEM, email, name=name.title(), password=PASSWORD, role=role, groups=(group,)
    )
    user = services.sign_in.user_for(services.sign_in.sign_in(email, PASSWORD))
    assert user is not None
    return user


def _library(
    services: Services, name: str, word: str, *, groups: tuple[str, ...] = (), is_open: bool = False
) -> dict[str, str]:
    collection = services.collections.add(SYSTEM, name, groups=groups, is_open=is_open)
    return {"collection": collection.id, **_document(services, collection.id, name, word)}


def _document(services: Services, collection_id: str, name: str, word: str) -> dict[str, str]:
    [receipt] = services.documents.upload(
        SYSTEM, collection_id, [Upload(f"{name}.txt", _text(name, word).encode())]
    )
    return {"document": receipt.document_id or "", "version": receipt.version_id or ""}


def _text(name: str, word: str) -> str:
    return f"{name}\n\nThe severance for a team lead is called {word} and is paid in March.\n"


def _belongings(services: Services, person: User, library: Ids) -> dict[str, str]:
    """Give a person a chat, a draft with a file, an idea with a comment, and what follows it."""
    name, marked = person.name.lower(), person.name == "Hanna"
    draft = services.ideas.drafts.save(
        person, DraftFields(f"Plan {DRAFT if marked else name}", problem="A draft of one's own.")
    )
    words = (FILE if marked else f"file of {name}").encode()
    file = services.ideas.attachments.add(
        person, Upload(f"{words.decode()}.txt", words * 3), draft_id=draft.id
    )
    idea = services.ideas.cards.submit(person, _idea(name))
    comment = services.ideas.comments.add(person, idea.id, f"A comment of {name}.")
    session = services.sign_in.sessions_of(person)[0].id
    connection = services.connections.connect(SYSTEM, person.id, f"s-{name}").id
    return {
        **library,
        "person": person.id,
        "draft": draft.id,
        "file": file.id,
        "idea": idea.id,
        "comment": comment.id,
        "session": session,
        "connection": connection,
        **_tracking(services, idea.id),
        **_chat(services, person, library, marked=marked),
    }


def _idea(name: str) -> IdeaDraft:
    return IdeaDraft(
        f"Answer what {name} asks",
        "Every week we type the same travel questions into long e-mails.",
        "Let the sandbox answer them with the page of the policy.",
        IdeaCategory.INTERNAL_OPTIMISATION,
        "Two hours a week",
    )


def _tracking(services: Services, idea_id: str) -> dict[str, str]:
    experiment = IdeaExperimentRow(
        idea_id=idea_id, hypothesis="It halves the e-mails", started_on=date(2026, 1, 1)
    )
    impact = IdeaImpactRow(idea_id=idea_id, month=date(2026, 1, 1), kind="actual")
    with services.database.begin() as session:
        session.add_all([experiment, impact])
    return {"experiment": experiment.id, "impact": impact.id}


def _chat(services: Services, person: User, library: Ids, *, marked: bool) -> dict[str, str]:
    question = f"What is {QUESTION}?" if marked else "How many holidays are there?"
    words = f"It is {ANSWER}." if marked else "There are thirty."
    chat = ConversationRow(user_id=person.id, title=question)
    unanswered = _message(chat.id, 1, NOT_IN_DOCUMENTS, abstained=True)
    answered = _message(chat.id, 3, words)
    citation = CitationRow(
        message_id=answered.id,
        number=1,
        document_id=library["document"],
        version_id=library["version"],
        document_title="Severance",
        file_name="severance.txt",
        page=1,
        quote=words,
    )
    read = AnswerSourceRow(
        message_id=answered.id,
        document_id=library["document"],
        collection_id=library["collection"],
    )
    usage = _usage_row(chat.id, answered.id, person.id)
    judged = FeedbackRow(
        message_id=unanswered.id,
        user_id=person.id,
        rating=-1,
        comment=FEEDBACK if marked else "No.",
    )
    rows = (
        chat,
        _message(chat.id, 0, question),
        unanswered,
        _message(chat.id, 2, question),
        answered,
        *(citation, read, usage, judged, _usage_row(chat.id, unanswered.id, person.id)),
    )
    with services.database.begin() as session:
        for row in rows:
            session.add(row)
            session.flush()
        session.add(_retrieval(session, answered.id, library["document"]))
    return {
        "conversation": chat.id,
        "message": answered.id,
        "unanswered": unanswered.id,
        "usage": usage.id,
    }


def _retrieval(session: Session, message_id: str, document_id: str) -> RetrievalRow:
    first = session.exec(select(ChunkRow.id).where(ChunkRow.document_id == document_id)).first()
    return RetrievalRow(
        message_id=message_id,
        rank=1,
        chunk_id=first or 0,
        document_id=document_id,
        page=1,
        score=1.0,
    )


def _message(
    conversation_id: str, position: int, words: str, *, abstained: bool = False
) -> MessageRow:
    return MessageRow(
        conversation_id=conversation_id,
        position=position,
        role="assistant" if position % 2 else "user",
        text=words,
        status="complete",
        engine="passages" if position % 2 else "",
        abstained=abstained,
    )


def _usage_row(conversation_id: str, message_id: str, user_id: str) -> AnswerUsageRow:
    return AnswerUsageRow(
        message_id=message_id,
        conversation_id=conversation_id,
        user_id=user_id,
        engine="passages",
        status="complete",
        total_ms=1200,
    )


def _around(services: Services, people: Mapping[str, User], ids: dict[str, str]) -> None:
    """Let others write about what is Hanna's, and let her send a question and keep a copy."""
    hanna, rob = people["hanna"], people["rob"]
    ids |= _attached(services, hanna, ids["conversation"])
    ids["note"] = services.ideas.comments.add(
        rob, ids["idea"], f"Between us: {NOTE}.", visibility=Visibility.REVIEWERS
    ).id
    copy = services.documents.original(hanna, ids["version"])
    ids["copy"] = services.ideas.attachments.add(
        hanna, Upload(f"{COPY}.txt", copy.content), idea_id=ids["idea"]
    ).id
    ids["gap"] = services.gap_requests.ask(hanna, ids["unanswered"], note=SENT).id
    services.gaps.topics.group_all(SYSTEM)
    ids["topic"] = services.gaps.topics.find(SYSTEM).shown[0].id
    with services.database.begin() as session:
        idea = session.get_one(IdeaRow, ids["idea"])
        idea.origin, idea.status = _origin(ids), IdeaStatus.EVALUATION.value
        session.add(
            IdeaReviewRow(
                idea_id=ids["idea"],
                reviewer_id=rob.id,
                round=1,
                scores={"impact": 4},
                comment=RATIONALE,
                assigned_at=now(),
            )
        )


def _attached(services: Services, person: User, conversation_id: str) -> dict[str, str]:
    """Attach a file to the conversation of a person, marked in its name and in its text."""
    upload = Upload(f"{ATTACHED}.txt", _text(ATTACHED, ATTACHED).encode())
    [receipt] = services.attachments.attach(person, conversation_id, [upload])
    with services.database.read() as session:
        document = session.get_one(DocumentRow, receipt.document_id)
    return {
        "attached_document": document.id,
        "attached_version": receipt.version_id or "",
        "attached_collection": document.collection_id,
    }


def _origin(ids: Ids) -> dict[str, object]:
    return {
        "message_id": ids["message"],
        "question": "What did you want to know?",
        "answer": f"It is {ORIGIN}.",
        "engine": "passages",
        "citations": [],
        "sources": [{"document_id": ids["document"], "collection_id": ids["collection"]}],
    }


def _deleted_chat(services: Services, people: Mapping[str, User], library: Ids) -> dict[str, str]:
    ids = _chat(services, people["hanna"], library, marked=True)
    with services.database.begin() as session:
        session.get_one(ConversationRow, ids["conversation"]).title = HIDDEN
        session.execute(
            update(MessageRow)
            .where(col(MessageRow.conversation_id) == ids["conversation"])
            .values(text=HIDDEN)
        )
    services.chat.conversations.delete(people["hanna"], ids["conversation"])
    return ids
