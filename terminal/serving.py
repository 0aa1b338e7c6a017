"""`run`: prepares what is missing and starts the web app."""

import os
import subprocess
import sys
from pathlib import Path

import typer

_PROGRAM = Path(__file__).parent.parent
ANY_OPTION = {"allow_extra_args": True, "ignore_unknown_options": True}


def run(context: typer.Context) -> None:
    """Start the app after `setup`; other options go to Streamlit, such as --server.port 8600."""
    # Both are processes of their own: what setup loads is not carried into the app.
    prepared = subprocess.run([sys.executable, _PROGRAM / "sandbox_cli.py", "setup"], check=False)
    if prepared.returncode:
        raise typer.Exit(prepared.returncode)
    app = str(_PROGRAM / "sandbox_app.py")
    os.execv(sys.executable, [sys.executable, "-m", "streamlit", "run", app, *context.args])  # noqa: S606  the program becomes Streamlit, with a fixed list of arguments
