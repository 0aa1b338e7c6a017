"""The translation of what libraries raise on damaged files into a reason."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import UnreadableDocument

# The errors that parsers raise on hostile files besides their own. RecursionError is a
# RuntimeError, and the errors of XML parsers are SyntaxErrors.
DAMAGE: tuple[type[Exception], ...] = (
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
    AssertionError,
    LookupError,
    ArithmeticError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    SyntaxError,
    zipfile.BadZipFile,
    zlib.error,
)


@contextmanager
def damaged_if_it_fails(reason: str, *more: type[Exception]) -> Iterator[None]:
    """Raise UnreadableDocument with `reason` if the block fails as damaged files make it fail."""
    try:
        yield
    except UnreadableDocument:
        raise
    except (*DAMAGE, *more) as error:
        raise UnreadableDocument(reason) from error
