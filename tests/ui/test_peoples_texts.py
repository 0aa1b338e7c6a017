"""What people and documents wrote reaches Streamlit's Markdown through `words.plain` only.

Streamlit reads Markdown in nearly every text it draws. This reads the code of the pages: a field
that holds somebody's words may stand in such a text only inside a call that makes it plain.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

UI = Path(__file__).parents[2] / "ui"
# Everything of Streamlit whose text is Markdown. Not here: text, text_area's and text_input's
# values, options of selectbox and multiselect, cells of tables, which appear letter for letter.
MARKDOWN = {
    *("markdown", "write", "caption", "info", "warning", "error", "success", "toast", "header"),
    *("subheader", "title", "metric", "popover", "expander", "button", "download_button", "badge"),
    *("radio", "checkbox", "toggle", "tabs", "pills", "segmented_control", "link_button", "status"),
    *("page_link", "spinner", "progress", "dialog", "form_submit_button", "notify", "Page"),
}
LABELS_ONLY = {"selectbox", "multiselect", "text_input", "text_area", "date_input", "number_input"}
LETTER_FOR_LETTER = {
    "key",
    "value",
    "args",
    "kwargs",
    "icon",
    "url",
    "data",
    "file_name",
    "mime",
    "default",
}
# Fields and variables that hold what somebody wrote.
WORDS_OF_PEOPLE = {
    *("name", "names", "title", "titles", "email", "question", "questions", "answer", "comment"),
    *("description", "reason", "note", "reply", "text", "quote", "excerpt", "problem", "proposal"),
    *("expected_benefit", "file_name", "document_title", "collection_name", "owner_name", "source"),
    *(
        "asker_name",
        "replied_by",
        "submitter_name",
        "searched_for",
        "rights",
        "external_id",
        "error",
    ),
    *("owner", "first_name", "url", "model", "embedding_model", "query", "said", "words_of"),
}
MAKES_PLAIN = {"plain", "literal", "_plain", "count", "streamed", "streamed_quote", "len", "bool"}


def drawn(tree: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """What is handed to Streamlit as Markdown."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if name in MARKDOWN:
            yield from ((name, argument) for argument in call.args)
            yield from (
                (name, keyword.value)
                for keyword in call.keywords
                if keyword.arg not in LETTER_FOR_LETTER
                and not (keyword.arg or "").startswith("on_")
            )
        elif name in LABELS_ONLY:
            yield from ((name, argument) for argument in call.args[:1])
            yield from ((name, k.value) for k in call.keywords if k.arg in ("label", "help"))


def unguarded(expression: ast.AST) -> Iterator[str]:
    """Names of people's words in an expression that no call makes plain."""
    if isinstance(expression, ast.Call):
        called = getattr(expression.func, "attr", getattr(expression.func, "id", ""))
        if called in MAKES_PLAIN:
            return
    if isinstance(expression, ast.Attribute) and expression.attr in WORDS_OF_PEOPLE:
        yield expression.attr
    for part in _drawn_parts(expression):
        yield from unguarded(part)


def _drawn_parts(expression: ast.AST) -> list[ast.AST]:
    """The parts whose text is drawn: of a choice both outcomes, and not what it asks."""
    match expression:
        case ast.Compare() | ast.BoolOp():
            return []
        case ast.Lambda(body=body):
            return [body]
        case ast.IfExp(body=body, orelse=otherwise):
            return [body, otherwise]
    return list(ast.iter_child_nodes(expression))


@pytest.mark.parametrize("path", sorted(UI.rglob("*.py")), ids=lambda path: path.name)
def test_no_page_draws_words_of_people_as_markdown(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))

    found = [
        f"line {argument.lineno}: {call}(… {name} …)"
        for call, argument in drawn(tree)
        for name in unguarded(argument)
    ]

    assert not found


def test_the_check_finds_a_title_in_a_caption_and_leaves_a_plain_one() -> None:
    bad = ast.parse("st.caption(f'{card.title} · {words.plain(card.name)}')")

    assert [name for _, argument in drawn(bad) for name in unguarded(argument)] == ["title"]
