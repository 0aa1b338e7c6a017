"""Datasets are read from JSONL and from the layout of BEIR, and know when they changed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from core.domain.answers import Source, Turn
from core.errors import InvalidInput
from evaluation.beir import load_beir
from evaluation.datasets import AskedAs, Case, Dataset, Evidence, Kind, load_cases, load_golden

RECORD = {
    "_id": "a",
    "text": "And for twins?",
    "type": "follow_up",
    "evidence": [{"document": "leave.pdf", "page": 2, "quote": "30 more days"}],
    "history": [{"role": "user", "content": "How many days?"}, ["assistant", "90."]],
    "forbidden": ["secret"],
    "asked_as": "outsider",
}


def lines(path: Path, *records: object) -> Path:
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), encoding="utf-8")
    return path


def beir(folder: Path, qrels: str, name: str = "qrels.tsv") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(qrels, encoding="utf-8")
    lines(folder / "queries.jsonl", {"_id": "q1", "text": "one"}, {"_id": "q2", "text": "two"})
    return folder


def test_a_case_is_read_with_everything_it_may_have(tmp_path: Path) -> None:
    dataset = load_cases(lines(tmp_path / "mine.jsonl", RECORD))

    assert dataset.name == "mine.jsonl"
    assert dataset.cases == (
        Case(
            "a",
            "And for twins?",
            "follow_up",
            (Evidence("leave.pdf", 2, "30 more days"),),
            (Turn("user", "How many days?"), Turn("assistant", "90.")),
            ("secret",),
            AskedAs.OUTSIDER,
        ),
    )


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"_id": "a"}, "line 1"),
        ([1], "line 1: not a JSON object"),
        ({**RECORD, "history": "hello"}, "“history” is a list"),
        ({**RECORD, "history": [7]}, "“history” is a list"),
        ({**RECORD, "asked_as": "somebody"}, "somebody"),
        ({**RECORD, "evidence": [{"document": "leave.pdf"}]}, "evidence"),
    ],
)
def test_a_line_that_is_no_case_is_named(tmp_path: Path, record: object, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        load_cases(lines(tmp_path / "mine.jsonl", record))


def test_an_id_must_not_stand_twice(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="more than once"):
        load_cases(lines(tmp_path / "mine.jsonl", RECORD, RECORD))


def test_a_file_without_cases_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no cases"):
        load_cases(lines(tmp_path / "mine.jsonl"))


def test_the_hash_follows_the_cases_and_not_the_file(tmp_path: Path) -> None:
    one = load_cases(lines(tmp_path / "one.jsonl", RECORD))
    same = load_cases(lines(tmp_path / "two.jsonl", dict(reversed(RECORD.items()))))
    other = load_cases(lines(tmp_path / "three.jsonl", {**RECORD, "text": "And for triplets?"}))

    assert one.sha256 == same.sha256
    assert one.sha256 != other.sha256


def test_the_hash_is_of_what_was_said_before_and_not_of_what_stood_behind_it() -> None:
    plain = Case("a", "And for twins?", history=(Turn("assistant", "90 days."),))
    sourced = replace(
        plain, history=(Turn("assistant", "90 days.", frozenset({Source("leave", "handbook")})),)
    )

    assert Dataset("d", (plain,)).sha256 == Dataset("d", (sourced,)).sha256
    assert Dataset("d", (plain,)).sha256 != Dataset("d", (replace(plain, history=()),)).sha256


def test_a_part_of_a_dataset_keeps_its_order() -> None:
    dataset = Dataset("d", (Case("1", "a"), Case("2", "b"), Case("3", "c")))

    assert [case.id for case in dataset.first(2).cases] == ["1", "2"]
    assert dataset.first(None) is dataset


def test_the_golden_questions_have_cases_of_every_special_kind() -> None:
    kinds = [case.kind for case in load_golden().cases]

    assert kinds.count(Kind.NO_PERMISSION) == 5
    assert kinds.count(Kind.INJECTION) == 5
    assert kinds.count(Kind.UNANSWERABLE) >= 20


@pytest.mark.parametrize("name", ["qrels.tsv", "qrels/test.tsv"])
def test_beir_queries_are_cases_for_the_search_alone(tmp_path: Path, name: str) -> None:
    folder = beir(tmp_path / "set", "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\n", name)

    dataset = load_beir(folder)

    [case] = dataset.cases
    assert (dataset.name, case.id, case.relevant) == ("set", "q1", {"d1": 2})
    assert case.is_retrieval_only


def test_judgements_may_come_without_header_and_in_four_columns(tmp_path: Path) -> None:
    dataset = load_beir(beir(tmp_path, "q1\t0\td1\t1\nq2\t0\td9\t1\n"))

    assert [dict(case.relevant) for case in dataset.cases] == [{"d1": 1}, {"d9": 1}]


@pytest.mark.parametrize(
    ("qrels", "words"),
    [
        ("q1\td1\t1\nq1\td1\n", "line 2: a judgement needs"),
        ("q1\td1\t1\nq1\td1\tgood\n", "line 2: a judgement needs"),
        ("q9\td1\t1\n", "no query with a relevant document"),
    ],
)
def test_judgements_that_cannot_be_used_are_named(tmp_path: Path, qrels: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        load_beir(beir(tmp_path, qrels))


def test_a_folder_with_another_layout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"no qrels\.tsv"):
        load_beir(tmp_path)
