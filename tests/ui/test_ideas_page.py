"""The ideas page: writing, finding and reading ideas."""

from streamlit.testing.v1 import AppTest

from bootstrap.services import Services
from core.domain.ideas import IdeaCard, IdeaCategory, IdeaDraft
from core.domain.identity import User
from tests.ui.conftest import Pages, add_answer, texts

PROBLEM = "Every week we type the same travel questions into long e-mail threads."
PROPOSAL = "Let the sandbox answer them with the page of the travel policy."


def submit(services: Services, user: User, title: str, **origin: str) -> IdeaCard:
    draft = IdeaDraft(title, PROBLEM, PROPOSAL, IdeaCategory.INTERNAL_OPTIMISATION)
    return services.ideas.submit(user, draft, **origin)


def fill(app: AppTest, **fields: str) -> AppTest:
    """Types into the fields of the open form."""
    for element in [*app.text_input, *app.text_area]:
        name = (element.key or "").removeprefix("idea-").rsplit("-", 2)[0]
        if name in fields:
            element.input(fields[name])
    return app


def field(app: AppTest, name: str) -> str:
    """What a field of the open form holds."""
    elements = [*app.text_input, *app.text_area]
    return next(e.value or "" for e in elements if (e.key or "").startswith(f"idea-{name}-"))


def test_the_empty_list_says_how_ideas_come_about(pages: Pages, ben: User) -> None:
    app = pages.open("ideas", ben)

    assert "No ideas yet" in app.info[0].value


def test_every_idea_is_listed_with_number_category_and_person(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    submit(services, anna, "Answer travel questions")

    app = pages.open("ideas", ben)

    assert app.button[1].label == "IDEA-0001"
    assert "Answer travel questions" in texts(app)
    assert "Internal optimisation · Anna Berg · Today" in texts(app)


def test_an_idea_from_a_chat_carries_a_mark(pages: Pages, services: Services, ben: User) -> None:
    answered = add_answer(services, ben, "Which class may I book?", "Second class. [1]")
    submit(services, ben, "Answer travel questions", message_id=answered.answer_id)

    app = pages.open("ideas", ben)

    assert "from a conversation" in texts(app)


def test_the_search_narrows_the_list(pages: Pages, services: Services, ben: User) -> None:
    submit(services, ben, "Answer travel questions")
    submit(services, ben, "Summarise incident reports")
    app = pages.open("ideas", ben)

    app.text_input(key="ideas-search").input("incident").run()

    assert "1 idea" in texts(app)


def test_a_category_without_ideas_says_so(pages: Pages, services: Services, ben: User) -> None:
    submit(services, ben, "Answer travel questions")
    app = pages.open("ideas", ben)

    app.selectbox(key="ideas-category").set_value(IdeaCategory.BETTER_PRODUCT).run()

    assert "No ideas match" in app.info[0].value


def test_opening_an_idea_puts_it_into_the_address(
    pages: Pages, services: Services, ben: User
) -> None:
    card = submit(services, ben, "Answer travel questions")
    app = pages.open("ideas", ben)

    app.button(key=f"open-idea-{card.id}").click().run()

    assert app.query_params["idea"] == card.id
    assert app.subheader[0].value == "Answer travel questions"


def test_an_address_opens_the_card_with_question_answer_and_sources(
    pages: Pages, services: Services, ben: User
) -> None:
    answered = add_answer(services, ben, "Which class may I book?", "Second class. [1]")
    card = submit(services, ben, "Answer travel questions", message_id=answered.answer_id)
    app = pages.open("ideas", ben)

    app.query_params["idea"] = card.id
    app.run()

    shown = texts(app)
    assert "Which class may I book?" in shown
    assert "Second class is the rule." in shown
    assert "Travel policy" in shown
    assert "page 3" in shown


def test_an_unknown_idea_is_an_understandable_message(pages: Pages, ben: User) -> None:
    app = pages.open("ideas", ben)

    app.query_params["idea"] = "nothing"
    app.run()

    assert "does not exist" in app.error[0].value


def test_problems_stand_beside_their_fields_and_nothing_typed_is_lost(
    pages: Pages, services: Services, ben: User
) -> None:
    app = pages.open("ideas", ben)
    app.button(key="new-idea").click().run()

    fill(app, title="Short", problem=PROBLEM)
    app.button(key="submit-idea").click().run()

    assert "Give the idea a title" in texts(app)
    assert "Describe the proposal" in texts(app)
    assert "Describe the problem" not in texts(app)
    assert field(app, "title") == "Short"
    assert field(app, "problem") == PROBLEM
    assert services.ideas.list(ben) == []


def test_a_submitted_idea_opens_and_is_confirmed_with_its_number(
    pages: Pages, services: Services, ben: User
) -> None:
    app = pages.open("ideas", ben)
    app.button(key="new-idea").click().run()

    fill(app, title="Answer travel questions", problem=PROBLEM, proposal=PROPOSAL)
    app.button(key="submit-idea").click().run()

    card = services.ideas.list(ben)[0]
    assert app.query_params["idea"] == card.id
    assert app.subheader[0].value == "Answer travel questions"
    assert app.session_state["notice"] == "IDEA-0001 submitted."


def test_the_next_draft_starts_empty(pages: Pages, ben: User) -> None:
    app = pages.open("ideas", ben)
    app.button(key="new-idea").click().run()
    fill(app, title="Answer travel questions", problem=PROBLEM, proposal=PROPOSAL)
    app.button(key="submit-idea").click().run()

    app.button(key="all-ideas").click().run()
    app.button(key="new-idea").click().run()

    assert field(app, "title") == ""
    assert "Give the idea a title" not in texts(app)


def test_a_draft_put_aside_is_there_again(pages: Pages, ben: User) -> None:
    app = pages.open("ideas", ben)
    app.button(key="new-idea").click().run()
    fill(app, title="Half an idea", problem="Not finished").run()

    app.button(key="leave-idea-form").click().run()
    app.button(key="new-idea").click().run()

    assert field(app, "title") == "Half an idea"
    assert field(app, "problem") == "Not finished"


def test_an_idea_from_an_answer_starts_with_the_question_and_shows_the_sources(
    pages: Pages, services: Services, ben: User
) -> None:
    answered = add_answer(services, ben, "Which class may I book?", "Second class. [1]")
    app = pages.open("ideas", ben)

    app.session_state["idea_message_id"] = answered.answer_id
    app.run()

    assert field(app, "problem") == "Which class may I book?"
    assert "Travel policy" in texts(app)


def test_the_chat_stays_with_the_idea_that_came_from_it(
    pages: Pages, services: Services, ben: User
) -> None:
    answered = add_answer(services, ben, "Which class may I book?", "Second class. [1]")
    app = pages.open("ideas", ben)
    app.session_state["idea_message_id"] = answered.answer_id
    app.run()

    fill(app, title="Answer travel questions", problem=PROBLEM, proposal=PROPOSAL)
    app.button(key="submit-idea").click().run()

    origin = services.ideas.list(ben)[0].origin
    assert origin is not None
    assert origin.message_id == answered.answer_id


def test_the_chat_can_be_left_out(pages: Pages, services: Services, ben: User) -> None:
    answered = add_answer(services, ben, "Which class may I book?", "Second class. [1]")
    app = pages.open("ideas", ben)
    app.session_state["idea_message_id"] = answered.answer_id
    app.run()

    app.button(key="detach-idea-source").click().run()

    assert field(app, "problem") == ""
    assert "Travel policy" not in texts(app)


def test_an_answer_of_somebody_else_is_not_attached(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    answered = add_answer(services, anna, "What does Ben earn?", "A lot. [1]")
    app = pages.open("ideas", ben)

    app.session_state["idea_message_id"] = answered.answer_id
    app.run()

    assert "no longer exists" in app.warning[0].value
    assert "What does Ben earn?" not in texts(app)


def test_what_people_write_is_shown_letter_for_letter(
    pages: Pages, services: Services, ben: User
) -> None:
    evil = IdeaDraft(
        "Look at ![this](https://evil.example)",
        f"{PROBLEM} ![x](https://evil.example/x.png) <script>alert(1)</script>",
        PROPOSAL,
        IdeaCategory.BETTER_PRODUCT,
    )
    card = services.ideas.submit(ben, evil)
    app = pages.open("ideas", ben)

    app.query_params["idea"] = card.id
    app.run()

    assert evil.problem in [element.value for element in app.text]
    interpreted = [element.value for element in (*app.markdown, *app.caption, *app.subheader)]
    assert "![" not in "".join(interpreted)
    assert "<script>" not in "".join(interpreted)
