"""Lets no test, and no Python process that a test starts, reach another machine.

Python imports a module of this name when it starts; tests/conftest.py puts this folder on the path
of all processes. What was tried is refused and written to the file that TEST_NETWORK_LOG names, and
the test fails that it belongs to. Connections that a library makes in C are not seen.
"""

import ipaddress
import os
import socket
import sys
from pathlib import Path

LOG = "TEST_NETWORK_LOG"
# Mail servers and clients look up the name of this machine to greet with.
_NAMES = frozenset({"", "localhost", "localhost.localdomain", socket.gethostname().casefold()})


def is_here(host: object) -> bool:
    """Whether an address or a name is of this machine."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if not isinstance(host, str) or host.casefold() in _NAMES:
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def refuse_others(event: str, args: tuple[object, ...]) -> None:
    """Raise OSError before anything is sent to another machine, and note it."""
    match event, args:
        case (("socket.connect" | "socket.sendto" | "socket.sendmsg"), (_, (host, *_))):
            pass
        case "socket.getaddrinfo", (host, *_):
            pass
        case (("socket.gethostbyname" | "socket.gethostbyaddr"), (host, *_)):
            pass
        case _:
            return
    if is_here(host):
        return
    if LOG in os.environ:
        with Path(os.environ[LOG]).open("a", encoding="utf-8") as log:
            log.write(f"{event} {host!r} by {' '.join(sys.argv[:2])}\n")
    raise OSError(f"tests reach this machine only, not {host!r}")


sys.addaudithook(refuse_others)
