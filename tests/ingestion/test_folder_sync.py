"""A collection follows a folder: what is in the folder answers, and nothing else."""

import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from core.errors import AccessDenied, Conflict, InvalidInput, NotFound
from core.storage.queries.chunks import ready_chunks
from core.storage.tables import DocumentRow
from ingestion.sync.folder_sync import FolderSync, SyncReport
from tests.ingestion.conftest import ADMIN, COLLECTION, READER, Harness


class Share:
    """A folder, and the collection that follows it."""

    def __init__(self, harness: Harness, folder: Path) -> None:
        self.harness, self.folder = harness, folder
        self.sync = FolderSync(harness.database, harness.documents)
        self._clock = time.time_ns()

    def write(self, path: str, text: str) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        # Every write has its own time, however fast the test is.
        self._clock += 1_000_000
        os.utime(file, ns=(self._clock, self._clock))
        return file

    def run(self, *, is_dry: bool = False, allow_empty: bool = False) -> SyncReport:
        return self.sync.sync(
            ADMIN, self.folder, COLLECTION, is_dry=is_dry, allow_empty=allow_empty
        )

    def answers(self) -> list[str]:
        with self.harness.database.read() as session:
            chunks = ready_chunks(session, COLLECTION, after=0, limit=1000)
        return sorted(chunk.text for chunk in chunks)

    def keys(self) -> dict[str, str]:
        with self.harness.database.read() as session:
            rows = session.exec(select(DocumentRow)).all()
        return {row.source_key: row.id for row in rows}


@pytest.fixture
def share(harness: Harness, tmp_path: Path) -> Share:
    folder = tmp_path / "share"
    folder.mkdir()
    return Share(harness, folder)


def test_files_of_one_name_in_two_folders_are_two_documents(share: Share) -> None:
    share.write("a/leave.md", "Ninety days.")
    share.write("b/leave.md", "Thirty days.")

    report = share.run()

    assert report.uploaded == ("a/leave.md", "b/leave.md")
    assert share.answers() == ["Ninety days.", "Thirty days."]
    assert set(share.keys()) == {"a/leave.md", "b/leave.md"}
    with share.harness.database.read() as session:
        assert set(session.exec(select(DocumentRow.external_id)).all()) == {None}


def test_a_second_run_changes_nothing_and_reads_nothing(share: Share) -> None:
    share.write("a.txt", "Ninety days.").chmod(0o600)
    share.run()
    before = share.harness.embedder.embedded

    report = share.run()

    assert (report.changed, report.files, share.harness.embedder.embedded) == (0, 1, before)


def test_a_changed_file_is_a_new_version_and_a_touched_one_is_not(share: Share) -> None:
    share.write("a.txt", "Ninety days.")
    share.write("b.txt", "Thirty days.")
    share.run()
    ids = share.keys()
    share.write("a.txt", "Ninety-five days.")
    share.write("b.txt", "Thirty days.")

    report = share.run()

    assert report.uploaded == ("a.txt",)
    assert share.keys() == ids
    assert share.answers() == ["Ninety-five days.", "Thirty days."]


def test_a_moved_file_keeps_its_document(share: Share) -> None:
    share.write("old/a.txt", "Ninety days.")
    share.run()
    [document_id] = share.keys().values()
    (share.folder / "new").mkdir()
    (share.folder / "old/a.txt").rename(share.folder / "new/b.txt")

    report = share.run()

    assert (report.moved, report.removed, report.uploaded) == (("new/b.txt",), (), ())
    assert share.keys() == {"new/b.txt": document_id}


def test_a_file_that_is_gone_is_deleted_with_a_receipt(share: Share) -> None:
    share.write("a.txt", "Ninety days.")
    share.write("b.txt", "Thirty days.")
    share.run()
    (share.folder / "a.txt").unlink()

    report = share.run()

    assert report.removed == ("a.txt",)
    assert [(d.chunks, d.remaining_chunks) for d in report.deletions] == [(1, 0)]
    assert share.answers() == ["Thirty days."]


def test_a_dry_run_says_what_would_be_done(share: Share) -> None:
    share.write("a.txt", "Ninety days.")

    report = share.run(is_dry=True)

    assert (report.uploaded, report.is_dry, share.answers()) == (("a.txt",), True, [])


def test_an_empty_or_missing_folder_does_not_empty_the_collection(share: Share) -> None:
    file = share.write("a.txt", "Ninety days.")
    share.run()
    file.unlink()

    with pytest.raises(Conflict, match="--allow-empty"):
        share.run()
    share.folder.rmdir()
    with pytest.raises(InvalidInput, match="does not exist"):
        share.run()
    assert share.answers() == ["Ninety days."]

    share.folder.mkdir()
    assert share.run(allow_empty=True).removed == ("a.txt",)
    assert share.answers() == []


def test_hidden_and_temporary_files_and_links_to_the_outside_are_left_out(
    share: Share, tmp_path: Path
) -> None:
    for name in (".hidden.txt", "~$a.docx", "b.tmp", "c.txt.part", ".git/config.txt"):
        share.write(name, "Not for anybody.")
    outside = tmp_path / "outside.txt"
    outside.write_text("Secret.")
    (share.folder / "link.txt").symlink_to(outside)
    (share.folder / "tree").symlink_to(tmp_path)

    assert share.run().files == 0


def test_a_file_that_cannot_be_read_is_reported_and_waits_for_a_change(share: Share) -> None:
    share.write("broken.pdf", "This is no PDF.")
    first, second = share.run(), share.run()

    assert first.problems
    assert second.problems == first.problems
    assert (first.uploaded, second.uploaded) == (("broken.pdf",), ())


def test_a_folder_below_that_cannot_be_read_deletes_nothing(
    share: Share, monkeypatch: pytest.MonkeyPatch
) -> None:
    share.write("a.txt", "Ninety days.")
    share.write("closed/b.txt", "Thirty days.")
    share.run()
    scandir = os.scandir

    def refusing(path: str) -> Iterator[os.DirEntry[str]]:
        if str(path).endswith("closed"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)

    with pytest.raises(InvalidInput, match="closed cannot be read"):
        share.run()

    assert share.answers() == ["Ninety days.", "Thirty days."]


def test_a_file_that_a_share_cannot_tell_of_deletes_nothing(
    share: Share, monkeypatch: pytest.MonkeyPatch
) -> None:
    share.write("a.txt", "Ninety days.")
    share.write("stale.txt", "Thirty days.")
    share.run()
    stat = Path.stat

    def stat_of_a_share(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if path.name == "stale.txt":
            raise OSError(errno.ESTALE, "Stale file handle", str(path))
        return stat(path, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", stat_of_a_share)

    with pytest.raises(InvalidInput, match=r"stale\.txt cannot be read"):
        share.run()

    assert share.answers() == ["Ninety days.", "Thirty days."]


def test_links_in_a_circle_are_left_out(share: Share) -> None:
    share.write("a.txt", "Ninety days.")
    (share.folder / "b.txt").symlink_to(share.folder / "c.txt")
    (share.folder / "c.txt").symlink_to(share.folder / "b.txt")

    assert share.run().uploaded == ("a.txt",)


def test_a_file_that_goes_while_the_folder_is_looked_at_is_left_out(
    share: Share, monkeypatch: pytest.MonkeyPatch
) -> None:
    share.write("a.txt", "Ninety days.")
    share.write("fleeting.txt", "Thirty days.")
    is_file = Path.is_file

    def is_file_and_goes(path: Path) -> bool:
        found = is_file(path)
        if path.name == "fleeting.txt":
            path.unlink()
        return found

    monkeypatch.setattr(Path, "is_file", is_file_and_goes)

    assert share.run().uploaded == ("a.txt",)


def test_a_file_that_goes_before_it_is_read_does_not_stop_the_others(
    share: Share, monkeypatch: pytest.MonkeyPatch
) -> None:
    share.write("a.txt", "Ninety days.")
    share.write("fleeting.txt", "Thirty days.")
    read_bytes = Path.read_bytes

    def fail_once(path: Path) -> bytes:
        if path.name == "fleeting.txt":
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", str(path))
        return read_bytes(path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", fail_once)
        first = share.run()
    second = share.run()

    assert list(first.problems or {}) == ["fleeting.txt"]
    assert (first.uploaded, second.uploaded) == (("a.txt",), ("fleeting.txt",))
    assert second.problems == {}


def test_what_was_uploaded_by_hand_is_not_deleted_with_its_copy(share: Share) -> None:
    share.harness.upload("by-hand.txt", "Ninety days.")
    share.write("copy.txt", "Ninety days.")
    share.write("other.txt", "Thirty days.")
    share.run()
    (share.folder / "copy.txt").unlink()

    share.run()

    assert share.answers() == ["Ninety days.", "Thirty days."]


def test_only_administrators_sync_and_only_into_collections_that_exist(share: Share) -> None:
    with pytest.raises(AccessDenied):
        share.sync.sync(READER, share.folder, COLLECTION)
    with pytest.raises(NotFound):
        share.sync.sync(ADMIN, share.folder, "nowhere")


PATHS = st.sampled_from(["a.txt", "b.txt", "x/a.txt", "x/y/c.txt"])
TEXTS = st.sampled_from(["One day.", "Two days.", "Three days."])
STEPS = st.one_of(
    st.tuples(st.just("write"), PATHS, TEXTS),
    st.tuples(st.just("rename"), PATHS, PATHS),
    st.tuples(st.just("delete"), PATHS, PATHS),
    st.tuples(st.just("sync"), PATHS, PATHS),
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEPS, max_size=10))
def test_after_any_history_the_collection_holds_what_the_folder_holds(
    share: Share, steps: list[tuple[str, str, str]]
) -> None:
    for step, path, other in [*steps, ("sync", "", "")]:
        file = share.folder / path
        if step == "write":
            share.write(path, other)
        elif step == "rename" and file.is_file():
            (share.folder / other).parent.mkdir(parents=True, exist_ok=True)
            file.rename(share.folder / other)
        elif step == "delete":
            file.unlink(missing_ok=True)
        elif step == "sync":
            share.run(allow_empty=True)

    held = {path.read_text() for path in share.folder.rglob("*.txt")}
    assert share.answers() == sorted(held)
    assert share.run(allow_empty=True).changed == 0
