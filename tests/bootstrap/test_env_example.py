"""The file of examples names every setting once, with its default."""

import json
import os
import re
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import BaseModel, SecretStr
from pydantic_core import to_jsonable_python

from bootstrap.configuration import known_names
from core.settings import DATA, PREFIX, Settings

EXAMPLE = Path(__file__).parents[2] / ".env.example"
LINE = re.compile(rf"^# ({PREFIX}[A-Z_]+)=(.*)$", re.MULTILINE)
WITHOUT_DEFAULT = {
    "SANDBOX_LLM__INPUT_PRICE",
    "SANDBOX_LLM__OUTPUT_PRICE",
    "SANDBOX_EMBEDDINGS__CACHE_DIR",
    "SANDBOX_BUDGETS__CHEAPER_INPUT_PRICE",
    "SANDBOX_BUDGETS__CHEAPER_OUTPUT_PRICE",
    "SANDBOX_EMBEDDINGS__PRICE",
    "SANDBOX_EXCHANGE__AS_OF",
    "SANDBOX_AUDIT__HEAD_FILE",
}


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith(PREFIX)]:
        monkeypatch.delenv(name)


def examples() -> list[tuple[str, str]]:
    return LINE.findall(EXAMPLE.read_text(encoding="utf-8"))


def default(name: str) -> str:
    """As it would be written in the file."""
    value: object = Settings(_env_file=None, data_dir=DATA)
    for part in name.removeprefix(PREFIX).lower().split("__"):
        assert isinstance(value, BaseModel)
        value = getattr(value, part)
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    plain = to_jsonable_python(value)
    return plain if isinstance(plain, str) else json.dumps(plain)


def test_every_setting_has_one_line() -> None:
    assert sorted(name for name, _ in examples()) == sorted(known_names())


def test_every_line_shows_the_default() -> None:
    shown = {name: value for name, value in examples() if name not in WITHOUT_DEFAULT}

    assert shown == {name: default(name) for name in shown} | {"SANDBOX_DATA_DIR": str(DATA)}


def test_every_line_is_explained() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    before = [above for above, line in pairwise(lines) if LINE.match(line)]

    assert [line for line in before if not line.startswith("# ") or LINE.match(line)] == []
