"""Records the risk triage of ideas, how people stay in charge, and the committee's sign-off."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from core.domain.access import require_active, require_reviewer
from core.domain.ideas.life import Happening
from core.domain.ideas.triage import RiskClass, Triage
from core.domain.ideas.workflow import IdeaStatus, Oversight, SignOff
from core.domain.identity import ADMINISTRATOR, SYSTEM, User
from core.errors import AccessDenied, Conflict, InvalidInput
from core.guardrails.text import clean
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.ideas.notifications import notify
from core.storage.queries.ideas.rows import (
    idea_row,
    idea_to_change,
    note_change,
    people_around,
    submitter_ids,
)
from core.storage.tables import IdeaRow, IdeaSignOffRow, IdeaTriageRow, UserRow
from ideas.triage.again import DueAgain, due_again
from ideas.triage.classification import (
    Answers,
    Classification,
    TriageAnswer,
    answer_problems,
    classify,
    gates_of_card,
)
from ideas.triage.questionnaire import Questionnaire, current_questionnaire
from ideas.triage.risk import gravity

RATIONALE_MIN, STATEMENT_MIN, TEXT_MAX = 20, 20, 4_000
EXCEPTION = "H9"
"""The question by which an exception from high risk is claimed (AI Act, Art. 6(3))."""
CLOSED = frozenset(
    {
        IdeaStatus.SUBMITTED,
        IdeaStatus.DECLINED,
        IdeaStatus.DUPLICATE,
        IdeaStatus.WITHDRAWN,
        IdeaStatus.RETIRED,
    }
)
"""States in which nobody judges the risk: not yet, or no longer."""


@dataclass(frozen=True, slots=True)
class TriageForm:
    """A triage as it is typed; `raised_to` is None if the computed class stands."""

    answers: Answers = field(default_factory=dict)
    raised_to: RiskClass | None = None
    rationale: str = ""


class RiskTriage:
    """The risk of ideas: judged by reviewers who did not submit them, never lowered alone."""

    def __init__(self, database: Database, questionnaire: Questionnaire | None = None) -> None:
        self._database = database
        self.questionnaire = questionnaire or current_questionnaire()

    def preview(self, user: User, idea_id: str, answers: Answers) -> Classification:
        """Return what complete answers lead to, with the gates of the card, and record nothing."""
        require_active(user)
        with self._database.read() as session:
            return self._judged(idea_row(session, idea_id), answers)

    def problems(self, user: User, idea_id: str, form: TriageForm) -> dict[str, str]:
        """Return what keeps a triage from being recorded, by field; empty if nothing does.

        The fields are ids of questions, `raised_to` and `rationale`.
        """
        require_active(user)
        with self._database.read() as session:
            row = idea_row(session, idea_id)
            return self._problems(session, user, row, form)

    def record(self, user: User, idea_id: str, form: TriageForm, version: int) -> Triage:
        """Record the triage and tell those around the idea if its class changed.

        Raises AccessDenied for those who submitted it, Conflict if the idea changed since or is
        closed, and InvalidInput with all problems.
        """
        require_active(user)
        with self._database.begin() as session:
            row = idea_to_change(session, idea_id, version)
            _require_judge(session, user, row)
            if IdeaStatus(row.status) in CLOSED:
                raise Conflict("The risk can be assessed from triage until the idea is closed.")
            problems = self._problems(session, user, row, form)
            if problems:
                raise InvalidInput(" ".join(dict.fromkeys(problems.values())))
            triage = self._new_row(user, row, form)
            session.add(triage)
            _apply(session, user, row, triage)
            return _to_triage(triage, user.name)

    def history(self, user: User, idea_id: str) -> list[Triage]:
        """Return all triages of an idea, the one that counts first."""
        require_active(user)
        with self._database.read() as session:
            _require_concerned(session, user, idea_row(session, idea_id))
            rows = session.exec(
                select(IdeaTriageRow, UserRow.name)
                .join(UserRow, col(UserRow.id) == IdeaTriageRow.by_id, isouter=True)
                .where(IdeaTriageRow.idea_id == idea_id)
                .order_by(col(IdeaTriageRow.at).desc())
            ).all()
        return [_to_triage(row, name) for row, name in rows]

    def oversee(self, user: User, idea_id: str, oversight: Oversight, version: int) -> None:
        """Write how people stay in charge: who decides, how it is overruled, what if it fails."""
        require_active(user)
        oversight = Oversight(*map(_tidy, _texts(oversight)))
        if any(len(text) > TEXT_MAX for text in _texts(oversight)):
            raise InvalidInput(f"Keep each text below {TEXT_MAX:,} characters.")
        with self._database.begin() as session:
            row = idea_to_change(session, idea_id, version)
            _require_concerned(session, user, row)
            row.who_decides, row.how_overruled, row.when_it_fails = _texts(oversight)
            note_change(row, user)
            record_event(session, user, "idea.oversight", row.id)

    def sign_off(self, user: User, idea_id: str, text: str) -> SignOff:
        """Record for the committee that it looked at the newest triage, and with what result.

        Administrators sign; neither who submitted the idea nor who did the triage. Raises
        AccessDenied, Conflict where nothing is to be signed, and InvalidInput for what is missing.
        """
        require_active(user)
        text = _tidy(text)
        with self._database.begin() as session:
            row = idea_to_change(session, idea_id)
            triage = _newest(session, idea_id)
            _require_signer(session, user, row, triage)
            if triage is None or not triage.needs_sign_off or _is_signed(session, triage.id):
                raise Conflict("There is no triage of this idea that waits for a sign-off.")
            _require_complete(row, text)
            signed = IdeaSignOffRow(
                idea_id=row.id, triage_id=triage.id, by_id=user.id or None, text=text
            )
            session.add(signed)
            note_change(row, user)
            record_event(session, user, "idea.sign_off", row.id, risk=triage.risk_class)
            return SignOff(user.name, signed.at, text, triage.id)

    def sign_offs(self, user: User, idea_id: str) -> list[SignOff]:
        """Return all sign-offs of an idea, the newest first."""
        require_active(user)
        with self._database.read() as session:
            _require_concerned(session, user, idea_row(session, idea_id))
            rows = session.exec(
                select(IdeaSignOffRow, UserRow.name)
                .join(UserRow, col(UserRow.id) == IdeaSignOffRow.by_id, isouter=True)
                .where(IdeaSignOffRow.idea_id == idea_id)
                .order_by(col(IdeaSignOffRow.at).desc())
            ).all()
        return [
            SignOff(name or ADMINISTRATOR, row.at, row.text, row.triage_id) for row, name in rows
        ]

    def due_again(self, user: User) -> list[DueAgain]:
        """Return the ideas that were judged by another version of the questionnaire.

        Those whose class would change, or that have to answer new questions, come first.
        """
        require_reviewer(user)
        with self._database.read() as session:
            return due_again(session, self.questionnaire)

    def _judged(self, row: IdeaRow, answers: Answers) -> Classification:
        found = classify(self.questionnaire, answers)
        of_card = gates_of_card(
            row.data_classification or "",
            row.personal_data or "",
            external_model=bool(row.needs_external_model),
        )
        gates = {*found.gates, *of_card}
        ordered = tuple(gate.id for gate in self.questionnaire.gates if gate.id in gates)
        return Classification(found.version, found.risk_class, found.reasons, ordered)

    def _problems(
        self, session: Session, user: User, row: IdeaRow, form: TriageForm
    ) -> dict[str, str]:
        problems = answer_problems(self.questionnaire, form.answers)
        if problems:
            return problems
        computed = classify(self.questionnaire, form.answers).risk_class
        risk = form.raised_to or computed
        if gravity(risk) < gravity(computed):
            problems["raised_to"] = (
                "The class of the answers cannot be lowered. Change the answers if they are wrong."
            )
        before = _newest(session, row.id)
        is_lower = before is not None and gravity(risk) < gravity(RiskClass(before.risk_class))
        if is_lower and before is not None and before.by_id == (user.id or None):
            problems["raised_to"] = (
                "You assessed this idea before: only another reviewer can lower the class."
            )
        claims = form.answers.get(EXCEPTION) is TriageAnswer.YES
        if (risk is not computed or is_lower or claims) and len(
            _tidy(form.rationale)
        ) < RATIONALE_MIN:
            problems["rationale"] = (
                f"Give the reason in at least {RATIONALE_MIN} characters: for an exception, a "
                "raised class, or one lower than before."
            )
        if len(form.rationale) > TEXT_MAX:
            problems["rationale"] = f"Keep the reason below {TEXT_MAX:,} characters."
        return problems

    def _new_row(self, user: User, row: IdeaRow, form: TriageForm) -> IdeaTriageRow:
        judged = self._judged(row, form.answers)
        risk = form.raised_to or judged.risk_class
        gates = [self.questionnaire.gate(gate) for gate in judged.gates]
        return IdeaTriageRow(
            idea_id=row.id,
            answers={id_: answer.value for id_, answer in form.answers.items()},
            computed_class=judged.risk_class.value,
            risk_class=risk.value,
            gates=list(judged.gates),
            needs_sign_off=risk is not RiskClass.PROHIBITED
            and (risk.needs_sign_off or any(gate and gate.needs_sign_off for gate in gates)),
            policy_version=judged.version,
            rationale=_tidy(form.rationale),
            by_id=user.id or None,
        )


def _require_judge(session: Session, user: User, row: IdeaRow) -> None:
    require_reviewer(user)
    if user.id in submitter_ids(session, row):
        raise AccessDenied("Nobody can assess the risk of an idea they submitted.")


def _require_concerned(session: Session, user: User, row: IdeaRow) -> None:
    """Raise AccessDenied unless the person reviews, submitted or owns the idea."""
    require_active(user)
    is_theirs = user.id in submitter_ids(session, row) | {row.owner_id}
    if not (user is SYSTEM or user.is_reviewer or is_theirs):
        raise AccessDenied("Only reviewers and the people of the idea can do this.")


def _require_signer(
    session: Session, user: User, row: IdeaRow, triage: IdeaTriageRow | None
) -> None:
    require_reviewer(user)
    if not user.is_admin:
        raise AccessDenied("Administrators sign for the committee. Ask one of them.")
    if user.id in submitter_ids(session, row):
        raise AccessDenied("Nobody can sign for the committee on an idea they submitted.")
    if triage is not None and user.id and triage.by_id == user.id:
        raise AccessDenied("You did the triage: another administrator has to sign it.")


def _require_complete(row: IdeaRow, text: str) -> None:
    oversight = Oversight(row.who_decides, row.how_overruled, row.when_it_fails)
    if not oversight.is_complete:
        raise InvalidInput("First say who decides, how it is overruled and what if it fails.")
    if not STATEMENT_MIN <= len(text) <= TEXT_MAX:
        raise InvalidInput(
            f"Say in {STATEMENT_MIN} to {TEXT_MAX:,} characters who met and what was decided."
        )


def _apply(session: Session, user: User, row: IdeaRow, triage: IdeaTriageRow) -> None:
    before = row.risk_class
    row.risk_class, row.policy_version = triage.risk_class, triage.policy_version
    note_change(row, user)
    record_event(
        session,
        user,
        "idea.triage",
        row.id,
        risk=triage.risk_class,
        computed=triage.computed_class,
        before=before,
        policy=triage.policy_version,
    )
    if before != triage.risk_class:
        notify(
            session,
            user,
            Happening.RISK_CHANGED,
            people_around(session, row),
            idea_id=row.id,
            risk=triage.risk_class,
        )


def _newest(session: Session, idea_id: str) -> IdeaTriageRow | None:
    return session.exec(
        select(IdeaTriageRow)
        .where(IdeaTriageRow.idea_id == idea_id)
        .order_by(col(IdeaTriageRow.at).desc())
    ).first()


def _is_signed(session: Session, triage_id: str) -> bool:
    signed = select(IdeaSignOffRow.id).where(IdeaSignOffRow.triage_id == triage_id)
    return session.exec(signed).first() is not None


def _to_triage(row: IdeaTriageRow, name: str | None) -> Triage:
    answers: Mapping[str, str] = dict(row.answers)
    return Triage(
        id=row.id,
        answers=answers,
        computed=RiskClass(row.computed_class),
        risk=RiskClass(row.risk_class),
        policy_version=row.policy_version,
        rationale=row.rationale,
        by_name=name or ADMINISTRATOR,
        at=row.at,
        gates=tuple(row.gates),
        needs_sign_off=row.needs_sign_off,
    )


def _texts(oversight: Oversight) -> tuple[str, str, str]:
    return oversight.who_decides, oversight.how_overruled, oversight.when_it_fails


def _tidy(text: str) -> str:
    return clean(text).text.strip()
