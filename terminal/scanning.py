"""`scan`: personal data, secrets and injection phrases in the lines of a file."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from bootstrap.process import scanner
from core.errors import InvalidInput
from core.guardrails.detectors import Hit
from core.guardrails.scanning import Scan
from terminal.output import Json, emit, parsed_object, readable_errors, say

_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


def scan(
    file: Annotated[
        Path,
        typer.Argument(help="JSONL file with _id and text in each line, - for standard input."),
    ],
    names: Annotated[
        Path | None,
        typer.Option(help="File with names to look for beside those of the accounts, one a line."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what the guard finds in each line, and the text as it would leave.

    Lines that cannot be read are named, the others scanned; then the command ends with code 2.
    """
    with readable_errors():
        look = scanner(_names(names))
        refused = 0
        with _opened(file) as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    record = _scanned(f"{_called(file)}, line {number}", line, look)
                except InvalidInput as error:
                    say(str(error), style="red")
                    refused += 1
                    continue
                if record is not None:
                    _write(*record, as_json=as_json)
        if refused:
            raise typer.Exit(2)


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    if str(file) == "-":
        yield sys.stdin.buffer
        return
    try:
        lines = file.open("rb")
    except OSError as error:
        raise InvalidInput(f"{file} cannot be opened ({error.strerror}).") from error
    with lines:
        yield lines


def _called(file: Path) -> str:
    return "standard input" if str(file) == "-" else file.name


def _names(file: Path | None) -> Sequence[str]:
    if file is None:
        return ()
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InvalidInput(f"{file} cannot be opened ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{file.name} is not a UTF-8 text file.") from error
    return [line.strip() for line in text.splitlines() if line.strip()]


def _scanned(place: str, line: bytes, look: Callable[[str], Scan]) -> tuple[str | int, Scan] | None:
    """Return the id of a line and what is in it, None for an empty line; raise InvalidInput."""
    try:
        written = line.decode("utf-8").removeprefix(_BOM)
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{place}: not UTF-8.") from error
    if not written.strip():
        return None
    record = parsed_object(place, written)
    id_, text = record.get("_id"), record.get("text")
    if not isinstance(id_, str | int) or isinstance(id_, bool):
        raise InvalidInput(f"{place}: “_id” is missing.")
    if not isinstance(text, str):
        raise InvalidInput(f"{place}: “text” is missing.")
    return id_, look(text)


def _write(id_: str | int, found: Scan, *, as_json: bool) -> None:
    if as_json:
        emit(_record(id_, found))
        return
    kinds = [hit.type for hit in (*found.personal, *found.secrets)]
    if found.suspicion.reason:
        kinds.append(f"injection: {found.suspicion.reason}")
    line = f"{id_}\t{', '.join(kinds) or '-'}\t{' '.join(found.masked.split())}"
    # What stands in a file must not steer the terminal.
    typer.echo("".join(char if char.isprintable() or char == "\t" else "�" for char in line))


def _record(id_: str | int, found: Scan) -> dict[str, object]:
    suspicion = found.suspicion
    return {
        "_id": id_,
        "pii": [_place(hit) for hit in found.personal],
        "secrets": [_place(hit) for hit in found.secrets],
        "injection": {
            "score": suspicion.score,
            "blocked": suspicion.is_blocked,
            "reason": suspicion.reason,
        },
        "masked": found.masked,
    }


def _place(hit: Hit) -> dict[str, object]:
    return {"type": hit.type, "start": hit.start, "end": hit.end}
