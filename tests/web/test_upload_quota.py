"""What uploads take of the memory is bounded for a person and a page, while they are sent."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from core.domain.identity import Role, User
from tests.loops import run
from web.upload_quota import AT_A_TIME, WAITING, UploadLimits, UploadQuota

MEGABYTE = 2**20
LIMITS = UploadLimits(3 * MEGABYTE, 4 * MEGABYTE)
EMPLOYEES = UploadLimits(8 * MEGABYTE, 16 * MEGABYTE, shared_bytes=4 * MEGABYTE)


@dataclass
class Store:
    """Where files go that were sent, as Streamlit keeps them; counts what it was made to read."""

    held: dict[str, int] = field(default_factory=dict)
    read: int = 0
    at_once: int = 0
    most_at_once: int = 0

    async def put(self, request: Request) -> Response:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            size = 0
            async for chunk in request.stream():
                size += len(chunk)
                self.read += len(chunk)
            session = request.path_params["session"]
            self.held[session] = self.held.get(session, 0) + size
            return Response(status_code=204)
        finally:
            self.at_once -= 1


class SignedIn:
    """Stands for the gate: everybody is the administrator that a header names, but for Eve."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            name = dict(scope["headers"])[b"person"].decode()
            role = Role.EMPLOYEE if name.startswith("eve") else Role.ADMIN
            scope["sandbox.user"] = User(name, f"{name}@x.example", name, role)
        await self._app(scope, receive, send)


@dataclass
class Harness:
    """The quota in front of a store, without a network."""

    store: Store
    app: Starlette

    async def send(
        self,
        chunks: AsyncIterator[bytes],
        *,
        person: str = "anna",
        session: str = "one",
        length: int | None = None,
    ) -> int:
        """The status of one upload."""
        status: list[int] = []

        async def receive() -> dict[str, object]:
            try:
                return {"type": "http.request", "body": await anext(chunks), "more_body": True}
            except StopAsyncIteration:
                return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                status.append(int(str(message["status"])))

        headers = [(b"person", person.encode())]
        if length is not None:
            headers.append((b"content-length", str(length).encode()))
        scope = {
            "type": "http",
            "method": "PUT",
            "path": f"/_stcore/upload_file/{session}/file",
            "headers": headers,
            "query_string": b"",
        }
        await self.app(scope, receive, send)  # type: ignore[arg-type]  # messages are mappings
        return status[0]


@pytest.fixture
def harness() -> Harness:
    return harness_of(LIMITS)


def harness_of(limits: UploadLimits) -> Harness:
    store = Store()
    app = Starlette(
        routes=[Route("/_stcore/upload_file/{session}/{file}", store.put, methods=["PUT"])],
        middleware=[
            Middleware(SignedIn),
            Middleware(UploadQuota, held=lambda: store.held, limits=limits),
        ],
    )
    return Harness(store, app)


async def megabytes(count: int, each: Callable[[], Awaitable[None]] | None = None):  # type: ignore[no-untyped-def]  # an async generator
    """Pieces of one megabyte; `each` happens before each of them."""
    for _ in range(count):
        if each:
            await each()
        yield b"x" * MEGABYTE


def test_files_within_the_quota_are_taken(harness: Harness) -> None:
    assert run(harness.send(megabytes(3))) == 204


def test_a_body_without_a_length_ends_with_the_megabyte_that_is_too_many(harness: Harness) -> None:
    assert run(harness.send(megabytes(400))) == 413
    assert harness.store.read <= LIMITS.session_bytes
    assert harness.store.held == {}


def test_a_declared_length_beyond_the_quota_is_refused_before_a_byte(harness: Harness) -> None:
    assert run(harness.send(megabytes(400), length=400 * MEGABYTE)) == 413
    assert harness.store.read == 0


def test_a_false_length_does_not_help(harness: Harness) -> None:
    assert run(harness.send(megabytes(400), length=1)) == 413
    assert harness.store.read <= LIMITS.session_bytes


def test_what_a_page_holds_already_counts(harness: Harness) -> None:
    assert run(harness.send(megabytes(2))) == 204
    assert run(harness.send(megabytes(2))) == 413


def test_files_that_were_taken_in_make_room(harness: Harness) -> None:
    run(harness.send(megabytes(3)))
    harness.store.held.clear()

    assert run(harness.send(megabytes(3))) == 204


def test_the_pages_of_a_person_count_together_and_others_are_not_touched(harness: Harness) -> None:
    async def all_of_them() -> list[int]:
        return [
            await harness.send(megabytes(3), session="one"),
            await harness.send(megabytes(2), session="two"),
            await harness.send(megabytes(3), session="three", person="ben"),
        ]

    assert run(all_of_them()) == [204, 413, 204]


def test_people_who_are_no_administrators_hold_a_quarter_and_share_what_is_left() -> None:
    harness = harness_of(EMPLOYEES)

    async def all_of_them() -> list[int]:
        return [
            await harness.send(megabytes(3), person="eve", session="one"),
            await harness.send(megabytes(2), person="eve", session="one"),
            await harness.send(megabytes(2), person="eve-2", session="two"),
            await harness.send(megabytes(1), person="eve-3", session="three"),
            await harness.send(megabytes(8), person="anna", session="four"),
        ]

    assert run(all_of_them()) == [413, 204, 204, 413, 204]


def test_uploads_at_the_same_moment_count_together(harness: Harness) -> None:
    async def both() -> tuple[int, int]:
        met = asyncio.Barrier(2)

        async def meet() -> None:
            await met.wait()

        return await asyncio.gather(
            harness.send(megabytes(2, meet)), harness.send(megabytes(2, meet))
        )

    assert sorted(run(both())) == [204, 413]
    assert harness.store.read <= LIMITS.session_bytes


def test_more_files_than_at_a_time_wait_and_are_all_taken(harness: Harness) -> None:
    async def small() -> AsyncIterator[bytes]:
        await asyncio.sleep(0)
        yield b"x"

    async def many() -> list[int]:
        return await asyncio.gather(*(harness.send(small()) for _ in range(60)))

    assert set(run(many())) == {204}
    assert harness.store.most_at_once == AT_A_TIME


def test_requests_without_end_are_refused_beyond_those_that_may_wait(harness: Harness) -> None:
    async def flood() -> list[int]:
        free = asyncio.Event()

        async def stuck() -> AsyncIterator[bytes]:
            await free.wait()
            yield b"x"

        waiting = [asyncio.create_task(harness.send(stuck())) for _ in range(AT_A_TIME + WAITING)]
        await asyncio.sleep(0)
        refused = await harness.send(stuck())
        other = asyncio.create_task(harness.send(megabytes(1), person="ben", session="two"))
        taken = await other
        free.set()
        return [refused, taken, *set(await asyncio.gather(*waiting))]

    assert run(flood()) == [429, 204, 204]
