"""Who acknowledged the AI-use policy and passed its quiz, and who did not, for administrators."""

from sqlmodel import Session, col, func, select

from core.domain.access import require_admin
from core.domain.governance.policy import Decision, PersonStanding
from core.domain.identity import User
from core.storage.database import Database
from core.storage.queries.governance.policy import awaits_policy
from core.storage.tables import PolicyAnswerRow, PolicyVersionRow, QuizResultRow, UserRow


class PolicyStandings:
    """How everyone who may sign in stands to the policy."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, admin: User) -> list[PersonStanding]:
        """Return all active people: first those who have to acknowledge it, then by name."""
        require_admin(admin)
        with self._database.read() as session:
            people = session.exec(
                select(UserRow, awaits_policy(UserRow.id)).where(col(UserRow.is_active))
            ).all()
            last, trained = _last_answers(session), _trained(session)
            standings = [
                _standing(row, last.get(row.id, []), awaits=awaits, trained=trained)
                for row, awaits in people
            ]
        return sorted(standings, key=lambda one: (one.is_settled, one.name.casefold(), one.email))


Answers = list[tuple[PolicyAnswerRow, int]]


def _last_answers(session: Session) -> dict[str, Answers]:
    """Return what each person said to which number, the latest last."""
    found: dict[str, Answers] = {}
    rows = (
        select(PolicyAnswerRow, PolicyVersionRow.number)
        .join(PolicyVersionRow, col(PolicyVersionRow.id) == PolicyAnswerRow.version_id)
        .order_by(col(PolicyAnswerRow.id))
    )
    for row, number in session.exec(rows).all():
        found.setdefault(row.user_id, []).append((row, number))
    return found


def _trained(session: Session) -> dict[str, QuizResultRow]:
    """Return the first passed quiz of each person."""
    first = (
        select(func.min(col(QuizResultRow.id)))
        .where(col(QuizResultRow.is_passed))
        .group_by(col(QuizResultRow.user_id))
    )
    rows = session.exec(select(QuizResultRow).where(col(QuizResultRow.id).in_(first))).all()
    return {row.user_id: row for row in rows}


def _standing(
    row: UserRow, answers: Answers, *, awaits: bool, trained: dict[str, QuizResultRow]
) -> PersonStanding:
    confirmed = [one for one in answers if one[0].decision == Decision.ACKNOWLEDGED.value]
    number, at = (confirmed[-1][1], confirmed[-1][0].at) if confirmed else (0, None)
    return PersonStanding(
        row.id,
        row.name,
        row.email,
        is_settled=not awaits,
        number=number,
        at=at,
        has_declined=bool(answers) and answers[-1][0].decision == Decision.DECLINED.value,
        trained_at=trained[row.id].at if row.id in trained else None,
    )
