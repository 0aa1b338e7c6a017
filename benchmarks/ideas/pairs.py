"""Ideas with paraphrases of some of them, and databases that are filled with ideas."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert

from benchmarks.material.place import ROOT
from core.domain.batches import batched
from core.domain.clock import new_id
from core.domain.ideas.card import IdeaCategory
from core.domain.ideas.titles import title_key
from core.domain.ideas.workflow import IdeaStatus
from core.storage.database import Database
from core.storage.tables import IdeaRow
from ideas.similar.wording import IdeaText

FILE = ROOT / "evaluation/cases/similar_ideas.jsonl"
ROWS_AT_ONCE = 500
STATES = [status.value for status in IdeaStatus if status is not IdeaStatus.DUPLICATE]


@dataclass(frozen=True, slots=True)
class PairedIdea:
    """An idea; `paraphrase` says the same in other words, `is_dev` that it was tuned with."""

    text: IdeaText
    paraphrase: IdeaText | None = None
    is_dev: bool = False


def paired_ideas(path: Path = FILE) -> list[PairedIdea]:
    """Return all ideas of the file, those with a paraphrase first."""
    return [_read(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def recombined(ideas: Sequence[PairedIdea], count: int) -> Iterator[IdeaText]:
    """Yield ideas that put title, problem and proposal of different ideas together."""
    size = len(ideas)
    for number in range(count):
        turn, place = divmod(number, size)
        problem, proposal = (place + 7 * turn) % size, (place + 13 * turn) % size
        yield IdeaText(
            f"{ideas[place].text.title} {turn or ''}".strip(),
            ideas[problem].text.problem,
            ideas[proposal].text.proposal,
        )


def store(database: Database, texts: Sequence[IdeaText]) -> list[str]:
    """Add the ideas in every state but duplicate, numbered from 1, and return their ids."""
    ids = [new_id() for _ in texts]
    rows = [
        {
            "id": id_,
            "number": number,
            "title": text.title,
            "title_key": title_key(text.title),
            "problem": text.problem,
            "proposal": text.proposal,
            "category": IdeaCategory.INTERNAL_OPTIMISATION.value,
            "expected_benefit": "",
            "status": STATES[number % len(STATES)],
        }
        for number, (id_, text) in enumerate(zip(ids, texts, strict=True), start=1)
    ]
    for batch in batched(rows, ROWS_AT_ONCE):
        with database.begin() as session:
            session.execute(insert(IdeaRow), list(batch))
    return ids


def _read(entry: dict[str, object]) -> PairedIdea:
    text = IdeaText(str(entry["title"]), str(entry["problem"]), str(entry["proposal"]))
    said = entry.get("paraphrase")
    if not isinstance(said, dict):
        return PairedIdea(text)
    paraphrase = IdeaText(str(said["title"]), str(said["problem"]))
    return PairedIdea(text, paraphrase, entry["set"] == "dev")
