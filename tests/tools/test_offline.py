"""No test reaches another machine, nor does a process that it starts."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.offline.sitecustomize import LOG, is_here

CONNECT = "import socket; socket.create_connection(('192.0.2.1', 9), timeout=1)"


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A log of its own, so that what is tried on purpose fails no test."""
    path = tmp_path / "network.log"
    monkeypatch.setenv(LOG, str(path))
    yield path
    monkeypatch.undo()


def test_another_machine_is_refused_by_address_and_by_name(log: Path) -> None:
    with socket.socket() as client, pytest.raises(OSError, match="this machine only"):
        client.connect(("192.0.2.1", 9))
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client,
        pytest.raises(OSError, match="this machine only"),
    ):
        client.sendto(b"x", ("192.0.2.1", 53))
    with pytest.raises(OSError, match="this machine only"):
        socket.getaddrinfo("nordhafen.example", 443)

    tried = log.read_text()
    assert tried.count("192.0.2.1") >= 2
    assert "nordhafen.example" in tried


def test_a_process_that_a_test_starts_is_refused_as_well(log: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CONNECT],
        env=os.environ | {LOG: str(log)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "this machine only" in done.stderr
    assert "192.0.2.1" in log.read_text()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "localhost", "0.0.0.0", None])  # noqa: S104  nobody listens there
def test_this_machine_is_reached(host: str | None) -> None:
    assert is_here(host)


def test_the_own_name_of_this_machine_is_no_other_machine() -> None:
    assert is_here(socket.gethostname())


@pytest.mark.parametrize("host", ["10.0.0.1", "8.8.8.8", "fe80::1%eth0", "nordhafen.example"])
def test_others_are_not(host: str) -> None:
    assert not is_here(host)
