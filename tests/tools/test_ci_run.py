"""The checks of the repository change a machine only where it is thrown away afterwards."""

import shutil
import socket
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
RECORDER = '#!{bash}\necho "{name} $*" >> {log}\n'
OF_THE_MACHINE = [
    "apt-get",
    "createdb",
    "createuser",
    "pg_ctlcluster",
    "redis-server",
    "sed",
    "su",
    "sudo",
]
SERVERS = {
    "SANDBOX_TEST_POSTGRES_URL": "postgresql+psycopg://root@127.0.0.1/test",
    "SANDBOX_TEST_REDIS_URL": "redis://127.0.0.1:6379/1",
}


def run(folder: Path, **environment: str) -> tuple[list[str], str]:
    """Which commands were called on a machine with nothing but `make`, and what was told."""
    bash = shutil.which("bash") or "bash"
    programs, log = folder / "bin", folder / "log"
    programs.mkdir()
    for name in ["make", *OF_THE_MACHINE]:
        (programs / name).write_text(RECORDER.format(bash=bash, name=name, log=log))
        (programs / name).chmod(0o755)
    (programs / "env").symlink_to(shutil.which("env") or "env")

    done = subprocess.run(
        [bash, str(ROOT / ".ci/run")],
        env={"PATH": str(programs), **environment},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    return log.read_text().splitlines(), done.stderr


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_a_machine_of_a_person_is_told_what_is_missing_and_not_changed(tmp_path: Path) -> None:
    called, told = run(tmp_path)

    assert called == ["make lint types contracts", "make test"]
    assert "Missing: the package chromium" in told
    assert "Missing: the package tesseract-ocr" in told
    assert ("Missing: a PostgreSQL on port 5432" in told) is not listens(5432)
    assert ("Missing: a Redis on port 6379" in told) is not listens(6379)


def test_ci_set_to_anything_but_true_changes_nothing(tmp_path: Path) -> None:
    called, _ = run(tmp_path, CI="1")

    assert called == ["make lint types contracts", "make test"]


def test_servers_that_are_named_are_not_missing(tmp_path: Path) -> None:
    _, told = run(tmp_path, **SERVERS)

    assert "Missing: a " not in told


def test_in_ci_missing_packages_are_installed_before_the_checks(tmp_path: Path) -> None:
    called, told = run(tmp_path, CI="true", **SERVERS)

    assert any("apt-get install" in call and "chromium" in call for call in called)
    assert called[-2:] == ["make lint types contracts", "make test"]
    assert told == ""
