"""The class of what is being sent, checked where it would leave this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from core.domain.knowledge import Sensitivity
from core.errors import ClassTooHigh

_class: ContextVar[Sensitivity] = ContextVar("class of a text", default=Sensitivity.PUBLIC)


@contextmanager
def of_class(sensitivity: Sensitivity) -> Iterator[None]:
    """Handle texts of this class in this thread."""
    token = _class.set(sensitivity)
    try:
        yield
    finally:
        _class.reset(token)


def require_class(highest: Sensitivity) -> None:
    """Raise ClassTooHigh if the texts at hand are of a class above the highest that may leave."""
    handled = _class.get()
    if handled.is_above(highest):
        raise ClassTooHigh(
            f"These passages are {handled.value}, and the embedding service may receive "
            f"{highest.value} ones at most. Nothing was sent. Use an embedding model of this "
            "machine for the collection, or set SANDBOX_GUARD__EMBEDDINGS_CLASS if the service "
            "may receive them."
        )
