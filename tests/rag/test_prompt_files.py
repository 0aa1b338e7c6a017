"""Prompts are versioned files: answers name the version they were asked with, so its words stay."""

import hashlib
import tomllib
from importlib.resources import files

import pytest

from rag.finding import model_rewriting
from rag.grounding.judges import llm
from rag.prompting import prompt
from rag.writing import summary

# The SHA-256 of each file. A change is a new file with the next number, and a new line here.
KEPT = {
    "answer.v1": "cc8e49ea564b82137b095e71de626e133d676835e3664621d44ec5c26ed8223c",
    "answer.v2": "a2999eaa17a4a0732d2603e2797655a32f7bca901409e39fbb5d1d1c0a9f9926",
    "answer.v3": "ae97424975bdfb12ef030fcea8eaf5884adbd1e5f3f82d3c2b94614959d218b5",
    "compare.v1": "e6eea95ee9ea5b79afb1bec231b0545d30907e7067ad140bc0afc5357399bc75",
    "free.v1": "13045e2daa980d9a96b9abd2756c5677d023392208f8c26934529809e444e172",
    "notes.v1": "02c0b61d9be3015482bb4a6cd8189e2d4b2415988557dd2f4b4b2b298f6e801b",
    "rewrite.v1": "4f1fdf7c72e2287dc23dc60c2b2bb625b59a79de0c580aa09f3c4d28962ff1b2",
    "summary.v1": "26c339f4611875d69978b6711fb41cb9f03076aafafb28bad04d123efa3210f5",
    "support.v1": "9d05f3cb2ec698fa3b2052653c1ed3994e75fd8e785f27a71bd75d50f8690fd4",
}


def contents() -> dict[str, bytes]:
    folder = files("rag").joinpath("prompts")
    return {
        entry.name.removesuffix(".toml"): entry.read_bytes()
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    }


def test_a_version_keeps_its_words() -> None:
    assert {name: hashlib.sha256(text).hexdigest() for name, text in contents().items()} == KEPT


def test_a_file_is_named_for_its_version() -> None:
    versions = {name: tomllib.loads(text.decode())["version"] for name, text in contents().items()}

    assert versions == {name: name for name in versions}


@pytest.mark.parametrize(
    "current",
    [
        *(prompt.CURRENT, prompt.FREE, model_rewriting.CURRENT, llm.CURRENT),
        *(summary.NOTES, summary.SUMMARY, summary.COMPARISON),
    ],
)
def test_the_newest_version_is_the_one_in_use(current: str) -> None:
    kind, _, number = current.rpartition(".v")
    numbers = [name.rpartition(".v") for name in contents()]

    assert int(number) == max(int(last) for name, _, last in numbers if name == kind)
