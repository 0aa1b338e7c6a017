"""`embeddings`: build another index for a collection beside the current one, compare, switch."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Annotated

import typer

from core.domain.generations import GenerationState, IndexGeneration, IndexMeasures
from core.domain.identity import SYSTEM
from core.errors import ConfigurationError, InvalidInput, NotFound
from terminal.context import collection_named, services
from terminal.output import Json, emit_table, progress, readable_errors, say

POLL_SECONDS = 2

embeddings = typer.Typer(no_args_is_help=True, help="Embedding models of collections.")
Name = Annotated[str, typer.Option("--collection", help="Name of the collection.")]
Model = Annotated[str, typer.Option("--model", help="Name of a model, or its folder.")]


@embeddings.command("list")
def list_generations(
    collection: Annotated[str | None, typer.Option("--collection")] = None, as_json: Json = False
) -> None:
    """List the index that each collection uses, and those built or kept beside it."""
    with readable_errors():
        found = services().collections.list_all(SYSTEM)
        if collection is not None:
            wanted = collection_named(collection)
            found = [one for one in found if one.id == wanted]
        rows = [
            {"collection": one.name, **_fields(generation)}
            for one in found
            for generation in services().reembedding.generations(SYSTEM, one.id)
        ]
        emit_table(rows, as_json=as_json)


@embeddings.command()
def build(collection: Name, model: Model, as_json: Json = False) -> None:
    """Build an index with another model while the current one stays in use. Can be repeated."""
    with readable_errors():
        collection_id = collection_named(collection)
        _start(collection_id, model)
        _follow(collection_id)
        generation = _candidate(collection_id)
        emit_table([{"collection": collection, **_fields(generation)}], as_json=as_json)


@embeddings.command()
def compare(collection: Name, as_json: Json = False) -> None:
    """Ask the same questions of the current index and of the new one."""
    with readable_errors():
        generation = _candidate(collection_named(collection))
        found = services().reembedding.compare(SYSTEM, generation.id)
        rows = [
            {"index": "live", "model": found.live_model, **_measures(found.live)},
            {"index": "built", "model": generation.embedding_model, **_measures(found.candidate)},
        ]
        emit_table(rows, as_json=as_json)
        say(
            f"{found.cases} questions ({found.questions}): the new index answers {found.better} "
            f"better and {found.worse} worse."
        )


@embeddings.command()
def accept(collection: Name, as_json: Json = False) -> None:
    """Use the new index for answers; the previous one is kept for a roll-back."""
    with readable_errors(), services().worker.exclusive():
        generation = _candidate(collection_named(collection))
        done = services().reembedding.accept(SYSTEM, generation.id)
        emit_table([{"collection": collection, **_fields(done)}], as_json=as_json)


@embeddings.command("roll-back")
def roll_back(collection: Name, as_json: Json = False) -> None:
    """Use the previous index for answers again."""
    with readable_errors(), services().worker.exclusive():
        done = services().reembedding.roll_back(SYSTEM, collection_named(collection))
        emit_table([{"collection": collection, **_fields(done)}], as_json=as_json)


@embeddings.command()
def discard(
    collection: Name,
    number: Annotated[
        int | None,
        typer.Option("--number", help="Number of the index; the default is the one being built."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Delete an index that is not in use, with its vectors."""
    with readable_errors(), services().worker.exclusive():
        collection_id = collection_named(collection)
        generation = _candidate(collection_id) if number is None else _one(collection_id, number)
        services().reembedding.discard(SYSTEM, generation.id)
        emit_table([{"collection": collection, "discarded": generation.number}], as_json=as_json)


def _start(collection_id: str, model: str) -> None:
    """Start the build; do nothing if this model is being built already."""
    for one in services().reembedding.generations(SYSTEM, collection_id):
        if one.state is GenerationState.BUILDING and one.embedding_model == model:
            return
    services().reembedding.start(SYSTEM, collection_id, model)


def _follow(collection_id: str) -> None:
    """Build here, or wait for the app that owns the indexes."""
    generation = _candidate(collection_id)
    with progress() as bar:
        task = bar.add_task(generation.embedding_model, total=generation.passages_total or None)
        for done in _progress(generation):
            bar.update(task, completed=done)


def _progress(generation: IndexGeneration) -> Iterator[int]:
    with ExitStack() as stack:
        try:
            stack.enter_context(services().worker.exclusive())
        except ConfigurationError:
            yield from _progress_elsewhere(generation)
        else:
            yield from services().reembedding.run(generation.id)


def _progress_elsewhere(generation: IndexGeneration) -> Iterator[int]:
    """Return the progress of an app that owns the indexes and builds this one."""
    now = generation
    while now.state is GenerationState.BUILDING:
        yield now.passages_done
        time.sleep(POLL_SECONDS)
        now = _one(generation.collection_id, generation.number)
    if now.state is GenerationState.FAILED:
        raise ConfigurationError(now.reason)


def _candidate(collection_id: str) -> IndexGeneration:
    waiting = (GenerationState.BUILDING, GenerationState.BUILT, GenerationState.FAILED)
    for one in services().reembedding.generations(SYSTEM, collection_id):
        if one.state in waiting:
            return one
    raise NotFound("There is no new index. Build one with: sandbox_cli.py embeddings build")


def _one(collection_id: str, number: int) -> IndexGeneration:
    for one in services().reembedding.generations(SYSTEM, collection_id):
        if one.number == number:
            return one
    raise InvalidInput(f"This collection has no index {number}.")


def _fields(one: IndexGeneration) -> dict[str, object]:
    return {
        "number": one.number,
        "state": one.state.value,
        "model": one.embedding_model,
        "dimension": one.embedding_dimension,
        "passages_done": one.passages_done,
        "passages_total": one.passages_total,
        "reason": one.reason,
    }


def _measures(measures: IndexMeasures) -> dict[str, object]:
    return {
        "ndcg@10": round(measures.ndcg, 4),
        "recall@10": round(measures.recall, 4),
        "mrr@10": round(measures.reciprocal_rank, 4),
        "median_ms": round(measures.median_ms, 1),
        "megabytes": round(measures.size_bytes / 1e6, 2),
    }
