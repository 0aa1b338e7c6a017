"""Walks an HTML tree without recursion: hostile pages nest deeper than Python's stack."""

from collections.abc import Iterator

from selectolax.lexbor import LexborNode


def walk(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Yields every node twice, when it starts (True) and when it ends (False)."""
    stack: list[tuple[LexborNode, bool]] = [(root, True)]
    while stack:
        node, is_start = stack.pop()
        yield node, is_start
        if is_start and node.tag != "-text":
            stack.append((node, False))
            stack.extend((child, True) for child in reversed(_children(node)))


def _children(node: LexborNode) -> list[LexborNode]:
    return list(node.iter(include_text=True))
