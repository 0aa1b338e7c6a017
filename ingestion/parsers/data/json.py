"""JSON as readable lines, `address.city: Bonn`; entries of a list stand apart."""

import json
from collections.abc import Iterator

from core.domain.knowledge import ParsedDocument
from ingestion.files.encoding import decode
from ingestion.parsers.building import bounded, build, one_line, stem

TITLES = ("title", "name", "subject")


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """Reads one page; text that is not valid JSON is kept as it is."""
    text = decode(content).removeprefix("\ufeff")
    try:
        value = _value(text)
    except (ValueError, RecursionError):
        return build([(text, "page")], file_name, titles=[stem(file_name)])
    return build(
        [("\n".join(bounded(_entries(value))), "page")],
        file_name,
        titles=[_title(value), stem(file_name)],
    )


def _value(text: str) -> object:
    """Returns the value, or the list of values where each line is one."""
    try:
        return json.loads(text)
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]


def _title(value: object) -> str | None:
    if not isinstance(value, dict):
        return None
    return next((title for key in TITLES if isinstance(title := value.get(key), str)), None)


def _entries(value: object) -> Iterator[str]:
    if not isinstance(value, list):
        yield from _lines(value, "")
        return
    for entry in value:
        yield from _lines(entry, "")
        if isinstance(entry, dict | list):
            yield ""


def _lines(value: object, path: str) -> Iterator[str]:
    """Yields a line for each leaf, in file order; without recursion, since JSON nests deep."""
    stack: list[tuple[object, str]] = [(value, path)]
    while stack:
        value, path = stack.pop()
        match value:
            case dict():
                prefix = f"{path}." if path else ""
                inner = [(v, f"{prefix}{one_line(str(k))}") for k, v in value.items()]
                stack.extend(reversed(inner))
            case list():
                stack.extend(reversed([(v, f"{path}[{i}]") for i, v in enumerate(value, 1)]))
            case None | "":
                continue
            case _:
                shown = ("true" if value else "false") if isinstance(value, bool) else str(value)
                yield f"{path}: {shown}" if path else shown
