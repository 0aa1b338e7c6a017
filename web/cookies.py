"""The cookies of the web edge: the session, the form token, and the mark of a known browser."""

import hmac
import secrets
from dataclasses import dataclass

from starlette.requests import HTTPConnection
from starlette.responses import Response

from admin.signing_in.known_browsers import LIFETIME
from admin.signing_in.session_cookie import session_cookie_name
from admin.single_sign_on.flow import LIFETIME_S

FORM_TOKEN_LENGTH = 43


@dataclass(frozen=True, slots=True)
class Cookies:
    """Reads and sets them; `is_secure` is off only where people use plain http on another host."""

    is_secure: bool

    @property
    def session_name(self) -> str:
        return session_cookie_name(is_secure=self.is_secure)

    @property
    def form_name(self) -> str:
        return "__Host-form" if self.is_secure else "form"

    def session_token(self, connection: HTTPConnection) -> str:
        """Return the raw session token, empty if there is none."""
        return connection.cookies.get(self.session_name, "")

    def open_session(self, response: Response, token: str) -> None:
        """Set the session cookie; it ends with the browser, the session itself may end earlier."""
        self._set(response, self.session_name, token)

    def close_session(self, response: Response) -> None:
        """Remove the session cookie."""
        response.delete_cookie(
            self.session_name, path="/", secure=self.is_secure, httponly=True, samesite="lax"
        )

    @property
    def browser_name(self) -> str:
        return "__Host-browser" if self.is_secure else "browser"

    def browser_mark(self, connection: HTTPConnection) -> str:
        """Return the mark that this browser kept of an earlier sign-in, empty if there is none."""
        return connection.cookies.get(self.browser_name, "")

    def keep_browser_mark(self, response: Response, mark: str) -> None:
        """Keep the mark beyond the session and signing out; it opens nothing by itself."""
        self._set(response, self.browser_name, mark, seconds=int(LIFETIME.total_seconds()))

    @property
    def flow_name(self) -> str:
        return "__Host-company" if self.is_secure else "company"

    def flow(self, connection: HTTPConnection) -> str:
        """Return what this browser kept when it left for the identity provider."""
        return connection.cookies.get(self.flow_name, "")

    def keep_flow(self, response: Response, kept: str) -> None:
        """Keep a sign-in that is under way, for ten minutes."""
        self._set(response, self.flow_name, kept, seconds=LIFETIME_S)

    def forget_flow(self, response: Response) -> None:
        """Remove it, however the sign-in went."""
        response.delete_cookie(
            self.flow_name, path="/", secure=self.is_secure, httponly=True, samesite="lax"
        )

    def form_token(self, connection: HTTPConnection) -> str:
        """Return the browser's form token, or a new one for the hidden field of every form."""
        token = connection.cookies.get(self.form_name, "")
        return token if len(token) == FORM_TOKEN_LENGTH else secrets.token_urlsafe(32)

    def keep_form_token(self, response: Response, token: str) -> None:
        """Set the form token cookie, which a foreign site can neither read nor set."""
        self._set(response, self.form_name, token)

    def is_own_form(self, connection: HTTPConnection, token: str) -> bool:
        """Return whether the submitted token equals the cookie (double submit)."""
        expected = connection.cookies.get(self.form_name, "")
        return bool(expected) and hmac.compare_digest(expected.encode(), token.encode())

    def _set(
        self, response: Response, name: str, value: str, *, seconds: int | None = None
    ) -> None:
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            path="/",
            secure=self.is_secure,
            httponly=True,
            samesite="lax",
        )
