"""Whatever a page raises, people see one sentence, and the trace stays in the log."""

import logging
import re

import pytest
from streamlit.testing.v1 import AppTest


def shown(raised: str) -> str:
    script = f"from core.errors import *\nfrom ui.boundary import explain\nexplain({raised})\n"
    return AppTest.from_string(script).run().error[0].value


def test_an_unforeseen_error_becomes_a_sentence_with_a_number(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR, logger="ui.boundary"):
        said = shown("ValueError('salary of Maria')")

    incident = re.search(r"number ([0-9a-f]{8})\.", said)
    assert incident
    assert "Maria" not in said
    assert incident[1] in caplog.text
    assert "ValueError: salary of Maria" in caplog.text


def test_an_error_that_is_meant_for_people_is_shown_as_it_is() -> None:
    assert shown("InvalidInput('Give it a *name*.')") == "Give it a \\*name\\*."
