"""What a browser keeps while its person signs in elsewhere: sealed, and for ten minutes."""

import hmac
import json
from base64 import urlsafe_b64encode
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from cryptography.fernet import Fernet, InvalidToken

from admin.single_sign_on.values import Purpose
from core.errors import SignInFailed
from core.openid.values import Departure
from core.storage.audit.key import SecretKey

LIFETIME_S = 600
EXPIRED = "This sign-in has expired, or it was begun in another browser. Try again."


@dataclass(frozen=True, slots=True)
class Flow:
    """A sign-in that is under way; `user_id` is whose account it is for, empty for a new one."""

    purpose: Purpose
    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    target: str
    user_id: str
    begun_at: float

    @property
    def began(self) -> datetime:
        """When the browser left, in UTC."""
        return datetime.fromtimestamp(self.begun_at, UTC)


class FlowSeal:
    """Seals flows with a key of the data directory, so that the server keeps nothing of them."""

    def __init__(self, key: SecretKey) -> None:
        self._key = key

    def close(self, flow: Flow) -> str:
        """Return the flow, encrypted and signed."""
        return self._fernet().encrypt(json.dumps(asdict(flow)).encode()).decode()

    def open(self, kept: str, state: str) -> Flow:
        """Return the flow that began in this browser with this state; raise SignInFailed."""
        try:
            flow = json.loads(self._fernet().decrypt(kept.encode(), ttl=LIFETIME_S))
        except (InvalidToken, UnicodeEncodeError) as error:
            raise SignInFailed(EXPIRED) from error
        if not hmac.compare_digest(flow["state"].encode(), state.encode()):
            raise SignInFailed(EXPIRED)
        return Flow(**{**flow, "purpose": Purpose(flow["purpose"])})

    def _fernet(self) -> Fernet:
        return Fernet(urlsafe_b64encode(bytes.fromhex(self._key.digest("company sign-in", ""))))


def new_flow(
    departure: Departure, purpose: Purpose, *, redirect_uri: str, target: str, user_id: str
) -> Flow:
    """Return the flow of a browser that leaves now."""
    return Flow(
        purpose,
        departure.state,
        departure.nonce,
        departure.verifier,
        redirect_uri,
        target,
        user_id,
        datetime.now(UTC).timestamp(),
    )
