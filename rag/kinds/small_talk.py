"""Replies to small talk, and to questions about the sandbox itself."""

from typing import Literal, assert_never

from rag.kinds.recognition import Kind
from rag.kinds.reply import Reply, items

TalkKind = Literal[Kind.GREETING, Kind.THANKS, Kind.GOODBYE, Kind.IDENTITY, Kind.HELP]

GREETING = (
    "Hello. Ask me about the company's documents: I look them up for you, and show where each "
    "statement is found."
)
THANKS = "You are welcome. Ask me again whenever you need something from the documents."
GOODBYE = "Goodbye. Ask me again whenever you need something from the documents."
IDENTITY = (
    "I am the GenAI Sandbox, a program and not a person. I answer questions from the documents "
    "that you can access, and show where each statement is found. If the documents do not answer a "
    "question, I say so."
)
WITH_MODEL = "My answers are written by the language model {name}, from the passages that I find."
WITHOUT_MODEL = (
    "No language model is configured, so my answers are passages of the documents, word for word."
)
HELP = "This is what I can do for you:"
ABILITIES = [
    "Answer a question from the documents that you can access, and show where each statement is "
    "found.",
    "Understand a follow-up question, so that you need not repeat yourself.",
    "Say so if the documents do not answer, and pass your question on to somebody who may know.",
    "Tell you what you can ask about: “What documents do you have?”",
    "Find every document that mentions a word: “Which documents mention …?”",
    "Outline a document, and say what changed in it: “Summarise …”, “What changed in …?”",
    "List, compare and explain: “List all …”, “Compare … and …”, “What does … stand for?”",
]
ADVICE = "Ask in whole sentences. I know nothing beyond the documents."


def small_talk(kind: TalkKind, model_name: str | None) -> Reply:
    """Return a few friendly sentences; no document is looked at for them."""
    match kind:
        case Kind.GREETING:
            return Reply(GREETING)
        case Kind.THANKS:
            return Reply(THANKS)
        case Kind.GOODBYE:
            return Reply(GOODBYE)
        case Kind.IDENTITY:
            writer = WITH_MODEL.format(name=model_name) if model_name else WITHOUT_MODEL
            return Reply(f"{IDENTITY}\n\n{writer}")
        case Kind.HELP:
            return Reply(f"{HELP}\n\n{items(ABILITIES)}\n\n{ADVICE}")
        case _:
            assert_never(kind)
