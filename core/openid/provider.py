"""The company's identity provider, as the rest of the app asks it."""

import logging
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import httpx2
from authlib.integrations.base_client import OAuthError
from joserfc.jwk import KeySet

from core.errors import IdentityProviderUnavailable, SignInFailed
from core.openid.connection import IdentityClient, ReplyRefused
from core.openid.metadata import (
    PUBLIC,
    WELL_KNOWN,
    Metadata,
    UnusableMetadata,
    auth_method,
    read_keys,
    read_metadata,
)
from core.openid.tokens import (
    Claims,
    Expected,
    KeyUnknown,
    TokenRefused,
    checked_claims,
    logout_notice,
    to_identity,
)
from core.openid.values import Departure, Identity, LogoutNotice, Registration, Return

METADATA_S = 3600.0
"""How long the provider's description and keys are used before they are asked for again."""

KEYS_PAUSE_S = 60.0
"""The shortest time between two requests for keys, however many tokens name unknown ones."""

FAILED = "This sign-in could not be checked, so nobody was signed in. Try again."

logger = logging.getLogger(__name__)


class OpenIdProvider:
    """Asks one provider, from the server only. It is safe to use from several threads."""

    def __init__(self, registration: Registration) -> None:
        self._registration = registration
        self._lock = threading.Lock()
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, KeySet] | None = None

    @property
    def issuer(self) -> str:
        return self._registration.issuer

    def departure(self, redirect_uri: str, *, again: bool = False) -> Departure:
        """Return where a browser signs in; `again` makes the provider ask for the person anew.

        Raises IdentityProviderUnavailable.
        """
        metadata = self._described()
        nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        with self._client(PUBLIC) as client:
            address, state = client.create_authorization_url(
                metadata.authorization,
                state=secrets.token_urlsafe(32),
                code_verifier=verifier,
                redirect_uri=redirect_uri,
                scope=self._registration.scopes,
                nonce=nonce,
                **({"prompt": "login", "max_age": 0} if again else {}),
            )
        return Departure(str(address), str(state), nonce, verifier)

    def identity(self, returned: Return) -> Identity:
        """Return whom the provider vouches for.

        Raises SignInFailed for a code or token that is not what it has to be, and
        IdentityProviderUnavailable.
        """
        metadata = self._described()
        if returned.issuer != metadata.issuer and (returned.issuer or metadata.names_issuer):
            raise self._refused("iss")
        token = self._token(metadata, returned)
        access_token, id_token = token.get("access_token"), token.get("id_token")
        if not isinstance(id_token, str) or not isinstance(access_token, str):
            raise self._refused("no ID token")
        claims = self._claims(metadata, returned, id_token, access_token)
        claims = self._completed(metadata, claims, access_token)
        return to_identity(
            claims,
            metadata.issuer,
            self._registration.groups_claim,
            self._registration.provisioned_claim,
        )

    def logout(self, token: str) -> LogoutNotice:
        """Return what a logout token says; raise SignInFailed, IdentityProviderUnavailable."""
        metadata = self._described()
        expected = self._expected(metadata)
        try:
            try:
                return logout_notice(token, self._signing_keys(metadata), expected)
            except KeyUnknown:
                return logout_notice(token, self._signing_keys(metadata, renew=True), expected)
        except TokenRefused as error:
            raise self._refused(str(error)) from error

    def end_session_address(self, return_to: str) -> str:
        """Return where a browser signs out of the provider; "" if it offers that nowhere.

        Without an ID token in the address, which would stand in logs, the provider asks the person.
        """
        try:
            metadata = self._described()
        except IdentityProviderUnavailable:
            return ""
        if not metadata.end_session:
            return ""
        query = urlencode(
            {"client_id": self._registration.client_id, "post_logout_redirect_uri": return_to}
        )
        return f"{metadata.end_session}{'&' if '?' in metadata.end_session else '?'}{query}"

    def check(self) -> None:
        """Ask for description and keys; raise IdentityProviderUnavailable."""
        self._signing_keys(self._described(renew=True), renew=True)

    def _token(self, metadata: Metadata, returned: Return) -> Mapping[str, Any]:
        method = auth_method(metadata, has_secret=bool(self._registration.client_secret))
        with self._asking("token"), self._client(method) as client:
            try:
                token: Mapping[str, Any] = client.fetch_token(
                    metadata.token,
                    grant_type="authorization_code",
                    code=returned.code,
                    code_verifier=returned.verifier,
                    redirect_uri=returned.redirect_uri,
                )
            except OAuthError as error:
                raise self._refused(f"token endpoint: {str(error.error)[:60]}") from error
            return token

    def _claims(
        self, metadata: Metadata, returned: Return, id_token: str, access_token: str
    ) -> Claims:
        expected = self._expected(metadata)

        def check(keys: KeySet) -> Claims:
            return checked_claims(
                id_token, keys, expected, nonce=returned.nonce, access_token=access_token
            )

        try:
            try:
                return check(self._signing_keys(metadata))
            except KeyUnknown:  # the provider has changed its keys
                return check(self._signing_keys(metadata, renew=True))
        except TokenRefused as error:
            raise self._refused(f"ID token: {error}") from error

    def _completed(self, metadata: Metadata, claims: Claims, access_token: str) -> Claims:
        """Add what only the userinfo endpoint tells; signed claims are never replaced."""
        wanted = ("email", self._registration.groups_claim)
        if not metadata.userinfo or all(name in claims for name in wanted):
            return claims
        with self._asking("userinfo"), self._client(PUBLIC) as client:
            reply = client.request(
                "GET",
                metadata.userinfo,
                withhold_token=True,
                headers={"Authorization": f"Bearer {access_token}"},
            )
            reply.raise_for_status()
            more = reply.json()
        if not isinstance(more, Mapping) or more.get("sub") != claims["sub"]:
            raise self._refused("userinfo of somebody else")
        return {**more, **claims}

    def _described(self, *, renew: bool = False) -> Metadata:
        with self._lock:
            known = self._metadata
        if known is not None and not renew and time.monotonic() - known[0] < METADATA_S:
            return known[1]
        try:
            found = self._get(f"{self.issuer.rstrip('/')}{WELL_KNOWN}")
            metadata = read_metadata(found, self.issuer)
        except UnusableMetadata as error:
            raise self._unavailable(f"description: {error}") from error
        except IdentityProviderUnavailable:
            if known is not None and not renew:
                return known[1]
            raise
        with self._lock:
            self._metadata = (time.monotonic(), metadata)
        return metadata

    def _signing_keys(self, metadata: Metadata, *, renew: bool = False) -> KeySet:
        with self._lock:
            known = self._keys
        age = time.monotonic() - known[0] if known is not None else METADATA_S
        if known is not None and age < (KEYS_PAUSE_S if renew else METADATA_S):
            return known[1]
        try:
            keys = read_keys(self._get(metadata.keys))
        except UnusableMetadata as error:
            raise self._unavailable(f"keys: {error}") from error
        with self._lock:
            self._keys = (time.monotonic(), keys)
        return keys

    def _get(self, address: str) -> object:
        with self._asking("description"), self._client(PUBLIC) as client:
            reply = client.request("GET", address, withhold_token=True)
            reply.raise_for_status()
            found: object = reply.json()
            return found

    @contextmanager
    def _asking(self, what: str) -> Iterator[None]:
        try:
            yield
        except (httpx2.HTTPError, httpx2.InvalidURL, ReplyRefused, ValueError) as error:
            raise self._unavailable(f"{what}: {type(error).__name__}") from error

    def _client(self, method: str) -> IdentityClient:
        return IdentityClient(self._registration, method)

    def _expected(self, metadata: Metadata) -> Expected:
        return Expected(metadata.issuer, self._registration.client_id, metadata.algorithms)

    def _refused(self, reason: str) -> SignInFailed:
        logger.warning("sign-in by the identity provider refused reason=%s", reason)
        return SignInFailed(FAILED)

    def _unavailable(self, reason: str) -> IdentityProviderUnavailable:
        logger.warning("identity provider unavailable reason=%s", reason)
        return IdentityProviderUnavailable(
            "The company sign-in cannot be reached at the moment. Try again in a minute."
        )
