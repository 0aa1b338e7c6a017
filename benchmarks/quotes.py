"""Measures what the passage engine quotes: `python -m benchmarks.quotes FOLDER ...`.

Each folder holds `corpus.jsonl` and `queries.jsonl` as benchmarks/README.md describes them, its
queries with `answers` (the words that answer, in any of their spellings) or `"answerable": false`.
The same draw of questions is asked every time. Writes benchmarks/results/quotes.md.
"""

import argparse
import json
import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.material.place import RESULTS, services_in
from bootstrap.services import Services
from core.domain.answers import Answer
from core.domain.identity import SYSTEM
from core.domain.knowledge import Upload

SEED = 7
DRAWN = 400
"""Questions with an answer, and as many without one."""

HEAD = (
    "| set | questions | answer shown | answer shown first | words | not answered "
    "| without an answer | of those not answered |\n|---|---:|---:|---:|---:|---:|---:|---:|"
)


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question with the words that answer it, none if there are none, and its answer."""

    question: str
    gold: tuple[str, ...]
    answer: Answer

    @property
    def shows_gold(self) -> bool:
        return _holds(" ".join(c.quote for c in self.answer.citations), self.gold)

    @property
    def shows_gold_first(self) -> bool:
        return _holds(next((c.quote for c in self.answer.citations), ""), self.gold)

    @property
    def words(self) -> int:
        return sum(len(citation.quote.split()) for citation in self.answer.citations)


def main() -> None:
    """Measure every set and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--drawn", type=int, default=DRAWN, help="questions of each kind")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--wrong", action="store_true", help="print what was not shown")
    parser.add_argument("--output", type=Path, default=RESULTS / "quotes.md")
    options = parser.parse_args()
    rows = []
    for folder in options.folders:
        questions = _asked(folder, options.drawn, options.seed)
        rows.append(_row(folder.name, questions))
        print(rows[-1], flush=True)
        if options.wrong:
            _print_wrong(questions)
    text = "# What the passage engine quotes\n\n" + "\n".join([HEAD, *rows]) + "\n"
    options.output.write_text(text, encoding="utf-8")


def _asked(folder: Path, drawn: int, seed: int) -> list[AskedQuestion]:
    with tempfile.TemporaryDirectory() as data_folder:
        services = services_in(Path(data_folder))
        collection = services.collections.add(SYSTEM, folder.name, is_open=True)
        upload = Upload("corpus.jsonl", (folder / "corpus.jsonl").read_bytes())
        services.documents.upload(SYSTEM, collection.id, [upload])
        return [_ask(services, record) for record in _draw(folder, drawn, seed)]


def _draw(folder: Path, drawn: int, seed: int) -> list[dict[str, Any]]:
    with (folder / "queries.jsonl").open(encoding="utf-8") as lines:
        records = list(map(json.loads, lines))
    with_answer = [record for record in records if record.get("answers")]
    without = [record for record in records if record.get("answerable") is False]
    rng = random.Random(seed)
    return [
        record
        for kind in (with_answer, without)
        for record in rng.sample(kind, min(drawn, len(kind)))
    ]


def _ask(services: Services, record: dict[str, Any]) -> AskedQuestion:
    is_answerable = record.get("answerable") is not False
    gold = tuple(record.get("answers") or ()) if is_answerable else ()
    return AskedQuestion(record["text"], gold, services.chat.answer_once(SYSTEM, record["text"]))


def _holds(text: str, gold: Sequence[str]) -> bool:
    plain = _plain(text)
    return any(_plain(words) in plain for words in gold)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _row(name: str, questions: Sequence[AskedQuestion]) -> str:
    with_answer = [question for question in questions if question.gold]
    without = [question for question in questions if not question.gold]
    cells = [
        name,
        str(len(with_answer)),
        f"{fmean(question.shows_gold for question in with_answer):.3f}",
        f"{fmean(question.shows_gold_first for question in with_answer):.3f}",
        f"{fmean(question.words for question in with_answer if not question.answer.abstained):.1f}",
        f"{fmean(question.answer.abstained for question in with_answer):.3f}",
        str(len(without)),
        f"{fmean(question.answer.abstained for question in without):.3f}" if without else "",
    ]
    return f"| {' | '.join(cells)} |"


def _print_wrong(questions: Sequence[AskedQuestion]) -> None:
    for question in questions:
        if question.gold and not question.shows_gold:
            print(f"{question.question} | {question.gold[0]} | {question.answer.text}")


if __name__ == "__main__":
    main()
