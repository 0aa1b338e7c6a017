"""What is checked when an idea is submitted or changed, and what is stored beside its row."""

from collections.abc import Iterator, Sequence

from sqlmodel import Session, col, delete, func, select, text, update

from core.domain.clock import now
from core.domain.ideas.campaigns import CampaignPhase, phase_on
from core.domain.ideas.card import IdeaDraft, label_of
from core.domain.ideas.titles import title_key
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import User
from core.errors import InvalidFields, TitleTaken
from core.storage.tables import (
    CampaignRow,
    IdeaAttachmentRow,
    IdeaCoSubmitterRow,
    IdeaRow,
    TeamMemberRow,
    TeamRow,
    UserRow,
)
from ideas.cards.fields import draft_problems

CO_SUBMITTERS_MAX = 20
TITLES_LOCK = 7_260_013
"""The lock that submissions and new titles take: any number that no other lock has."""


def wait_for_other_titles(session: Session) -> None:
    """Take turns, so that no two ideas get one number or title; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text(f"SELECT pg_advisory_xact_lock({TITLES_LOCK})"))


def next_number(session: Session) -> int:
    """Return the number of the next idea."""
    return (session.exec(select(func.max(col(IdeaRow.number)))).one() or 0) + 1


def require_fields(session: Session, user: User, draft: IdeaDraft) -> None:
    """Raise InvalidFields with a sentence for each field that needs work."""
    problems = draft_problems(draft) | dict(_campaign_problems(session, user, draft))
    if problems:
        raise InvalidFields(problems)


def require_new_title(session: Session, title: str, *, except_id: str = "") -> None:
    """Raise TitleTaken, with the other idea, for words that an idea has that was not withdrawn."""
    key = title_key(title)
    other = session.exec(
        select(IdeaRow)
        .where(
            IdeaRow.title_key == key,
            IdeaRow.id != except_id,
            IdeaRow.status != IdeaStatus.WITHDRAWN.value,
        )
        .order_by(col(IdeaRow.number))
    ).first()
    if key and other is not None:
        raise TitleTaken(
            f"{label_of(other.number)} has this title already. Vote for it, or say in the title "
            "what is different about yours.",
            idea_id=other.id,
            number=other.number,
            title=other.title,
        )


def require_people(session: Session, author_id: str | None, ids: Sequence[str]) -> tuple[str, ...]:
    """Return the co-submitters, each once, without the author; raise InvalidFields for others."""
    wanted = tuple(dict.fromkeys(person for person in ids if person != author_id))
    active = select(func.count(col(UserRow.id))).where(
        col(UserRow.id).in_(wanted), col(UserRow.is_active)
    )
    if len(wanted) > CO_SUBMITTERS_MAX:
        raise InvalidFields({"co_submitters": f"Name at most {CO_SUBMITTERS_MAX} people."})
    if session.exec(active).one() != len(wanted):
        raise InvalidFields({"co_submitters": "One of these people has no active account."})
    return wanted


def co_submitters_of(session: Session, idea_id: str) -> tuple[str, ...]:
    """Return the ids of the co-submitters, in a fixed order."""
    of_it = select(IdeaCoSubmitterRow.user_id).where(IdeaCoSubmitterRow.idea_id == idea_id)
    return tuple(sorted(session.exec(of_it).all()))


def store_people(session: Session, idea_id: str, ids: Sequence[str]) -> None:
    """Make these the co-submitters; those who were named before keep their time."""
    before = set(co_submitters_of(session, idea_id))
    session.exec(
        delete(IdeaCoSubmitterRow).where(
            col(IdeaCoSubmitterRow.idea_id) == idea_id, col(IdeaCoSubmitterRow.user_id).not_in(ids)
        )
    )
    session.add_all(
        IdeaCoSubmitterRow(idea_id=idea_id, user_id=person)
        for person in ids
        if person not in before
    )


def take_files(session: Session, draft_id: str, idea_id: str) -> None:
    """Give the idea the files of its draft."""
    session.exec(
        update(IdeaAttachmentRow)
        .where(col(IdeaAttachmentRow.draft_id) == draft_id)
        .values(idea_id=idea_id, draft_id=None)
    )


def _campaign_problems(session: Session, user: User, draft: IdeaDraft) -> Iterator[tuple[str, str]]:
    if draft.campaign_id:
        campaign = session.get(CampaignRow, draft.campaign_id)
        if campaign is None or not _is_open(campaign):
            yield "campaign_id", "This campaign is not open for ideas. Choose another one, or none."
    if draft.team_id:
        team = session.get(TeamRow, draft.team_id)
        member = session.get(TeamMemberRow, (draft.team_id, user.id))
        if team is None or member is None or team.campaign_id != draft.campaign_id:
            yield "team_id", "Choose a team of this campaign that you are in, or none."


def _is_open(campaign: CampaignRow) -> bool:
    days = (campaign.opens_on, campaign.closes_on, campaign.judging_until)
    return phase_on(now().date(), *days) is CampaignPhase.OPEN
