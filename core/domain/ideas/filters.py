"""Which ideas a view shows; list, matrix, board, ranking, roadmap and exports share it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from core.domain.ideas.card import IdeaCategory
from core.domain.ideas.triage import RiskClass
from core.domain.ideas.workflow import IdeaStatus

LONGEST = 200
"""Characters of one part of an address; longer ones come from nobody's page."""

Closed = TypeVar("Closed", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class IdeaFilter:
    """What an idea has to have; an empty field asks for nothing.

    `search` is looked for in title, problem and proposal, and as a number (IDEA-0012, 12). Of the
    `statuses` an idea has to be in one. `submitter_id` is its author or a co-submitter.
    """

    search: str = ""
    campaign_id: str = ""
    business_unit: str = ""
    category: IdeaCategory | None = None
    statuses: frozenset[IdeaStatus] = frozenset()
    owner_id: str = ""
    submitter_id: str = ""
    tag: str = ""
    risk: RiskClass | None = None

    @property
    def is_empty(self) -> bool:
        return self == IdeaFilter()

    def query(self) -> dict[str, str]:
        """Return the parts of an address that `filter_of` reads; nothing for what is empty."""
        parts = {
            "q": self.search,
            "campaign": self.campaign_id,
            "unit": self.business_unit,
            "category": self.category or "",
            "state": ",".join(sorted(self.statuses)),
            "owner": self.owner_id,
            "by": self.submitter_id,
            "tag": self.tag,
            "risk": self.risk or "",
        }
        return {name: str(value) for name, value in parts.items() if value}


def filter_of(query: Mapping[str, str]) -> IdeaFilter:
    """Return the filter of an address; what it does not know, or cannot be, is left out."""

    def text(name: str) -> str:
        return query.get(name, "").strip()[:LONGEST].strip()

    return IdeaFilter(
        search=text("q"),
        campaign_id=text("campaign"),
        business_unit=text("unit"),
        category=next(iter(_known(IdeaCategory, text("category"))), None),
        statuses=_known(IdeaStatus, text("state")),
        owner_id=text("owner"),
        submitter_id=text("by"),
        tag=text("tag"),
        risk=next(iter(_known(RiskClass, text("risk"))), None),
    )


def _known(kind: type[Closed], text: str) -> frozenset[Closed]:
    named = set(text.split(","))
    return frozenset(member for member in kind if member.value in named)
