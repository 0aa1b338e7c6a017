"""A cross-encoder on disk scores passages; nothing of it is loaded before that."""

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.errors import ConfigurationError
from core.models.scoring.reranker import CrossEncoderReranker

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "parental", "leave", "days", "dogs"]


def saved_model(folder: Path, label_count: int) -> Path:
    """A tiny cross-encoder with random weights."""
    transformers: Any = importlib.import_module("transformers")  # Any: made of lazy attributes
    (folder / "vocab.txt").write_text("\n".join(WORDS))
    transformers.BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    config = transformers.BertConfig(
        vocab_size=len(WORDS),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
        max_position_embeddings=16,
        num_labels=label_count,
    )
    transformers.BertForSequenceClassification(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved_model(tmp_path_factory.mktemp("reranker"), 1)


@pytest.mark.filterwarnings("ignore")  # of transformers, about its own modules
def test_every_text_gets_the_same_score_wherever_it_stands(folder: Path) -> None:
    reranker = CrossEncoderReranker(folder)

    first, second, long = reranker.score("leave", ["days of leave", "dogs", "dogs leave " * 50])
    again = reranker.score("leave", ["dogs", "days of leave"])

    assert first != second
    assert again == pytest.approx([second, first], abs=1e-5)
    assert isinstance(long, float)


def test_nothing_to_score_loads_nothing(tmp_path: Path) -> None:
    assert CrossEncoderReranker(tmp_path / "nothing").score("leave", []) == []


@pytest.mark.filterwarnings("ignore")
def test_a_folder_without_a_model_is_a_configuration_error(tmp_path: Path) -> None:
    for folder in (tmp_path / "nothing", tmp_path):
        with pytest.raises(ConfigurationError, match="SANDBOX_RERANKER__MODEL"):
            CrossEncoderReranker(folder).score("leave", ["days"])


@pytest.mark.filterwarnings("ignore")
def test_a_model_of_several_classes_is_no_reranker(tmp_path: Path) -> None:
    folder = saved_model(tmp_path, 3)

    with pytest.raises(ConfigurationError, match="does not return a single score"):
        CrossEncoderReranker(folder).score("leave", ["days"])


def test_torch_is_not_imported_before_the_first_score() -> None:
    program = (
        "import sys; from pathlib import Path; import bootstrap.search;"
        "from core.models.scoring.reranker import CrossEncoderReranker;"
        "CrossEncoderReranker(Path('model')); print('torch' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert done.stdout.strip() == b"False"
