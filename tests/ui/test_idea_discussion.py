"""Around the card of an idea: votes, following, comments, mentions, and notes for reviewers."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from bootstrap.services import Services
from core.domain.ideas.card import IdeaCard, IdeaCategory, IdeaDraft
from core.domain.ideas.life import Visibility
from core.domain.ideas.workflow import IdeaStatus, MoveRequest
from core.domain.identity import SYSTEM, Role, User
from tests.ui.conftest import PASSWORD, Pages, texts
from tests.ui.idea_forms import BENEFIT, PROBLEM, PROPOSAL, TITLE, fill

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
    app.run()
    assert not app.exception
    return app


def write(app: AppTest, card: IdeaCard, text: str) -> AppTest:
    """Types a comment and sends it."""
    app.text_area(key=f"new-comment-{card.id}-0").input(text)
    return app.button(key=f"send-{card.id}").click().run()


def test_one_s_own_vote_shows_in_the_list_and_on_the_card(
    pages: Pages, services: Services, anna: User, card: IdeaCard
) -> None:
    app = pages.open("ideas", anna)
    assert app.button(key=f"vote-{card.id}").label == "0"

    app.button(key=f"vote-{card.id}").click().run()

    assert app.button(key=f"vote-{card.id}").label == "1"
    assert "You voted" in (app.button(key=f"vote-{card.id}").help or "")
    on_card = opened(pages, anna, card)
    assert "You voted" in (on_card.button(key=f"vote-{card.id}").help or "")
    on_card.button(key=f"vote-{card.id}").click().run()
    assert services.ideas.support.of(anna, card.id).votes == 0


def test_an_idea_that_takes_no_votes_has_a_button_that_does_nothing(
    pages: Pages, services: Services, ben: User, anna: User, card: IdeaCard
) -> None:
    request = MoveRequest(IdeaStatus.WITHDRAWN, card.version, "Not needed any longer.")
    services.ideas.workflow.move(ben, card.id, request)

    button = opened(pages, anna, card).button(key=f"vote-{card.id}")

    assert button.disabled
    assert button.help == "Voting is closed"


def test_following_is_begun_and_ended(
    pages: Pages, services: Services, anna: User, card: IdeaCard
) -> None:
    app = opened(pages, anna, card)

    app.button(key=f"follow-{card.id}").click().run()
    assert services.ideas.support.of(anna, card.id).is_followed
    assert app.button(key=f"follow-{card.id}").label == "Following"
    app.button(key=f"follow-{card.id}").click().run()

    assert not services.ideas.support.of(anna, card.id).is_followed


def test_a_comment_appears_and_the_field_is_empty_again(
    pages: Pages, services: Services, anna: User, card: IdeaCard
) -> None:
    app = write(opened(pages, anna, card), card, "We should ask travellers first.")

    assert "We should ask travellers first." in [e.value for e in app.text]
    assert app.text_area(key=f"new-comment-{card.id}-1").value == ""
    assert [c.text for c in services.ideas.comments.list(anna, card.id)] == [
        "We should ask travellers first."
    ]


def test_an_empty_comment_is_refused_beside_its_field(
    pages: Pages, anna: User, card: IdeaCard
) -> None:
    app = write(opened(pages, anna, card), card, "   ")

    assert "Write a few words first." in texts(app)


def test_replies_stand_under_what_they_reply_to(
    pages: Pages, services: Services, anna: User, ben: User, card: IdeaCard
) -> None:
    first = services.ideas.comments.add(anna, card.id, "Who would use it?")
    services.ideas.comments.add(anna, card.id, "A second thread.")
    app = opened(pages, ben, card)

    app.button(key=f"answer-{first.id}").click().run()
    app.text_area(key=f"new-comment-{first.id}-0").input("Everyone who travels.")
    app.button(key=f"send-{first.id}").click().run()

    order = [e.value for e in app.text if e.value in REPLIED]
    assert order == list(REPLIED)


REPLIED = ("Who would use it?", "Everyone who travels.", "A second thread.")


def test_a_thread_goes_on_after_its_first_comment_was_deleted(
    pages: Pages, services: Services, anna: User, ben: User, card: IdeaCard
) -> None:
    comments = services.ideas.comments
    first = comments.add(ben, card.id, "Which documents?")
    comments.add(anna, card.id, "The travel policy.", parent_id=first.id)
    comments.delete(ben, first.id)

    app = opened(pages, anna, card)

    assert "This comment was deleted." in texts(app)
    assert f"answer-{first.id}" in [button.key for button in app.button]


def test_a_colleague_is_mentioned_from_a_list_and_hears_of_it(
    pages: Pages, services: Services, anna: User, ben: User, card: IdeaCard
) -> None:
    app = opened(pages, ben, card)
    app.session_state[f"mention-{card.id}"] = True
    app.run()

    app.button(key=f"mention-{card.id}-{anna.id}").click().run()

    assert app.text_area(key=f"new-comment-{card.id}-0").value == "@Anna Berg "
    app.button(key=f"send-{card.id}").click().run()
    assert services.ideas.notifications.count_unread(anna) == 1


def test_notes_for_reviewers_are_read_by_reviewers_only(
    pages: Pages, services: Services, ben: User, rita: User, card: IdeaCard
) -> None:
    app = opened(pages, rita, card)
    app.text_area(key=f"new-comment-{card.id}-0").input("Looks like IDEA-0007.")
    app.button_group(key=f"readers-{card.id}").set_value(Visibility.REVIEWERS)
    app.button(key=f"send-{card.id}").click().run()

    assert "Reviewers only" in texts(app)
    assert "Looks like IDEA-0007." not in texts(opened(pages, ben, card))
    offered = [g.key for g in opened(pages, ben, card).button_group]
    assert f"readers-{card.id}" not in offered


def test_an_own_comment_is_changed_and_deleted(
    pages: Pages, services: Services, anna: User, ben: User, card: IdeaCard
) -> None:
    comment = services.ideas.comments.add(ben, card.id, "First words.")
    assert f"change-{comment.id}" not in [b.key for b in opened(pages, anna, card).button]
    app = opened(pages, ben, card)

    app.button(key=f"change-{comment.id}").click().run()
    app.text_area(key=f"changed-{comment.id}").input("Better words.")
    app.button(key=f"save-comment-{comment.id}").click().run()
    assert "Better words." in [e.value for e in app.text]
    assert "changed" in texts(app)
    app.button(key=f"delete-{comment.id}").click().run()

    assert services.ideas.comments.list(ben, card.id) == []


def test_what_people_comment_is_shown_letter_for_letter(
    pages: Pages, services: Services, anna: User, card: IdeaCard
) -> None:
    evil = "![x](https://evil.example/x.png) <script>alert(1)</script> :material/home:"
    services.ideas.comments.add(anna, card.id, evil)

    app = opened(pages, anna, card)

    assert evil in [element.value for element in app.text]
    assert "evil.example/x.png" not in "".join(e.value for e in (*app.markdown, *app.caption))


def test_a_vote_instead_of_a_new_idea_keeps_what_was_written(
    pages: Pages, services: Services, anna: User, card: IdeaCard
) -> None:
    app = pages.open("ideas", anna)
    app.button(key="new-idea").click().run()
    fill(app, title=TITLE).run()

    app.button(key=f"vote-instead-{card.id}").click().run()

    assert services.ideas.support.of(anna, card.id).has_voted
    assert app.query_params["idea"] == card.id
    assert [d.fields.title for d in services.ideas.drafts.list(anna)] == [TITLE]


def test_comments_of_a_duplicate_say_where_they_were_written(
    pages: Pages, services: Services, ben: User, rita: User, card: IdeaCard
) -> None:
    other = services.ideas.cards.submit(ben, replace(DRAFT, title="Read the travel policy aloud"))
    services.ideas.comments.add(rita, other.id, "Says the same, I think.")
    request = MoveRequest(IdeaStatus.DUPLICATE, other.version, "Says the same.", target_id=card.id)
    services.ideas.workflow.move(rita, other.id, request)

    assert "from IDEA-0002" in texts(opened(pages, ben, card))
    assert f"send-{other.id}" not in [b.key for b in opened(pages, ben, other).button]
