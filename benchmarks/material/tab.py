"""Drives a browser tab without a browser: the sign-in form over HTTP, then the WebSocket."""

import re
import time
from collections.abc import AsyncIterator
from copy import deepcopy
from dataclasses import dataclass, field
from html import unescape

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.Markdown_pb2 import Markdown
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

XSRF_COOKIE = "_streamlit_xsrf"
STEPS = ("Waiting", "Searching", "Reading", "Writing")


@dataclass(slots=True)
class Drawn:
    """The elements that the last run of the page's script drew, as far as measurements need."""

    script_hash: str = ""
    session_id: str = ""
    query: str = ""
    composer: str = ""
    pages: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    exceptions: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    def copy(self) -> "Drawn":
        """Return a copy that later runs do not change."""
        return deepcopy(self)

    def begin_run(self, script_hash: str, session_id: str) -> None:
        """Forget what the previous run drew."""
        self.script_hash, self.session_id = script_hash, session_id
        for elements in (self.texts, self.captions, self.alerts, self.exceptions, self.answers):
            elements.clear()


@dataclass(slots=True)
class Timing:
    """The times of one question, in seconds from sending it; None for what never came."""

    first_text: float | None = None
    text_done: float | None = None
    page_drawn: float | None = None
    longest_pause: float = 0.0
    waited: bool = False
    text: str = ""
    problem: str = ""


class Tab:
    """One tab of one signed-in person; `cookies` may be shared between tabs of a person."""

    def __init__(self, url: str, cookies: httpx.Cookies | None = None) -> None:
        self._url = url.rstrip("/")
        self._http = httpx.AsyncClient(base_url=self._url, cookies=cookies, timeout=120)
        self._socket: ClientConnection | None = None
        self.drawn = Drawn()

    @property
    def cookies(self) -> httpx.Cookies:
        """The cookies that the browser keeps; another tab can take them over."""
        return self._http.cookies

    async def sign_in(self, email: str, password: str) -> None:
        """Fill in the form; raise RuntimeError if it is refused."""
        form = await self._http.get("/sign-in")
        token = re.search(r'name="form_token" value="([^"]+)"', form.text)
        if token is None:
            raise RuntimeError(f"no sign-in form: {form.status_code}")
        fields = {"form_token": unescape(token[1]), "email": email, "password": password}
        sent = await self._http.post("/sign-in", data=fields, headers={"Origin": self._url})
        if sent.status_code != 303:
            raise RuntimeError(f"sign-in refused: {sent.status_code}")

    async def open(self, page: str = "", query: str = "") -> float:
        """Load the page until its script has finished; return the seconds it took."""
        began = time.monotonic()
        loaded = await self._http.get(f"/{page}")
        if loaded.status_code != 200:
            raise RuntimeError(f"page not served: {loaded.status_code}")
        self.drawn = Drawn(query=query)
        await self.connect()
        await self.rerun(page=page)
        await self.until_drawn()
        return time.monotonic() - began

    async def connect(self) -> None:
        """Open the WebSocket; a tab that was open before names its session, as browsers do."""
        xsrf = self._http.cookies.get(XSRF_COOKIE) or "PLACEHOLDER_AUTH_TOKEN"
        protocols = [Subprotocol(part) for part in ("streamlit", xsrf, self.drawn.session_id)]
        cookies = "; ".join(f"{c.name}={c.value}" for c in self._http.cookies.jar)
        self._socket = await connect(
            f"{self._url.replace('http', 'ws', 1)}/_stcore/stream",
            subprotocols=[part for part in protocols if part],
            origin=Origin(self._url),
            additional_headers={"Cookie": cookies},
            max_size=None,
            compression=None,
        )

    async def reconnect(self) -> None:
        """Do what an open tab does when the server is there again."""
        await self.connect()
        await self.rerun()
        await self.until_drawn()

    async def leave(self) -> None:
        """Close the WebSocket."""
        if self._socket is not None:
            await self._socket.close()
            self._socket = None

    async def close(self) -> None:
        """Close the tab for good."""
        await self.leave()
        await self._http.aclose()

    async def rerun(self, *, question: str = "", page: str = "") -> None:
        """Run the script of the page; `question` is what was typed into the composer."""
        message = BackMsg()
        state = message.rerun_script
        state.query_string = self.drawn.query
        state.page_script_hash = self.drawn.script_hash
        state.page_name = page
        if question:
            widget = state.widget_states.widgets.add()
            widget.id = self.drawn.composer
            widget.chat_input_value.data = question
        await self.send(message)

    async def stop(self) -> None:
        """Press the stop button of the composer."""
        await self.send(BackMsg(stop_script=True))

    async def until_drawn(self) -> None:
        """Read until the script has finished."""
        async for message in self.messages():
            if _is_end(message):
                return

    async def until_writing(self, question: str) -> None:
        """Send a question and read until the first words of its answer have come."""
        await self.rerun(question=question)
        is_writing = False
        async for message in self.messages():
            is_writing = is_writing or _caption(message).startswith("Writing")
            if is_writing and _markdown(message):
                return

    async def ask(self, question: str) -> Timing:
        """Send a question and follow its answer until the page is drawn again."""
        timing, began = Timing(), time.monotonic()
        await self.rerun(question=question)
        last, is_written, is_redrawn = began, False, False
        async for message in self.messages():
            took = time.monotonic() - began
            if _is_end(message):
                timing.page_drawn = took
                break
            if message.WhichOneof("type") == "script_finished":
                timing.text_done, is_redrawn = took, True
            elif not is_redrawn and (caption := _caption(message)):
                is_written = is_written or caption.startswith(STEPS)
                timing.waited = timing.waited or caption.startswith("Waiting")
            elif is_written and not is_redrawn and (text := _markdown(message)):
                timing.first_text = timing.first_text or took
                timing.longest_pause = max(timing.longest_pause, time.monotonic() - last)
                last, timing.text = time.monotonic(), text
        timing.problem = next(iter((*self.drawn.exceptions, *self.drawn.alerts)), "")
        if not timing.problem and not timing.first_text:
            timing.first_text = timing.page_drawn if self.drawn.answers else None
            timing.problem = "" if self.drawn.answers else "no text"
        return timing

    async def messages(self) -> AsyncIterator[ForwardMsg]:
        """Yield what the server sends, noted in `drawn`; raise ConnectionClosed."""
        async for received in self._open_socket:
            message = ForwardMsg()
            message.ParseFromString(received if isinstance(received, bytes) else received.encode())
            self._note(message)
            yield message

    @property
    def _open_socket(self) -> ClientConnection:
        if self._socket is None:
            raise RuntimeError("this tab is not connected")
        return self._socket

    async def send(self, message: BackMsg) -> None:
        """Send what a browser would, or what one never would."""
        await self._open_socket.send(message.SerializeToString())

    def _note(self, message: ForwardMsg) -> None:
        match message.WhichOneof("type"):
            case "new_session":
                begun = message.new_session
                self.drawn.begin_run(begun.page_script_hash, begun.initialize.session_id)
            case "page_info_changed":
                self.drawn.query = message.page_info_changed.query_string
            case "navigation":
                # The browser identifies the page by this hash from now on.
                self.drawn.script_hash = message.navigation.page_script_hash
                self.drawn.pages = [page.page_name for page in message.navigation.app_pages]
                self.drawn.paths = [page.url_pathname for page in message.navigation.app_pages]
            case "delta" if message.delta.WhichOneof("type") == "new_element":
                self._note_element(message)

    def _note_element(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        match element.WhichOneof("type"):
            case "chat_input":
                self.drawn.composer = element.chat_input.id
            case "exception":
                self.drawn.exceptions.append(element.exception.message)
            case "alert":
                self.drawn.alerts.append(element.alert.body)
            case "text":
                self.drawn.texts.append(element.text.body)
            case "markdown" if element.markdown.element_type == Markdown.Type.CAPTION:
                self.drawn.captions.append(element.markdown.body)
            case "bidi_component" if element.bidi_component.component_name.endswith("answer"):
                self.drawn.answers.append(element.bidi_component.json)


def _is_end(message: ForwardMsg) -> bool:
    """Return whether the script has finished and does not run again by itself."""
    return (
        message.WhichOneof("type") == "script_finished"
        and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
    )


def _caption(message: ForwardMsg) -> str:
    body, is_caption = _any_markdown(message)
    return body if is_caption else ""


def _markdown(message: ForwardMsg) -> str:
    body, is_caption = _any_markdown(message)
    return "" if is_caption else body


def _any_markdown(message: ForwardMsg) -> tuple[str, bool]:
    element = message.delta.new_element
    is_caption = element.markdown.element_type == Markdown.Type.CAPTION
    return element.markdown.body, is_caption
