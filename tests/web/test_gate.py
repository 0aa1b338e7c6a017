"""Nothing but the sign-in pages and the probes can be reached without a live session."""

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from admin.audit.log import AuditLog
from admin.audit.values import AuditFilter
from core.domain.identity import SYSTEM
from tests.web.conftest import Server, Visitor

ANNA = "anna@nordhafen.example"
BEN = "ben@nordhafen.example"


def handshake_status(server: Server, *, cookies: str = "", origin: str | None = None) -> int:
    """101 for an accepted WebSocket, else the HTTP status of the refusal."""
    headers = {"Cookie": cookies} if cookies else {}
    try:
        with connect(
            server.socket_url,
            origin=Origin(origin or server.url),
            additional_headers=headers,
            proxy=None,
        ):
            return 101
    except InvalidStatus as refusal:
        return refusal.response.status_code


@pytest.fixture
def anna(visitor: Visitor) -> Visitor:
    assert visitor.sign_in(ANNA).status_code == 303
    return visitor


def test_an_anonymous_page_visit_leads_to_the_sign_in_page(visitor: Visitor) -> None:
    response = visitor.get("/")

    assert (response.status_code, response.headers["location"]) == (303, "/sign-in")


def test_the_sign_in_address_remembers_the_page(visitor: Visitor) -> None:
    response = visitor.get("/ideas?number=7")

    assert response.headers["location"] == "/sign-in?next=%2Fideas%3Fnumber%3D7"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/media/x"),
        ("GET", "/_stcore/host-config"),
        ("GET", "/_stcore/metrics"),
        ("GET", "/static/js/index.js"),
        ("GET", "/component/x/index.html"),
        ("PUT", "/_stcore/upload_file/session/file"),
        ("DELETE", "/_stcore/upload_file/session/file"),
        ("POST", "/_stcore/agent/interact"),
        ("POST", "/"),
    ],
)
def test_streamlits_internals_need_a_session(visitor: Visitor, method: str, path: str) -> None:
    assert visitor.request(method, path).status_code == 401


@pytest.mark.parametrize(
    "path", ["/healthz/", "/%68ealthz/../media/x", "/sign-in/../media/x", "//healthz", "/Healthz"]
)
def test_no_other_spelling_of_an_open_path_opens_the_gate(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status_code in (303, 401)


def test_a_host_header_cannot_pretend_another_path(visitor: Visitor) -> None:
    assert visitor.get("/_stcore/host-config", Host="127.0.0.1/healthz?").status_code == 400


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/_stcore/health"])
def test_probes_are_open(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status_code == 200


def test_metrics_are_open_from_this_machine_only(visitor: Visitor) -> None:
    assert "sandbox_http_requests_total" in visitor.get("/metrics").text
    forwarded = {"X-Forwarded-For": "127.0.0.1"}
    assert visitor.request("GET", "/metrics", headers=forwarded).status_code == 401


def test_metrics_behind_a_proxy_are_for_admins(visitor: Visitor) -> None:
    forwarded = {"X-Forwarded-For": "10.1.1.1"}

    visitor.sign_in(BEN)
    assert visitor.request("GET", "/metrics", headers=forwarded).status_code == 403
    visitor.submit("/sign-out")
    visitor.sign_in(ANNA)
    assert visitor.request("GET", "/metrics", headers=forwarded).status_code == 200


def test_an_anonymous_websocket_is_refused_at_the_handshake(server: Server) -> None:
    assert handshake_status(server) == 403


def test_a_made_up_session_is_refused(server: Server, visitor: Visitor) -> None:
    visitor.cookies["__Host-sid"] = "x" * 43

    assert visitor.get("/").status_code == 303
    assert handshake_status(server, cookies=visitor.cookie_header) == 403


def test_a_signed_in_person_reaches_page_and_websocket(server: Server, anna: Visitor) -> None:
    page = anna.get("/")

    assert page.status_code == 200
    assert '<div id="root">' in page.text
    assert handshake_status(server, cookies=anna.cookie_header) == 101


def test_a_websocket_of_another_site_is_refused(server: Server, anna: Visitor) -> None:
    for origin in ("http://evil.example", f"http://127.0.0.1:{server.port + 1}", "null"):
        assert handshake_status(server, cookies=anna.cookie_header, origin=origin) == 403


def test_a_signed_out_session_cannot_be_replayed(server: Server, anna: Visitor) -> None:
    copied = anna.cookies["__Host-sid"]

    assert anna.submit("/sign-out").status_code == 303
    anna.cookies["__Host-sid"] = copied

    assert anna.get("/_stcore/host-config").status_code == 401
    assert handshake_status(server, cookies=anna.cookie_header) == 403


def test_a_deactivated_person_is_out_at_the_next_request(server: Server, visitor: Visitor) -> None:
    visitor.sign_in(BEN)
    ben = next(user for user in server.people.list_all(SYSTEM) if user.email == BEN)

    server.people.set_active(SYSTEM, ben.id, is_active=False)
    status = visitor.get("/").status_code
    server.people.set_active(SYSTEM, ben.id, is_active=True)

    assert status == 303


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "evil@127.0.0.1", ""])
def test_a_foreign_host_name_is_refused(anna: Visitor, host: str) -> None:
    assert anna.get("/", Host=host).status_code == 400


@pytest.mark.parametrize(
    "host", ["localhost:8501", "[::1]:8501", "sandbox.example", "SANDBOX.example."]
)
def test_known_host_names_are_served(anna: Visitor, host: str) -> None:
    assert anna.get("/", Host=host).status_code == 200


def test_a_form_of_another_site_is_refused(visitor: Visitor) -> None:
    visitor.get("/sign-in")

    response = visitor.request("POST", "/sign-in", headers={"Origin": "http://evil.example"})

    assert response.status_code == 403


def test_headers_protect_every_answer(anna: Visitor) -> None:
    for path in ("/", "/sign-in", "/healthz", "/_stcore/host-config"):
        headers = anna.get(path).headers

        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert "img-src 'self' data: blob:;" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "strict-transport-security" not in headers


def test_https_is_remembered_by_the_browser(visitor: Visitor) -> None:
    response = visitor.request("GET", "/sign-in", headers={"X-Forwarded-Proto": "https"})

    assert response.headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("md", "text/markdown"), ("json", "application/json"), ("pdf", "application/pdf")],
)
def test_an_own_conversation_can_be_downloaded(anna: Visitor, kind: str, media_type: str) -> None:
    response = anna.get(f"/export/conversations/{'0' * 32}.{kind}")

    assert response.text == f"{kind} for {ANNA}"
    assert response.headers["content-type"].startswith(media_type)
    assert response.headers["content-disposition"].startswith("attachment")
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", [f"{'1' * 32}.md", "1.json", "..%5Cx.md"])
def test_other_conversations_do_not_exist(anna: Visitor, name: str) -> None:
    assert anna.get(f"/export/conversations/{name}").status_code in (400, 404)


def test_the_chat_has_an_address_of_its_own(anna: Visitor) -> None:
    response = anna.get("/chat?from=mail")

    assert response.status_code == 307
    assert response.headers["location"].endswith("/?from=mail")


def test_files_of_others_that_somebody_asked_for_are_recorded(
    server: Server, visitor: Visitor
) -> None:
    visitor.sign_in("ben@nordhafen.example")

    visitor.get(f"/export/conversations/{'a' * 32}.md")
    visitor.get("/_stcore/metrics")
    visitor.get("/export/conversations/nothing.md")

    found = AuditLog(server.database).list(SYSTEM, AuditFilter(action="access.refused"))
    told = {(event.actor, event.object_id, event.details["place"]) for event in found}
    assert told >= {
        ("ben@nordhafen.example", "a" * 32, "export"),
        ("ben@nordhafen.example", "", "admin"),
    }
