"""`embeddings`: build beside the live index, compare, accept, roll back, discard."""

from collections.abc import Callable

import pytest

import bootstrap.embedders
from core.errors import ConfigurationError
from tests.rag.conftest import HashingEmbedder
from tests.terminal.conftest import LEAVE, QUESTION, Terminal


@pytest.fixture(autouse=True)
def two_models(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    """The one that is set, and “wide”; the collection Handbook holds a document."""

    def build(name: str, *_: object, **__: object) -> HashingEmbedder:
        if name == "nowhere":
            raise ConfigurationError("no such model")
        return HashingEmbedder("wide", 64) if name == "wide" else HashingEmbedder()

    monkeypatch.setattr(bootstrap.embedders, "build_embedder", build)
    terminal("collections", "add", "Handbook", "--open")
    path = terminal.file("leave.txt", LEAVE)
    assert terminal("ingest", str(path), "--collection", "Handbook").code == 0
    return build


def states(terminal: Terminal) -> dict[int, str]:
    records = terminal("embeddings", "list", "--json").records
    return {record["number"]: record["state"] for record in records}


def test_a_model_is_built_compared_accepted_and_taken_back(terminal: Terminal) -> None:
    here = ("--collection", "Handbook")
    assert states(terminal) == {1: "live"}

    [built] = terminal("embeddings", "build", *here, "--model", "wide", "--json").records
    compared = terminal("embeddings", "compare", *here, "--json")
    accepted = terminal("embeddings", "accept", *here)

    assert (built["state"], built["passages_done"]) == ("built", 1)
    assert [record["index"] for record in compared.records] == ["live", "built"]
    assert {record["ndcg@10"] for record in compared.records} == {1.0}
    assert "1 questions (headings of the documents)" in compared.err
    assert accepted.code == 0, accepted.err
    assert states(terminal) == {1: "retired", 2: "live"}
    assert (
        LEAVE in terminal("search", QUESTION).out.replace("\n", " ")
        or terminal("search", QUESTION, "--json").records
    )

    assert terminal("embeddings", "roll-back", *here).code == 0
    assert states(terminal) == {1: "live", 2: "built"}
    assert terminal("embeddings", "discard", *here).code == 0
    assert states(terminal) == {1: "live"}


def test_a_model_that_is_not_there_is_said_so(terminal: Terminal) -> None:
    ran = terminal("embeddings", "build", "--collection", "Handbook", "--model", "nowhere")

    assert ran.code == 1
    assert "“nowhere” cannot be loaded" in ran.err


def test_without_a_built_index_there_is_nothing_to_accept(terminal: Terminal) -> None:
    ran = terminal("embeddings", "accept", "--collection", "Handbook")

    assert ran.code == 2
    assert "embeddings build" in ran.err


def test_the_live_index_is_built_anew_in_place_also_with_another_model(terminal: Terminal) -> None:
    terminal("collections", "add", "Other", "--open")

    [record] = terminal("reindex", "--collection", "Handbook", "--model", "wide", "--json").records

    assert record == {"collection": "Handbook", "passages": 1}
    models = {r["collection"]: r["model"] for r in terminal("embeddings", "list", "--json").records}
    assert models == {"Handbook": "wide", "Other": "hashing"}
    assert terminal("search", QUESTION, "--json").records
