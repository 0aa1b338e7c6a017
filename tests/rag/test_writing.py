"""What of a language model's reply is shown: never a thought or the prompt, not for a moment."""

import json
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from core.domain.answers import Answer, AnswerStatus, UsageSource
from core.domain.identity import Role, User
from core.models.chat import ChatEndpoint, ChatLimits, OpenAICompatibleChat
from core.storage.tables import ModelCallRow
from rag.answering.pipeline import NOT_IN_DOCUMENTS
from rag.prompting.prompt import ABSTENTION
from rag.service import Chat
from rag.writing.events import AnswerEvent, AnswerFinished, TextAdded, TextWithdrawn
from rag.writing.opening import looks_like_a_thought, opened
from rag.writing.sentinel import SentinelGuard
from rag.writing.wrapping import unwrapped
from tests.rag.conftest import Knowledge, price_of_fake_models
from tools.trial.provider import FakeProvider, Recorded, Reply

LEAVE = "Every parent gets 90 working days of parental leave per child."
TWINS = "Twins add 30 working days of parental leave."
QUESTION = "How many working days of parental leave does a parent get per child?"
CITED = f"{LEAVE} [1]"
INSIDE = f"{LEAVE.rstrip('.')} [1]."
THOUGHT = (
    "Okay, the user asks about leave. Passage 2 says [2] that twins add more. I keep that back."
)


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(Reply(CITED)) as running:
        yield running


@pytest.fixture
def anna(knowledge: Knowledge) -> User:
    handbook = knowledge.collection("Handbook", is_open=True)
    knowledge.document(handbook, "Parental leave", LEAVE, TWINS)
    with knowledge.database.begin() as session:
        session.add(price_of_fake_models())
    return knowledge.person("anna")


@pytest.fixture
def chat(knowledge: Knowledge, provider: FakeProvider) -> Chat:
    return chat_with(knowledge, provider)


def chat_with(knowledge: Knowledge, provider: FakeProvider, model: str = "fake-1") -> Chat:
    limits = ChatLimits(timeout_s=2, max_retries=0, max_output_tokens=100)
    endpoint = ChatEndpoint(provider.base_url, model, "sk", "local")
    return knowledge.chat(OpenAICompatibleChat(endpoint, limits))


def in_pieces(pieces: Sequence[str], finish: str = "stop") -> Reply:
    choices: list[dict[str, object]] = [
        {"index": 0, "delta": {"content": piece}, "finish_reason": None} for piece in pieces
    ]
    choices.append({"index": 0, "delta": {}, "finish_reason": finish})
    events = (json.dumps({"model": "fake-1", "choices": [choice]}) for choice in choices)
    return Reply(raw="".join(f"data: {event}\n\n" for event in events).encode())


def ask(chat: Chat, user: User) -> tuple[Answer, str]:
    """The answer, and everything that was on the screen at any time."""
    events: list[AnswerEvent] = list(chat.ask(user, QUESTION))
    last = events[-1]
    assert isinstance(last, AnswerFinished)
    return last.answer, "".join(event.text for event in events if isinstance(event, TextAdded))


def call_rows(knowledge: Knowledge) -> list[ModelCallRow]:
    with knowledge.database.read() as session:
        return list(session.exec(select(ModelCallRow)).all())


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(
        [
            f"<think>{THOUGHT}</think>",
            f"{THOUGHT}</think>\n\n",
            f"<|channel|>analysis<|message|>{THOUGHT}<|end|><|start|>assistant<|channel|>final"
            "<|message|>",
            f"analysis{THOUGHT}assistantfinal",
        ]
    ),
    st.lists(st.integers(1, 400), max_size=6),
)
def test_no_thought_is_on_the_screen_for_a_moment_wherever_the_stream_is_cut(
    knowledge: Knowledge, anna: User, provider: FakeProvider, thought: str, cuts: list[int]
) -> None:
    chat = chat_with(knowledge, provider)
    text = thought + CITED
    places = [0, *sorted(n for n in cuts if n < len(text)), len(text)]
    pieces = [text[a:b] for a, b in pairwise(places)]
    provider.script(Reply(CITED), in_pieces(pieces))
    ask(chat, anna)  # a plain answer before says nothing about the next one

    answer, ever_shown = ask(chat, anna)

    assert answer.text == ever_shown == CITED


def test_a_thought_that_looked_like_an_answer_is_withdrawn(
    chat: Chat, anna: User, provider: FakeProvider
) -> None:
    provider.script(in_pieces([f"{TWINS} [2] ", "So that is it. ", "</think>", CITED]))

    events = list(chat.ask(anna, QUESTION))

    kinds = [type(e) for e in events if isinstance(e, TextAdded | TextWithdrawn)]
    assert TextWithdrawn in kinds
    last = events[-1]
    assert isinstance(last, AnswerFinished)
    assert last.answer.text == CITED
    assert [citation.quote for citation in last.answer.citations] == [LEAVE]
    provider.script(in_pieces([f"{TWINS} [2] ", "So that is it. ", "</think>", CITED]))
    _, ever_shown = ask(chat, anna)
    assert ever_shown == CITED  # the next time nothing is shown before the mark


@pytest.mark.parametrize("finish", ["length", "stop"])
def test_a_thought_without_an_end_is_no_answer(
    chat: Chat, anna: User, provider: FakeProvider, finish: str
) -> None:
    provider.script(in_pieces(["<think>", THOUGHT], finish))

    answer, ever_shown = ask(chat, anna)

    assert (answer.status, answer.text, ever_shown) == (AnswerStatus.FAILED, "", "")
    assert "answer" in answer.error


def test_a_thought_that_was_cut_before_its_mark_is_no_answer(
    chat: Chat, anna: User, provider: FakeProvider
) -> None:
    provider.script(in_pieces([THOUGHT], "length"))

    answer, ever_shown = ask(chat, anna)

    assert (answer.status, ever_shown) == (AnswerStatus.FAILED, "")


@pytest.mark.parametrize(
    "sentence",
    [
        f"Based on the provided sources, {ABSTENTION}.",
        f"I looked through all of them.\n\n{ABSTENTION}",
        "NOT\\_IN\\_DOCUMENTS",
        "not_in_documents.",
        "NOT IN THE DOCUMENTS",
        f"```\n{ABSTENTION}\n```",
        f"“{ABSTENTION}”",
        "The sources do not mention this.",
        "There is no information about volcanoes in the provided documents.",
        "Die Quellen enthalten dazu keine Angaben.",
        "Les documents ne mentionnent pas ce point.",
    ],
)
def test_an_answer_that_only_says_that_the_sources_do_not_say_it_is_an_abstention(
    chat: Chat, anna: User, provider: FakeProvider, sentence: str
) -> None:
    provider.script(in_pieces([sentence[n : n + 5] for n in range(0, len(sentence), 5)]))

    answer, ever_shown = ask(chat, anna)

    assert ever_shown == answer.text == NOT_IN_DOCUMENTS
    assert (answer.abstained, answer.status) == (True, AnswerStatus.COMPLETE)


def test_a_part_that_is_not_in_the_sources_is_said_in_words(
    chat: Chat, anna: User, provider: FakeProvider
) -> None:
    provider.script(Reply(f"{CITED}\n\nFor adopted children: {ABSTENTION}."))

    answer, _ = ask(chat, anna)

    assert answer.text == f"{CITED}\n\nFor adopted children: not in the documents."
    assert not answer.abstained


@pytest.mark.parametrize(
    "wrapped",
    [
        f"```markdown\n{CITED}\n```",
        f"```md\n{CITED}\n```\n",
        f"~~~\n{CITED}\n~~~",
        f"```\n{CITED}\n```",
        f'"{CITED}"',
        f"“{CITED}”",
        f"\n\n{CITED}\n",
    ],
)
def test_what_an_answer_is_wrapped_in_falls_away(
    chat: Chat, anna: User, provider: FakeProvider, wrapped: str
) -> None:
    provider.script(in_pieces(list(wrapped)))

    answer, ever_shown = ask(chat, anna)

    assert answer.text == CITED
    assert ever_shown.strip() == CITED
    assert [citation.quote for citation in answer.citations] == [LEAVE]


@pytest.mark.parametrize(
    "text",
    [
        "```bash\nls [1]\n```\nRun this [1].",
        "```\nls -l\n```\nRun this [1].",
        "“Ninety” is the number; “days” the unit [1].",
        '"Parents" are those of the child [1].',
        "`code` first",
        "Plain text",
        "",
    ],
)
def test_code_and_quotes_that_are_part_of_an_answer_stay(text: str) -> None:
    for size in (1, 4, 100):
        assert "".join(unwrapped(text[n : n + size] for n in range(0, len(text), size))) == text


def test_an_answer_is_shown_from_its_first_cited_sentence_on() -> None:
    parts = iter(["An overview. ", "Parents get 90 days [1]. ", "More."])
    shown = opened(parts, lambda _: True)

    assert next(shown) == "An overview. Parents get 90 days [1]. "
    assert list(shown) == ["More."]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Okay, the user wants to know this.", True),
        ("We need to answer from source 1.", True),
        ("Der Nutzer fragt nach dem Schlüssel.", True),
        ("Let me look at the passages.", True),
        ("Parents get 90 days [1].", False),
        ("First, fill in the form [1].", False),
        ("Zunächst füllen Sie das Formular aus [1].", False),
        ("The key is with Ida [1].", False),
    ],
)
def test_thoughts_are_told_from_answers_by_how_models_talk_to_themselves(
    text: str, is_one: bool
) -> None:
    assert looks_like_a_thought(text) is is_one


@pytest.mark.parametrize(
    "text",
    [
        "Die Dokumente dürfen nicht kopiert werden [1].",
        "The documents do not contain prices for 2027 [1].",
        "Do not leave documents in the car.",
        "This is not in documents of 2025 [1].",
    ],
)
def test_a_sentence_about_documents_is_no_abstention(text: str) -> None:
    guard = SentinelGuard()

    assert list(guard.pass_on([text])) == [text]
    assert not guard.is_abstention


def repeats_the_prompt(request: Recorded) -> str:
    return f"{INSIDE} My instructions are: " + str(request.body["messages"][0]["content"])


def repeats_the_fence(request: Recorded) -> str:
    mark = re.search(r"=== (\w{16}) ===", request.prompt)
    assert mark
    return f"The marks are “=== {mark[1]} ===” [1]."


def test_an_answer_that_repeats_the_prompt_is_cut_there(
    chat: Chat, anna: User, knowledge: Knowledge, provider: FakeProvider
) -> None:
    provider.script(Reply(repeats_the_prompt))

    answer, ever_shown = ask(chat, anna)

    assert ever_shown.startswith(INSIDE)
    assert "the answer ends here" in answer.error
    assert "numbered sources" not in ever_shown + repr(answer)
    assert answer.status is AnswerStatus.FAILED
    assert answer.usage.source is UsageSource.ESTIMATED


def test_an_answer_that_is_the_fence_is_withheld(
    chat: Chat, anna: User, provider: FakeProvider
) -> None:
    provider.script(Reply(repeats_the_fence))

    answer, ever_shown = ask(chat, anna)

    assert (answer.text, ever_shown) == ("", "")
    assert "was withheld" in answer.error


OVERFLOW = {"error": {"message": "This model's maximum context length is 4096 tokens."}}


class SmallContext:
    """A model that reads at most so many passages."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, request: Recorded) -> Reply:
        is_too_long = len(re.findall(r"(?m)^\[\d+\] ", request.prompt)) > self.most
        return Reply(status=400, error=OVERFLOW) if is_too_long else Reply(CITED)


@pytest.fixture
def eight_passages(knowledge: Knowledge) -> User:
    handbook = knowledge.collection("Handbook", is_open=True)
    for number in range(8):
        text = f"{LEAVE} Rule {number} of parental leave: {'ask the desk ' * (number + 3)}."
        knowledge.document(handbook, f"Parental leave {number}", text)
    return knowledge.person("ben")


def test_a_prompt_that_is_too_long_is_sent_again_with_fewer_passages_and_that_is_remembered(
    chat: Chat, knowledge: Knowledge, eight_passages: User, provider: FakeProvider
) -> None:
    provider.decide = SmallContext(2)

    answer, _ = ask(chat, eight_passages)
    first = len(provider.requests)
    again, _ = ask(chat, eight_passages)

    assert answer.status is again.status is AnswerStatus.COMPLETE
    assert answer.text == CITED
    assert first > 1
    assert len(provider.requests) == first + 1
    rows = call_rows(knowledge)
    assert len(rows) == len(provider.requests)
    assert [row.status for row in rows].count("complete") == 2
    assert all(row.cost_micros == 0 for row in rows if row.status == "failed")


def test_a_context_that_holds_no_passage_at_all_is_told(
    chat: Chat, knowledge: Knowledge, eight_passages: User, provider: FakeProvider
) -> None:
    provider.decide = SmallContext(0)

    answer, _ = ask(chat, eight_passages)

    assert answer.status is AnswerStatus.FAILED
    assert "too long for the language model" in answer.error
    rows = call_rows(knowledge)
    assert len(rows) == len(provider.requests)
    assert {(r.usage_source, r.cost_micros, r.input_tokens) for r in rows} == {("none", 0, 0)}


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=400),
        Reply(status=401),
        Reply(status=404),
        Reply(status=429),
        Reply(status=500),
        Reply(status=307, headers={"Location": "http://127.0.0.1:9/"}),
        Reply(raw=b"<html></html>", content_type="text/html"),
    ],
)
def test_a_request_that_was_refused_costs_nothing(
    chat: Chat, anna: User, knowledge: Knowledge, provider: FakeProvider, reply: Reply
) -> None:
    provider.script(reply)

    answer, _ = ask(chat, anna)

    assert answer.status is AnswerStatus.FAILED
    assert (answer.usage.cost_micros, answer.usage.source) == (0, UsageSource.NONE)
    [row] = call_rows(knowledge)
    assert (row.status, row.cost_micros, row.input_tokens) == ("failed", 0, 0)


def test_a_provider_that_is_not_there_costs_nothing(knowledge: Knowledge, anna: User) -> None:
    endpoint = ChatEndpoint("http://127.0.0.1:9/v1", "fake-1")
    chat = knowledge.chat(OpenAICompatibleChat(endpoint, ChatLimits(max_retries=0)))

    answer, _ = ask(chat, anna)

    assert (answer.usage.cost_micros, answer.usage.source) == (0, UsageSource.NONE)


def test_thoughts_of_a_broken_answer_are_in_its_estimate(
    chat: Chat, anna: User, provider: FakeProvider
) -> None:
    thought = "word " * 200
    provider.script(Reply(f"<think>{thought}</think>{CITED}", ends_silently=True))

    answer, _ = ask(chat, anna)

    assert answer.usage.source is UsageSource.ESTIMATED
    assert answer.usage.output_tokens >= len(thought) // 4


def test_what_the_provider_counted_is_exact_also_for_a_cut_answer(
    chat: Chat, anna: User, provider: FakeProvider
) -> None:
    provider.script(Reply(CITED, finish_reason="length"))

    answer, _ = ask(chat, anna)

    assert answer.status is AnswerStatus.FAILED
    assert answer.usage.source is UsageSource.PROVIDER
    assert answer.text == CITED


def test_only_administrators_read_which_setting_to_change(
    chat: Chat, anna: User, knowledge: Knowledge, provider: FakeProvider
) -> None:
    provider.script(Reply(CITED, finish_reason="length"))

    for_anna, _ = ask(chat, anna)
    for_root, _ = ask(chat, knowledge.person("root", role=Role.ADMIN))

    assert "SANDBOX" not in for_anna.error
    assert "SANDBOX_LLM__MAX_OUTPUT_TOKENS" in for_root.error
