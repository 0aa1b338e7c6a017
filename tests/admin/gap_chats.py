"""Questions with answers that tests of knowledge gaps ask, and services on them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from admin.gaps.documents import GapDocuments
from admin.gaps.grouping import GapGrouping
from admin.gaps.inbox import GapInbox
from admin.gaps.topics import GapTopics, GoldenQuestion
from core.domain.clock import new_id, now
from core.domain.gaps import GapStatus
from core.domain.identity import Role, User
from core.storage.database import Database
from core.storage.tables import (
    AnswerUsageRow,
    CitationRow,
    CollectionRow,
    ConversationRow,
    DocumentRow,
    DocumentVersionRow,
    FeedbackRow,
    KnowledgeGapRow,
    MessageRow,
    PageRow,
    RetrievalRow,
    UserRow,
)
from tests.ingestion.fakes import HashingEmbedder

INSURED = "Who insures the trucks ?"
INSURED_TOO = "The trucks , who insures them ?"
REPAIRED = "Who repairs the trucks ?"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and its answer in a chat."""

    conversation_id: str
    answer_id: str


@dataclass
class GapOffice:
    """People, their questions, and those who look after them."""

    database: Database
    golden: list[GoldenQuestion] = field(default_factory=list)
    minutes: int = 0
    start: datetime = field(default_factory=lambda: now() - timedelta(minutes=20))

    def __post_init__(self) -> None:
        self.embedder = HashingEmbedder(dimension=256)
        self.grouping = GapGrouping(self.database, self.embedder)
        self.inbox = GapInbox(self.database)
        self.topics = GapTopics(self.database, self.grouping, self._promote)
        self.documents = GapDocuments(self.database)
        self.anna = self.person("anna", Role.ADMIN)
        self.ben, self.cleo, self.maria = map(self.person, ("ben", "cleo", "maria"))

    def person(self, name: str, role: Role = Role.EMPLOYEE) -> User:
        row = UserRow(email=f"{name}@nordhafen.example", name=name.title(), role=role.value)
        with self.database.begin() as session:
            session.add(row)
        return User(row.id, row.email, row.name, role)

    def collection(self, name: str, owner: User | None, *, is_open: bool = True) -> str:
        row = CollectionRow(
            name=name,
            is_open=is_open,
            owner_id=owner.id if owner else None,
            embedding_model="hashing",
            embedding_dimension=256,
            splitter_version="1",
        )
        with self.database.begin() as session:
            session.add(row)
        return row.id

    def document(
        self, collection_id: str, title: str, text: str = "", *, at: datetime | None = None
    ) -> str:
        row = DocumentRow(collection_id=collection_id, source_key=title, title=title)
        with self.database.begin() as session:
            session.add(row)
            session.flush()
            version = DocumentVersionRow(
                document_id=row.id,
                file_name=f"{title}.txt",
                media_type="text/plain",
                sha256="0" * 64,
                size_bytes=1,
                state="ready",
                uploaded_at=at or self.start,
            )
            session.add(version)
            session.flush()
            row.current_version_id = version.id
            session.add(PageRow(version_id=version.id, number=1, start=0, text=text))
        return row.id

    def ask(  # noqa: PLR0913  what tells one question from another
        self,
        person: User,
        question: str,
        *,
        abstained: bool = True,
        engine: str = "passages",
        support: tuple[int, int] = (0, 0),
        near: str = "",
        cites: tuple[str, ...] = (),
        at: datetime | None = None,
    ) -> Asked:
        """Ask in a chat of its own, a minute after the question before.

        `support` are supported sentences and all of them; `near` is the document of the nearest
        passage.
        """
        self.minutes += 1
        at = at or self.start + timedelta(minutes=self.minutes)
        chat = ConversationRow(user_id=person.id, title=question)
        asked, answer = (
            MessageRow(
                conversation_id=chat.id,
                position=position,
                role=role,
                text=words,
                status="complete",
                engine=engine,
                abstained=abstained and position == 1,
                created_at=at,
            )
            for position, role, words in ((0, "user", question), (1, "assistant", "Words."))
        )
        usage = AnswerUsageRow(
            message_id=answer.id,
            conversation_id=chat.id,
            user_id=person.id,
            engine=engine,
            status="complete",
            abstained=abstained,
            supported_sentences=support[0],
            sentences=support[1],
            created_at=at,
        )
        with self.database.begin() as session:
            for row in (chat, asked, answer, usage):
                session.add(row)
                session.flush()
            if near:
                session.add(
                    RetrievalRow(
                        message_id=answer.id,
                        rank=1,
                        chunk_id=1,
                        document_id=near,
                        page=1,
                        score=1.0,
                        similarity=0.5,
                    )
                )
            session.add_all(
                CitationRow(
                    message_id=answer.id,
                    number=number,
                    document_id=document,
                    version_id=new_id(),
                    document_title="Title",
                    file_name="file.txt",
                    page=1,
                    quote="Words.",
                )
                for number, document in enumerate(cites, 1)
            )
        return Asked(chat.id, answer.id)

    def rate(self, asked: Asked, person: User, rating: int, at: datetime | None = None) -> None:
        at = at or self.start + timedelta(minutes=self.minutes)
        row = FeedbackRow(
            message_id=asked.answer_id,
            user_id=person.id,
            rating=rating,
            created_at=at,
            updated_at=at,
        )
        with self.database.begin() as session:
            session.merge(row)

    def send(
        self,
        person: User,
        question: str,
        asked: Asked | None = None,
        *,
        collection_id: str | None = None,
        reply: str = "",
    ) -> str:
        """Send a question on, which may be answered already."""
        at = self.start + timedelta(minutes=self.minutes)
        row = KnowledgeGapRow(
            message_id=asked.answer_id if asked else None,
            asker_id=person.id,
            collection_id=collection_id,
            question=question,
            status=(GapStatus.ANSWERED if reply else GapStatus.OPEN).value,
            asked_at=at,
            reply=reply,
            replied_at=at if reply else None,
        )
        with self.database.begin() as session:
            session.add(row)
        return row.id

    def hide(self, asked: Asked, *, is_hidden: bool = True) -> None:
        """Delete a conversation as its person does, or bring it back."""
        with self.database.begin() as session:
            row = session.get_one(ConversationRow, asked.conversation_id)
            row.deleted_at = self.start if is_hidden else None

    def labels(self, user: User | None = None) -> list[str]:
        return [topic.label for topic in self.topics.find(user or self.anna).shown]

    def _promote(self, _admin: User, golden: GoldenQuestion) -> str:
        self.golden.append(golden)
        return "case"
