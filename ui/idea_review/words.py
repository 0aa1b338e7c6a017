"""Texts of the review of ideas: questions, scores and what waits."""

from core.domain.ideas.criteria import Axis
from core.domain.text.plurals import count
from ideas.review.values import Task
from ideas.triage.classification import TriageAnswer
from ideas.triage.questionnaire import QuestionGroup

AXES = {Axis.VALUE: "Value: is it worth it?", Axis.FEASIBILITY: "Feasibility: can it be done?"}

ANSWERS = {
    TriageAnswer.YES: "Yes",
    TriageAnswer.NO: "No",
    TriageAnswer.UNSURE: "Unsure",
}

GROUPS = {
    QuestionGroup.SYSTEM: "Is it AI?",
    QuestionGroup.PROHIBITED: "Prohibited practices",
    QuestionGroup.HIGH: "High-risk areas",
    QuestionGroup.TRANSPARENCY: "Transparency",
    QuestionGroup.DATA: "Data and people",
}

TASKS = {
    Task.REVIEW: "Your reviews",
    Task.TRIAGE: "To triage",
    Task.REVIEWER: "Reviewers wanted",
    Task.DECISION: "To decide",
    Task.SIGN_OFF: "To sign off",
}

ACTIONS = {
    Task.REVIEW: "Review",
    Task.TRIAGE: "Triage",
    Task.REVIEWER: "Take it on",
    Task.DECISION: "Decide",
    Task.SIGN_OFF: "Sign off",
}

REST_IS_NO = "Answer the rest with no"
LOOK_AGAIN = "Look again"
WHY_AGAIN = "The questionnaire has changed since these ideas were triaged."
NOTHING_WAITS = "Nothing waits for you. New ideas appear here once they are submitted."
START_FIRST = "Start the triage of this idea first. Its author then sees that someone looks at it."
NOT_YET = "Something is missing; see the notes beside the fields. Nothing you typed is lost."
RATIONALE_HINT = "Needed for an exception, a raised class, or a lower one than before"
BLIND = "You see the scores of others once your own review is in."
REVIEW_IS_IN = "Your review of this idea is in. Its results are on the card."
NOT_ASKED = "You were not asked for a review of this idea. Take it on from the list of reviews."
WEIGHTS = (
    "Reviewers score each criterion from 1 to 5. Within an axis only the ratio of the weights "
    "counts, and 0 leaves a criterion out. After a change, all scores are recalculated."
)


def still_open(number: int) -> str:
    """Say how many questions are not answered yet."""
    return f"{count(number, 'question')} to answer before there is a result."
