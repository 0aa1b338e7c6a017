"""Ways to break an installation, the commands that then fail, and how each is mended."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.material.place import ROOT
from tools.trial import damage

LISTS = (("users", "list"), ("documents", "list"))
SEARCHES = (("search", "parental leave"), ("verify",))
INGEST = ("ingest", "{files}/new.txt", "--collection", "Handbook")
REPAIR, REINDEX = ("verify", "--repair"), ("reindex",)
LITTLE_ROOM = 200 * 1024
"""The free bytes of a disk on which work can begin but not end."""
BLOCK = 4096


@dataclass(slots=True)
class Installation:
    """An installation to break; `mounts` is how often something lies over its data directory."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    mounts: int = 0

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a terminal command in a process of its own."""
        filled = [argument.format(files=self.folder / "files") for argument in arguments]
        return subprocess.run(
            [sys.executable, str(ROOT / "sandbox_cli.py"), *filled],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def environment(self) -> Mapping[str, str]:
        inherited = {n: v for n, v in os.environ.items() if not n.startswith("SANDBOX_")}
        models = os.environ.get("SANDBOX_EMBEDDINGS__CACHE_DIR", str(ROOT / "data/local/models"))
        empty = self.folder / "empty.env"
        empty.touch()
        return {
            **inherited,
            "SANDBOX_ENV_FILE": str(empty),
            "SANDBOX_DATA_DIR": str(self.data),
            "SANDBOX_EMBEDDINGS__CACHE_DIR": models,
            **self.settings,
        }

    def mount(self, *options: str) -> None:
        """Mount over the data directory; raise CalledProcessError if this account may not."""
        subprocess.run(["mount", *options, str(self.data)], check=True, capture_output=True)
        self.mounts += 1

    def remount(self, *options: str) -> None:
        """Mount what is there in another way."""
        command = ["mount", "-o", ",".join(("remount", *options)), str(self.data)]
        subprocess.run(command, check=True, capture_output=True)

    def unmount(self) -> None:
        """Remove everything that was mounted."""
        for _ in range(self.mounts):
            subprocess.run(["umount", str(self.data)], check=True)
        self.mounts = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """A way to break an installation, the commands that then fail, and how it is mended."""

    name: str
    harm: Callable[[Installation], object]
    ended: Sequence[tuple[str, ...]]
    mend: Callable[[Installation], object] = lambda _: None
    commands: Sequence[tuple[str, ...]] = ()
    going_on: Sequence[tuple[str, ...]] = ()
    stops_the_app: bool = True


def _set(name: str, value: str) -> Callable[[Installation], None]:
    def harm(installation: Installation) -> None:
        installation.settings[name] = value

    return harm


def _unset(installation: Installation) -> None:
    installation.settings.clear()


def _database(harm: damage.Damage) -> Callable[[Installation], None]:
    def harmed(installation: Installation) -> None:
        database = installation.data / "sandbox.db"
        damage.without_log(lambda _: None)(database)
        shutil.copy(database, installation.folder / "backup.db")
        harm(database)

    return harmed


def _put_back(installation: Installation) -> None:
    shutil.copy(installation.folder / "backup.db", installation.data / "sandbox.db")


def _vectors(harm: damage.Damage) -> Callable[[Installation], object]:
    return lambda installation: damage.without_log(harm)(
        installation.data / "vectors" / "chroma.sqlite3"
    )


def _keywords(harm: damage.Damage, pattern: str) -> Callable[[Installation], None]:
    def harmed(installation: Installation) -> None:
        for path in (installation.data / "keywords").glob(f"*/{pattern}"):
            harm(path)

    return harmed


def _read_only_and_open(installation: Installation) -> None:
    """Make the data readable for all accounts, as an earlier version may have left it."""
    for path in (installation.data, *installation.data.rglob("*")):
        path.chmod(path.stat().st_mode | 0o044)
    _read_only(installation)


def _read_only(installation: Installation) -> None:
    installation.mount("--bind", str(installation.data))
    installation.remount("bind", "ro")


def _writable(installation: Installation) -> None:
    installation.remount("bind", "rw")


def _full(free_bytes: int) -> Callable[[Installation], None]:
    """Move the data to a small disk of its own and fill it up to the last `free_bytes`."""

    def harm(installation: Installation) -> None:
        aside = installation.folder / "aside"
        installation.data.rename(aside)
        installation.data.mkdir()
        size = sum(f.stat().st_size + BLOCK for f in aside.rglob("*")) + 2 * 2**20
        installation.mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs")
        shutil.copytree(aside, installation.data, dirs_exist_ok=True)
        free = shutil.disk_usage(installation.data).free
        _filler(installation).write_bytes(bytes(max(free - free_bytes, 0)))

    return harm


def _filler(installation: Installation) -> Path:
    return installation.data / "somebody-elses-file"


def _roomy(installation: Installation) -> None:
    _filler(installation).unlink()


def _index_faults() -> Iterator[Fault]:
    """Yield faults of the indexes: searches fail, lists go on, and either command mends it."""
    damages = (
        ("chroma.sqlite3 is noise", _vectors(damage.garbage)),
        ("chroma.sqlite3 is cut in half", _vectors(damage.half)),
        ("chroma.sqlite3 is noise after its first page", _vectors(damage.middle)),
        ("chroma.sqlite3 is a folder", _vectors(damage.folder_in_its_place)),
        ("meta.json of tantivy is noise", _keywords(damage.garbage, "meta.json")),
        ("meta.json of tantivy is empty", _keywords(damage.cut_to_nothing, "meta.json")),
        ("terms of tantivy have wrong bits", _keywords(damage.some_bits, "*.term")),
        ("fast fields of tantivy have wrong bits", _keywords(damage.some_bits, "*.fast")),
        ("segments of tantivy are cut in half", _keywords(damage.half, "*.idx")),
    )
    for number, (name, harm) in enumerate(damages):
        repair = REPAIR if number % 2 else REINDEX
        yield Fault(
            f"{name}, {' '.join(repair)}", harm, SEARCHES, commands=[repair], going_on=LISTS
        )


def _database_faults() -> Iterator[Fault]:
    for name, harm in (
        ("sandbox.db is noise", damage.garbage),
        ("sandbox.db is cut in half", damage.half),
        ("sandbox.db is noise after its first page", damage.middle),
        ("sandbox.db is a text", damage.text),
    ):
        commands = (*LISTS, *SEARCHES, REPAIR, REINDEX, INGEST, ("migrate",))
        yield Fault(name, _database(harm), commands, _put_back, [("migrate",), REPAIR])
    for url in (
        "postgresql+psycopg://root@127.0.0.1:9/test",
        "postgresql+psycopg://root@127.0.0.1:5432/no_such_database",
        "postgres://root@127.0.0.1/test",
        "mysql://root@127.0.0.1/test",
        "nonsense",
    ):
        harm_of_url = _set("SANDBOX_DATABASE__URL", url)
        yield Fault(
            f"the database is at {url}", harm_of_url, (*LISTS, *SEARCHES, REINDEX, INGEST), _unset
        )


def _system_faults() -> Iterator[Fault]:
    writes = (INGEST, ("collections", "add", "Yard"), REINDEX, ("groups", "add", "Yard"))
    yield Fault("the data directory is read-only", _read_only, (*writes, *LISTS), _writable)
    yield Fault(
        "the data directory is read-only and open to all", _read_only_and_open, LISTS, _writable
    )
    yield Fault("the disk is full", _full(0), writes, _roomy, [REPAIR])
    almost = (INGEST, REINDEX)
    yield Fault(
        "the disk is full soon", _full(LITTLE_ROOM), almost, _roomy, [REPAIR], stops_the_app=False
    )
    yield Fault(
        "the data directory is missing",
        _set("SANDBOX_DATA_DIR", "/proc/nowhere"),
        (*LISTS, *SEARCHES, ("migrate",)),
        _unset,
    )
    for name, value in (
        ("SANDBOX_SERVER__ALLOWED_HOSTS", "sandbox.example.com"),
        ("SANDBOX_RETRIEVAL__TOP_K", "many"),
        ("SANDBOX_QUEUE__REDIS_URL", "http://127.0.0.1"),
    ):
        yield Fault(f"{name}={value}", _set(name, value), (*LISTS, INGEST), _unset)
    yield Fault(
        "Redis is down", _set("SANDBOX_QUEUE__REDIS_URL", "redis://127.0.0.1:9/0"), (), _unset
    )
    chroma = _set("SANDBOX_VECTORS__URL", "http://127.0.0.1:9")
    yield Fault("the Chroma server is down", chroma, SEARCHES, _unset, going_on=LISTS)


FAULTS = (*_index_faults(), *_database_faults(), *_system_faults())
