"""Decides which addresses of a provider are safe to send questions and documents to."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from core.errors import ConfigurationError


def require_safe_address(url: str, *, setting: str, allows_plain_http: bool) -> None:
    """Raise ConfigurationError unless data sent to `url` stays private on its way.

    `setting` is the name of the setting that holds the address, such as SANDBOX_LLM__BASE_URL.
    Without encryption only this machine is allowed, and other machines where the operator said so.
    """
    try:
        parts = urlsplit(url.strip())
        host, has_name = parts.hostname or "", parts.username is not None
    except ValueError:
        host, has_name = "", False
    if not host or parts.scheme.lower() not in ("http", "https"):
        raise ConfigurationError(
            f"{setting} is not an address. Write it like https://llm.example.com/v1."
        )
    if has_name:
        raise ConfigurationError(
            f"{setting} contains a user name or password. Put the key into "
            f"{_sibling(setting, 'API_KEY')} and remove them from the address."
        )
    if parts.scheme.lower() == "http" and not is_this_machine(host) and not allows_plain_http:
        raise ConfigurationError(
            f"{setting} is plain http to another machine: anyone on the network could read "
            f"questions and documents. Use https. If {host} is your own server in a private "
            "network (vLLM, Ollama, LM Studio) and you accept that others on this network can "
            f"read them, set {_sibling(setting, 'ALLOW_PLAIN_HTTP')}=true."
        )


def is_encrypted(url: str) -> bool:
    """Return whether data sent to this address is encrypted on the way."""
    return url.strip().lower().startswith("https:")


def is_this_machine(host: str) -> bool:
    """Return whether a host is this machine, without asking a name server."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _sibling(setting: str, name: str) -> str:
    return f"{setting.rpartition('__')[0]}__{name}"
