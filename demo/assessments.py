"""Triages, sign-offs and reviews of the made-up ideas; classes and scores are worked out."""

from collections.abc import Iterator
from datetime import timedelta

from sqlmodel import SQLModel

from core.domain.ideas.review import Recommendation
from core.domain.ideas.workflow import IdeaStatus
from core.storage.tables import IdeaReviewRow, IdeaRow, IdeaSignOffRow, IdeaTriageRow
from demo.marks import demo_id
from demo.people import person_id
from demo.script import IdeaScript
from demo.ways import Step, reviewers_of
from ideas.scoring.criteria import shipped_criteria
from ideas.scoring.scores import Scores, combined
from ideas.triage.classification import Classification, TriageAnswer, classify, is_asked
from ideas.triage.questionnaire import current_questionnaire

REVIEW_DAYS = 10
SIGNED = frozenset(
    {
        IdeaStatus.APPROVED,
        IdeaStatus.EXPERIMENT,
        IdeaStatus.PRODUCTION,
        IdeaStatus.MEASURED,
        IdeaStatus.RETIRED,
    }
)
"""States that an idea of high risk only reaches with a signature."""


def assessment_rows(script: IdeaScript, row: IdeaRow, steps: list[Step]) -> Iterator[SQLModel]:
    """Yield what the committee recorded, and repeat its outcome on the row of the idea."""
    done = {step.to: step for step in steps}
    if script.yes:
        yield from _triage(script, row, done[IdeaStatus.TRIAGE])
    evaluation = done.get(IdeaStatus.EVALUATION)
    if evaluation is not None:
        yield from _reviews(script, row, evaluation)


def _triage(script: IdeaScript, row: IdeaRow, step: Step) -> Iterator[SQLModel]:
    found = _classified(script)
    gates = [gate for id_ in found.gates if (gate := current_questionnaire().gate(id_))]
    is_signed = found.risk_class.needs_sign_off or any(gate.needs_sign_off for gate in gates)
    row.risk_class, row.policy_version = found.risk_class.value, found.version
    triage = IdeaTriageRow(
        id=demo_id("triage", script.title),
        idea_id=row.id,
        answers={id_: answer.value for id_, answer in _answers(script).items()},
        computed_class=found.risk_class.value,
        risk_class=found.risk_class.value,
        gates=list(found.gates),
        needs_sign_off=is_signed,
        policy_version=found.version,
        rationale="Answered together with the person who submitted it.",
        by_id=person_id(step.by),
        at=step.at + timedelta(hours=2),
    )
    yield triage
    if is_signed and script.state in SIGNED:
        _set_oversight(row, script)
        yield IdeaSignOffRow(
            id=demo_id("sign-off", script.title),
            idea_id=row.id,
            triage_id=triage.id,
            at=step.at + timedelta(days=2),
            text="Seen by data protection. Access stays with the department, and cases are deleted "
            "after a year.",
        )


def _classified(script: IdeaScript) -> Classification:
    return classify(current_questionnaire(), _answers(script))


def _answers(script: IdeaScript) -> dict[str, TriageAnswer]:
    """Return an answer to every question that is asked: no, unless the script says yes."""
    answers = dict.fromkeys(script.yes, TriageAnswer.YES)
    for question in current_questionnaire().questions:
        if is_asked(question, answers):
            answers.setdefault(question.id, TriageAnswer.NO)
    return answers


def _set_oversight(row: IdeaRow, script: IdeaScript) -> None:
    row.who_decides = "A clerk of the department decides each case; the proposal is never sent on."
    row.how_overruled = "One click rejects the proposal, and the reason goes to the owner."
    row.when_it_fails = f"Work goes on by hand as before; {script.unit} is told the same day."


def _reviews(script: IdeaScript, row: IdeaRow, step: Step) -> Iterator[SQLModel]:
    keys = [criterion.key for criterion in shipped_criteria().criteria]
    reviewers = reviewers_of(script)
    scored = [dict(zip(keys, scores, strict=True)) for scores in script.scores]
    for reviewer, scores in zip(reviewers, scored, strict=False):
        yield _review(script, step, reviewer, scores)
    is_open = script.state is IdeaStatus.EVALUATION and len(scored) < len(reviewers)
    if is_open:
        yield _review(script, step, reviewers[len(scored)], None)
    _repeat_scores(row, scored)


def _review(script: IdeaScript, step: Step, reviewer: str, scores: Scores | None) -> IdeaReviewRow:
    is_done = scores is not None
    mean = sum(scores.values()) / len(scores) if scores else 0.0
    return IdeaReviewRow(
        id=demo_id("review", script.title, reviewer),
        idea_id=demo_id("idea", script.title),
        reviewer_id=person_id(reviewer),
        scores=dict(scores or {}),
        comment="A clear problem with a number behind it." if is_done and mean >= 3 else "",
        recommendation=_recommendation(mean).value if is_done else None,
        assigned_at=step.at,
        assigned_by=person_id(step.by),
        due_at=step.at + timedelta(days=REVIEW_DAYS),
        submitted_at=step.at + timedelta(days=1, hours=len(reviewer)) if is_done else None,
    )


def _recommendation(mean: float) -> Recommendation:
    if mean >= 3:
        return Recommendation.APPROVE
    return Recommendation.PARK if mean >= 2.2 else Recommendation.DECLINE


def _repeat_scores(row: IdeaRow, reviews: list[dict[str, int]]) -> None:
    found = combined(shipped_criteria(), reviews)
    if found is None:
        return
    row.review_count, row.disagreement = found.review_count, found.disagreement
    row.value_score, row.feasibility_score = found.value, found.feasibility
    row.value_spread, row.feasibility_spread = found.value_sd, found.feasibility_sd
    row.impact_score = sum(scores["impact"] for scores in reviews) / len(reviews)
    row.quadrant = found.quadrant.value
