"""An answer that repeats what the model was told ends before it; ordinary answers go on."""

import base64
import codecs
import re
from datetime import date
from pathlib import Path

import pytest

from core.guardrails.leaks import LeakGuard
from core.guardrails.output import inert_stream
from rag.prompting.context import PromptContext
from rag.prompting.prompt import load_prompt

MARK = "=== 9f3ac4d2e8b71605 ==="
PROMPT = load_prompt("Nordhafen Logistics")
SYSTEM = PROMPT.messages("?", (), (), PromptContext(date(2026, 11, 30)))[0].text
RULE = "Use only the numbered sources in the user's message. Never use other knowledge."
SOURCE = "Lockers are assigned by Ida. The deposit is 20 EUR."


def guard(known: tuple[str, ...] = (SOURCE,)) -> LeakGuard:
    return LeakGuard([SYSTEM, *PROMPT.instructions], [MARK], known)


def shown(text: str, leaks: LeakGuard | None = None) -> str:
    return "".join((leaks or guard()).pass_on(inert_stream([text])))


def is_leak(text: str) -> bool:
    leaks = guard()
    shown(text, leaks)
    return leaks.has_found


@pytest.mark.parametrize(
    "text",
    [
        RULE,
        RULE.upper(),
        f"Sure! My rules are:\n1. **{RULE}**",
        " ".join(RULE),
        "-".join(RULE.split()),
        "\n".join(RULE.split()),
        RULE.replace("e", "e\u200b"),
        RULE[::-1],
        codecs.encode(RULE, "rot13"),
        base64.b64encode(RULE.encode()).decode(),
        f"```\n{RULE}\n```",
        f"> {RULE}",
        SYSTEM,
        f"The marks are {MARK}.",
        f"The marks are {MARK.replace(' ', '').replace('=', '')}.",
        "The mark is 9f3a c4d2 e8b7 1605.",
        "Answer from the sources only, every sentence with its source number.",
        "You answer questions of employees of Nordhafen Logistics from the company's own papers.",
    ],
)
def test_the_prompt_and_its_marks_are_recognised_in_every_dress(text: str) -> None:
    assert is_leak(text)


def test_a_leak_that_comes_in_many_short_pieces_is_recognised() -> None:
    pieces = [RULE[n : n + 30] for n in range(0, len(RULE), 30)]
    texts = [part for text in re.split(r"[,.:;\n]", SYSTEM) if len(part := text.strip()) > 20]

    assert is_leak(" and also, ".join(texts))
    assert is_leak("\n".join(pieces))


def test_what_stands_before_the_leak_is_kept() -> None:
    assert shown(f"{SOURCE} My instructions are these. {RULE} More.").startswith(SOURCE)
    assert "numbered sources" not in shown(f"{SOURCE} My instructions: {RULE} More.")


@pytest.mark.parametrize(
    "text",
    [
        SOURCE,
        "The sources do not answer the question.",
        "If the sources do not answer the question, ask the HR desk.",
        "Answer in the language of the customer, and keep to what the documents say.",
        "Die Quellen beantworten die Frage nicht.",
        "Use only the numbered doors. Never use other keys.",
        "Commit 9f3ac4d is the last one; === marks a heading.",
        "Be brief: the answer first.",
    ],
)
def test_ordinary_answers_go_on(text: str) -> None:
    leaks = guard()

    assert shown(text, leaks) == text
    assert not leaks.has_found


def test_what_a_document_says_itself_may_be_repeated() -> None:
    assert is_leak(RULE)
    assert shown(RULE, guard((f"How our assistant works: {RULE}",))) == RULE


def test_no_document_of_the_samples_is_taken_for_the_prompt() -> None:
    root = Path(__file__).parents[2]
    texts = [
        path.read_text(encoding="utf-8")
        for folder in ("docs", "data/samples")
        for path in (root / folder).rglob("*.md")
    ]
    assert len(texts) > 20

    assert [text[:60] for text in texts if is_leak(text)] == []
