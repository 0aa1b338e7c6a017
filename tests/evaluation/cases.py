"""Cases, answers and runs for the tests, with what a test does not care about filled in."""

from collections.abc import Mapping

from core.domain.answers import (
    Answer,
    AnswerSentence,
    AnswerStatus,
    Citation,
    RetrievedChunk,
    Support,
)
from core.domain.clock import now
from core.domain.knowledge import Chunk
from evaluation.datasets import Case, Evidence
from evaluation.runs import CaseResult, Run

LEAVE = "Every parent gets 90 working days of parental leave per child."
PAGE = f"Parental leave\n\n{LEAVE} It is paid."
EVIDENCE = Evidence("leave.pdf", 1, LEAVE)
CASE = Case("c1", "How many days of parental leave do I get?", evidence=(EVIDENCE,))
UNANSWERABLE = Case("c2", "Who won the world cup?", kind="unanswerable")


def citation(
    quote: str = LEAVE, *, document: str = "leave.pdf", page: int = 1, number: int = 1
) -> Citation:
    return Citation(number, "d", "v", document, document, None, page, quote, chunk_id=number)


def answer(text: str = f"{LEAVE} [1]", *citations: Citation, supported: bool = True) -> Answer:
    support = Support.SUPPORTED if supported else Support.UNSUPPORTED
    return Answer(
        text,
        AnswerStatus.COMPLETE,
        abstained=False,
        engine="passages",
        citations=citations,
        sentences=(AnswerSentence(text.replace(" [1]", ""), support, (1,)),),
    )


def abstention(*nearest: Citation) -> Answer:
    return Answer("Not found.", AnswerStatus.COMPLETE, True, "passages", nearest=nearest)


def hit(
    text: str = LEAVE, *, document: str = "leave.pdf", page: int = 1, external_id: str | None = None
) -> RetrievedChunk:
    chunk = Chunk(1, "c", "d", "v", document, document, external_id, 0, text, 0, page, page)
    return RetrievedChunk(chunk, 1.0)


def page_text(found: Citation) -> str | None:
    """The one page there is."""
    return PAGE if (found.file_name, found.page) == ("leave.pdf", 1) else None


def result(case_id: str, *, kind: str = "", error: str = "", **values: float) -> CaseResult:
    return CaseResult(case_id, kind, f"Question {case_id}?", values, error=error)


def run_of(*results: CaseResult, dataset: str = "mine", run_id: str = "r") -> Run:
    configuration: Mapping[str, str] = {"engine": "passages"}
    return Run(run_id, dataset, "0" * 64, now(), now(), configuration, results)


def rights(*values: float, run_id: str = "r") -> Run:
    """A run with these values of `right` for the cases 0, 1, 2 …"""
    return run_of(*(result(str(i), right=v) for i, v in enumerate(values)), run_id=run_id)
