"""The open source: its page at the quote, parts of long pages, and who may see it."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from bootstrap.services import Services
from core.domain.answers import Answer, AnswerStatus, Card, Citation
from core.domain.identity import SYSTEM, User
from core.domain.knowledge import Upload
from tests.ui.conftest import Pages, texts
from tools.trial import files
from ui import state
from ui.chat.card_tree import shown_numbers
from ui.chat.source_panel import sources_of
from ui.chat.source_view import PART, Quoted, marked_spans, parts_of, quoted

RULE = "Every crane is checked by two people before its first load of the day."
QUESTION = "Who checks every crane before its first load of the day?"


def answer(*cards: Card, citations: int = 3) -> Answer:
    cited = tuple(
        Citation(n, f"d{n}", f"v{n}", "Cranes", "cranes.md", None, 1, f"quote {n}")
        for n in range(1, citations + 1)
    )
    return Answer("", AnswerStatus.COMPLETE, False, "passages", citations=cited, cards=cards)


@given(st.text(st.sampled_from("a\n"), max_size=300), st.integers(0, 3))
def test_parts_are_the_text_in_order_without_gaps(text: str, times: int) -> None:
    text *= PART // 100 * times
    parts = parts_of(text)

    assert parts[0][0] == 0
    assert parts[-1][1] == len(text)
    assert all(a[1] == b[0] for a, b in pairwise(parts))
    assert all(end - start <= 2 * PART for start, end in parts)


def test_the_places_of_a_card_are_marked_where_its_passage_stands() -> None:
    page = "Limit: 5 t.\n\nSite B\nLimit: 5 t.\nAsk."
    passage = "Site B\nLimit: 5 t."
    card = Card(1, (), passage, ((7, 18),))

    [span] = marked_spans(page, quoted(answer(card), answer().citations[0]))

    assert span == (page.rindex("Limit"), page.rindex("Limit") + 11)


def test_without_its_passage_the_quotes_of_a_card_are_searched_by_their_letters() -> None:
    page = "Every crane is  checked\nby two people. Others wait."

    [span] = marked_spans(
        page, Quoted((("elsewhere", ((0, 3),)),), ("Every crane is checked by two people.",))
    )

    assert page[span[0] : span[1]] == "Every crane is  checked\nby two people."


def test_a_citation_without_a_card_is_marked_by_its_quote() -> None:
    assert quoted(answer(), answer().citations[1]).quotes == ("quote 2",)


def test_cards_count_without_gaps_and_othersources_of_follow() -> None:
    cards = Card(1, (), "a"), Card(3, (), "b"), Card(1, (), "c"), Card(9, (), "no source")

    assert shown_numbers(answer(*cards, citations=4)) == {1: 1, 3: 2, 2: 3, 4: 4}
    assert shown_numbers(answer()) == {1: 1, 2: 2, 3: 3}


def test_next_goes_from_card_to_card_where_an_answer_has_some() -> None:
    cards = Card(2, (), "a"), Card(1, (), "b")

    assert list(sources_of(answer(*cards))) == [2, 1]
    assert list(sources_of(answer())) == [1, 2, 3]


@pytest.fixture
def cranes(services: Services) -> str:
    """An open collection with a document of three pages, of which the second has the rule."""
    pages = [[("First page.", 11)], [(RULE, 11)], [("Last page.", 11)]]
    collection = services.collections.add(SYSTEM, "Yard rules", is_open=True)
    services.documents.upload(SYSTEM, collection.id, [Upload("cranes.pdf", files.pdf(*pages))])
    return collection.id


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the browser gets to show of the pages of a source, newest last."""
    seen: list[dict[str, Any]] = []

    def component(*, key: str, data: dict[str, Any], on_turn_change: object) -> None:
        assert callable(on_turn_change)
        seen.append(data)

    monkeypatch.setattr("ui.chat.source_view.source_view_component", lambda: component)
    return seen


def opened(pages: Pages, services: Services, user: User) -> AppTest:
    """The chat with the first source of an answer open."""
    app = pages.open("chat", user)
    app.chat_input[0].set_value(QUESTION).run()
    [summary] = services.chat.conversations.list(user)
    message = services.chat.conversations.get(user, summary.id).messages[-1]
    app.session_state["open_citation"] = state.OpenCitation(message.id, 1, 1)
    return app.run()


def turned(app: AppTest, page: int) -> AppTest:
    now = app.session_state["open_citation"]
    app.session_state["open_citation"] = state.OpenCitation(now.message_id, now.number, 1, page)
    return app.run()


def test_a_source_opens_at_its_quote_and_is_turned_page_by_page(
    pages: Pages, services: Services, ben: User, cranes: str, drawn: list[dict[str, Any]]
) -> None:
    app = opened(pages, services, ben)
    quote = drawn[-1]
    turned(app, 3)
    last = drawn[-1]

    assert not app.exception
    assert "cranes.pdf · version 1" in texts(app)
    assert "Yard rules · Internal · uploaded today" in texts(app)
    assert (quote["page"], quote["pages"], quote["cited"]) == (2, 3, None)
    assert (quote["previous"], quote["next"]) == ([1, -1], [3, 0])
    assert quote["begins"] == "image"
    assert len(quote["marks"]) == 1
    assert quote["blocks"][0]["parts"][0]["runs"][0] == {"text": RULE, "style": "mark"}
    assert (last["page"], last["next"], last["cited"], last["marks"]) == (3, None, 2, ())
    assert last["blocks"][0]["parts"][0]["runs"] == [{"text": "Last page.", "style": ""}]


def test_the_original_is_offered_while_it_is_kept(
    pages: Pages, services: Services, ben: User, cranes: str, drawn: list[dict[str, Any]]
) -> None:
    app = opened(pages, services, ben)
    [link] = app.get("link_button")
    version = drawn[-1]

    assert link.proto.url.startswith("/original/")
    assert link.proto.url.endswith("?view#page=2")
    assert version["image"].startswith("data:image/png;base64,")


def test_who_may_not_read_a_source_any_more_sees_nothing_of_it(
    pages: Pages, services: Services, ben: User, cranes: str, drawn: list[dict[str, Any]]
) -> None:
    app = opened(pages, services, ben)
    drawn.clear()

    services.collections.set_access(SYSTEM, cranes, groups=[], is_open=False)
    app.run()

    assert drawn == []
    assert RULE not in texts(app)
    assert not app.get("link_button")


def test_pages_that_are_still_open_are_read_with_the_access_of_now(
    pages: Pages, services: Services, ben: User, cranes: str, drawn: list[dict[str, Any]]
) -> None:
    opened(pages, services, ben)
    quote = drawn.pop()
    services.collections.set_access(SYSTEM, cranes, groups=[], is_open=False)
    version = services.documents.list(SYSTEM)[0].version_id

    # As a fragment runs: with what was handed to it when the panel was drawn.
    script = (
        "from core.domain.answers import Citation\n"
        "from ui import state\n"
        "from ui.chat.source_view import Quoted, draw_source_pages\n"
        "state.show_citation('m', 1)\n"
        f"cited = Citation(1, 'd', '{version}', 'Cranes', 'cranes.pdf', None, 2, 'q')\n"
        "draw_source_pages(cited, Quoted((), ('q',)))\n"
    )
    app = AppTest.from_string(script, default_timeout=60).run()

    assert quote["page"] == 2
    assert not app.exception
    assert drawn == []
    assert "cannot access it" in app.error[0].value
