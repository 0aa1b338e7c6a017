"""What a person is to an idea, to draw what they may do; the services decide it again."""

from core.domain.ideas.card import IdeaCard
from core.domain.identity import User


def is_submitter(user: User, card: IdeaCard) -> bool:
    """Tell whether the person submitted the idea, alone or with others."""
    return user.id == card.submitter_id or any(p.id == user.id for p in card.co_submitters)


def is_committee(user: User, card: IdeaCard) -> bool:
    """Tell whether the person judges the idea: a reviewer who did not submit it."""
    return user.is_reviewer and not is_submitter(user, card)


def is_owner(user: User, card: IdeaCard) -> bool:
    """Tell whether the person answers for the idea."""
    return bool(user.id) and user.id == card.ownership.owner_id
