"""The optional judges: a language model, and a model of entailment from a local folder."""

import importlib
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from core.domain.answers import Support
from core.errors import ConfigurationError
from core.models.chat import ChatEndpoint, ChatLimits, OpenAICompatibleChat
from core.models.scoring.nli import CrossEncoderNli
from core.storage.tables import ModelCallRow
from rag.answering.pipeline import AnswerModels, AnswerPipeline
from rag.answering.recording import Recorder
from rag.answering.running import RunningAnswers
from rag.grounding import Claim
from rag.grounding.judges.entailed import NliJudge
from rag.grounding.judges.lexical import LexicalJudge
from rag.grounding.judges.llm import LlmJudge
from rag.prompting.prompt import load_prompt
from rag.service import Chat
from tests.rag.conftest import Knowledge
from tools.trial.provider import FakeProvider, Reply

CLAIMS = [
    Claim("You get 90 days.", ("Every parent gets 90 days. Ask hr.desk@nordhafen.example.",)),
    Claim("Dogs are welcome.", ("Pets stay at home.",)),
]


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(Reply(verdicts("supported", "unsupported"))) as running:
        yield running


def verdicts(*support: str, reason: str = "not said") -> str:
    entries = [
        {"sentence": n, "support": s, "reason": reason} for n, s in enumerate(support, start=1)
    ]
    return json.dumps({"verdicts": entries})


def model_at(provider: FakeProvider) -> OpenAICompatibleChat:
    limits = ChatLimits(timeout_s=0.5, max_retries=0)
    return OpenAICompatibleChat(ChatEndpoint(provider.base_url, "judge-1", "", "local"), limits)


def judge_at(provider: FakeProvider) -> LlmJudge:
    return LlmJudge(model_at(provider), LexicalJudge())


def test_the_language_model_judges_all_sentences_in_one_request(provider: FakeProvider) -> None:
    judgement = judge_at(provider).judge(CLAIMS)

    assert [(v.support, v.reason) for v in judgement.verdicts] == [
        (Support.SUPPORTED, ""),
        (Support.UNSUPPORTED, "not said"),
    ]
    assert judgement.call is not None
    assert judgement.call.model_requested == "judge-1"
    assert len(provider.requests) == 1


def test_no_personal_data_reaches_the_judge_and_its_reason_names_it_again(
    provider: FakeProvider,
) -> None:
    provider.script(Reply(verdicts("supported", "weak", reason="only <EMAIL_1>")))

    judgement = judge_at(provider).judge(CLAIMS)

    assert "hr.desk" not in provider.requests[0].prompt
    assert judgement.verdicts[1].reason == "only hr.desk@nordhafen.example"


@pytest.mark.parametrize(
    "reply",
    [
        Reply("I think so."),
        Reply(verdicts("supported")),
        Reply(verdicts("supported", "perhaps")),
        Reply('{"verdicts": [{"sentence": 1, "support": "supported"}, 2]}'),
        Reply("", status=500),
    ],
)
def test_a_judge_that_fails_leaves_it_to_words_and_says_so(
    provider: FakeProvider, reply: Reply, caplog: pytest.LogCaptureFixture
) -> None:
    provider.script(reply)

    with caplog.at_level(logging.WARNING):
        judgement = judge_at(provider).judge(CLAIMS)

    assert judgement.verdicts == LexicalJudge().judge(CLAIMS).verdicts
    assert "support judge failed" in caplog.text


def test_too_much_text_is_never_sent(provider: FakeProvider) -> None:
    claims = [Claim("You get 90 days.", ("You get 90 days. " * 5_000,))]

    judgement = judge_at(provider).judge(claims)

    assert judgement.call is None
    assert provider.requests == []


def test_the_request_of_the_judge_is_recorded_and_paid_with_the_answer(
    knowledge: Knowledge, provider: FakeProvider
) -> None:
    handbook = knowledge.collection("Handbook", is_open=True)
    sentence = "Every parent gets 90 working days of parental leave per child."
    knowledge.document(handbook, "Parental leave", sentence)
    anna = knowledge.person("anna")
    provider.script(Reply(f"{sentence} [1]"), Reply(verdicts("weak", reason="sounds odd")))

    answer = judged_chat(knowledge, provider).answer_once(
        anna, "How many working days of parental leave does a parent get per child?"
    )

    assert [(s.support, s.reason) for s in answer.sentences] == [(Support.WEAK, "sounds odd")]
    with knowledge.database.read() as session:
        rows = session.exec(select(ModelCallRow).order_by(col(ModelCallRow.purpose))).all()
        assert [(row.purpose, row.status) for row in rows] == [
            ("answer", "complete"),
            ("judge", "complete"),
        ]
        assert answer.usage.input_tokens == sum(row.input_tokens for row in rows)


def judged_chat(knowledge: Knowledge, provider: FakeProvider) -> Chat:
    model = model_at(provider)
    retriever = knowledge.retriever()
    models = AnswerModels(
        load_prompt("Nordhafen Logistics"),
        model,
        judge=LlmJudge(model, LexicalJudge()),
    )
    pipeline = AnswerPipeline(retriever, knowledge.keywords, knowledge.embedder, models, top_k=6)
    recorder = Recorder(own_price=None, currency="EUR", embedding_model="hashing")
    running = RunningAnswers(knowledge.database, recorder)
    return Chat(knowledge.database, retriever, pipeline, running)


@pytest.fixture(scope="module")
def nli_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny cross-encoder with three classes and random weights."""
    transformers: Any = importlib.import_module("transformers")  # Any: made of lazy attributes
    folder = tmp_path_factory.mktemp("nli")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "you", "get", "days", "dogs"]
    (folder / "vocab.txt").write_text("\n".join(words))
    transformers.BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    labels: dict[int, Any] = {0: "contradiction", 1: "entailment", 2: "neutral"}
    config = transformers.BertConfig(
        vocab_size=len(words),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
        num_labels=3,
        id2label=labels,
        label2id={name: place for place, name in labels.items()},
    )
    transformers.BertForSequenceClassification(config).save_pretrained(folder)
    return folder


@pytest.mark.filterwarnings("ignore")  # of transformers, about its own modules
def test_a_cross_encoder_from_a_folder_tells_three_probabilities(nli_folder: Path) -> None:
    scores = CrossEncoderNli(nli_folder).entailment([("you get days", "dogs are welcome")] * 2)

    assert len(scores) == 2
    assert scores[0].entailment + scores[0].neutral + scores[0].contradiction == pytest.approx(1)


@pytest.mark.filterwarnings("ignore")
def test_a_wrong_number_is_unsupported_whatever_the_model_of_entailment_says(
    nli_folder: Path,
) -> None:
    judge = NliJudge(CrossEncoderNli(nli_folder))

    verdict = judge.judge([Claim("You get 95 days.", ("You get 90 days.",))]).verdicts[0]

    assert (verdict.support, verdict.reason) == (
        Support.UNSUPPORTED,
        "the sources say 90 days, not 95 days",
    )


def test_a_folder_without_a_model_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="NLI_MODEL"):
        CrossEncoderNli(tmp_path / "nothing").entailment([("a", "b")])
