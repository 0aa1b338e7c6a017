"""Believes the header of the company's proxy, and nobody else who sends the same one."""

import hmac
import logging
import time
from ipaddress import ip_address

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from admin.signing_in.sign_in import SignIn
from admin.single_sign_on.proxy_sign_in import Named, ProxySignIn, ProxyTrust

REWRITTEN_PORT = 0
"""The port of a client that was read from X-Forwarded-For; no connection has it."""

WARNING_PAUSE_S = 60.0

logger = logging.getLogger(__name__)


class ProxyDoor:
    """Tells whom the proxy names in a request, and whether a session is still theirs."""

    def __init__(self, trust: ProxyTrust, proxy: ProxySignIn, sign_in: SignIn) -> None:
        self._trust = trust
        self._proxy = proxy
        self._sign_in = sign_in
        self._warned_at = 0.0

    def named(self, connection: HTTPConnection) -> Named | None:
        """Return whom the proxy names; None without the header, or if it is not believed."""
        names = connection.headers.getlist(self._trust.header)
        if not names:
            return None
        if len(names) != 1 or not self._is_proxy(connection):
            self._warn(connection)
            return None
        groups = self._trust.groups_header
        told = connection.headers.get(groups) if groups else None
        listed = [one.strip() for one in told.split(",")] if told is not None else None
        return Named(names[0].strip().lower(), listed)

    async def enter(self, connection: HTTPConnection) -> str:
        """Open a session for whom the proxy names and return its token; "" if it names nobody.

        Raises SignInFailed for somebody who gets no account.
        """
        named = self.named(connection)
        if named is None:
            return ""
        address = connection.client.host if connection.client else ""
        browser = connection.headers.get("user-agent", "")
        return await run_in_threadpool(
            lambda: self._proxy.open(named, address=address, browser=browser)
        )

    async def admits(self, connection: HTTPConnection, token: str) -> bool:
        """Return whether this session may be used here: with the name that it was opened by.

        Another name ends it; without one it stays closed. Sessions by password are not affected.
        """
        opened_for = await run_in_threadpool(self._proxy.named_by, token)
        if not opened_for:
            return True
        named = self.named(connection)
        if named is not None and named.email != opened_for:
            await run_in_threadpool(self._sign_in.sign_out, token)
        return named is not None and named.email == opened_for

    async def opened(self, token: str) -> bool:
        """Return whether the proxy opened this session."""
        return bool(await run_in_threadpool(self._proxy.named_by, token))

    def _is_proxy(self, connection: HTTPConnection) -> bool:
        """Return whether the other end of the connection is the proxy and knows the secret.

        What replaces the address by X-Forwarded-For sets port 0 and does so for proxies only, see
        bootstrap.signing_in.proxy_trust.
        """
        client = connection.client
        if client is None or not (client.port == REWRITTEN_PORT or self._is_listed(client.host)):
            return False
        shown = connection.headers.getlist(self._trust.secret_header)
        return len(shown) == 1 and hmac.compare_digest(
            shown[0].encode(), self._trust.secret.encode()
        )

    def _is_listed(self, host: str) -> bool:
        try:
            address = ip_address(host)
        except ValueError:
            return False
        return any(address in network for network in self._trust.networks)

    def _warn(self, connection: HTTPConnection) -> None:
        """Log that a header was ignored, once a minute at most."""
        moment = time.monotonic()
        if self._warned_at and moment - self._warned_at < WARNING_PAUSE_S:
            return
        self._warned_at = moment
        peer = connection.client.host if connection.client else "unknown"
        logger.warning("sign-in header ignored header=%s peer=%s", self._trust.header, peer)
