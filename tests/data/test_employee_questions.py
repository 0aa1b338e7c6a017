"""The employee questions can be answered from the sample documents, or cannot, as they claim."""

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from evaluation.datasets import SHIPPED, SHIPPED_NAMES, load_shipped
from ingestion.files.archives import UploadLimits
from ingestion.files.validation import validate
from ingestion.parsers.registry import parser_for

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
DEV, HELD_OUT = HALVES = ("employees_dev", "employees_held_out")

ANSWERABLE = {
    "everyday": 14,
    "keywords": 14,
    "typo": 12,
    "paraphrase": 20,
    "two_in_one": 10,
    "follow_up": 12,
    "interval": 13,
    "table": 10,
}
UNANSWERABLE = {
    "unknown_topic": 7,
    "missing_fact": 10,
    "wrong_entity": 7,
    "wrong_number": 6,
    "other_company": 5,
    "personal_data": 5,
    "false_premise": 5,
}
ASKS = {
    "who",
    "what",
    "which",
    "when",
    "where",
    "how_much",
    "how_many",
    "how_long",
    "yes_no",
    "must_do",
}


@cache
def records(name: str) -> list[dict[str, Any]]:  # Any: JSON
    lines = (SHIPPED / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def both_halves() -> list[dict[str, Any]]:  # Any: JSON
    return [record for name in HALVES for record in records(name)]


def evidence(name: str) -> list[tuple[str, int, str]]:
    items = (item for record in records(name) for item in record["evidence"])
    return [(item["document"], item["page"], item["quote"]) for item in items]


@cache
def pages_of(document: str) -> dict[int, str]:
    content = (SAMPLES / document).read_bytes()
    parse = parser_for(validate(document, content, UploadLimits()))
    return {page.number: plain(page.text) for page in parse(content, document).pages}


def plain(text: str) -> str:
    """Join the words on one line, without the signs between table cells."""
    return " ".join(text.replace("|", " ").split())


def asked(record: dict[str, Any]) -> str:  # Any: JSON
    """The words of a question with what was said before, without case and punctuation."""
    said = " ".join([*(turn["content"] for turn in record["history"]), record["text"]])
    return " ".join(words(said))


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


@pytest.mark.parametrize("name", HALVES)
def test_a_half_is_loaded_under_its_name(name: str) -> None:
    dataset = load_shipped(name)

    assert (dataset.name, len(dataset.cases)) == (name, 75)


@pytest.mark.parametrize(
    ("document", "page", "quote"), [item for name in HALVES for item in evidence(name)]
)
def test_every_quote_is_on_its_page(document: str, page: int, quote: str) -> None:
    assert plain(quote) in pages_of(document)[page]


def test_ids_are_unique_across_all_shipped_questions() -> None:
    ids = Counter(record["_id"] for name in SHIPPED_NAMES for record in records(name))

    assert [i for i, count in ids.items() if count > 1] == []


def test_no_question_is_asked_twice_in_all_shipped_questions() -> None:
    questions = Counter(asked(record) for name in SHIPPED_NAMES for record in records(name))

    assert [question for question, count in questions.items() if count > 1] == []


def test_no_quote_answers_questions_of_both_halves() -> None:
    assert set(evidence(DEV)) & set(evidence(HELD_OUT)) == set()


def test_there_are_as_many_questions_of_each_kind_as_documented() -> None:
    assert Counter(record["type"] for record in both_halves()) == ANSWERABLE | UNANSWERABLE


def test_the_halves_differ_by_at_most_one_question_of_a_kind() -> None:
    dev, held_out = (Counter(record["type"] for record in records(name)) for name in HALVES)

    assert [kind for kind in dev if abs(dev[kind] - held_out[kind]) > 1] == []
    assert sum(dev[kind] for kind in UNANSWERABLE) == 22
    assert sum(held_out[kind] for kind in UNANSWERABLE) == 23


def test_questions_have_evidence_exactly_where_their_kind_can_be_answered() -> None:
    for record in both_halves():
        expected = record["type"] in ANSWERABLE
        assert (record["answerable"], bool(record["evidence"])) == (expected, expected), record


def test_two_questions_in_one_need_two_pieces_of_evidence() -> None:
    pieces = [len(r["evidence"]) for r in both_halves() if r["type"] == "two_in_one"]

    assert set(pieces) == {2}


def test_a_paraphrase_shares_at_most_one_longer_word_with_its_evidence() -> None:
    for record in both_halves():
        if record["type"] == "paraphrase":
            quoted = words(" ".join(item["quote"] for item in record["evidence"]))
            shared = set(words(record["text"])) & set(quoted)
            assert len([word for word in shared if len(word) >= 5]) <= 1, record["_id"]


def test_follow_ups_have_a_history_that_ends_with_an_answer() -> None:
    for record in both_halves():
        roles = [turn["role"] for turn in record["history"]]
        assert roles == ["user", "assistant"] * (len(roles) // 2), record["_id"]
        assert roles or record["type"] != "follow_up", record["_id"]


def test_every_question_says_what_it_asks_for() -> None:
    assert {tag for record in both_halves() for tag in record["tags"]} == ASKS
    assert all(len(record["tags"]) == 1 for record in both_halves())


def test_every_document_answers_a_question() -> None:
    named = {document for name in HALVES for document, _, _ in evidence(name)}

    assert named == {path.name for path in SAMPLES.iterdir()}
