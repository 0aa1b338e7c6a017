"""The files of the vectors hold nothing of the app's memory; `benchmarks.memory` looks longer."""

from pathlib import Path

import pytest

from benchmarks.memory import look, run


def test_words_in_the_memory_and_environment_of_the_app_reach_no_file_of_the_vectors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDBOX_LLM__API_KEY", "")  # put back after the run

    seen = run(tmp_path / "vectors", 1)

    assert seen.files > 1
    assert seen.size > 100_000
    assert not any(seen.found.values())


def test_a_word_in_a_file_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "data.bin").write_bytes(b"\x00the erased glasmoor letter 1\x00")

    assert look(tmp_path).found["erased"] == 1
