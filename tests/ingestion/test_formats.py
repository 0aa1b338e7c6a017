"""Every readable format is complete: how it is called, told apart and read."""

from importlib import import_module

import pytest

from ingestion.files.media import BY_SUFFIX, FORMAT_NAMES, MediaType, usual_suffix
from ingestion.parsers.registry import MODULES

# Taken apart at reception; what they hold becomes documents of their own.
CONTAINERS = {MediaType.ZIP, MediaType.JSONL}
WITHOUT_FILES = {MediaType.RECORD}


def test_every_format_has_a_name_and_a_parser() -> None:
    assert FORMAT_NAMES.keys() == set(MediaType)
    assert MODULES.keys() == set(MediaType) - CONTAINERS


def test_every_format_has_an_ending_that_is_accepted() -> None:
    assert set(BY_SUFFIX.values()) == set(MediaType) - WITHOUT_FILES
    assert all(usual_suffix(known).startswith(".") for known in set(BY_SUFFIX.values()))


@pytest.mark.parametrize("module", sorted(set(MODULES.values())))
def test_every_parser_module_can_parse(module: str) -> None:
    assert callable(import_module(f"ingestion.parsers.{module}").parse)
