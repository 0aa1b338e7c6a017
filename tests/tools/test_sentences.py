"""The list of sentences that people read has what is shown, and nothing else."""

import ast

from tools.sentences import sentences


def listed(source: str) -> list[str]:
    return [text for _, text in sentences(ast.parse(source))]


def test_texts_of_elements_are_listed_with_their_values() -> None:
    shown = listed('st.write(f"{count:,} files were " "read.")\nst.button("Save")')

    assert sorted(shown) == ["Save", "{count:,} files were read."]


def test_docstrings_keys_and_log_messages_are_not_listed() -> None:
    source = '"""About a module."""\nlogger.info("document indexed id=%s", 1)\nkey = "save-all"'

    assert listed(source) == []


def test_the_help_of_a_command_is_listed() -> None:
    source = '@app.command("add")\ndef add() -> None:\n    """Create an account."""'

    assert "Create an account." in listed(source)
