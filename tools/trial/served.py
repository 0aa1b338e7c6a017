"""Starts the real app as a process of its own, as `make run` does."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
# Only against tests that hang: a start is awaited as long as its process lives.
AT_MOST_SECONDS = 600
SETUP_LINK = re.compile(r"http://\S+/set-up\?token=\S+")


@dataclass
class ServedApp:
    """A running app; `restart` keeps its data and address."""

    data_dir: Path
    port: int
    environment: dict[str, str]
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.data_dir / "app.log").read_text(encoding="utf-8")

    @property
    def setup_link(self) -> str:
        """The newest one-time link that the app printed."""
        link: str = SETUP_LINK.findall(self.log)[-1]
        return link

    def cli(self, *arguments: str, stdin: str = "") -> str:
        """Run a terminal command on the same data and return its output."""
        process = subprocess.run(
            [sys.executable, "sandbox_cli.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        assert process.returncode == 0, process.stderr
        return process.stdout

    @property
    def command(self) -> list[str]:
        """The command that starts the app."""
        run = [sys.executable, "-m", "streamlit", "run", "sandbox_app.py"]
        return [*run, "--server.port", str(self.port)]

    def start(self) -> None:
        """Start the app; return when it is ready."""
        with (self.data_dir / "app.log").open("a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                text=True,
            )
        deadline = time.monotonic() + AT_MOST_SECONDS
        while not self._is_ready():
            assert time.monotonic() < deadline, self.log
            assert self.process.poll() is None, self.log
            time.sleep(0.1)

    def stop(self) -> None:
        """End the process as an operator would."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=AT_MOST_SECONDS)

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=1).status_code == 200
        except httpx.TransportError:
            return False


@contextmanager
def served_app(
    data_dir: Path, settings: Mapping[str, str] | None = None, *, filled: Path | None = None
) -> Iterator[ServedApp]:
    """Run a prepared app with the sample documents; `settings` are environment variables.

    `filled` is a data directory that `setup` has filled, which is copied instead of doing it again.
    """
    app = app_on(data_dir, settings)
    if filled is None:
        app.cli("setup")
    else:
        shutil.copytree(filled, data_dir, dirs_exist_ok=True)
    app.start()
    try:
        yield app
    finally:
        app.stop()


def app_on(data_dir: Path, settings: Mapping[str, str] | None = None) -> ServedApp:
    """Return an app that is not started yet, on a folder that may be empty."""
    models = os.environ.get("SANDBOX_EMBEDDINGS__CACHE_DIR", str(ROOT / "data/local/models"))
    environment = {
        **os.environ,
        "SANDBOX_DATA_DIR": str(data_dir),
        "SANDBOX_EMBEDDINGS__CACHE_DIR": models,
        # Whoever tries something else goes straight to it; tests of the policy ask for it.
        "SANDBOX_POLICY__REQUIRED": "false",
        **(settings or {}),
    }
    return ServedApp(data_dir, _free_port(), environment)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
