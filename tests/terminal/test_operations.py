"""`migrate`, `doctor`, `usage`, `ideas export`, and what every command has in common."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from typer import Typer
from typer.main import get_command

from core.domain.ideas.card import IdeaCategory, IdeaDraft
from core.domain.identity import SYSTEM, PolicyStanding, User
from core.storage.migrate import newest_revision
from core.storage.tables import ChunkRow
from sandbox_cli import app
from tests.terminal.conftest import LEAVE, QUESTION, Terminal

ROOT = Path(__file__).parents[2]
OLE = "ole@nordhafen.example"
CHECKS = [
    "settings",
    "database",
    "disk",
    "files",
    "embedding model",
    "index",
    "queue",
    "mail",
    "company sign-in",
    "provider",
]
DRAFT = IdeaDraft(
    "Answer travel questions",
    "Every week we type the same travel questions into long e-mails.",
    "Let the sandbox answer them – with the page.",
    IdeaCategory.BETTER_PRODUCT,
    "Two hours a week",
)


def commands(typer: Typer) -> list[tuple[str, ...]]:
    """The words of every command and group of commands."""
    found: list[tuple[str, ...]] = [()]
    for name, command in getattr(get_command(typer), "commands", {}).items():
        found.append((name,))
        for inner, command_inside in getattr(command, "commands", {}).items():
            found.append((name, inner))
            deeper = getattr(command_inside, "commands", ())
            found.extend((name, inner, deepest) for deepest in deeper)
    return found


COMMANDS = commands(app)
WITHOUT_RESULT = (
    (),
    ("run",),
    ("setup",),
    ("users",),
    ("collections",),
    ("ideas",),
    ("gaps",),
    ("costs",),
    ("budgets",),
    ("switches",),
    ("documents",),
    ("embeddings",),
    ("quarantine",),
    ("chat-files",),
    ("settings",),
    ("groups",),
    ("scim",),
    ("scim", "token"),
    ("vocabulary",),
    ("vocabulary", "export"),  # writes what `vocabulary import` reads
    ("conversations",),
    ("retention",),
    ("holds",),
    ("audit",),
    ("demo",),
    ("incidents",),
)


def person(terminal: Terminal) -> User:
    people = terminal.services.people.list_all(SYSTEM)
    return replace(next(u for u in people if u.email == OLE), policy=PolicyStanding.NOT_ASKED)


@contextmanager
def provider_that_says(status: int) -> Iterator[str]:
    """The address of a server that answers everything with this status."""
    completion = {"choices": [{"message": {"role": "assistant", "content": "Hi"}}]}

    class Models(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(completion).encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  of the base
            """Silent."""

    with HTTPServer(("127.0.0.1", 0), Models) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        server.shutdown()
        thread.join()


@pytest.fixture
def handbook(terminal: Terminal) -> Terminal:
    terminal("collections", "add", "Handbook", "--open")
    terminal("ingest", str(terminal.file("leave.txt", LEAVE)), "--collection", "Handbook")
    terminal.add_person(OLE)
    return terminal


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(unmigrated: Terminal, words: tuple[str, ...]) -> None:
    ran = unmigrated(*words, "--help")

    assert (ran.code, ran.err) == (0, "")
    assert "Usage:" in ran.out
    assert not (unmigrated.folder / "data").exists()


def test_the_commands_of_the_terminal_are_known() -> None:
    assert set(COMMANDS) >= {
        *((name,) for name in ("setup", "migrate", "doctor", "ingest", "search", "ask", "usage")),
        *(("users", "add"), ("collections", "add"), ("collections", "list"), ("ideas", "export")),
    }


@pytest.mark.parametrize("words", [w for w in COMMANDS if w not in WITHOUT_RESULT], ids=" ".join)
def test_every_command_has_json(unmigrated: Terminal, words: tuple[str, ...]) -> None:
    assert "--json" in unmigrated(*words, "--help").out


def test_migrate_tells_the_version_and_may_run_again(unmigrated: Terminal) -> None:
    first = unmigrated("migrate")
    again = unmigrated("migrate", "--json")

    assert (first.code, first.err) == (0, "")
    assert first.out == f"The database is at version {newest_revision()}.\n"
    assert again.records == [{"version": newest_revision()}]


def test_a_command_before_the_first_migration_says_what_to_run(unmigrated: Terminal) -> None:
    ran = unmigrated("collections", "list", "--json")

    assert (ran.code, ran.out) == (1, "")
    assert "python sandbox_cli.py setup" in ran.err


def test_a_healthy_installation_passes_every_check(handbook: Terminal) -> None:
    (handbook.folder / "data").chmod(0o700)

    ran = handbook("doctor", "--json")

    assert (ran.code, ran.err) == (0, "")
    assert [record["check"] for record in ran.records] == CHECKS
    assert all(record["ok"] and not record["fix"] for record in ran.records)
    assert all(set(record) == {"check", "ok", "found", "fix"} for record in ran.records)


def test_the_doctor_says_how_to_begin_and_creates_nothing(unmigrated: Terminal) -> None:
    ran = unmigrated("doctor", "--json")

    wrong = {record["check"]: record for record in ran.records if not record["ok"]}
    assert ran.code == 1
    assert set(wrong) == {"database", "disk", "files", "index"}
    assert "python sandbox_cli.py setup" in wrong["database"]["fix"]
    assert not (unmigrated.folder / "data").exists()


def test_the_doctor_says_how_to_migrate(terminal: Terminal) -> None:
    (terminal.folder / "data").chmod(0o700)
    with terminal.services.database.begin() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")

    ran = terminal("doctor", "--json")

    wrong = {record["check"]: record for record in ran.records if not record["ok"]}
    assert ran.code == 1
    assert set(wrong) == {"database", "index"}
    assert all(r["fix"] == "Run: python sandbox_cli.py migrate" for r in wrong.values())
    assert "SELECT" not in ran.out


def test_for_people_the_doctor_writes_messages(unmigrated: Terminal) -> None:
    ran = unmigrated("doctor")

    assert (ran.code, ran.out) == (1, "")
    assert "FIX database: no database yet" in ran.err
    assert "ok  queue: a file in the data directory" in ran.err


def test_the_doctor_finds_files_that_others_may_read_and_names_nothing_else(
    handbook: Terminal,
) -> None:
    (handbook.folder / "data").chmod(0o755)

    ran = handbook("doctor", "--json")

    [wrong] = [record for record in ran.records if not record["ok"]]
    assert wrong["check"] == "files"
    assert "chmod -R go=" in wrong["fix"]


def test_the_doctor_looks_at_redis(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX_QUEUE__REDIS_URL", "redis://127.0.0.1:9/0")

    wrong = {r["check"]: r for r in terminal("doctor", "--json").records if not r["ok"]}

    assert wrong["queue"]["fix"] == "Check SANDBOX_QUEUE__REDIS_URL."
    assert "does not answer" in wrong["queue"]["found"]


def test_the_doctor_sees_an_index_that_lost_a_passage(handbook: Terminal) -> None:
    (handbook.folder / "data").chmod(0o700)
    with handbook.services.database.begin() as session:
        session.delete(session.get_one(ChunkRow, 1))

    ran = handbook("doctor", "--json")

    [wrong] = [record for record in ran.records if not record["ok"]]
    assert ran.code == 1
    assert (wrong["check"], wrong["found"]) == (
        "index",
        "database, indexes and originals differ in Handbook",
    )
    assert wrong["fix"]


@pytest.mark.parametrize(
    ("status", "is_ok", "fix"), [(200, True, ""), (401, False, "Check SANDBOX_LLM__API_KEY.")]
)
def test_the_doctor_asks_the_provider(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, status: int, is_ok: bool, fix: str
) -> None:
    (terminal.folder / "data").chmod(0o700)
    with provider_that_says(status) as base_url:
        monkeypatch.setenv("SANDBOX_LLM__BASE_URL", base_url)
        monkeypatch.setenv("SANDBOX_LLM__MODEL", "fake-1")
        monkeypatch.setenv("SANDBOX_LLM__API_KEY", "sk-canary")

        ran = terminal("doctor", "--json")

    assert ran.code == (0 if is_ok else 1)
    assert (ran.records[-1]["ok"], ran.records[-1]["fix"]) == (is_ok, fix)
    assert "sk-canary" not in ran.out + ran.err


def test_the_doctor_says_which_setting_allows_plain_http(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDBOX_LLM__BASE_URL", "http://10.0.0.5:8000/v1")
    monkeypatch.setenv("SANDBOX_LLM__MODEL", "fake-1")

    ran = terminal("doctor", "--json")

    assert ran.code == 1
    assert "SANDBOX_LLM__ALLOW_PLAIN_HTTP=true" in ran.records[-1]["found"]


def test_a_provider_that_does_not_answer_is_told_with_the_setting_to_check(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDBOX_LLM__BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("SANDBOX_LLM__MODEL", "fake-1")

    ran = terminal("doctor", "--json")

    assert ran.code == 1
    assert ran.records[-1]["fix"] == "Check SANDBOX_LLM__BASE_URL."


def test_usage_counts_what_was_asked_here(handbook: Terminal) -> None:
    handbook("ask", QUESTION, "--user", OLE)
    handbook("ask", "Which volcano erupted in Iceland?", "--user", OLE)

    ran = handbook("usage", "--json")

    day, total = ran.records
    assert (ran.code, ran.err) == (0, "")
    assert total.pop("day") == "total"
    assert len(day.pop("day")) == len("2026-01-31")
    assert day == total
    assert (total["questions"], total["people"], total["abstained"]) == (2, 1, 1)
    assert (total["cost"], total["currency"]) == (0, "EUR")


def test_usage_without_questions_is_a_row_of_zeros(terminal: Terminal) -> None:
    [total] = terminal("usage", "--days", "1", "--json").records

    assert (total["day"], total["questions"], total["median_ms"]) == ("total", 0, None)


def test_ideas_are_exported_with_their_origin(handbook: Terminal) -> None:
    user = person(handbook)
    *_, finished = handbook.services.chat.ask(user, QUESTION)
    handbook.services.ideas.cards.submit(
        user, DRAFT, message_id=getattr(finished, "message_id", "")
    )

    ran = handbook("ideas", "export", "--json")

    [record] = ran.records
    assert (ran.code, ran.err) == (0, "")
    assert record.pop("submitted_at").endswith("+00:00")
    assert LEAVE in record.pop("answer")
    assert record == {
        "number": "IDEA-0001",
        "title": DRAFT.title,
        "problem": DRAFT.problem,
        "proposal": DRAFT.proposal,
        "category": "better_product",
        "expected_benefit": "Two hours a week",
        "status": "submitted",
        "quadrant": None,
        "risk_class": None,
        "submitter": "Ole",
        "question": QUESTION,
        "sources": [{"document": "leave.txt", "page": 1, "quote": LEAVE}],
    }


def test_ideas_for_people_are_a_short_table(handbook: Terminal) -> None:
    handbook.services.ideas.cards.submit(person(handbook), DRAFT)

    ran = handbook("ideas", "export")

    assert ran.code == 0
    assert "IDEA-0001" in ran.out
    assert DRAFT.problem not in ran.out


def test_the_program_runs_by_itself(tmp_path: Path) -> None:
    """One real process, to be sure that nothing depends on the test runner."""
    environment = {**os.environ, "SANDBOX_DATA_DIR": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, str(ROOT / "sandbox_cli.py"), "migrate", "--json"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {"version": newest_revision()}
    assert (tmp_path / "sandbox.db").is_file()
