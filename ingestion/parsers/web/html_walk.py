"""Walks an HTML tree without recursion: hostile pages nest deeper than Python's stack."""

from collections.abc import Container, Iterator

from selectolax.lexbor import LexborNode


def walk(root: LexborNode, closed: Container[int] = ()) -> Iterator[tuple[LexborNode, bool]]:
    """Yields every node twice, when it starts (True) and when it ends (False).

    What is inside nodes whose `mem_id` is in `closed` is left out.
    """
    stack: list[tuple[LexborNode, bool]] = [(root, True)]
    while stack:
        node, is_start = stack.pop()
        yield node, is_start
        if is_start and node.tag != "-text":
            stack.append((node, False))
            if node.mem_id not in closed:
                stack.extend((child, True) for child in reversed(_children(node)))


def _children(node: LexborNode) -> list[LexborNode]:
    return list(node.iter(include_text=True))
