"""The list of sentences that people read has what is shown, and nothing else."""

import ast
import re

from tests.tools.test_architecture import ROOT
from tools.sentences import sentences, template_sentences


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


def test_the_words_of_a_template_are_listed_with_their_line() -> None:
    page = "<h1>Sign in</h1>\n<p>No account?\n  Ask an administrator.</p>\n<p>{{ error }}</p>"

    assert list(template_sentences(page)) == [
        (1, "Sign in"),
        (2, "No account? Ask an administrator."),
    ]


RETIRED_ROW = re.compile(r"^\| ([a-z ,]+?)(?: \([^|]+\))? \| [^|`]+ \|$", re.MULTILINE)
SCREENS = ("ui", "terminal", "web", "admin", "ideas", "bootstrap", "evaluation")
VALUES = re.compile(r"\{[^}]*\}")


def retired_words() -> list[str]:
    rows = RETIRED_ROW.findall((ROOT / "docs/glossary.md").read_text(encoding="utf-8"))
    return [word.strip() for row in rows for word in row.split(",") if row != "not"]


def test_no_sentence_on_screen_uses_a_word_that_the_glossary_retired() -> None:
    retired = re.compile(rf"\b({'|'.join(retired_words())})", re.IGNORECASE)
    paths = [path for folder in SCREENS for path in (ROOT / folder).rglob("*.py")]
    pages = [path.read_text("utf-8") for path in (ROOT / "web/templates").glob("*.html")]

    read = {text for page in pages for _, text in template_sentences(page)}
    read |= {VALUES.sub("", text) for path in paths for text in listed(path.read_text("utf-8"))}

    assert {"held back", "picture", "please"} <= set(retired_words())
    assert {text for text in read if retired.search(text)} == set()
