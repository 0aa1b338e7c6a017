"""Measures what the passage engine shows: `python -m benchmarks.quotes SET ...`.

A set is the name of a shipped dataset, whose evidence is looked for, or a folder. It holds
`corpus.jsonl` and `queries.jsonl` as benchmarks/README.md describes them, its queries with
`answers` (the words that answer, in any of their spellings) or `"answerable": false`.
The same draw of questions is asked every time. Writes benchmarks/results/quotes.md.
"""

import argparse
import json
import random
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.material.place import RESULTS, ROOT, services_in
from bootstrap.services import Services
from core.domain.answers import Answer
from core.domain.identity import SYSTEM
from core.domain.knowledge import Upload
from evaluation.datasets import SHIPPED_NAMES, Case, load_shipped
from evaluation.service import OUTSIDER

SAMPLES = ROOT / "data" / "samples"
SEED = 7
DRAWN = 400
"""Questions with an answer, and as many without one."""
_WORD = re.compile(r"\w+")
_PRONOUN = re.compile(r"\W*(?:he|she|it|they|this|these|those|however)\b", re.IGNORECASE)

HEAD = (
    "| set | questions | answer shown | in lead or first card | in lead or its highlights | words "
    "| starts with a pronoun | not answered | only nearest shown | without an answer "
    "| of those not answered | of those only nearest shown |\n|---|" + "---:|" * 11
)


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question with the words that answer it, none if there are none, and its answer."""

    question: str
    gold: tuple[str, ...]
    answer: Answer

    @property
    def shows_gold(self) -> bool:
        texts = [card.text for card in self.answer.cards]
        return _holds(" ".join((self.answer.lead, *texts)), self.gold)

    @property
    def shows_gold_first(self) -> bool:
        """Whether the lead or the first card holds the answer."""
        texts = [card.text for card in self.answer.cards[:1]]
        return _holds(" ".join((self.answer.lead, *texts)), self.gold)

    @property
    def highlights_gold(self) -> bool:
        """Whether the lead or what is highlighted in the first card holds the answer."""
        texts = [card.text[a:b] for card in self.answer.cards[:1] for a, b in card.highlights]
        return _holds(" ".join((self.answer.lead, *texts)), self.gold)

    @property
    def words(self) -> int:
        return sum(len(card.text.split()) for card in self.answer.cards)

    @property
    def leans_back(self) -> bool:
        """Whether what is highlighted first needs the words before it."""
        return bool(self.answer.citations and _PRONOUN.match(self.answer.citations[0].quote))


def main() -> None:
    """Measure every set and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+")
    parser.add_argument("--drawn", type=int, default=DRAWN, help="questions of each kind")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--wrong", action="store_true", help="print what was not shown")
    parser.add_argument("--output", type=Path, default=RESULTS / "quotes.md")
    options = parser.parse_args()
    rows = []
    for name in options.sets:
        is_shipped = name in SHIPPED_NAMES
        folder = Path(name)
        questions = _shipped(name) if is_shipped else _asked(folder, options.drawn, options.seed)
        rows.append(_row(folder.name, questions))
        print(rows[-1], flush=True)
        if options.wrong:
            _print_wrong(questions)
    text = "# What the passage engine shows\n\n" + "\n".join([HEAD, *rows]) + "\n"
    options.output.write_text(text, encoding="utf-8")


def _asked(folder: Path, drawn: int, seed: int) -> list[AskedQuestion]:
    with tempfile.TemporaryDirectory() as data_folder:
        services = services_in(Path(data_folder))
        collection = services.collections.add(SYSTEM, folder.name, is_open=True)
        upload = Upload("corpus.jsonl", (folder / "corpus.jsonl").read_bytes())
        services.documents.upload(SYSTEM, collection.id, [upload])
        return [_ask(services, record) for record in _draw(folder, drawn, seed)]


def _shipped(name: str) -> list[AskedQuestion]:
    """Return a shipped dataset, asked by an employee in no group about the sample documents."""
    with tempfile.TemporaryDirectory() as data_folder:
        services = services_in(Path(data_folder))
        collection = services.collections.add(SYSTEM, SAMPLES.name, is_open=True)
        uploads = [Upload(path.name, path.read_bytes()) for path in sorted(SAMPLES.iterdir())]
        services.documents.upload(SYSTEM, collection.id, uploads)
        return [_ask_case(services, case) for case in load_shipped(name).cases]


def _ask_case(services: Services, case: Case) -> AskedQuestion:
    gold = tuple(evidence.quote for evidence in case.evidence) if case.is_answerable else ()
    answer = services.chat.answer_once(OUTSIDER, case.text, history=case.history)
    return AskedQuestion(case.text, gold, answer)


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
    """Return the words alone: the cells of a row are apart in one way or another."""
    return " ".join(_WORD.findall(text.casefold()))


def _row(name: str, questions: Sequence[AskedQuestion]) -> str:
    with_answer = [question for question in questions if question.gold]
    without = [question for question in questions if not question.gold]
    answered = [question for question in with_answer if not question.answer.abstained]
    cells = [
        name,
        str(len(with_answer)),
        f"{fmean(question.shows_gold for question in with_answer):.3f}",
        f"{fmean(question.shows_gold_first for question in with_answer):.3f}",
        f"{fmean(question.highlights_gold for question in with_answer):.3f}",
        f"{fmean(question.words for question in answered):.1f}",
        f"{fmean(question.leans_back for question in answered):.3f}",
        f"{fmean(question.answer.abstained for question in with_answer):.3f}",
        f"{fmean(question.answer.is_tentative for question in with_answer):.3f}",
        str(len(without)),
        f"{fmean(question.answer.abstained for question in without):.3f}" if without else "",
        f"{fmean(question.answer.is_tentative for question in without):.3f}" if without else "",
    ]
    return f"| {' | '.join(cells)} |"


def _print_wrong(questions: Sequence[AskedQuestion]) -> None:
    for question in questions:
        if question.gold and not question.shows_gold:
            print(f"{question.question} | {question.gold[0]} | {question.answer.text}")


if __name__ == "__main__":
    main()
