"""An erased person leaves no byte behind, in files and in tables, while the app runs."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

import bootstrap.embedders
from bootstrap.services import ProcessRole, Services, build_services
from core.domain.governance.privacy import ErasureState
from core.domain.identity import SYSTEM
from core.errors import Conflict, NotFound
from core.settings import DatabaseSettings, EmbeddingSettings, Settings
from core.storage.database import Database
from core.storage.tables import (
    AnswerUsageRow,
    IdeaCommentRow,
    MessageRow,
    PersonErasureRow,
    UsageDayPersonRow,
    UserRow,
)
from tests.ingestion.fakes import HashingEmbedder
from tests.security.personal_words import (
    EMAIL,
    NAME,
    PASSWORD,
    WORDS,
    Left,
    fill,
    in_files,
    in_tables,
)


def url_of(database: Database) -> str:
    return database.engine.url.render_as_string(hide_password=False)


@pytest.fixture
def running(
    tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Services]:
    """The services of an app that runs, with its threads, on both databases."""
    monkeypatch.setattr(bootstrap.embedders, "build_embedder", lambda *_, **__: HashingEmbedder())
    settings = Settings(
        data_dir=tmp_path,
        database=DatabaseSettings(url="" if database.dialect == "sqlite" else url_of(database)),
        embeddings=EmbeddingSettings(cache_dir=tmp_path / "models"),
        _env_file=None,
    )
    services = build_services(settings, ProcessRole.APP)
    services.worker.start()
    yield services
    services.worker.stop()
    services.database.close()


@pytest.fixture
def left(running: Services) -> Left:
    return fill(running)


def test_an_erased_person_leaves_no_byte_in_any_file_or_table(
    running: Services, left: Left, tmp_path: Path
) -> None:
    before = in_tables(running.database, WORDS)
    assert sorted(before) == sorted(WORDS.keys() - {"attachment"})
    assert "attachment" in in_files(tmp_path, WORDS)

    certificate = running.privacy.erasure.erase(left.admin, left.person.id)

    assert in_tables(running.database, WORDS) == {}
    assert in_files(tmp_path, WORDS) == {}
    assert certificate.is_complete
    assert certificate.searched["in_tables"] == {}
    assert certificate.searched["in_files"] == []
    assert certificate.counts["conversations"] == 2
    assert certificate.counts["messages"] == 3
    assert certificate.mentions_replaced >= 1
    assert certificate.sha256 == certificate.digest()


def test_what_is_of_others_and_of_the_company_stays(running: Services, left: Left) -> None:
    similar = "jean.quentin@nordhafen.example"
    running.people.add(SYSTEM, similar, name=f"Jean {NAME}er", password=PASSWORD)
    running.ideas.comments.add(left.colleague, left.idea_id, f"Ask {similar} as well.")
    running.usage.refresh()
    with running.database.read() as session:
        costs = sorted(session.exec(select(AnswerUsageRow.cost_micros)).all())

    certificate = running.privacy.erasure.erase(left.admin, left.person.id)
    running.usage.refresh()

    assert certificate.is_complete
    with running.database.read() as session:
        texts = session.exec(select(MessageRow.text)).all()
        comments = session.exec(select(IdeaCommentRow.text)).all()
        people = set(session.exec(select(AnswerUsageRow.user_id)).all())
        days = set(session.exec(select(UsageDayPersonRow.user_id)).all())
        assert sorted(session.exec(select(AnswerUsageRow.cost_micros)).all()) == costs
    assert sorted(texts) == ["It is something.", "What is something?"]
    assert f"Ask {similar} as well." in comments
    assert "Thanks, @a former employee, and write to a former employee!" in comments
    card = running.ideas.cards.get(left.colleague, left.idea_id)
    assert card.submitter_name == "a former employee"
    assert card.draft.title == "Answer travel questions at once"
    assert left.person.id not in people | days
    assert len(people) == len(days) == 2
    places = in_tables(running.database, {"id": left.person.id})["id"]
    assert {place.split(".")[0] for place in places} <= {"audit_events", "audit_subjects"}
    assert running.audit_proof.verify(SYSTEM).is_whole


KILLED = """
import os, signal, sys
from pathlib import Path
import bootstrap.embedders
from admin.privacy.erasure import PersonErasure
from bootstrap.services import ProcessRole, build_services
from core.domain.identity import SYSTEM
from core.settings import DatabaseSettings, EmbeddingSettings, Settings
from tests.ingestion.fakes import HashingEmbedder

folder, url, person, method = sys.argv[1:]
bootstrap.embedders.build_embedder = lambda *_, **__: HashingEmbedder()
setattr(PersonErasure, method, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
services = build_services(
    Settings(
        data_dir=Path(folder),
        database=DatabaseSettings(url=url),
        embeddings=EmbeddingSettings(cache_dir=Path(folder) / "models"),
        _env_file=None,
    ),
    ProcessRole.TERMINAL,
)
services.privacy.erasure.erase(SYSTEM, person)
"""


@pytest.mark.parametrize(
    ("method", "state"),
    [("_remove", ErasureState.BEGUN), ("_rewrite", ErasureState.REMOVED)],
    ids=["before anything is removed", "before files are rewritten"],
)
def test_what_a_kill_interrupts_goes_on_with_the_app(
    running: Services, left: Left, tmp_path: Path, method: str, state: ErasureState
) -> None:
    url = url_of(running.database)
    command = [sys.executable, "-c", KILLED, str(tmp_path), url, left.person.id, method]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    erasure = running.privacy.erasure
    assert erasure.count_unfinished(left.admin) == 1
    with running.database.read() as session:
        [row] = session.exec(select(PersonErasureRow)).all()
    assert row.state == state
    assert not any(word in row.sealed for word in (NAME, EMAIL))

    assert erasure.resume() == 1

    assert in_tables(running.database, WORDS) == {}
    assert in_files(tmp_path, WORDS) == {}
    [certificate] = erasure.certificates(left.admin)
    assert certificate.is_complete
    assert certificate.counts["conversations"] == 2
    assert erasure.resume() == 0


def test_whoever_is_held_or_the_last_administrator_is_not_erased(
    running: Services, left: Left
) -> None:
    hold = running.privacy.holds.place(left.admin, left.person.id, "Case 7")
    with pytest.raises(Conflict, match="legal hold"):
        running.privacy.erasure.erase(left.admin, left.person.id)
    with pytest.raises(Conflict, match="legal hold"):
        running.privacy.erasure.erase_own(left.person)
    with pytest.raises(Conflict, match="last active administrator"):
        running.privacy.erasure.erase(SYSTEM, left.admin.id)
    with running.database.read() as session:
        assert session.get_one(UserRow, left.person.id).is_active

    running.privacy.holds.release(left.admin, hold.id)
    running.privacy.erasure.erase(left.admin, left.person.id)

    with pytest.raises(NotFound):
        running.privacy.erasure.erase(left.admin, left.person.id)
