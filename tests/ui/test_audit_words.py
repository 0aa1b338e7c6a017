"""Every action that the code records has words of its own on the page Audit."""

import ast
from collections.abc import Iterator
from pathlib import Path

from ui.audit.actions import ACTIONS

ROOT = Path(__file__).parents[2]
PACKAGES = ("admin", "bootstrap", "core", "demo", "evaluation", "ideas", "ingestion", "rag", "web")
AT_LEAST = 100


def recorded(source: str) -> Iterator[str]:
    """Yield the actions that are written down where they are recorded."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and len(node.args) > 2:
            name = getattr(node.func, "id", "")
            action = node.args[2]
            if name in {"record_event", "_record"} and isinstance(action, ast.Constant):
                yield str(action.value)


def test_every_recorded_action_has_words() -> None:
    sources = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    actions = {a for path in sources for a in recorded(path.read_text(encoding="utf-8"))}

    assert len(actions) > AT_LEAST
    assert sorted(actions - set(ACTIONS)) == []


def test_no_two_actions_read_alike() -> None:
    assert len(set(ACTIONS.values())) == len(ACTIONS)
