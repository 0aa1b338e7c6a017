"""How rows of the demo year are told from real ones: their ids begin with a word."""

import hashlib

MARK = "demo"
"""Ids of real rows are hexadecimal digits, so none begins with it."""
LABEL = "(demo)"
"""What stands behind the names of made-up people, groups and campaigns."""
ID_LENGTH = 32


def demo_id(*parts: object) -> str:
    """Return the id of a made-up row: the same parts give the same id."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()
    return f"{MARK}{digest}"[:ID_LENGTH]
