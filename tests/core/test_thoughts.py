"""What a model thinks is taken out of what it writes, wherever the stream is cut."""

from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models.provider.thoughts import ThoughtSieve, thinks_at_once

THOUGHT = "Okay, they ask for the key. Source 2 is about fines [2]; better not to say it."
ANSWER = "Ida has the key [1]. 5 < 6 & [T] <b>bold</b>, ask at the desk."
WRITTEN = [
    f"<think>\n{THOUGHT}\n</think>\n\n{ANSWER}",
    f"<think>{THOUGHT}</think>{ANSWER}",
    f"<THINK>{THOUGHT}</Think>{ANSWER}",
    f"< think >{THOUGHT}< / think >{ANSWER}",
    f'<thinking budget="high">{THOUGHT}</thinking>{ANSWER}',
    f"<seed:think>{THOUGHT}</seed:think>{ANSWER}",
    f"<thought>{THOUGHT}</thought>{ANSWER}",
    f"<reasoning>{THOUGHT}</reasoning>{ANSWER}",
    f"&lt;think&gt;{THOUGHT}&lt;/think&gt;{ANSWER}",
    f"[THINK]{THOUGHT}[/THINK]{ANSWER}",
    f"◁think▷{THOUGHT}◁/think▷{ANSWER}",
    f"<|START_THINKING|>{THOUGHT}<|END_THINKING|><|START_RESPONSE|>{ANSWER}<|END_RESPONSE|>",
    f"<|begin_of_thought|>{THOUGHT}<|end_of_thought|>{ANSWER}",
    f"<|channel>thought\n{THOUGHT}<channel|>{ANSWER}",
    f"{THOUGHT}\n</think>\n\n{ANSWER}",
    f"{THOUGHT}</think></think>{ANSWER}",
    f"{THOUGHT}&lt;/think&gt;{ANSWER}",
    f"<think>{THOUGHT} I close with </think> at the end.</think>{ANSWER}",
    f"<|channel|>analysis<|message|>{THOUGHT}<|end|><|start|>assistant<|channel|>final"
    f"<|message|>{ANSWER}",
    f"<|start|>assistant<|channel|>analysis<|message|>{THOUGHT}<|end|><|start|>assistant<|channel|>"
    f"commentary to=functions.search <|constrain|>json<|message|>{{}}<|call|><|start|>assistant"
    f"<|channel|>final <|constrain|>text<|message|>{ANSWER}<|return|>",
    f"{THOUGHT}<|end|><|start|>assistant<|channel|>final<|message|>{ANSWER}",
    f"analysis{THOUGHT}assistantfinal{ANSWER}",
    f"{ANSWER}<think>{THOUGHT}",
    f"{ANSWER}<think>{THOUGHT}</think>",
    f"{ANSWER}<|im_end|>",
    ANSWER,
]


@dataclass(frozen=True)
class Read:
    """What a reader has in the end, and what was on the screen at any time."""

    text: str
    ever_shown: str
    characters: int


def read(pieces: list[str], *, at_once: bool = False, is_whole: bool = True) -> Read:
    sieve = ThoughtSieve(thinks_at_once=at_once)
    text = ever = ""
    characters = 0
    for sifted in [*map(sieve.feed, pieces), sieve.finish(is_whole=is_whole)]:
        text = sifted.text if sifted.withdraws else text + sifted.text
        ever += sifted.text
        characters += len(sifted.text) + sifted.hidden
    return Read(text, ever, characters)


def in_pieces(text: str, cuts: list[int]) -> list[str]:
    places = [0, *sorted(n % (len(text) + 1) for n in cuts), len(text)]
    return [text[a:b] for a, b in pairwise(places)]


@pytest.mark.parametrize("written", WRITTEN)
@given(st.lists(st.integers(0, 10_000), max_size=12))
def test_only_the_answer_is_left_however_the_stream_is_cut(written: str, cuts: list[int]) -> None:
    found = read(in_pieces(written, cuts))

    assert found.text.strip() == ANSWER
    assert found.characters == len(written)


@pytest.mark.parametrize(
    "written", [w for w in WRITTEN if w[:4] != THOUGHT[:4] and "I close" not in w]
)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_a_thought_that_was_opened_is_not_shown_for_a_moment(written: str, size: int) -> None:
    pieces = [written[n : n + size] for n in range(0, len(written), size)]

    assert "Okay" not in read(pieces).ever_shown
    assert "fines" not in read(pieces).ever_shown


@pytest.mark.parametrize("written", [w for w in WRITTEN if not w.startswith(f"{ANSWER}<think>")])
def test_of_a_model_that_thinks_at_once_nothing_is_shown_before_the_thought_has_ended(
    written: str,
) -> None:
    found = read(list(written), at_once=True)

    assert found.text.strip() == ANSWER
    assert "Okay" not in found.ever_shown
    assert found.characters == len(written)


def test_a_thought_that_never_ended_is_not_shown() -> None:
    assert read(["<think>", THOUGHT]).ever_shown == ""
    assert read([THOUGHT], at_once=True, is_whole=False).ever_shown == ""


def test_a_model_that_is_said_to_think_and_did_not_is_shown_in_the_end() -> None:
    assert read([ANSWER], at_once=True).text == ANSWER


def test_where_thoughts_come_apart_the_answer_is_shown_at_once() -> None:
    sieve = ThoughtSieve(thinks_at_once=True)
    sieve.trust()

    assert sieve.feed("Ida is").text == "Ida is"


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("deepseek-r1", True),
        ("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", True),
        ("QwQ-32B", True),
        ("qwen3-30b-a3b-thinking-2507", True),
        ("deepseek-reasoner", True),
        ("magistral-small", True),
        ("gpt-4o-mini", False),
        ("llama-3.1-8b-instruct", False),
        ("mistral-r12", False),
        ("unthinking", False),
    ],
)
def test_models_that_think_at_once_are_known_by_their_names(name: str, is_one: bool) -> None:
    assert thinks_at_once(name) is is_one


@given(st.text(alphabet="ab <>/|[]&;thinkTHINKanalysis\n", max_size=80), st.data())
def test_the_result_does_not_depend_on_how_any_text_is_cut(text: str, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, 100), max_size=8))

    found = read(in_pieces(text, cuts))

    assert found.text == read([text]).text
    assert found.characters == len(text)
