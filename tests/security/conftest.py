"""The knowledge base of the tests of answers."""

from tests.rag.conftest import knowledge

__all__ = ["knowledge"]
