"""Files of ideas: checked like documents, opened by those who may, removed with what had them."""

from pathlib import Path

import pytest

from bootstrap.ideas import file_check
from core.domain.ideas.card import DraftFields
from core.domain.ideas.workflow import IdeaStatus
from core.domain.knowledge import Upload
from core.errors import AccessDenied, InvalidInput, NotFound, UnreadableDocument
from core.storage.database import Database
from core.storage.originals import OriginalFiles
from core.storage.tables import CollectionRow, DocumentRow, DocumentVersionRow, SwitchRow
from ideas.cards.attachments import FILES_MAX, IdeaAttachments
from ideas.cards.drafting import TemplateDrafter
from ideas.cards.drafts import IdeaDrafts
from ingestion.files.archives import UploadLimits
from tests.ideas.office import DRAFT, Office
from tools.trial import files

NOTE = Upload("note.txt", b"Ten questions a day.")


class Desk(Office):
    """An office with a folder for files."""

    def __init__(self, database: Database, folder: Path) -> None:
        super().__init__(database)
        self.files = OriginalFiles(folder)
        check = file_check(UploadLimits(max_bytes=1_000_000))
        self.attachments = IdeaAttachments(database, self.files, check)
        self.drafts = IdeaDrafts(database, TemplateDrafter(), self.files)

    def stored(self) -> int:
        return len(list(self.files.stored()))

    def document(self, content: bytes, *, is_open: bool) -> str:
        """A document with this content, in a collection of its own."""
        sha256 = self.files.put(content)
        with self.database.begin() as session:
            collection = CollectionRow(
                name=f"C{next(self.numbers)}",
                is_open=is_open,
                embedding_model="m",
                embedding_dimension=1,
                splitter_version="1",
            )
            session.add(collection)
            session.flush()
            document = DocumentRow(collection_id=collection.id, source_key="k", title="t")
            session.add(document)
            session.flush()
            session.add(
                DocumentVersionRow(
                    document_id=document.id,
                    file_name="k.txt",
                    media_type="text/plain",
                    sha256=sha256,
                    size_bytes=len(content),
                    state="ready",
                )
            )
            return document.id


@pytest.fixture
def desk(sqlite_database: Database, tmp_path: Path) -> Desk:
    return Desk(sqlite_database, tmp_path / "files")


def test_a_file_is_listed_and_handed_over_as_it_came(database: Database, tmp_path: Path) -> None:
    desk = Desk(database, tmp_path / "files")
    idea = desk.idea(desk.anna)

    added = desk.attachments.add(desk.anna, NOTE, idea_id=idea)

    [listed] = desk.attachments.list(desk.carl, idea_id=idea)
    assert listed == added
    assert (listed.file_name, listed.size_bytes, listed.added_by) == ("note.txt", 20, "Anna")
    got = desk.attachments.download(desk.carl, added.id)
    assert (got.file_name, got.media_type, got.content) == ("note.txt", "text/plain", NOTE.content)


@pytest.mark.parametrize(
    "upload",
    [
        Upload("empty.txt", b""),
        Upload("large.txt", b"x" * 1_000_001),
        Upload("program.exe", b"MZ\x90\x00" + bytes(60)),
        Upload("plan.pdf", b"no pdf at all"),
        Upload("archive.zip", files.zip_of({"a.txt": b"text"})),
    ],
)
def test_a_file_that_could_not_be_a_document_is_refused(desk: Desk, upload: Upload) -> None:
    idea = desk.idea(desk.anna)

    with pytest.raises(UnreadableDocument, match=r"\.$"):
        desk.attachments.add(desk.anna, upload, idea_id=idea)

    assert desk.stored() == 0


def test_a_name_cannot_lead_out_of_the_folder(desk: Desk) -> None:
    idea = desk.idea(desk.anna)

    added = desk.attachments.add(
        desk.anna, Upload("../../etc/pa\u202esswd.txt", b"x y"), idea_id=idea
    )

    assert added.file_name == "passwd.txt"


def test_only_those_around_an_idea_add_files_and_not_to_one_that_ended(desk: Desk) -> None:
    idea = desk.idea(desk.anna)
    desk.change(idea, owner_id=desk.ben.id)
    for user in (desk.anna, desk.ben, desk.rita):
        desk.attachments.add(user, NOTE, idea_id=idea)

    with pytest.raises(AccessDenied):
        desk.attachments.add(desk.carl, NOTE, idea_id=idea)
    desk.change(idea, status=IdeaStatus.DECLINED.value)
    with pytest.raises(AccessDenied):
        desk.attachments.add(desk.anna, NOTE, idea_id=idea)


def test_an_idea_has_a_limited_number_of_files(desk: Desk) -> None:
    idea = desk.idea(desk.anna)
    for _ in range(FILES_MAX):
        desk.attachments.add(desk.anna, NOTE, idea_id=idea)

    with pytest.raises(InvalidInput, match="at most 10 files"):
        desk.attachments.add(desk.anna, NOTE, idea_id=idea)


def test_a_content_stays_as_long_as_some_idea_has_it(desk: Desk) -> None:
    first, second = desk.idea(desk.anna), desk.idea(desk.anna)
    one = desk.attachments.add(desk.anna, NOTE, idea_id=first)
    two = desk.attachments.add(desk.anna, NOTE, idea_id=second)
    assert desk.stored() == 1

    desk.attachments.remove(desk.anna, one.id)
    assert desk.attachments.download(desk.anna, two.id).content == NOTE.content
    desk.attachments.remove(desk.anna, two.id)

    assert desk.stored() == 0
    with pytest.raises(NotFound):
        desk.attachments.download(desk.anna, two.id)


def test_others_do_not_remove_files(desk: Desk) -> None:
    idea = desk.idea(desk.anna)
    added = desk.attachments.add(desk.rita, NOTE, idea_id=idea)

    for user in (desk.carl, desk.rob):
        with pytest.raises(AccessDenied):
            desk.attachments.remove(user, added.id)
    desk.attachments.remove(desk.anna, added.id)


def test_files_of_a_draft_are_its_authors_and_go_with_it_into_the_idea(desk: Desk) -> None:
    draft = desk.drafts.save(desk.anna, DraftFields(title="Some"))
    added = desk.attachments.add(desk.anna, NOTE, draft_id=draft.id)
    for attempt in (
        lambda: desk.attachments.add(desk.ben, NOTE, draft_id=draft.id),
        lambda: desk.attachments.list(desk.ben, draft_id=draft.id),
        lambda: desk.attachments.download(desk.ada, added.id),
        lambda: desk.attachments.remove(desk.ben, added.id),
    ):
        with pytest.raises(NotFound):
            attempt()

    card = desk.ideas.submit(desk.anna, DRAFT, draft_id=draft.id)

    assert desk.attachments.download(desk.ben, added.id).content == NOTE.content
    assert [a.id for a in desk.attachments.list(desk.ben, idea_id=card.id)] == [added.id]


def test_files_of_a_discarded_draft_are_gone(desk: Desk) -> None:
    draft = desk.drafts.save(desk.anna, DraftFields(title="Some"))
    desk.attachments.add(desk.anna, NOTE, draft_id=draft.id)

    desk.drafts.discard(desk.anna, draft.id)

    assert desk.stored() == 0


def test_a_copy_of_a_document_is_open_to_its_readers_only(desk: Desk) -> None:
    desk.document(NOTE.content, is_open=False)
    idea = desk.idea(desk.anna)
    added = desk.attachments.add(desk.anna, NOTE, idea_id=idea)

    [seen] = desk.attachments.list(desk.carl, idea_id=idea)
    assert (seen.is_open, seen.file_name) == (False, "A document")
    with pytest.raises(NotFound, match="cannot access"):
        desk.attachments.download(desk.carl, added.id)

    desk.document(NOTE.content, is_open=True)
    assert desk.attachments.download(desk.carl, added.id).content == NOTE.content


def test_a_copy_stays_closed_when_the_document_is_gone(desk: Desk) -> None:
    document = desk.document(NOTE.content, is_open=False)
    idea = desk.idea(desk.anna)
    added = desk.attachments.add(desk.anna, NOTE, idea_id=idea)
    with desk.database.begin() as session:
        session.delete(session.get_one(DocumentRow, document))

    with pytest.raises(NotFound, match="cannot access"):
        desk.attachments.download(desk.carl, added.id)


def test_a_copy_of_a_document_that_is_turned_off_is_open_to_nobody(desk: Desk) -> None:
    document = desk.document(NOTE.content, is_open=True)
    idea = desk.idea(desk.anna)
    added = desk.attachments.add(desk.anna, NOTE, idea_id=idea)
    with desk.database.begin() as session:
        session.add(SwitchRow(kind="document", name=document, reason="It is wrong"))

    for person in (desk.anna, desk.ada):
        with pytest.raises(NotFound, match="cannot access"):
            desk.attachments.download(person, added.id)
