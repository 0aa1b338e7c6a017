"""My ideas: what waits for a person, their drafts, and what they submitted or answer for."""

from streamlit.testing.v1 import AppTest

from bootstrap.services import Services
from core.domain.ideas.card import DraftFields
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import User
from tests.ideas.rows import add_idea
from tests.ui.conftest import Pages, texts


def mine(pages: Pages, user: User) -> AppTest:
    app = pages.open("ideas", user)
    app.query_params["list"] = "My ideas"
    app.run()
    assert not app.exception
    return app


def test_somebody_without_ideas_reads_how_to_begin(pages: Pages, ben: User) -> None:
    assert "You have no ideas yet" in mine(pages, ben).info[0].value


def test_what_waits_comes_first_and_leads_to_where_it_is_done(
    pages: Pages, services: Services, ben: User
) -> None:
    asked = add_idea(services.database, 1, submitter_id=ben.id, status=IdeaStatus.NEEDS_INFO.value)
    owned = add_idea(services.database, 2, owner_id=ben.id, status=IdeaStatus.PRODUCTION.value)

    app = mine(pages, ben)

    shown = texts(app)
    assert "#### Waits for you (2)" in shown
    assert "Reviewers asked you for information." in shown
    assert "#### Submitted by you (1)" in shown
    assert "#### You answer for (1)" in shown
    app.button(key=f"do-{owned}").click().run()
    assert app.query_params["idea"] == owned
    assert app.session_state["tab"] == "Results"
    assert "#### Owner and budget" in texts(app)
    assert asked


def test_drafts_are_continued_and_discarded(pages: Pages, services: Services, ben: User) -> None:
    kept = services.ideas.drafts.save(ben, DraftFields(title="Half an idea"))
    gone = services.ideas.drafts.save(ben, DraftFields(problem="No title yet"))
    app = mine(pages, ben)
    assert "**Half an idea**" in texts(app)
    assert "**Without a title**" in texts(app)

    app.button(key=f"discard-now-{gone.id}").click().run()
    assert [d.id for d in services.ideas.drafts.list(ben)] == [kept.id]
    app.button(key=f"continue-{kept.id}").click().run()

    assert app.query_params["draft"] == kept.id
