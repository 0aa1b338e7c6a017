"""The data directory and all that lies in it belong to one account."""

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bootstrap.private_folder import OF_OTHERS, keep_private
from core.errors import ConfigurationError

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_ones(folder: Path) -> list[str]:
    """What other accounts may read, write or enter."""
    paths = [folder, *folder.rglob("*")]
    return [str(path) for path in paths if stat.S_IMODE(path.stat().st_mode) & OF_OTHERS]


def forbid_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave all permissions as they are: of another account, or on a read-only disk."""

    def read_only(path: Path, mode: int) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    monkeypatch.setattr(Path, "chmod", read_only)


@pytest.mark.parametrize("mode", [0o755, 0o701, 0o777])
def test_a_folder_that_everybody_can_read_and_nobody_can_close_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    data.chmod(mode)
    forbid_changes(monkeypatch)

    with pytest.raises(ConfigurationError, match="Every account of this machine can read"):
        keep_private(data)


def test_a_folder_that_a_group_can_read_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    data.chmod(0o2770)
    forbid_changes(monkeypatch)

    keep_private(data)

    assert open_ones(data) == [str(data)]


def test_what_an_earlier_version_left_open_is_closed(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "originals").mkdir(parents=True)
    (data / "originals" / "a").write_text("text")
    (data / "sandbox.db").write_text("rows")
    assert open_ones(data)

    keep_private(data)

    assert open_ones(data) == []


def test_what_is_written_later_is_private_also_by_children(tmp_path: Path) -> None:
    keep_private(tmp_path / "data")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a").write_text("text")
    write = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text('text')"
    subprocess.run([sys.executable, "-c", write, str(tmp_path / "data" / "b")], check=True)

    assert open_ones(tmp_path / "data") == []


def test_a_link_out_of_the_folder_changes_nothing_there(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("text")
    outside.chmod(0o644)
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    (data / "link").symlink_to(outside)

    keep_private(data)

    assert stat.S_IMODE(outside.stat().st_mode) == 0o644


def test_every_file_of_a_real_installation_is_private(tmp_path: Path) -> None:
    data = tmp_path / "data"
    models = os.environ.get(
        "SANDBOX_EMBEDDINGS__CACHE_DIR", str(ROOT / "data" / "local" / "models")
    )
    environment = os.environ | {
        "SANDBOX_DATA_DIR": str(data),
        "SANDBOX_EMBEDDINGS__CACHE_DIR": models,
    }
    rules = tmp_path / "rules.txt"
    rules.write_text("The ferry leaves at five.")
    commands = (
        ["migrate"],
        ["collections", "add", "Rules"],
        ["ingest", str(rules), "--collection", "Rules"],
    )
    for command in commands:
        subprocess.run(
            [sys.executable, "sandbox_cli.py", *command],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
        )

    assert (data / "sandbox.db").is_file()
    assert list((data / "vectors").rglob("*.sqlite3"))
    assert open_ones(data) == []
