"""The card of an idea: what it says, where it stands, its moves, changes and files."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from bootstrap.services import Services
from core.domain.ideas.card import IdeaCard, IdeaCategory, IdeaDraft
from core.domain.ideas.workflow import IdeaStatus, MoveRequest
from core.domain.identity import SYSTEM, Role, User
from core.domain.knowledge import Upload
from tests.ui.conftest import PASSWORD, Pages, add_answer, texts
from tests.ui.idea_forms import BENEFIT, PROBLEM, PROPOSAL, TITLE, field, fill

DRAFT = IdeaDraft(TITLE, PROBLEM, PROPOSAL, IdeaCategory.INTERNAL_OPTIMISATION, BENEFIT)


@pytest.fixture
def rita(services: Services) -> User:
    """A reviewer."""
    return services.people.add(
        SYSTEM, "rita@nordhafen.example", name="Rita Vogel", password=PASSWORD, role=Role.REVIEWER
    )


@pytest.fixture
def card(services: Services, ben: User) -> IdeaCard:
    """An idea of Ben's."""
    return services.ideas.cards.submit(ben, DRAFT)


def opened(pages: Pages, user: User, card: IdeaCard) -> AppTest:
    app = pages.open("ideas", user)
    app.query_params["idea"] = card.id
    return app.run()


def press(app: AppTest, *keys: str) -> AppTest:
    for key in keys:
        app.button(key=key).click().run()
    return app


def test_the_card_shows_texts_people_and_state(pages: Pages, anna: User, card: IdeaCard) -> None:
    app = opened(pages, anna, card)

    shown = texts(app)
    assert app.subheader[0].value == TITLE
    assert "IDEA-0001 · Internal optimisation · Ben Okafor · Today" in shown
    assert "[Submitted] A reviewer looks at it next." in shown.replace("badge", "")
    assert {PROBLEM, PROPOSAL, BENEFIT} <= {e.value for e in app.text}


def test_a_card_opens_by_its_number_too(pages: Pages, anna: User, card: IdeaCard) -> None:
    app = pages.open("ideas", anna)

    app.query_params["idea"] = "IDEA-0001"
    app.run()

    assert app.subheader[0].value == card.draft.title


def test_the_conversation_it_came_from_is_shown_with_its_sources(
    pages: Pages, services: Services, ben: User
) -> None:
    answered = add_answer(services, ben, "Which class may I book?", "Second class. [1]")
    card = services.ideas.cards.submit(ben, DRAFT, message_id=answered.answer_id)

    shown = texts(opened(pages, ben, card))

    assert "Which class may I book?" in shown
    assert "Second class is the rule." in shown
    assert "Travel policy" in shown
    assert "page 3" in shown


def test_an_unknown_idea_is_an_understandable_message(pages: Pages, ben: User) -> None:
    app = pages.open("ideas", ben)

    app.query_params["idea"] = "nothing"
    app.run()

    assert "does not exist" in app.error[0].value
    assert app.button(key="all-ideas").label == "All ideas"


def test_what_people_write_is_shown_letter_for_letter(
    pages: Pages, services: Services, ben: User
) -> None:
    evil = replace(
        DRAFT,
        title="Look at ![this](https://evil.example)",
        problem=f"{PROBLEM} ![x](https://evil.example/x.png) <script>alert(1)</script>",
        business_unit="![unit](https://evil.example)",
        tags=("![tag](https://evil.example)",),
    )
    app = opened(pages, ben, services.ideas.cards.submit(ben, evil))

    assert evil.problem in [element.value for element in app.text]
    interpreted = [element.value for element in (*app.markdown, *app.caption, *app.subheader)]
    assert "![" not in "".join(interpreted).replace("\\!\\[", "").replace("!\\[", "")
    assert "<script>" not in "".join(interpreted)


def test_only_moves_of_this_person_are_offered(
    pages: Pages, ben: User, rita: User, card: IdeaCard
) -> None:
    def offered(user: User) -> list[str]:
        app = opened(pages, user, card)
        return [b.label for b in app.button if (b.key or "").startswith("move-")]

    assert offered(ben) == ["Withdraw"]
    assert offered(rita) == ["Start triage", "Decline", "Mark as duplicate"]


def test_a_move_needs_a_reason_and_then_shows_in_the_state_and_the_history(
    pages: Pages, services: Services, rita: User, card: IdeaCard
) -> None:
    app = press(opened(pages, rita, card), "move-triage", "make-move")
    assert "Give a reason" in texts(app)

    app.text_area(key=f"move-reason-{card.id}-triage").input("Looks promising.")
    press(app, "make-move")

    assert services.ideas.cards.get(rita, card.id).status is IdeaStatus.TRIAGE
    assert app.session_state["notice"] == "IDEA-0001: In triage."
    app.session_state["tab"] = "History"
    assert texts(app.run()).count("Looks promising.") == 2


def test_what_a_move_lacks_is_said_before_anything_is_typed(
    pages: Pages, services: Services, rita: User, card: IdeaCard
) -> None:
    request = MoveRequest(IdeaStatus.TRIAGE, card.version, "Looks promising.")
    services.ideas.workflow.move(rita, card.id, request)

    app = press(opened(pages, rita, card), "move-evaluation")

    assert "Repeat the risk triage" in texts(app)
    assert "make-move" not in [button.key for button in app.button]
    press(app, "cancel-move")
    assert "Repeat the risk triage" not in texts(app)


def test_a_duplicate_is_merged_into_the_number_that_was_typed(
    pages: Pages, services: Services, ben: User, rita: User, card: IdeaCard
) -> None:
    other = services.ideas.cards.submit(ben, replace(DRAFT, title="Read the travel policy aloud"))
    app = press(opened(pages, rita, other), "move-duplicate")
    target = app.text_input(key=f"move-target-{other.id}-duplicate")

    target.input("IDEA-0099").run()
    assert "no idea with this number" in texts(app)
    app.text_input(key=f"move-target-{other.id}-duplicate").input("idea-1")
    app.text_area(key=f"move-reason-{other.id}-duplicate").input("Says the same.")
    press(app, "make-move")

    merged = services.ideas.cards.get(rita, other.id)
    assert merged.duplicate_of_id == card.id
    app.run()
    press(app, "open-original")
    assert app.query_params["idea"] == card.id


def test_whoever_was_slower_is_told_who_was_faster_and_keeps_the_reason(
    pages: Pages, services: Services, ben: User, rita: User, card: IdeaCard
) -> None:
    app = press(opened(pages, rita, card), "move-triage")
    theirs = replace(DRAFT, title="Answer all questions about travel")
    services.ideas.cards.edit(ben, card.id, theirs, version=card.version)

    reason = app.text_area(key=f"move-reason-{card.id}-triage")
    reason.input("Looks promising.")
    press(app, "make-move")

    assert "Ben Okafor changed this idea" in app.error[0].value
    assert services.ideas.cards.get(rita, card.id).status is IdeaStatus.SUBMITTED
    assert app.text_area(key=f"move-reason-{card.id}-triage").value == "Looks promising."
    press(app, "make-move")
    assert services.ideas.cards.get(rita, card.id).status is IdeaStatus.TRIAGE


def test_the_author_changes_the_idea_and_the_history_shows_what_stood_there(
    pages: Pages, services: Services, ben: User, card: IdeaCard
) -> None:
    app = press(opened(pages, ben, card), "edit-idea")
    assert field(app, "problem") == PROBLEM

    fill(app, problem=f"{PROBLEM} It annoys everyone.")
    press(app, "save-idea")

    assert services.ideas.cards.get(ben, card.id).draft.problem.endswith("It annoys everyone.")
    app.session_state["tab"] = "History"
    shown = texts(app.run())
    assert "[Changed]" in shown.replace("badge", "")
    assert PROBLEM in [element.value for element in app.text]


def test_problems_of_a_change_stand_beside_their_fields(
    pages: Pages, services: Services, ben: User, card: IdeaCard
) -> None:
    app = press(opened(pages, ben, card), "edit-idea")

    fill(app, title="Short")
    press(app, "save-idea")

    assert "Give the idea a title" in texts(app)
    assert field(app, "title") == "Short"
    assert services.ideas.cards.get(ben, card.id).draft.title == TITLE


def test_two_people_who_change_one_idea_lose_nothing(
    pages: Pages, services: Services, ben: User, card: IdeaCard
) -> None:
    app = press(opened(pages, ben, card), "edit-idea")
    theirs = replace(DRAFT, title="Answer all questions about travel")
    services.ideas.cards.edit(ben, card.id, theirs, version=card.version)

    fill(app, problem=f"{PROBLEM} It annoys everyone.")
    press(app, "save-idea")

    assert "changed this idea while you were writing" in texts(app)
    assert theirs.title in [element.value for element in app.text]
    assert field(app, "problem").endswith("It annoys everyone.")
    press(app, "take-title", "keep-mine", "save-idea")
    saved = services.ideas.cards.get(ben, card.id).draft
    assert saved.title == theirs.title
    assert saved.problem.endswith("It annoys everyone.")


def test_a_reviewer_corrects_only_where_an_idea_belongs(
    pages: Pages, services: Services, rita: User, card: IdeaCard
) -> None:
    app = press(opened(pages, rita, card), "edit-idea")

    assert not [e for e in app.text_area if (e.key or "").endswith("-problem")]
    app.button_group[0].set_value(IdeaCategory.BETTER_PRODUCT).run()
    press(app, "save-idea")

    saved = services.ideas.cards.get(rita, card.id).draft
    assert saved == replace(DRAFT, category=IdeaCategory.BETTER_PRODUCT)


def test_people_who_may_not_change_an_idea_find_no_button(
    pages: Pages, services: Services, card: IdeaCard
) -> None:
    cem = services.people.add(SYSTEM, "cem@nordhafen.example", name="Cem", password=PASSWORD)

    app = opened(pages, cem, card)

    assert "edit-idea" not in [button.key for button in app.button]


def test_files_are_listed_and_removed(
    pages: Pages, services: Services, ben: User, card: IdeaCard
) -> None:
    upload = Upload("sketch.md", b"# Sketch\n\nHow it could look.\n")
    file = services.ideas.attachments.add(ben, upload, idea_id=card.id)

    app = opened(pages, ben, card)
    assert "Ben Okafor" in texts(app)
    press(app, f"remove-file-{file.id}")

    assert services.ideas.attachments.list(ben, idea_id=card.id) == []


def test_a_file_of_the_wrong_kind_is_refused_with_the_reason(
    pages: Pages, services: Services, ben: User, card: IdeaCard
) -> None:
    app = opened(pages, ben, card)

    app.file_uploader[0].upload("virus.pdf", b"MZ not a PDF").run()

    assert "virus.pdf" in app.error[0].value
    assert services.ideas.attachments.list(ben, idea_id=card.id) == []
