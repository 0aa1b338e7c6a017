"""Every fault ends every command with one sentence, loses nothing, and is mended as documented."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.conftest import Installation, require_sentence
from tools.trial import damage
from tools.trial.damage import Damage

LISTS = (("users", "list"), ("collections", "list"), ("documents", "list"), ("audit", "list"))
SEARCHES = (("search", "parental leave"), ("verify",))
INGEST = ("ingest", "files/new.txt", "--collection", "Handbook")
REPAIR = ("verify", "--repair")
REINDEX = ("reindex",)
NO_DATABASE = "127.0.0.1:6379/test"  # where a Redis listens, or nothing


def named(value: object) -> str:
    """How a parameter is called in the name of a test."""
    if isinstance(value, tuple):
        return " ".join(value)
    return str(getattr(value, "__name__", value))


def keyword_files(installation: Installation, pattern: str) -> list[Path]:
    return [p for p in (installation.data / "keywords").glob(f"*/{pattern}") if p.is_file()]


@pytest.mark.parametrize(
    "harm",
    [damage.garbage, damage.half, damage.middle, damage.text, damage.folder_in_its_place],
    ids=lambda harm: harm.__name__,
)
def test_a_damaged_database_changes_nothing_and_comes_back_from_the_back_up(
    installation: Installation, harm: Damage
) -> None:
    database = installation.data / "sandbox.db"
    backup = shutil.copy(database, installation.terminal.folder / "backup.db")
    damage.without_log(harm)(database)

    for command in (*LISTS, *SEARCHES, REPAIR, REINDEX, ("migrate",), INGEST):
        require_sentence(installation.run(*command))
        require_sentence(installation.run(*command, "--json"))

    shutil.rmtree(database) if database.is_dir() else database.unlink()
    for suffix in ("-wal", "-shm"):
        (installation.data / f"sandbox.db{suffix}").unlink(missing_ok=True)
    shutil.copy(backup, database)
    assert installation.run("migrate").code == 0
    assert installation.run("verify", "--repair").code == 0
    installation.require_whole()


@pytest.mark.parametrize("is_there", [True, False], ids=["empty", "missing"])
def test_a_lost_database_is_not_taken_for_a_new_installation(
    installation: Installation, is_there: bool
) -> None:
    database = installation.data / "sandbox.db"
    damage.without_log(damage.cut_to_nothing)(database)
    if not is_there:
        database.unlink()

    for preparing in ("migrate", "setup"):
        ran = installation.run(preparing)
        require_sentence(ran)
        assert "backup" in ran.err
    for command in LISTS:
        require_sentence(installation.run(*command, "--json"))


@pytest.mark.parametrize(
    ("harm", "pattern"),
    [
        *((damage.garbage, each) for each in ("meta.json", "*.term", "*.idx", "*.fast")),
        *((harm, "meta.json") for harm in (damage.half, damage.cut_to_nothing, damage.some_bits)),
        (damage.half, "*.term"),
        (damage.cut_to_nothing, "*.fieldnorm"),
        (damage.some_bits, "*.idx"),
    ],
    ids=named,
)
def test_a_damaged_keyword_index_stops_searches_only_and_is_repaired(
    installation: Installation, pattern: str, harm: Damage
) -> None:
    for path in keyword_files(installation, pattern):
        harm(path)

    for command in SEARCHES:
        require_sentence(installation.run(*command, "--json"))
    for command in LISTS:
        assert installation.run(*command, "--json").code == 0

    assert installation.run("verify", "--repair", "--json").code == 0
    installation.require_whole()


@pytest.mark.parametrize(
    ("harm", "repair"),
    [
        *((harm, REINDEX) for harm in (damage.half, damage.middle, damage.folder_in_its_place)),
        *((harm, REPAIR) for harm in (damage.garbage, damage.text, damage.folder_in_its_place)),
    ],
    ids=named,
)
def test_a_damaged_vector_index_stops_searches_only_and_is_built_anew(
    installation: Installation, harm: Damage, repair: tuple[str, ...]
) -> None:
    damage.without_log(harm)(installation.data / "vectors" / "chroma.sqlite3")

    for command in SEARCHES:
        require_sentence(installation.run(*command, "--json"))
    for command in LISTS:
        assert installation.run(*command, "--json").code == 0

    assert installation.run(*repair, "--json").code == 0
    installation.require_whole()
    assert not list(installation.data.glob("vectors*damaged*"))


@pytest.mark.parametrize("folder", ["vectors", "keywords"])
@pytest.mark.parametrize("repair", [REPAIR, REINDEX], ids=" ".join)
def test_an_index_that_is_gone_is_built_anew(
    installation: Installation, folder: str, repair: tuple[str, ...]
) -> None:
    shutil.rmtree(installation.data / folder)

    assert installation.run("verify", "--json").code == 1
    assert installation.run(*repair, "--json").code == 0
    installation.require_whole()


@pytest.mark.parametrize("folder", ["vectors", "keywords"])
def test_a_file_in_the_place_of_an_index_is_moved_out_of_the_way(
    installation: Installation, folder: str
) -> None:
    shutil.rmtree(installation.data / folder)
    (installation.data / folder).write_text("not a folder")

    require_sentence(installation.run("search", "parental leave", "--json"))
    assert installation.run("reindex", "--json").code == 0
    installation.require_whole()


@pytest.mark.parametrize(
    "harm", [damage.garbage, damage.half, damage.text], ids=lambda harm: harm.__name__
)
def test_a_damaged_queue_is_made_anew_by_itself(installation: Installation, harm: Damage) -> None:
    damage.without_log(harm)(installation.data / "queue.db")

    assert installation.run(*INGEST, "--json").records[-1]["ready"] == 1


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("postgres://root@127.0.0.1/test", "begins with “postgres”"),
        ("postgresql://root@127.0.0.1/test", "begins with “postgresql”"),
        ("mysql://root@127.0.0.1/test", "begins with “mysql”"),
        ("nonsense", "is not a"),
        ("postgresql+psycopg://root@127.0.0.1:port/test", "is not a"),
        ("postgresql+psycopg://root@127.0.0.1:9/test", "does not answer"),
        (
            "postgresql+psycopg://root:secret-canary@127.0.0.1:6379/test?connect_timeout=2",
            "does not answer",
        ),
        ("sqlite:////proc/nowhere/sandbox.db", "no database yet"),
    ],
)
def test_a_database_that_cannot_be_reached_is_named_without_its_password(
    installation: Installation, url: str, word: str
) -> None:
    installation.patch.setenv("SANDBOX_DATABASE__URL", url)

    for command in (LISTS[0], SEARCHES[0], REINDEX, INGEST):
        ran = installation.run(*command, "--json")
        require_sentence(ran)
        assert word in ran.err
        assert "secret-canary" not in ran.err

    installation.patch.delenv("SANDBOX_DATABASE__URL")
    installation.require_whole()


@pytest.mark.postgres
def test_a_database_that_the_server_does_not_have_is_said(
    installation: Installation, postgres_url: str
) -> None:
    server = postgres_url.partition("?")[0].rpartition("/")[0]
    installation.patch.setenv("SANDBOX_DATABASE__URL", f"{server}/no_such_database")

    for command in (("users", "list"), ("migrate",)):
        ran = installation.run(*command, "--json")
        require_sentence(ran)
        assert "has no database with the configured name" in ran.err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SANDBOX_SERVER__ALLOWED_HOSTS", "sandbox.example.com"),
        ("SANDBOX_RETRIEVAL__TOP_K", "many"),
        ("SANDBOX_LLM", "{"),
        ("SANDBOX_KEYWORDS__ENGINE", "lucene"),
        ("SANDBOX_QUEUE__REDIS_URL", "http://127.0.0.1"),
        ("SANDBOX_RERANKER__MODEL", "/nowhere"),
    ],
)
def test_a_wrong_setting_is_named(installation: Installation, name: str, value: str) -> None:
    installation.patch.setenv(name, value)

    for command in (("users", "list"), ("verify",), INGEST):
        ran = installation.run(*command, "--json")
        require_sentence(ran)
        assert name in ran.err

    installation.patch.delenv(name)
    installation.require_whole()


def test_redis_that_is_down_does_not_matter_where_no_app_is_asked(
    installation: Installation,
) -> None:
    installation.patch.setenv("SANDBOX_QUEUE__REDIS_URL", "redis://127.0.0.1:9/0")

    assert installation.run(*INGEST, "--json").records[-1]["ready"] == 1


def test_a_chroma_server_that_is_down_stops_searches_only(installation: Installation) -> None:
    installation.patch.setenv("SANDBOX_VECTORS__URL", "http://127.0.0.1:9")

    for command in (*SEARCHES, ("reindex",), ("verify", "--repair")):
        require_sentence(installation.run(*command, "--json"))
    for command in LISTS:
        assert installation.run(*command, "--json").code == 0

    installation.patch.delenv("SANDBOX_VECTORS__URL")
    installation.require_whole()


def test_a_mistake_of_the_program_is_a_sentence_too(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Callable[..., object]:
        raise RuntimeError("secret-canary")

    monkeypatch.setattr("admin.people.People.list_all", broken)

    ran = installation.run("users", "list", "--json")

    assert (ran.code, ran.out) == (1, "")
    assert "secret-canary" not in ran.err
    log = Path(ran.err.replace("\n", "").rpartition(" ")[2])
    assert "secret-canary" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0
    log.unlink()
