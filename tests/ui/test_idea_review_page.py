"""The page of reviewers: what waits, the triage, the blind review, and the weights."""

from dataclasses import dataclass, replace

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Radio

from bootstrap.services import Services
from core.domain.clock import now
from core.domain.ideas.card import IdeaCard, IdeaCategory, IdeaDraft
from core.domain.ideas.review import Recommendation
from core.domain.ideas.triage import RiskClass
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import SYSTEM, Role, User
from core.storage.tables import IdeaRow, IdeaTriageRow
from ideas.review.values import ReviewForm
from ideas.triage.classification import TriageAnswer
from tests.ui.conftest import PASSWORD, Pages, texts
from tests.ui.idea_forms import BENEFIT, PROBLEM, PROPOSAL, TITLE

DRAFT = IdeaDraft(TITLE, PROBLEM, PROPOSAL, IdeaCategory.INTERNAL_OPTIMISATION, BENEFIT)
COMMENT = "Many ask these questions, and the policy is already searchable."


@dataclass(frozen=True)
class Committee:
    """Two reviewers, and an idea of Ben's that is put into the state that a test needs."""

    services: Services
    rita: User
    rob: User
    card: IdeaCard

    def change(self, **values: object) -> None:
        with self.services.database.begin() as session:
            row = session.get_one(IdeaRow, self.card.id)
            for name, value in values.items():
                setattr(row, name, value)

    def triage(self, risk: RiskClass = RiskClass.MINIMAL) -> None:
        with self.services.database.begin() as session:
            triage = IdeaTriageRow(
                idea_id=self.card.id,
                computed_class=risk.value,
                risk_class=risk.value,
                policy_version="1",
                needs_sign_off=risk.needs_sign_off,
            )
            session.add(triage)
        self.change(risk_class=risk.value)

    def evaluate(self, *reviewers: User) -> None:
        """The idea is triaged and in evaluation, and these people are asked for a review."""
        self.triage()
        self.change(status=IdeaStatus.EVALUATION.value)
        for person in reviewers:
            self.services.ideas.reviews.assign(SYSTEM, self.card.id, person.id, now())

    def hand_in(self, person: User, score: int) -> None:
        reviews = self.services.ideas.reviews
        scores = dict.fromkeys(reviews.criteria(person, self.card.id).scored, score)
        form = ReviewForm(scores, COMMENT, Recommendation.APPROVE)
        reviews.submit(person, self.card.id, form)


@pytest.fixture
def committee(services: Services, ben: User) -> Committee:
    rita, rob = (
        services.people.add(
            SYSTEM,
            f"{name}@nordhafen.example",
            name=name.title(),
            password=PASSWORD,
            role=Role.REVIEWER,
        )
        for name in ("rita", "rob")
    )
    return Committee(services, rita, rob, services.ideas.cards.submit(ben, DRAFT))


def opened(pages: Pages, user: User, idea_id: str = "", task: str = "") -> AppTest:
    app = pages.open("idea_review", user)
    if idea_id:
        app.query_params.update({"idea": idea_id, "task": task})
        app.run()
    return app


def card_tab(pages: Pages, user: User, card: IdeaCard, tab: str) -> AppTest:
    app = pages.open("ideas", user)
    app.query_params.update({"idea": card.id, "tab": tab})
    return app.run()


def test_an_empty_queue_says_when_something_appears(
    pages: Pages, services: Services, anna: User
) -> None:
    assert "Nothing waits for you" in opened(pages, anna).info[0].value
    assert services.ideas.reviews.queue(anna) == []


def test_the_queue_names_each_kind_of_work_with_its_ideas(
    pages: Pages, services: Services, ben: User, committee: Committee
) -> None:
    new = services.ideas.cards.submit(ben, replace(DRAFT, title="Read incident reports"))
    committee.evaluate(committee.rita)

    app = opened(pages, committee.rita)

    shown = texts(app)
    assert "#### Your reviews (1)" in shown
    assert "#### To triage (1)" in shown
    assert "IDEA-0001 · 0 of 1 review in" in shown
    assert app.button(key=f"do-triage-{new.id}").label == "Triage"


def test_a_review_that_is_late_says_since_when(pages: Pages, committee: Committee) -> None:
    committee.evaluate(committee.rita)

    assert f"Overdue since {now().day} {now():%b}" in texts(opened(pages, committee.rita))


def test_an_idea_that_needs_reviewers_is_taken_on_with_one_click(
    pages: Pages, committee: Committee
) -> None:
    committee.evaluate()
    app = opened(pages, committee.rita)

    app.button(key=f"do-reviewer-{committee.card.id}").click().run()

    own = committee.services.ideas.reviews.of_idea(committee.rita, committee.card.id).own
    assert own is not None
    assert own.due_at is not None
    assert (app.query_params["idea"], app.query_params["task"]) == (committee.card.id, "review")


def test_a_new_idea_is_taken_into_triage_before_it_is_judged(
    pages: Pages, committee: Committee
) -> None:
    app = opened(pages, committee.rita, committee.card.id, "triage")

    assert "Start the triage of this idea first" in app.info[0].value
    assert not app.radio
    assert app.button(key="move-triage")


def test_answers_lead_to_a_class_with_its_reasons_and_rules(
    pages: Pages, committee: Committee
) -> None:
    committee.change(status=IdeaStatus.TRIAGE.value)
    app = opened(pages, committee.rita, committee.card.id, "triage")
    assert "to answer before there is a result" in texts(app)

    question(app, "L2").set_value(TriageAnswer.YES)
    question(app, "D4").set_value(TriageAnswer.UNSURE).run()
    answer_the_rest_with_no(app)

    shown = texts(app)
    assert "[Needs counsel]" in shown
    assert "Does it generate text" in shown
    app.button(key="record-triage").click().run()
    triage = committee.services.ideas.triage.history(committee.rita, committee.card.id)[0]
    assert triage.risk is RiskClass.NEEDS_COUNSEL
    assert triage.answers["L2"] == "yes"


def test_questions_that_depend_on_others_appear_with_them(
    pages: Pages, committee: Committee
) -> None:
    committee.change(status=IdeaStatus.TRIAGE.value)
    app = opened(pages, committee.rita, committee.card.id, "triage")
    exception = f"triage-{committee.card.id}-H9"
    assert exception not in [radio.key for radio in app.radio]

    question(app, "H5").set_value(TriageAnswer.YES).run()

    assert exception in [radio.key for radio in app.radio]


def test_a_class_can_be_raised_with_a_reason_only(pages: Pages, committee: Committee) -> None:
    committee.change(status=IdeaStatus.TRIAGE.value)
    triage, card = committee.services.ideas.triage, committee.card
    app = answer_the_rest_with_no(opened(pages, committee.rita, card.id, "triage"))
    assert "[Minimal risk]" in texts(app)

    app.selectbox(key=f"triage-raise-{card.id}").set_value(RiskClass.HIGH)
    app.button(key="record-triage").click().run()
    assert "Give the reason" in texts(app)
    assert triage.history(committee.rita, card.id) == []
    app.text_area(key=f"triage-reason-{card.id}").input("It decides about people in the end.")
    app.button(key="record-triage").click().run()

    recorded = triage.history(committee.rita, card.id)[0]
    assert (recorded.computed, recorded.risk) == (RiskClass.MINIMAL, RiskClass.HIGH)


def test_a_triage_that_is_not_complete_says_so_beside_the_questions(
    pages: Pages, committee: Committee
) -> None:
    committee.change(status=IdeaStatus.TRIAGE.value)
    app = opened(pages, committee.rita, committee.card.id, "triage")

    app.button(key="record-triage").click().run()

    assert "Answer every question" in texts(app)
    assert "Nothing you typed is lost" in app.error[0].value


def test_scores_are_kept_at_once_and_handed_in_complete_only(
    pages: Pages, committee: Committee
) -> None:
    committee.evaluate(committee.rita)
    rita, card, reviews = committee.rita, committee.card, committee.services.ideas.reviews
    app = opened(pages, rita, card.id, "review")
    own = reviews.of_idea(rita, card.id).own
    assert own is not None

    app.radio(key=f"score-{own.id}-impact").set_value(4).run()
    app.button(key="submit-review").click().run()
    assert "Choose a score from 1 to 5" in texts(app)

    again = opened(pages, rita, card.id, "review")
    assert again.radio(key=f"score-{own.id}-impact").value == 4
    for radio in again.radio:
        radio.set_value(4)
    again.text_area(key=f"review-comment-{own.id}").input(COMMENT)
    again.button_group(key=f"review-recommendation-{own.id}").set_value(Recommendation.APPROVE)
    again.button(key="submit-review").click().run()

    handed_in = reviews.of_idea(rita, card.id)
    assert handed_in.submitted == 1
    assert handed_in.own is not None
    assert handed_in.own.comment == COMMENT


def test_nobody_sees_scores_of_others_before_the_own_review_is_in(
    pages: Pages, committee: Committee
) -> None:
    committee.evaluate(committee.rita, committee.rob)
    committee.hand_in(committee.rob, 5)

    review = texts(opened(pages, committee.rita, committee.card.id, "review"))
    app = card_tab(pages, committee.rita, committee.card, "Reviews")
    on_card = texts(app)

    for shown in (review, on_card):
        assert COMMENT not in shown
    assert not app.metric
    assert "1 of 2 reviews in" in on_card
    assert app.button(key="write-review")


def test_reviews_and_their_spread_are_shown_once_the_own_one_is_in(
    pages: Pages, committee: Committee
) -> None:
    committee.evaluate(committee.rita, committee.rob)
    committee.hand_in(committee.rita, 5)
    committee.hand_in(committee.rob, 3)

    app = card_tab(pages, committee.rita, committee.card, "Reviews")

    shown = texts(app)
    assert "[:material/call_split: Reviewers disagree]" in shown
    assert "Your review" in shown
    assert "**Rob**" in shown
    metrics = {metric.label: metric.value for metric in app.metric}
    assert metrics == {"Place": "Quick win", "Value": "75 of 100", "Feasibility": "75 of 100"}
    spread = app.dataframe[0].value.iloc[0]
    assert spread["Criterion"] == "Impact"
    assert list(spread["Scores"]) == [0, 0, 1, 0, 1]


def test_a_conflict_of_interest_closes_the_own_review(pages: Pages, committee: Committee) -> None:
    committee.evaluate(committee.rita)
    app = opened(pages, committee.rita, committee.card.id, "review")

    app.button(key="declare-conflict").click().run()
    assert "in a few words" in app.error[0].value
    app.text_input(key=f"conflict-{committee.card.id}").input("We share an office.")
    app.button(key="declare-conflict").click().run()

    view = committee.services.ideas.reviews.of_idea(committee.rob, committee.card.id)
    assert view.conflicts == ("Rita",)
    assert "idea" not in app.query_params


def test_reviewers_are_asked_on_the_card(pages: Pages, committee: Committee) -> None:
    committee.evaluate()
    app = card_tab(pages, committee.rita, committee.card, "Reviews")

    app.selectbox(key="reviewer").set_value(committee.rob.id)
    app.button(key="assign-reviewer").click().run()

    view = committee.services.ideas.reviews.of_idea(committee.rob, committee.card.id)
    assert view.own is not None


def test_the_committee_signs_on_the_card_once_oversight_is_written(
    pages: Pages, anna: User, committee: Committee
) -> None:
    committee.evaluate()
    committee.triage(RiskClass.HIGH)
    triage, card = committee.services.ideas.triage, committee.card
    app = card_tab(pages, anna, card, "Risk")
    assert "Waiting for the committee" in texts(app)

    app.button(key="sign-off").click().run()
    assert "First say who decides" in app.error[0].value
    for name in ("who_decides", "how_overruled", "when_it_fails"):
        app.text_area(key=f"o-{name}").input("The team lead looks at every answer.")
    press_labelled(app, "Save")
    newest = triage.history(anna, card.id)[0]
    app.text_area(key=f"sign-off-{newest.id}").input("The committee met and agrees to a test.")
    app.button(key="sign-off").click().run()

    assert triage.sign_offs(anna, card.id)[0].by_name == "Anna Berg"
    assert "Signed off" in texts(app)


def test_employees_see_the_class_of_an_idea_without_its_records(
    pages: Pages, services: Services, committee: Committee
) -> None:
    committee.triage(RiskClass.HIGH)
    cem = services.people.add(SYSTEM, "cem@nordhafen.example", name="Cem", password=PASSWORD)

    app = card_tab(pages, cem, committee.card, "Risk")

    assert "[High risk]" in texts(app)
    assert not app.text_area


def test_administrators_change_weights_and_all_scores_follow(
    pages: Pages, anna: User, committee: Committee
) -> None:
    assert not opened(pages, committee.rita).tabs
    app = weights(pages, anna)

    app.number_input(key="weight-impact-0").set_value(10)
    app.number_input(key="cut-value-0").set_value(60.0)
    press_labelled(app, "Save weights")

    stored = committee.services.ideas.scoring.get(anna)
    assert stored.criteria.criteria[0].weight == 10
    assert stored.criteria.value_cut == 60.0
    assert stored.version == 1


def test_an_axis_without_any_weight_is_refused_with_a_sentence(
    pages: Pages, services: Services, anna: User
) -> None:
    app = weights(pages, anna)
    for key in ("impact", "reach", "strategic_fit", "urgency"):
        app.number_input(key=f"weight-{key}-0").set_value(0)

    press_labelled(app, "Save weights")

    assert "at least one criterion of value" in app.error[0].value
    assert services.ideas.scoring.get(anna).version == 0
    assert app.number_input(key="weight-impact-0").value == 0


def weights(pages: Pages, user: User) -> AppTest:
    """The page with the weights open."""
    app = opened(pages, user)
    app.query_params["view"] = "Weights"
    return app.run()


def press_labelled(app: AppTest, label: str) -> AppTest:
    """Presses the button of a form."""
    return next(b for b in app.button if b.label == label).click().run()


def question(app: AppTest, name: str) -> Radio[TriageAnswer]:
    """The answer to a question of the triage."""
    return next(r for r in app.radio if (r.key or "").endswith(f"-{name}"))


def answer_the_rest_with_no(app: AppTest) -> AppTest:
    """Presses the button of every group."""
    keys = [b.key or "" for b in app.button]
    for key in [key for key in keys if key.startswith("rest-")]:
        app.button(key=key).click().run()
    for radio in app.radio:
        if radio.value is None:
            radio.set_value(TriageAnswer.NO)
    return app.run()
