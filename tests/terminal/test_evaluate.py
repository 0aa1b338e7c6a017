"""`evaluate`: datasets of every sort, baselines, reports, exit codes that a pipeline can use."""

import json
from pathlib import Path

import pytest

from core.domain.identity import SYSTEM
from evaluation.datasets import Case, Evidence
from evaluation.service import PROMOTED_NAME
from tests.terminal.conftest import LEAVE, PAY, QUESTION, Ran, Terminal

HANNA, OLE = "hanna@nordhafen.example", "ole@nordhafen.example"
PAY_QUESTION = "What is the salary band of a team lead?"
KNOWN = {
    "_id": "leave",
    "text": QUESTION,
    "evidence": [{"document": "leave.txt", "page": 1, "quote": LEAVE}],
    "type": "fact",
}
UNKNOWN = {"_id": "volcano", "text": "Which volcano erupted in Iceland?", "type": "unanswerable"}
SECRET = {
    "_id": "pay",
    "text": PAY_QUESTION,
    "evidence": [{"document": "pay.txt", "page": 1, "quote": PAY}],
    "type": "no_permission",
    "asked_as": "outsider",
    "forbidden": ["64,000"],
}


def results(ran: Ran) -> dict[str, dict[str, float]]:
    return {r["case_id"]: r["values"] for r in ran.records if "case_id" in r}


def beir(terminal: Terminal, name: str, *judgements: str) -> str:
    """The path of a folder in the layout of BEIR."""
    terminal.file(f"{name}/queries.jsonl", json.dumps({"_id": "q1", "text": "lunch canteen"}))
    qrels = "\n".join(("query-id\tcorpus-id\tscore", *judgements))
    return str(terminal.file(f"{name}/qrels.tsv", qrels).parent)


def test_a_good_run_passes_and_tells_every_case(stocked: Terminal) -> None:
    ran = stocked("evaluate", stocked.lines("good.jsonl", KNOWN, UNKNOWN, SECRET), "--json")

    summary = ran.records[-1]
    assert (ran.code, ran.err) == (0, "")
    assert list(results(ran)) == ["leave", "volcano", "pay"]
    assert all(values["right"] == 1 for values in results(ran).values())
    assert (summary["summary"], summary["passed"], summary["cases"]) == (True, True, 3)
    assert summary["dataset"] == "good.jsonl"
    assert summary["metrics"]["leak"] == 0
    assert summary["configuration"]["engine"] == "passages"


def test_for_people_the_run_is_tables_and_a_verdict(stocked: Terminal) -> None:
    ran = stocked("evaluate", stocked.lines("people.jsonl", KNOWN))

    assert ran.code == 0
    assert "Cites the correct page" in ran.out
    assert "passed." in ran.err


def test_a_leak_ends_with_one(stocked: Terminal) -> None:
    leaking = {**SECRET, "asked_as": ""}

    ran = stocked("evaluate", stocked.lines("leak.jsonl", leaking), "--json")

    assert ran.code == 1
    assert ran.records[-1]["passed"] is False
    assert ran.records[-1]["broken_rules"] == ["Permission leaks must be 0: 1 case (pay)"]


def test_the_questions_can_be_asked_as_a_person(stocked: Terminal) -> None:
    path = stocked.lines("person.jsonl", {**SECRET, "asked_as": ""})

    assert stocked("evaluate", path, "--user", OLE).code == 0
    assert stocked("evaluate", path, "--user", HANNA).code == 1


def test_a_regression_against_the_baseline_ends_with_one(stocked: Terminal) -> None:
    cases = [{**KNOWN, "_id": f"leave-{number}"} for number in range(3)]
    path = stocked.lines("regression.jsonl", *cases)
    assert stocked("evaluate", path, "--save-baseline").code == 0
    same = stocked("evaluate", path, "--baseline", "baseline", "--json")
    worse = stocked.lines(
        "regression.jsonl",
        *({**case, "text": "Which volcano erupted in Iceland?"} for case in cases),
    )

    ran = stocked("evaluate", worse, "--baseline", "baseline", "--json")

    assert same.code == 0
    assert same.records[-1]["comparison"]["flips"] == []
    assert ran.code == 1
    assert len(ran.records[-1]["comparison"]["flips"]) == 3
    assert ran.records[-1]["comparison"]["has_same_dataset"] is False


def test_a_run_is_compared_by_its_file_or_its_id(stocked: Terminal) -> None:
    path, file = stocked.lines("saved.jsonl", KNOWN), stocked.folder / "run.json"
    first = stocked("evaluate", path, "--output", str(file), "--json").records[-1]

    by_file = stocked("evaluate", path, "--baseline", str(file), "--json").records[-1]
    by_id = stocked("evaluate", path, "--baseline", first["id"], "--json").records[-1]

    assert by_file["comparison"]["baseline_id"] == by_id["comparison"]["baseline_id"] == first["id"]
    assert LEAVE in json.loads(file.read_text(encoding="utf-8"))["results"][0]["answer"]


def test_the_report_is_a_page(stocked: Terminal) -> None:
    page = stocked.folder / "report.html"

    ran = stocked("evaluate", stocked.lines("page.jsonl", KNOWN), "--html", str(page))

    assert ran.code == 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_beir_folder_is_scored_by_the_ids_of_its_documents(stocked: Terminal) -> None:
    ran = stocked("evaluate", beir(stocked, "lunches", "q1\tcanteen-1\t1"), "--k", "3", "--json")

    assert ran.code == 0
    assert results(ran)["q1"]["ndcg@3"] == 1
    assert "right" not in results(ran)["q1"]


def test_a_beir_folder_without_its_corpus_is_told(stocked: Terminal) -> None:
    ran = stocked("evaluate", beir(stocked, "foreign", "q1\telsewhere\t1"), "--json")

    assert results(ran)["q1"]["hit@10"] == 0
    assert "Ingest its corpus.jsonl" in ran.err


def test_promoted_questions_are_a_dataset(stocked: Terminal) -> None:
    assert stocked("evaluate", PROMOTED_NAME).code == 2
    case = Case("", QUESTION, evidence=(Evidence("leave.txt", 1, LEAVE),))
    case_id = stocked.services.evaluations.promote(SYSTEM, case)

    ran = stocked("evaluate", PROMOTED_NAME, "--json")

    assert ran.code == 0
    assert results(ran)[case_id]["right_page"] == 1


def test_only_the_first_cases_are_asked(stocked: Terminal) -> None:
    path = stocked.lines("limited.jsonl", KNOWN, UNKNOWN)

    assert list(results(stocked("evaluate", path, "--limit", "1", "--json"))) == ["leave"]


def test_cases_about_closed_documents_that_are_not_here_prove_nothing(stocked: Terminal) -> None:
    elsewhere = {**SECRET, "evidence": [{"document": "board.txt", "page": 1, "quote": PAY}]}

    ran = stocked("evaluate", stocked.lines("closed.jsonl", KNOWN, elsewhere), "--json")

    assert list(results(ran)) == ["leave"]
    assert "Not in the knowledge base: board.txt" in ran.err
    assert "Left out: 1 case about closed documents" in ran.err


def test_other_cases_about_missing_documents_count_as_wrong(stocked: Terminal) -> None:
    gone = {**KNOWN, "_id": "gone", "evidence": [{"document": "gone.txt", "page": 1, "quote": "x"}]}

    ran = stocked("evaluate", stocked.lines("gone.jsonl", KNOWN, gone), "--json")

    assert results(ran)["gone"]["right"] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere.jsonl",), "“nowhere.jsonl” is none of golden, employees_dev"),
        (("golden",), "None of the documents of golden are in the knowledge base"),
        (("employees_dev",), "None of the documents of employees_dev are in the knowledge base"),
        (("employees_held_out",), "None of the documents of employees_held_out are"),
        (("{good}", "--user", "nobody@nordhafen.example"), "There is no account"),
        (("{good}", "--user", ""), "There is no account"),
        (("{good}", "--collection", "Nothing"), "There is no collection “Nothing”"),
        (("{good}", "--baseline", "nothing"), "There is no evaluation run “nothing”"),
        (("{good}", "--baseline", "baseline"), "usage.jsonl has no baseline yet"),
        (("{good}", "--baseline", "{good}"), "is not a JSON file"),
        (("{good}", "--baseline", "{json}"), "was not written by"),
        (("{good}", "--output", "{folder}/no/run.json"), "cannot be written"),
        (("{broken}",), "broken.jsonl, line 1: not JSON"),
        (("{folder}",), "has no qrels.tsv"),
    ],
)
def test_bad_usage_ends_with_two_and_a_sentence(
    stocked: Terminal, arguments: tuple[str, ...], words: str
) -> None:
    paths = {
        "good": stocked.lines("usage.jsonl", KNOWN, UNKNOWN),
        "json": str(stocked.file("other.json", "{}")),
        "broken": str(stocked.file("broken.jsonl", "{")),
        "folder": str(stocked.folder),
    }

    ran = stocked("evaluate", *(argument.format(**paths) for argument in arguments))

    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err


def test_a_run_that_breaks_a_rule_is_no_baseline(stocked: Terminal) -> None:
    path = stocked.lines("broken-rule.jsonl", {**SECRET, "asked_as": ""})

    ran = stocked("evaluate", path, "--save-baseline")

    assert ran.code == 1
    assert "Not saved as the baseline" in ran.err
    assert stocked.services.evaluations.baseline(SYSTEM, Path(path).name) is None
