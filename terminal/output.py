"""Writes results to standard output, as JSON lines if asked for, and messages to standard error."""

import json
import os
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text
from typer.core import TyperGroup

from core.errors import InvalidFields, InvalidInput, NotFound, SandboxError, StillRunning

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")]

messages = Console(stderr=True, highlight=False)


def emit(record: Mapping[str, object]) -> None:
    """Write one JSON object as a line."""
    sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")


def emit_table(records: Sequence[Mapping[str, object]], *, as_json: bool) -> None:
    """Write records as JSON lines, or as a table with the first record's keys as its header."""
    if as_json:
        for record in records:
            emit(record)
        return
    if not records:
        messages.print("Nothing to show.")
        return
    table = Table(*records[0], box=None, header_style="bold")
    for record in records:
        table.add_row(*(Text(str(value)) for value in record.values()))
    Console().print(table)


def say(text: str, style: str = "") -> None:
    """Write a message letter for letter: names and questions may look like rich's markup."""
    messages.print(Text(text, style=style), soft_wrap=True)


@contextmanager
def readable_errors() -> Iterator[None]:
    """End the command with a sentence instead of a traceback.

    The code is 2 for bad usage, 3 if the app goes on with the work, 1 for the rest.
    """
    try:
        yield
    except InvalidFields as error:
        for name, problem in error.problems.items():
            say(f"{name.replace('_', ' ')}: {problem}", style="red")
        raise typer.Exit(_exit_code(error)) from error
    except SandboxError as error:
        say(str(error), style="red")
        raise typer.Exit(_exit_code(error)) from error
    except (typer.TyperException, typer.Exit, typer.Abort, BrokenPipeError):
        raise  # the usual ways to end a command
    except Exception as error:  # a defect: one sentence here, its trace in a file
        say(_unexpected(error), style="red")
        raise typer.Exit(1) from error


class ReadableErrors(TyperGroup):
    """The commands of the terminal; every error in them is told in a sentence."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  typer keeps the type of a context to itself
        with readable_errors():
            return super().invoke(ctx)


def _unexpected(error: Exception) -> str:
    """Keep the traceback readable for this account alone: it may hold words of documents."""
    handle, path = tempfile.mkstemp(prefix="genai-sandbox-", suffix=".log")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        traceback.print_exception(error, file=file)
    return (
        f"The command failed unexpectedly ({type(error).__name__}). What it had finished is "
        f"kept. Run: python sandbox_cli.py doctor. If it finds nothing, report the file {path}"
    )


def _exit_code(error: SandboxError) -> int:
    if isinstance(error, StillRunning):
        return 3
    return 2 if isinstance(error, InvalidInput | NotFound) else 1


def confirm(question: str) -> None:
    """End the command unless the answer is yes; raise InvalidInput if there is nobody to ask."""
    if not sys.stdin.isatty():
        raise InvalidInput(
            "There is no terminal to ask for confirmation. Pass --yes to continue without it."
        )
    typer.confirm(question, abort=True, err=True)


def progress() -> Progress:
    """Make a progress bar for a terminal; nothing if standard error is a file."""
    return Progress(console=messages, disable=not messages.is_terminal, transient=True)


def read_lines(path: Path) -> Iterator[dict[str, Any]]:  # Any: JSON
    """Yield the objects of a JSONL file; raise InvalidInput naming the line that is not one."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path.name} is not a UTF-8 text file.") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield parsed_object(f"{path.name}, line {number}", line)


def parsed_object(place: str, line: str) -> dict[str, Any]:  # Any: JSON
    """Return the JSON object of a line; raise InvalidInput naming its place."""
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise InvalidInput(f"{place}: not JSON ({error.msg}).") from error
    except RecursionError as error:
        raise InvalidInput(f"{place}: nested too deeply.") from error
    if not isinstance(record, dict):
        raise InvalidInput(f"{place}: not a JSON object.")
    return record
