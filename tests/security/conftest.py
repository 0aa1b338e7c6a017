"""A company to attack, and the knowledge base of the tests of answers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rag.conftest import knowledge
from tests.security.state import Snapshot
from tests.security.world import World, built_world

__all__ = ["knowledge"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[World]:
    with built_world(tmp_path_factory.mktemp("world"), migrated_file) as world:
        yield world


@pytest.fixture(scope="module")
def snapshot(world: World) -> Iterator[Snapshot]:
    snapshot = Snapshot(world.folder / "sandbox.db")
    yield snapshot
    snapshot.close()
