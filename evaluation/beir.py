"""Reads retrieval datasets in the layout of BEIR (Thakur et al., 2021).

A folder has `queries.jsonl` (`_id`, `text`, perhaps `history`) and judgements in `qrels.tsv` or
`qrels/test.tsv` (query id, document id, grade; with or without a header). `corpus.jsonl` beside
them is for `sandbox_cli.py ingest`; it is not needed here.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from core.errors import InvalidInput
from evaluation.datasets import Case, Dataset, Kind, read_records, read_turns

QRELS = ("qrels.tsv", "qrels/test.tsv")


def load_beir(folder: Path) -> Dataset:
    """Load one case for each query with a relevant document; others cannot be scored.

    Raises InvalidInput if the folder has another layout.
    """
    grades = _grades(_file(folder, *QRELS))
    cases = tuple(_cases(_file(folder, "queries.jsonl"), grades))
    if not cases:
        raise InvalidInput(f"{folder.name} has no query with a relevant document.")
    return Dataset(folder.name, cases)


def _file(folder: Path, *names: str) -> Path:
    path = next((folder / name for name in names if (folder / name).is_file()), None)
    if path is None:
        raise InvalidInput(f"The folder {folder.name} has no {' and no '.join(names)}.")
    return path


def _cases(path: Path, grades: Mapping[str, Mapping[str, int]]) -> Iterator[Case]:
    for location, record in read_records(path):
        if "_id" not in record or "text" not in record:
            raise InvalidInput(f"{location}: a query needs “_id” and “text”.")
        case_id = str(record["_id"])
        if case_id in grades:
            history = read_turns(location, record.get("history") or [])
            yield Case(
                case_id,
                str(record["text"]),
                Kind.RETRIEVAL,
                history=history,
                relevant=grades[case_id],
            )


def _grades(path: Path) -> dict[str, dict[str, int]]:
    """Return grades > 0 by query and document."""
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    with path.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.reader(lines, delimiter="\t"), start=1):
            if row and not (number == 1 and not _is_grade(row[-1])):
                query, document, grade = _judgement(f"{path.name}, line {number}", row)
                if grade > 0:
                    grades[query][document] = grade
    return dict(grades)


def _judgement(location: str, row: list[str]) -> tuple[str, str, int]:
    """Read query, document and grade; TREC's four columns have an unused one second."""
    if len(row) not in (3, 4) or not _is_grade(row[-1]):
        raise InvalidInput(f"{location}: a judgement needs a query id, a document id and a grade.")
    return row[0], row[-2], int(row[-1])


def _is_grade(text: str) -> bool:
    return text.strip().lstrip("-").isdigit()
