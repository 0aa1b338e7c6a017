"""Starts and ends child processes that work for this one over their pipes."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# The variables a Python program needs to start; the app's secrets stay out of the child.
INHERITED = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP", "HOME", "LD_LIBRARY_PATH")


def start_child(
    module: str,
    arguments: Sequence[object],
    *,
    descriptors: Sequence[int] = (),
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Run `python -m module arguments` with pipes for input and output, and no secrets.

    The child also gets these open file descriptors, and these variables.
    """
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", module, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={**inherited, **(environment or {})},
        pass_fds=tuple(descriptors),
        # Ctrl+C in the terminal should reach only the app, which then ends the child itself.
        start_new_session=True,
    )


def end_child(child: subprocess.Popen[bytes]) -> None:
    """Kill the child, whatever it is doing, and wait until it is gone."""
    child.kill()
    for pipe in (child.stdin, child.stdout):
        with suppress(OSError):
            if pipe is not None:
                pipe.close()
    child.wait()


def lower_priority(niceness: int) -> None:
    """Add to this process's niceness, so that others get the processor first."""
    if niceness and hasattr(os, "nice"):
        os.nice(niceness)
