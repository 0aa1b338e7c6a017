"""Streamlit's own addresses by role: what its page needs is open, the rest is closed."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.web.conftest import ROOT, Server, Visitor
from web.paths import RouteKind, kind_of

ANNA, BEN = "anna@nordhafen.example", "ben@nordhafen.example"
UPLOAD = "/_stcore/upload_file/session/file"

# What an anonymous visitor, an employee and an administrator get.
ADDRESSES = [
    ("GET", "/_stcore/health", (200, 200, 200)),
    ("GET", "/_stcore/host-config", (401, 200, 200)),
    ("GET", "/_stcore/metrics", (401, 403, 200)),
    ("GET", "/_stcore/script-health-check", (401, 403, 200)),
    # 403 by Streamlit itself: the form token of its page is missing.
    ("PUT", UPLOAD, (401, 403, 403)),
    ("DELETE", UPLOAD, (401, 403, 403)),
    ("GET", "/media/0123456789abcdef.png", (401, 404, 404)),
    ("GET", "/component/x/index.html", (401, 404, 404)),
    ("GET", "/app/static/x.js", (401, 404, 404)),
    ("GET", "/_stcore/agent/openapi.json", (401, 404, 404)),
    ("POST", "/_stcore/agent/interact", (401, 404, 404)),
    ("GET", "/_stcore/what-a-later-version-adds", (401, 404, 404)),
    ("GET", "/auth/login", (401, 404, 404)),
    ("GET", "/oauth2callback", (401, 404, 404)),
]

LIST_ROUTES = """
import streamlit as st
from streamlit.web.server.starlette.starlette_app import create_streamlit_routes
app = st.App("tests/web/served_page.py")
for route in create_streamlit_routes(app._create_runtime()):
    print("route", route.path)
"""


@pytest.fixture(scope="module")
def visitors(server: Server) -> Iterator[list[Visitor]]:
    """Nobody, an employee, an administrator."""
    nobody, ben, anna = Visitor(server), Visitor(server), Visitor(server)
    assert ben.sign_in(BEN).status_code == 303
    assert anna.sign_in(ANNA).status_code == 303
    yield [nobody, ben, anna]
    for one in (nobody, ben, anna):
        one.close()


@pytest.mark.parametrize(("method", "path", "expected"), ADDRESSES)
def test_each_address_answers_by_role(
    visitors: list[Visitor], method: str, path: str, expected: tuple[int, ...]
) -> None:
    headers = {"Origin": visitors[0].server.url}
    got = tuple(one.request(method, path, headers=headers).status_code for one in visitors)

    assert got == expected


def test_every_address_of_the_installed_streamlit_has_its_place() -> None:
    """In a process of its own, because a process has one Streamlit runtime."""
    listed = subprocess.run(
        [sys.executable, "-c", LIST_ROUTES],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ["PYTHONPATH"]])},
        capture_output=True,
        text=True,
        check=True,
    )
    paths = {
        line.removeprefix("route ") for line in listed.stdout.splitlines() if line[:6] == "route "
    }

    pages = {path for path in paths if kind_of(path) is RouteKind.PAGE}

    assert {"/_stcore/stream", "/media/{file_id:path}"} <= paths
    assert pages <= {"", "/"}  # the page itself and its scripts


@pytest.mark.parametrize("folder", ["/original", "/export/ideas/files"])
@pytest.mark.parametrize(("person", "status"), [(0, 303), (1, 404), (2, 200)])
def test_an_uploaded_file_is_handed_to_readers_only(
    visitors: list[Visitor], person: int, status: int, folder: str
) -> None:
    response = visitors[person].get(f"{folder}/{'0' * 32}")

    assert response.status_code == status
    if status == 200:
        assert response.content == b"%PDF-1.7"
        assert response.headers["cache-control"] == "no-store"
        disposition = response.headers["content-disposition"]
        assert disposition.startswith("attachment; filename*=UTF-8''Lohn%20")
        assert "x" not in response.headers  # a line break in a name begins no header


@pytest.mark.parametrize(
    ("version", "kind", "disposition"),
    [
        ("0", "application/pdf", "inline"),
        ("a", "application/octet-stream", "attachment"),
        ("b", "application/octet-stream", "attachment"),
        ("c", "image/png", "inline"),
    ],
)
@pytest.mark.parametrize("folder", ["/original", "/export/ideas/files"])
def test_a_browser_shows_no_upload_that_could_run_in_the_name_of_the_app(
    visitors: list[Visitor], version: str, kind: str, disposition: str, folder: str
) -> None:
    response = visitors[2].get(f"{folder}/{version * 32}?view")

    assert response.headers["content-type"] == kind
    assert response.headers["content-disposition"].startswith(f"{disposition}; ")
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "script-src 'self'" in response.headers["content-security-policy"]
    assert visitors[1].get(f"{folder}/{version * 32}?view").status_code == 404


@pytest.mark.parametrize(("person", "status"), [(0, 303), (1, 404), (2, 200)])
def test_conversations_of_a_person_are_handed_to_administrators_only(
    visitors: list[Visitor], person: int, status: int
) -> None:
    response = visitors[person].get(f"/export/people/{'0' * 32}.jsonl")
    unknown = visitors[person].get(f"/export/people/{'1' * 32}.jsonl")

    assert (response.status_code, unknown.status_code) == (status, 303 if status == 303 else 404)
    if status == 200:
        assert response.text == '{"title": "Urlaub für Eltern"}\n'
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["content-disposition"].endswith("conversations-00000000.jsonl")


@pytest.mark.parametrize("folder", ["/original", "/export/ideas/files"])
@pytest.mark.parametrize("name", ["1", "..%2f..%2fetc", "Z" * 32])
def test_no_other_name_of_an_upload_is_looked_up(
    visitors: list[Visitor], name: str, folder: str
) -> None:
    assert visitors[2].get(f"{folder}/{name}").status_code in (303, 400, 404)


@pytest.mark.parametrize(
    ("address", "kind", "name"),
    [
        ("/export/ideas.csv", "text/csv; charset=utf-8", "ideas.csv"),
        (
            "/export/ideas.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "ideas.xlsx",
        ),
        ("/export/ideas.pdf", "application/pdf", "portfolio.pdf"),
        (f"/export/ideas/{'0' * 32}.pdf", "application/pdf", "idea-00000000.pdf"),
    ],
)
def test_exports_of_ideas_are_files_for_whoever_is_signed_in(
    visitors: list[Visitor], address: str, kind: str, name: str
) -> None:
    nobody, ben, _ = (visitor.get(address) for visitor in visitors)

    assert nobody.status_code == 303
    assert ben.status_code == 200
    assert ben.headers["content-type"] == kind
    assert ben.headers["content-disposition"] == f"attachment; filename*=UTF-8''{name}"
    assert ben.headers["cache-control"] == "no-store"


def test_an_export_has_the_filter_and_the_view_of_its_address(visitors: list[Visitor]) -> None:
    query = "state=parked&unit=Finance&view=ranking&by-figure=votes"

    told = visitors[1].get(f"/export/ideas.csv?{query}").text
    nonsense = visitors[1].get("/export/ideas.csv?state=nowhere&view=x&by-figure=y").text

    assert told.endswith("{'unit': 'Finance', 'state': 'parked'},ranking,votes")
    assert nonsense.endswith("{},list,score")


@pytest.mark.parametrize("idea", ["1" * 32, "1", "..%2f..%2fetc", "Z" * 32])
def test_no_other_name_of_an_idea_is_looked_up(visitors: list[Visitor], idea: str) -> None:
    assert visitors[1].get(f"/export/ideas/{idea}.pdf").status_code in (303, 400, 404)
