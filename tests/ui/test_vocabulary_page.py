"""The vocabulary: proposals, new sets, all sets, files; for administrators only."""

import pytest
from streamlit.testing.v1 import AppTest

from bootstrap.services import Services
from core.domain.identity import SYSTEM, User
from rag.synonym_proposals import Proposal
from rag.vocabulary.synonyms import shipped_vocabulary
from tests.ui.conftest import Pages, texts


def lines(services: Services) -> list[str]:
    sets = services.synonym_sets.list_all(SYSTEM)
    return [listed.synonyms.line for listed in sets if not listed.is_shipped]


def words_shown(app: AppTest) -> list[str]:
    return list(app.dataframe[0].value["Words"]) if app.dataframe else []


def test_a_set_is_added_and_listed_with_who_added_it(
    pages: Pages, services: Services, anna: User
) -> None:
    app = pages.open("vocabulary", anna)
    assert "No one has added words yet" in texts(app)
    app.text_input(key="new-set-0").input("mooring fee, berth charge")

    app = app.button(key="add-set").click().run()

    assert not app.exception
    assert lines(services) == ["mooring fee, berth charge"]
    [row] = app.dataframe[0].value.to_dict("records")
    assert (row["Words"], row["Status"], row["Added by"]) == (
        "mooring fee, berth charge",
        "On",
        "Anna Berg",
    )


def test_words_that_make_no_set_are_refused_and_stay_in_the_field(
    pages: Pages, services: Services, anna: User
) -> None:
    app = pages.open("vocabulary", anna)
    app.text_input(key="new-set-0").input("<b>mooring</b>, berth")

    app = app.button(key="add-set").click().run()

    assert "leave out its punctuation" in app.error[0].value
    assert "<b>" not in app.error[0].value.replace("\\<b", "")
    assert app.text_input(key="new-set-0").value == "<b>mooring</b>, berth"
    assert lines(services) == []


def test_a_question_can_be_tried_with_a_set_that_is_not_added_yet(
    pages: Pages, services: Services, anna: User
) -> None:
    app = pages.open("vocabulary", anna)
    app.text_input(key="try-question").input("How much is the mooring fee?").run()
    before = texts(app)

    app.text_input(key="new-set-0").input("mooring fee, berth charge").run()

    assert "in its own words only" in before
    assert "**mooring fee** → berth charge" in texts(app)
    assert lines(services) == []


def test_a_set_that_shares_words_with_others_says_so(
    pages: Pages, services: Services, anna: User
) -> None:
    services.synonym_sets.add(SYSTEM, "mooring fee, berth charge")
    app = pages.open("vocabulary", anna)

    app.text_input(key="new-set-1").input("berth charge, quay dues").run()

    assert "Shares words with “mooring fee, berth charge”" in texts(app)


def test_shipped_and_switched_off_sets_are_found(
    pages: Pages, services: Services, anna: User
) -> None:
    key = shipped_vocabulary().sets[0].key
    services.synonym_sets.switch(SYSTEM, key, is_active=False)
    app = pages.open("vocabulary", anna)

    app = app.segmented_control(key="sets-shown").set_value("Off").run()
    off = words_shown(app)
    app = app.segmented_control(key="sets-shown").set_value("Shipped").run()
    shipped = words_shown(app)
    app = app.text_input(key="sets-search").input("ELEVATOR").run()

    assert off == [shipped_vocabulary().sets[0].line]
    assert len(shipped) == len(shipped_vocabulary().sets)
    assert words_shown(app) == ["=lift, =lifts, =elevator, =elevators"]


def test_the_setting_that_turns_synonyms_off_is_told(
    pages: Pages, services: Services, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services.synonym_sets, "_synonyms", None)

    app = pages.open("vocabulary", anna)

    assert "SANDBOX_RETRIEVAL__SYNONYM_WEIGHT" in app.warning[0].value


def test_a_file_says_what_it_would_do_before_it_is_imported(
    pages: Pages, services: Services, anna: User
) -> None:
    app = pages.open("vocabulary", anna)
    content = b"mooring fee, berth charge\nalone\n"

    app = app.file_uploader[0].set_value([("words.csv", content, "text/csv")]).run()
    planned = (texts(app), lines(services))
    app = app.button(key="import-sets").click().run()

    assert not app.exception
    assert "1 new set · 1 line that cannot be used" in planned[0]
    assert "Line 2:" in planned[0]
    assert planned[1] == []
    assert lines(services) == ["mooring fee, berth charge"]


PROPOSAL = Proposal(
    "a" * 64, "mooring *fee*", "berth charge", 3, ("Harbour <b>rules</b>",), "document"
)


def test_a_proposal_is_shown_as_text_with_its_evidence_and_dismissed(
    pages: Pages, services: Services, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    dismissed: list[str] = []
    monkeypatch.setattr(
        type(services.synonym_proposals),
        "list_open",
        lambda *_: [] if dismissed else [PROPOSAL],
    )
    monkeypatch.setattr(
        type(services.synonym_proposals), "dismiss", lambda _, __, key: dismissed.append(key)
    )
    app = pages.open("vocabulary", anna)
    shown = texts(app)

    app = app.button(key=f"dismiss-{'a' * 12}").click().run()

    assert "Asked: **mooring \\*fee\\*** · documents say: **berth charge**" in shown
    assert "3 questions with these words found nothing" in shown
    assert "<b>" not in shown.replace("\\<b", "")
    assert dismissed == [PROPOSAL.key]
    assert "Proposals from knowledge gaps" not in texts(app)


def test_an_employee_reads_nothing_of_the_vocabulary(pages: Pages, ben: User) -> None:
    app = pages.open("vocabulary", ben)

    assert "Only administrators can do this" in app.error[0].value
    assert (len(app.dataframe), len(app.text_input)) == (0, 0)
