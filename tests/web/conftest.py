"""A real server on a free port, with one admin and one employee, and a browser-like client."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from admin.people import People
from admin.signing_in.password_links import PasswordLinks
from admin.signing_in.passwords import Passwords
from admin.signing_in.second_factors import SecondFactors
from admin.signing_in.sign_in import SignIn
from core.domain.identity import SYSTEM, Role
from core.storage.audit.key import SecretKey
from core.storage.database import Database
from core.storage.migrate import migrate

ROOT = Path(__file__).parents[2]
PASSWORD = "violet kettle orbit pancake"
START_SECONDS = 60.0


@dataclass(frozen=True)
class Server:
    """A running app and the services on its database."""

    url: str
    port: int
    sign_in: SignIn
    people: People
    password_links: PasswordLinks
    output: Path
    database: Database

    @property
    def factors(self) -> SecondFactors:
        """The second factors of the server."""
        key = SecretKey(self.output.with_name("second-factors.key"))
        return SecondFactors(self.database, key, "Sandbox")

    @classmethod
    def on(cls, port: int, database: Database, output: Path) -> "Server":
        """Services of the test process on the database of the server."""
        passwords = Passwords("Nordhafen")
        sign_in = SignIn(database, passwords, idle=timedelta(hours=1), absolute=timedelta(hours=8))
        url = f"http://127.0.0.1:{port}"
        people, links = People(database, passwords), PasswordLinks(database, passwords)
        return cls(url, port, sign_in, people, links, output, database)

    @property
    def socket_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/_stcore/stream"


class Visitor:
    """An HTTP client that keeps cookies as a browser does (httpx drops Secure ones on http)."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.cookies: dict[str, str] = {}
        self.set_cookie_headers: list[str] = []
        self._client = httpx.Client(base_url=server.url, timeout=120)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.request("GET", path, headers=headers)

    def request(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        form: dict[str, str] | None = None,
    ) -> httpx.Response:
        sent = {**(headers or {}), **({"Cookie": self.cookie_header} if self.cookies else {})}
        self._client.cookies.clear()
        response = self._client.request(method, path, headers=sent, data=form)
        for line in response.headers.get_list("set-cookie"):
            self.set_cookie_headers.append(line)
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return response

    def submit(self, path: str, **form: str) -> httpx.Response:
        """Opens a form page and sends it, as a browser does."""
        page = self.get(path)
        token = re.search(r'name="form_token" value="([^"]+)"', page.text)
        assert token, page.text
        fields = {"form_token": token[1], **form}
        return self.request(
            "POST", path.partition("?")[0], headers={"Origin": self.server.url}, form=fields
        )

    def sign_in(self, email: str) -> httpx.Response:
        return self.submit("/sign-in", email=email, password=PASSWORD)

    @property
    def cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def close(self) -> None:
        self._client.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app behind the gate; anna@nordhafen.example is admin, ben@nordhafen.example is not."""
    folder = tmp_path_factory.mktemp("server")
    database = Database(f"sqlite:///{folder / 'sandbox.db'}")
    migrate(database)
    people = People(database, Passwords("Nordhafen"))
    for name, role in (("anna", Role.ADMIN), ("ben", Role.EMPLOYEE)):
        people.add(
            SYSTEM, f"{name}@nordhafen.example", name=name.title(), password=PASSWORD, role=role
        )
    with running(database, folder / "output.txt") as port:
        yield Server.on(port, database, folder / "output.txt")
    database.close()


@pytest.fixture
def visitor(server: Server) -> Iterator[Visitor]:
    visitor = Visitor(server)
    yield visitor
    visitor.close()


@contextmanager
def running(database: Database, output: Path) -> Iterator[int]:
    """Runs `streamlit run` on a free port, which it gives, until the block ends."""
    port = _free_port()
    script = str(ROOT / "tests/web/served_app.py")
    url = database.engine.url.render_as_string(hide_password=False)
    with output.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)],
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ["PYTHONPATH"]]),
                "TEST_DATABASE_URL": url,
                "TEST_SECRET_KEY": str(output.with_name("second-factors.key")),
            },
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_ready(process, port, output)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=120)


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, output: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"the server did not start:\n{output.read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
