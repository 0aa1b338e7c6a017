"""`search` and `ask`: shapes of the records, access by groups, and files of questions."""

import pytest

from tests.terminal.conftest import LEAVE, PAY, QUESTION, Ran, Terminal

HANNA, OLE = "hanna@nordhafen.example", "ole@nordhafen.example"
ASKED = "Tell me the working days of parental leave per child"
PAY_QUESTION = "What is the salary band of a team lead?"


def documents(ran: Ran) -> set[str]:
    return {hit["document"] for record in ran.records for hit in record["hits"]}


def test_a_hit_tells_document_chunk_page_score_and_text(stocked: Terminal) -> None:
    ran = stocked("search", "lunch in the canteen", "--json")

    [record] = ran.records
    best = record["hits"][0]
    assert (ran.code, ran.err) == (0, "")
    assert record["_id"] == ""
    assert set(best) == {"document", "external_id", "chunk", "page", "score", "text"}
    assert (best["document"], best["external_id"], best["page"]) == (
        "records.jsonl",
        "canteen-1",
        1,
    )
    assert "4.90 EUR" in best["text"]
    assert isinstance(best["chunk"], int)
    scores = [hit["score"] for hit in record["hits"]]
    assert scores == sorted(scores, reverse=True)


def test_k_limits_the_hits(stocked: Terminal) -> None:
    [record] = stocked("search", "days", "--k", "1", "--json").records

    assert len(record["hits"]) == 1


def test_every_query_of_a_file_has_a_record_in_order(stocked: Terminal) -> None:
    path = stocked.lines(
        "queries.jsonl",
        {"_id": "q1", "text": "parental leave"},
        {"_id": 2, "text": "And for how many days?", "history": [{"role": "user", "text": "Pay"}]},
    )

    ran = stocked("search", "--queries", path, "--json")

    assert [record["_id"] for record in ran.records] == ["q1", "2"]
    assert all(record["hits"] for record in ran.records)
    assert ran.err == ""


def test_a_person_finds_only_what_their_groups_may_read(stocked: Terminal) -> None:
    assert documents(stocked("search", PAY_QUESTION, "--user", HANNA, "--json")) >= {"pay.txt"}
    assert "pay.txt" not in documents(stocked("search", PAY_QUESTION, "--user", OLE, "--json"))


def test_without_a_person_the_operator_searches_everything(stocked: Terminal) -> None:
    assert documents(stocked("search", PAY_QUESTION, "--json")) >= {"pay.txt", "leave.txt"}


def test_an_empty_person_is_nobody_and_never_the_operator(stocked: Terminal) -> None:
    ran = stocked("search", PAY_QUESTION, "--user", "", "--json")

    assert (ran.code, ran.out) == (2, "")


def test_a_chosen_collection_narrows_the_search(stocked: Terminal) -> None:
    ran = stocked("search", QUESTION, "--collection", "Pay", "--json")

    assert documents(ran) == {"pay.txt"}


@pytest.mark.parametrize("collection", ["Pay", "Nothing"])
def test_a_closed_collection_is_as_unknown_as_one_that_does_not_exist(
    stocked: Terminal, collection: str
) -> None:
    ran = stocked("search", PAY_QUESTION, "--user", OLE, "--collection", collection, "--json")

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"There is no collection “{collection}” that this person can read.\n"


def test_hits_for_people_are_lines_and_the_query_a_message(stocked: Terminal) -> None:
    ran = stocked("search", "[/bold] parental leave")

    assert ran.code == 0
    assert ran.err == "[/bold] parental leave\n"
    assert "leave, page 1" in ran.out


def test_an_answer_has_citations_sentences_and_usage(stocked: Terminal) -> None:
    ran = stocked("ask", QUESTION, "--user", OLE, "--json")

    [record] = ran.records
    assert (ran.code, ran.err) == (0, "")
    assert set(record) == {
        *(
            "_id",
            "answer",
            "abstained",
            "level",
            "status",
            "error",
            "engine",
            "fallback",
            "citations",
            "nearest",
        ),
        *("sentences", "usage", "lead", "cards", "parts"),
    }
    assert record["lead"] == LEAVE
    assert record["cards"][0] == {
        "number": 1,
        "document": "leave.txt",
        "page": 1,
        "headings": [],
        "text": LEAVE,
        "highlights": [[0, len(LEAVE)]],
    }
    assert record["citations"][0] == {
        "number": 1,
        "document": "leave.txt",
        "external_id": None,
        "page": 1,
        "quote": LEAVE,
    }
    assert record["sentences"] == [
        {"text": LEAVE, "support": "supported", "citations": [1], "reason": "", "repaired": False}
    ]
    assert (record["abstained"], record["engine"], record["status"]) == (
        False,
        "passages",
        "complete",
    )
    usage = record["usage"]
    assert (usage["input_tokens"], usage["output_tokens"], usage["cost"]) == (0, 0, 0)
    assert (usage["currency"], usage["source"]) == ("EUR", "none")
    assert usage["total_ms"] >= usage["retrieval_ms"] >= 0


def test_a_citation_keeps_the_external_id(stocked: Terminal) -> None:
    [record] = stocked(
        "ask", "What does lunch in the canteen cost?", "--user", OLE, "--json"
    ).records

    assert [c["external_id"] for c in record["citations"]] == ["canteen-1"]


@pytest.mark.parametrize(
    "turns",
    [
        [{"role": "user", "content": ASKED}, {"role": "assistant", "content": "See there."}],
        [{"speaker": "user", "text": ASKED}, {"speaker": "agent", "text": "See there."}],
        [["user", ASKED], ["agent", "See there."]],
    ],
    ids=["messages", "speakers", "pairs"],
)
def test_questions_of_a_file_lean_on_their_history(stocked: Terminal, turns: list[object]) -> None:
    path = stocked.lines(
        "questions.jsonl",
        {"_id": "alone", "text": "And how many are there?"},
        {
            "_id": "follow-up",
            "text": "And how many are there?",
            "history": turns,
        },
    )

    ran = stocked("ask", "--user", OLE, "--questions", path, "--json")

    alone, follow_up = ran.records
    assert ran.code == 0
    assert (alone["_id"], alone["abstained"]) == ("alone", True)
    assert (follow_up["_id"], follow_up["abstained"]) == ("follow-up", False)
    assert follow_up["citations"][0]["quote"] == LEAVE


def test_a_person_without_the_group_gets_an_abstention_and_no_foreign_word(
    stocked: Terminal,
) -> None:
    ran = stocked("ask", PAY_QUESTION, "--user", OLE, "--json")

    [record] = ran.records
    assert ran.code == 0
    assert (record["abstained"], record["level"]) == (True, "none")
    assert (record["citations"], record["sentences"]) == ([], [])
    assert "pay.txt" not in ran.out
    assert "64,000" not in ran.out
    assert PAY in stocked("ask", PAY_QUESTION, "--user", HANNA, "--json").records[0]["answer"]


def test_an_answer_for_people_names_its_sources(stocked: Terminal) -> None:
    ran = stocked("ask", QUESTION, "--user", OLE)

    assert ran.code == 0
    assert f"[1] leave.txt, page 1: “{LEAVE}”" in ran.out


def test_small_talk_and_lists_of_documents_are_talk(stocked: Terminal) -> None:
    hello = stocked("ask", "Hello!", "--user", OLE, "--json").records[0]
    listed = stocked("ask", "What documents do you have?", "--user", OLE, "--json").records[0]
    answered = stocked("ask", QUESTION, "--user", OLE, "--json").records[0]

    assert (hello["level"], hello["engine"], hello["abstained"]) == ("talk", "sandbox", False)
    assert (listed["level"], listed["citations"]) == ("talk", [])
    assert answered["level"] == "answer"


def test_an_unknown_person_is_bad_usage(stocked: Terminal) -> None:
    ran = stocked("ask", QUESTION, "--user", "[/red]@nordhafen.example", "--json")

    assert (ran.code, ran.out) == (2, "")
    assert "There is no account “[/red]@nordhafen.example”." in ran.err


@pytest.mark.parametrize("arguments", [(), ("one", "--questions", "files/none.jsonl")])
def test_one_question_or_a_file_is_needed_and_not_both(
    stocked: Terminal, arguments: tuple[str, ...]
) -> None:
    stocked.file("none.jsonl", "")

    ran = stocked("ask", *arguments, "--user", OLE, "--json")

    assert (ran.code, ran.out) == (2, "")
    assert "either one question or a file" in ran.err


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"text": "a"}\n{"text": \n', "line 2: not JSON"),
        (b'{"text": "a"}\n["b"]\n', "line 2: not a JSON object"),
        (b'{"_id": "1"}\n', "needs a field “text”"),
        (b'{"text": "a", "history": ["b"]}\n', "“history” is a list of objects"),
        (b'{"text": "a", "history": {"role": "user"}}\n', "“history” is a list of objects"),
        (b'{"text": "\xff"}\n', "not a UTF-8 text file"),
    ],
)
def test_a_file_that_is_no_list_of_questions_is_bad_usage(
    stocked: Terminal, content: bytes, reason: str
) -> None:
    path = str(stocked.file("bad.jsonl", content))

    ran = stocked("search", "--queries", path, "--user", OLE, "--json")

    assert ran.code == 2
    assert reason in ran.err
    assert len(ran.out.splitlines()) <= 1


def test_a_folder_of_questions_is_bad_usage(stocked: Terminal) -> None:
    ran = stocked("search", "--queries", str(stocked.folder), "--json")

    assert (ran.code, ran.out) == (2, "")


def test_a_byte_order_mark_and_blank_lines_do_no_harm(stocked: Terminal) -> None:
    line = '{"_id": "ü", "text": "line\u2028separator"}'
    path = str(stocked.file("bom.jsonl", f"\ufeff\n{line}\r\n\n"))

    [record] = stocked("search", "--queries", path, "--json").records

    assert record["_id"] == "ü"
