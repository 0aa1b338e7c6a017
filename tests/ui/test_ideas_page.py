"""The ideas page: finding ideas, writing a new one, and the draft that saves itself."""

from streamlit.testing.v1 import AppTest

from bootstrap.services import Services
from core.domain.ideas.card import DraftFields, IdeaCard, IdeaCategory, IdeaDraft
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import User
from core.storage.tables import IdeaRow
from tests.ui.conftest import Pages, add_answer, texts
from tests.ui.idea_forms import (
    BENEFIT,
    PROBLEM,
    PROPOSAL,
    TITLE,
    choose_category,
    field,
    fill,
    fill_all,
)


def submit(services: Services, user: User, title: str, **origin: str) -> IdeaCard:
    category = IdeaCategory.INTERNAL_OPTIMISATION
    draft = IdeaDraft(title, PROBLEM, PROPOSAL, category, BENEFIT)
    return services.ideas.cards.submit(user, draft, **origin)


def new_idea(pages: Pages, user: User) -> AppTest:
    """The page with an empty form."""
    app = pages.open("ideas", user)
    return app.button(key="new-idea").click().run()


def test_the_empty_list_says_how_ideas_come_about(pages: Pages, ben: User) -> None:
    app = pages.open("ideas", ben)

    assert "No ideas yet" in app.info[0].value


def test_every_idea_is_listed_with_state_number_category_and_person(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    card = submit(services, anna, TITLE)

    app = pages.open("ideas", ben)

    assert app.button(key=f"open-idea-{card.id}").label == "IDEA-0001"
    assert f"**{TITLE}**" in texts(app)
    assert "[Submitted]" in texts(app)
    assert "Internal optimisation · Anna Berg · Today" in texts(app)


def test_an_idea_from_a_chat_carries_a_mark(pages: Pages, services: Services, ben: User) -> None:
    answered = add_answer(services, ben, "Which class may I book?", "Second class. [1]")
    submit(services, ben, TITLE, message_id=answered.answer_id)

    app = pages.open("ideas", ben)

    assert "from a conversation" in texts(app)


def test_the_search_narrows_the_list_and_stands_in_the_address(
    pages: Pages, services: Services, ben: User
) -> None:
    submit(services, ben, TITLE)
    submit(services, ben, "Summarise incident reports")
    app = pages.open("ideas", ben)

    app.text_input(key="idea-search").input("incident").run()

    assert "1 idea" in texts(app)
    assert app.query_params["q"] == "incident"


def test_an_address_shows_its_filter(pages: Pages, services: Services, ben: User) -> None:
    submit(services, ben, TITLE)
    app = pages.open("ideas", ben)

    app.query_params["category"] = IdeaCategory.BETTER_PRODUCT.value
    app.run()

    assert "No ideas match" in app.info[0].value
    app.button(key="clear-idea-filter").click().run()
    assert "1 idea" in texts(app)
    assert "category" not in app.query_params


def test_closed_ideas_are_listed_once_their_state_is_asked_for(
    pages: Pages, services: Services, ben: User
) -> None:
    card = submit(services, ben, TITLE)
    with services.database.begin() as session:
        session.get_one(IdeaRow, card.id).status = IdeaStatus.DECLINED.value
    app = pages.open("ideas", ben)
    assert "No ideas yet" in app.info[0].value

    app.query_params["state"] = "declined"
    app.run()

    assert "[Declined]" in texts(app)


def test_what_an_address_cannot_mean_is_left_out(
    pages: Pages, services: Services, ben: User
) -> None:
    submit(services, ben, TITLE)
    app = pages.open("ideas", ben)

    app.query_params.update({"state": "nowhere", "risk": "<b>", "sort": "worst"})
    app.run()

    assert not app.exception
    assert "1 idea" in texts(app)


def test_the_list_is_sorted_as_the_address_says(
    pages: Pages, services: Services, ben: User
) -> None:
    for title in (TITLE, "Summarise incident reports"):
        submit(services, ben, title)
    app = pages.open("ideas", ben)

    app.selectbox(key="idea-sort").set_value("oldest").run()

    opened = [b.label for b in app.button if (b.key or "").startswith("open-idea-")]
    assert opened == ["IDEA-0001", "IDEA-0002"]
    assert app.query_params["sort"] == "oldest"


def test_opening_an_idea_puts_it_into_the_address(
    pages: Pages, services: Services, ben: User
) -> None:
    card = submit(services, ben, TITLE)
    app = pages.open("ideas", ben)

    app.button(key=f"open-idea-{card.id}").click().run()

    assert app.query_params["idea"] == card.id
    assert app.subheader[0].value == TITLE


def test_problems_stand_beside_their_fields_and_nothing_typed_is_lost(
    pages: Pages, services: Services, ben: User
) -> None:
    app = new_idea(pages, ben)

    fill(app, title="Short", problem=PROBLEM)
    app.button(key="submit-idea").click().run()

    shown = texts(app)
    assert "Give the idea a title" in shown
    assert "Describe the proposal" in shown
    assert "Choose a category." in shown
    assert "Describe the problem" not in shown
    assert field(app, "title") == "Short"
    assert field(app, "problem") == PROBLEM
    assert services.ideas.cards.list(ben) == []


def test_a_submitted_idea_opens_and_is_confirmed_with_its_number(
    pages: Pages, services: Services, ben: User
) -> None:
    app = fill_all(new_idea(pages, ben))

    app.button(key="submit-idea").click().run()

    card = services.ideas.cards.list(ben)[0]
    assert app.query_params == {"idea": card.id}
    assert app.subheader[0].value == TITLE
    assert app.session_state["notice"] == "IDEA-0001 submitted."
    assert services.ideas.drafts.list(ben) == []


def test_the_next_draft_starts_empty(pages: Pages, ben: User) -> None:
    app = fill_all(new_idea(pages, ben))
    app.button(key="submit-idea").click().run()

    app.button(key="all-ideas").click().run()
    app.button(key="new-idea").click().run()

    assert field(app, "title") == ""
    assert "Give the idea a title" not in texts(app)


def test_an_empty_form_makes_no_draft(pages: Pages, services: Services, ben: User) -> None:
    app = new_idea(pages, ben)

    assert app.query_params["draft"] == "new"
    assert services.ideas.drafts.list(ben) == []


def test_a_draft_saves_itself_and_is_found_after_a_refresh(
    pages: Pages, services: Services, ben: User
) -> None:
    app = new_idea(pages, ben)
    fill(app, title="Half an idea", problem="Not finished").run()
    choose_category(app, IdeaCategory.BETTER_PRODUCT)
    address = app.query_params["draft"]

    fresh = pages.open("ideas", ben)
    fresh.query_params["draft"] = address
    fresh.run()

    assert "Saved as your draft" in texts(app)
    assert field(fresh, "title") == "Half an idea"
    assert field(fresh, "problem") == "Not finished"
    saved = services.ideas.drafts.list(ben)
    assert [draft.fields.category for draft in saved] == [IdeaCategory.BETTER_PRODUCT]


def test_every_field_of_a_draft_is_saved_and_shown_again(
    pages: Pages, services: Services, ben: User
) -> None:
    app = fill_all(new_idea(pages, ben))
    for number, value in (("hours_per_month", 12.5), ("money_per_month", 300.0)):
        next(e for e in app.number_input if (e.key or "").endswith(number)).set_value(value)
    next(e for e in app.text_area if (e.key or "").endswith("data_needed")).input("Travel policy")
    app.run()
    saved = services.ideas.drafts.list(ben)[0]
    assert saved.fields.estimate.hours_per_month == 12.5
    assert str(saved.fields.estimate.money_per_month) == "300.0"

    fresh = pages.open("ideas", ben)
    fresh.query_params["draft"] = saved.id
    fresh.run()

    assert services.ideas.drafts.get(ben, saved.id).version == saved.version
    assert field(fresh, "data_needed") == "Travel policy"
    assert [e.value for e in fresh.number_input if e.value is not None] == [12.5, 300.0]


def test_a_draft_that_was_submitted_elsewhere_says_so(
    pages: Pages, services: Services, ben: User
) -> None:
    draft = services.ideas.drafts.save(ben, DraftFields(title=TITLE))
    services.ideas.drafts.discard(ben, draft.id)
    app = pages.open("ideas", ben)

    app.query_params["draft"] = draft.id
    app.run()

    assert "was submitted or discarded" in app.error[0].value
    app.button(key="leave-idea-form").click().run()
    assert "No ideas yet" in app.info[0].value


def test_nobody_else_opens_a_draft(pages: Pages, services: Services, anna: User, ben: User) -> None:
    draft = services.ideas.drafts.save(ben, DraftFields(title="Secret plan"))
    app = pages.open("ideas", anna)

    app.query_params["draft"] = draft.id
    app.run()

    assert "Secret plan" not in texts(app)
    assert app.error


def test_similar_ideas_appear_while_somebody_types(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    card = submit(services, anna, TITLE)
    app = new_idea(pages, ben)

    fill(app, title="Answers to questions about travel", problem=PROBLEM).run()

    assert app.button(key=f"similar-{card.id}").label == "IDEA-0001"
    assert TITLE in texts(app)
    assert "0 votes" in texts(app)


def test_a_title_that_is_taken_is_refused_beside_the_field_with_the_way_there(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    card = submit(services, anna, TITLE)
    app = fill_all(new_idea(pages, ben), "Answer the travel questions!")

    app.button(key="submit-idea").click().run()

    assert "IDEA-0001 has this title already" in texts(app)
    assert field(app, "problem") == PROBLEM
    app.button(key="open-same-title").click().run()
    assert app.query_params["idea"] == card.id
    assert len(services.ideas.drafts.list(ben)) == 1


def test_an_idea_from_an_answer_is_drafted_and_says_so(
    pages: Pages, services: Services, ben: User
) -> None:
    answered = add_answer(services, ben, "Which class may I book?", "Second class. [1]")
    app = pages.open("ideas", ben)

    app.session_state["idea_message_id"] = answered.answer_id
    app.run()

    assert "Which class may I book?" in field(app, "title")
    assert "Which class may I book?" in field(app, "problem")
    assert texts(app).count("Drafted for you") == 3
    assert "Travel policy" in texts(app)


def test_what_was_changed_is_no_longer_marked_as_drafted(
    pages: Pages, services: Services, ben: User
) -> None:
    answered = add_answer(services, ben, "Which class may I book?", "Second class. [1]")
    app = pages.open("ideas", ben)
    app.session_state["idea_message_id"] = answered.answer_id
    app.run()

    fill(app, title=TITLE).run()

    assert texts(app).count("Drafted for you") == 2


def test_the_same_answer_leads_to_the_same_draft(
    pages: Pages, services: Services, ben: User
) -> None:
    answered = add_answer(services, ben, "Which class may I book?", "Second class. [1]")
    for _ in range(2):
        app = pages.open("ideas", ben)
        app.session_state["idea_message_id"] = answered.answer_id
        app.run()

    assert len(services.ideas.drafts.list(ben)) == 1


def test_the_chat_stays_with_the_idea_that_came_from_it(
    pages: Pages, services: Services, ben: User
) -> None:
    answered = add_answer(services, ben, "Which class may I book?", "Second class. [1]")
    app = pages.open("ideas", ben)
    app.session_state["idea_message_id"] = answered.answer_id
    app.run()

    fill(app, expected_benefit=BENEFIT)
    choose_category(app)
    app.button(key="submit-idea").click().run()

    origin = services.ideas.cards.list(ben)[0].origin
    assert origin is not None
    assert origin.message_id == answered.answer_id


def test_the_chat_can_be_left_out(pages: Pages, services: Services, ben: User) -> None:
    answered = add_answer(services, ben, "Which class may I book?", "Second class. [1]")
    app = pages.open("ideas", ben)
    app.session_state["idea_message_id"] = answered.answer_id
    app.run()

    app.button(key="detach-idea-source").click().run()

    assert services.ideas.drafts.list(ben)[0].origin is None
    assert "Travel policy" not in texts(app)


def test_an_answer_of_somebody_else_is_not_attached(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    answered = add_answer(services, anna, "What does Ben earn?", "A lot. [1]")
    app = pages.open("ideas", ben)

    app.session_state["idea_message_id"] = answered.answer_id
    app.run()

    assert "no longer exists" in app.error[0].value
    assert "What does Ben earn?" not in texts(app)
    app.run()
    assert not app.error
