"""What can be chosen in the form of an idea beside fixed lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.domain.ideas.campaigns import CampaignPhase
from core.domain.ideas.card import Person
from core.domain.identity import User
from ui.resources import services

MOST = 500
"""People to choose from."""


@dataclass(frozen=True, slots=True)
class FormChoices:
    """Units, tags, people and campaigns; `currency` is that of amounts of money."""

    business_units: Sequence[str] = ()
    tags: Sequence[str] = ()
    people: Sequence[Person] = ()
    campaigns: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""


def form_choices(user: User) -> FormChoices:
    """Return what this person can choose now."""
    choices = services().ideas.lists.choices(user)
    ideas = services().ideas
    people = ideas.colleagues.named(user, limit=MOST)
    campaigns = ideas.campaigns.list(user)
    return FormChoices(
        choices.business_units,
        choices.tags,
        [person for person in people if person.id != user.id],
        {
            each.campaign.id: each.campaign.title
            for each in campaigns
            if each.phase is CampaignPhase.OPEN
        },
        ideas.currency,
    )
