"""A person takes along all that is held about them, deletes it, and nobody else's is in it."""

import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import bootstrap.embedders
from bootstrap.services import ProcessRole, Services, build_services
from core.domain.identity import SYSTEM, Role
from core.errors import ConfirmationNeeded, NotFound, SignInFailed
from core.settings import EmbeddingSettings, Settings
from tests.ingestion.fakes import HashingEmbedder
from tests.security.personal_words import EMAIL, NAME, PASSWORD, WORDS, Left, fill

NOT_THEIRS = {
    "hold",  # the reason is the company's
    "hidden chat",  # deleted by its author
    "test question",
    "test run",
    "drafted",
    "searched",
    "lead",
    "attachment",  # the contents of files are downloaded by themselves
    "answer",  # from documents that they may not read any more
}


@pytest.fixture
def services(
    tmp_path: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Services]:
    monkeypatch.setattr(bootstrap.embedders, "build_embedder", lambda *_, **__: HashingEmbedder())
    shutil.copyfile(migrated_file, tmp_path / "sandbox.db")
    settings = Settings(
        data_dir=tmp_path, embeddings=EmbeddingSettings(cache_dir=tmp_path), _env_file=None
    )
    built = build_services(settings, ProcessRole.TERMINAL)
    yield built
    built.worker.stop()
    built.database.close()


@pytest.fixture
def left(services: Services) -> Left:
    return fill(services)


def opened(content: bytes) -> dict[str, Any]:  # Any: JSON
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            name: json.loads(archive.read(name))
            for name in archive.namelist()
            if name.endswith(".json")
        }


def test_the_file_holds_all_that_is_theirs_and_nothing_secret(
    services: Services, left: Left
) -> None:
    services.personal_conversations.export_lines(left.admin, left.person.id)

    content = services.privacy.own_data.export(left.person)

    files = opened(content)
    text = json.dumps(files).lower()
    missing = [name for name, word in WORDS.items() if word.lower() not in text]
    assert set(missing) <= NOT_THEIRS
    assert files["account.json"][0]["email"] == EMAIL
    assert [row["by"] for row in files["who-read-it.json"]][-1] == "Ada"
    assert files["answers.json"][0]["cost_micros"] == 500
    assert len(files["conversations.json"]) == 1
    assert files["legal-holds.json"][0]["released_at"]
    for secret in ("argon2", "token_hash", "password", "secret", "holdhyena", "ole brandt"):
        assert secret not in text


def test_people_delete_their_own_data_after_their_password(services: Services, left: Left) -> None:
    from dataclasses import replace

    with pytest.raises(ConfirmationNeeded):
        services.privacy.erasure.erase_own(replace(left.person, needs_confirmation=True))

    certificate = services.privacy.erasure.erase_own(left.person)

    assert certificate.is_own_wish
    assert certificate.is_complete
    assert NAME not in certificate.as_json().decode()
    assert left.person.id not in certificate.as_json().decode()
    with pytest.raises(SignInFailed):
        services.sign_in.sign_in(EMAIL, PASSWORD)
    with pytest.raises(NotFound):
        services.privacy.erasure.erase_own(SYSTEM)


def test_the_same_address_can_be_given_to_somebody_new(services: Services, left: Left) -> None:
    services.privacy.erasure.erase_own(left.person)

    again = services.people.add(SYSTEM, EMAIL, name=NAME, password=PASSWORD, role=Role.EMPLOYEE)

    assert services.chat.conversations.list(again) == []
    assert again.id != left.person.id
