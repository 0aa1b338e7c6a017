"""Fills the forms of ideas in page tests, as a person does."""

from streamlit.testing.v1 import AppTest

from core.domain.ideas.card import IdeaCategory

TITLE = "Answer travel questions"
PROBLEM = "Every week we type the same travel questions into long e-mail threads."
PROPOSAL = "Let the sandbox answer them with the page of the travel policy."
BENEFIT = "Two hours a week for everyone who travels."


def fill(app: AppTest, **fields: str) -> AppTest:
    """Types into the text fields of the open form."""
    for name, text in fields.items():
        element(app, name).input(text)
    return app


def fill_all(app: AppTest, title: str = TITLE) -> AppTest:
    """Fills in all that is required, and leaves the last field, so that it is read."""
    fill(app, title=title, problem=PROBLEM, proposal=PROPOSAL, expected_benefit=BENEFIT)
    return choose_category(app)


def choose_category(
    app: AppTest, category: IdeaCategory = IdeaCategory.INTERNAL_OPTIMISATION
) -> AppTest:
    buttons = next(e for e in app.button_group if (e.key or "").endswith("-category"))
    return buttons.set_value(category).run()


def field(app: AppTest, name: str) -> str:
    """What a text field of the open form holds."""
    return element(app, name).value or ""


def element(app: AppTest, name: str):  # type: ignore[no-untyped-def]  # a text field of either kind
    """The text field of this name."""
    found = [e for e in (*app.text_input, *app.text_area) if (e.key or "").endswith(f"-{name}")]
    assert len(found) == 1
    return found[0]
