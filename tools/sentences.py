"""Lists the sentences that people read on screen and in the terminal, with the line each is on."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

FOLDERS = (
    "ui",
    "terminal",
    "web",
    "bootstrap",
    "admin",
    "ideas",
    "evaluation",
    "rag",
    "ingestion",
    "core",
)
_LOGGERS = {"logger", "log", "logging"}
_ELEMENT_TEXT = re.compile(r">\s*([^<>{}]+?)\s*<")
_WORDS = re.compile(r"[A-Za-z]{2,}[,.:;]? \S|^[A-Z][a-z]+[.?!…]?$")


def main() -> None:
    """Print one `file:line<TAB>sentence` for each sentence in the folders named, or in all."""
    for folder in sys.argv[1:] or FOLDERS:
        for path in sorted(Path(folder).rglob("*")):
            if path.suffix in _READERS:
                found = _READERS[path.suffix](path.read_text(encoding="utf-8"))
                for line, text in sorted(set(found)):
                    sys.stdout.write(f"{path}:{line}\t{text}\n")


def python_sentences(source: str) -> Iterator[tuple[int, str]]:
    """Yield the sentences of a Python module, see `sentences`."""
    return sentences(ast.parse(source))


def template_sentences(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each element of an HTML template that has words."""
    for match in _ELEMENT_TEXT.finditer(source):
        text = " ".join(match.group(1).split())
        if _WORDS.search(text):
            yield source.count("\n", 0, match.start(1)) + 1, text


def sentences(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each string of a module that reads like words for people."""
    unread = _not_shown(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in unread:
            text = _text(node)
            if _WORDS.search(text):
                yield node.lineno, " ".join(text.split())
        if isinstance(node, ast.FunctionDef) and _is_command(node):
            yield node.lineno, " ".join((ast.get_docstring(node) or "").split())


def _text(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return "".join(
        _text(part) if isinstance(part, ast.Constant) else ast.unparse(ast.JoinedStr([part]))[2:-1]
        for part in node.values
    )


def _not_shown(tree: ast.Module) -> set[int]:
    """Return the nodes of docstrings, of log messages and inside f-strings."""
    inside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            inside.add(id(node.value))
        if isinstance(node, ast.JoinedStr):
            inside.update(id(part) for part in node.values)
        if isinstance(node, ast.Call) and _is_logging(node.func):
            inside.update(id(part) for part in ast.walk(node))
    return inside


def _is_logging(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id in _LOGGERS
    )


def _is_command(node: ast.FunctionDef) -> bool:
    return any(
        ".command(" in ast.unparse(decorator) or ".callback(" in ast.unparse(decorator)
        for decorator in node.decorator_list
    )


_READERS = {".py": python_sentences, ".html": template_sentences}


if __name__ == "__main__":
    main()
