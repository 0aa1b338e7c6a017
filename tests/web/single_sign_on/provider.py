"""An identity provider on a free port that can be told to misbehave in every way."""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT_ID, CLIENT_SECRET = "sandbox", "a secret of the client"
Claims = dict[str, Any]  # Any: JSON


@cache
def key(name: str) -> RSAKey:
    """A key by its name; making one takes long. All of them claim to be the first one."""
    return RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})


@dataclass
class Provider:
    """What the provider does next; a test changes it, and reads what it was asked."""

    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: key("one"))
    claims: Claims = field(default_factory=lambda: {"sub": "s-1"})
    """What the ID token says beside what every one has."""
    userinfo: Claims = field(default_factory=dict)
    metadata: Claims = field(default_factory=dict)
    sign: Callable[["Provider", Claims], str] | None = None
    """Signs ID tokens in another way."""
    takes_codes_twice: bool = False
    is_down: bool = False
    redirects_token: bool = False
    hangs: float = 0
    """Seconds until each answer."""
    padding: int = 0
    """Bytes that make its description longer."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    def authorize(self, address: str) -> str:
        """Sign the person in and return where the browser is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        back = {"code": code, "state": asked["state"], "iss": self.issuer}
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def id_token(self, asked: Mapping[str, str]) -> str:
        moment = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": moment,
            "exp": moment + 300,
            "nonce": asked["nonce"],
            **self.claims,
        }
        if "max_age" in asked:
            claims.setdefault("auth_time", moment)
        return self.sign(self, claims) if self.sign else self.signed(claims)

    def signed(self, claims: Claims, **header: str) -> str:
        return jwt.encode({"alg": "RS256", "kid": "one", **header}, claims, self.key)

    def logout_token(self, **claims: object) -> str:
        """A logout token as Back-Channel Logout 1.0 has it, with these claims changed."""
        event = "http://schemas.openid.net/event/backchannel-logout"
        moment = int(time.time())
        whole = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": moment,
            "exp": moment + 60,
            "jti": secrets.token_hex(8),
            "events": {event: {}},
            **claims,
        }
        return self.signed({name: value for name, value in whole.items() if value is not None})

    def describe(self) -> Claims:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/goodbye",
            "id_token_signing_alg_values_supported": ["RS256"],
            "authorization_response_iss_parameter_supported": True,
            **self.metadata,
        }

    def token(self, form: Mapping[str, str], authorization: str) -> tuple[int, Claims]:
        """Answer at the token endpoint: client, code, redirect address and PKCE must fit."""
        asked = self.codes.get(form.get("code", ""))
        if not self.takes_codes_twice:
            self.codes.pop(form.get("code", ""), None)
        expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if authorization != f"Basic {expected}":
            return 401, {"error": "invalid_client"}
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            asked is None
            or asked["redirect_uri"] != form.get("redirect_uri")
            or asked.get("code_challenge_method") != "S256"
            or asked["code_challenge"] != challenge
        ):
            return 400, {"error": "invalid_grant"}
        return 200, {
            "access_token": "access",
            "token_type": "Bearer",
            "expires_in": 60,
            "id_token": self.id_token(asked),
        }


def unsigned(_: Provider, claims: Claims) -> str:
    """A token with `alg: none`."""
    return f"{_part({'alg': 'none', 'kid': 'one'})}.{_part(claims)}."


def signed_with_the_public_key(provider: Provider, claims: Claims) -> str:
    """A token whose shared secret is the public key, which everybody knows.

    Written by hand: the library refuses to make one.
    """
    body = f"{_part({'alg': 'HS256', 'kid': 'one'})}.{_part(claims)}"
    sign = hmac.digest(provider.key.as_pem(private=False), body.encode(), "sha256")
    return f"{body}.{base64.urlsafe_b64encode(sign).decode().rstrip('=')}"


def signed_with_the_client_secret(_: Provider, claims: Claims) -> str:
    secret = OctKey.import_key(CLIENT_SECRET * 2)
    return jwt.encode({"alg": "HS256"}, claims, secret, algorithms=["HS256"])


def signed_with_another_key(_: Provider, claims: Claims) -> str:
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key("another"))


def with_its_own_key(_: Provider, claims: Claims) -> str:
    """A token that brings the key to check it with."""
    own = key("its own")
    header = {"alg": "RS256", "kid": "one", "jwk": own.as_dict(private=False)}
    return jwt.encode(header, claims, own)


def changed_afterwards(provider: Provider, claims: Claims) -> str:
    head, _, sign = provider.signed(claims).split(".")
    return f"{head}.{_part({**claims, 'sub': 'somebody-else'})}.{sign}"


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@contextmanager
def serving(provider: Provider) -> Iterator[Provider]:
    """Serves the provider until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    server.daemon_threads = True
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            provider.requests.append(path)
            if provider.is_down:
                return self._answer(503, {})
            match path:
                case "/.well-known/openid-configuration":
                    self._answer(200, provider.describe())
                case "/keys":
                    keys = {"keys": [provider.key.as_dict(private=False)]}
                    self._answer(200, keys)
                case "/userinfo" if self.headers.get("Authorization") == "Bearer access":
                    self._answer(200, {"sub": provider.claims["sub"], **provider.userinfo})
                case _:
                    self._answer(404, {})
            return None

        def do_POST(self) -> None:
            provider.requests.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            if provider.is_down:
                self._answer(503, {})
            elif provider.redirects_token:
                self.send_response(307)
                self.send_header("Location", f"{provider.issuer}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self._answer(*provider.token(form, self.headers.get("Authorization", "")))

        def _answer(self, status: int, content: Claims) -> None:
            time.sleep(provider.hangs)
            body = json.dumps(content).encode() + b" " * provider.padding
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
