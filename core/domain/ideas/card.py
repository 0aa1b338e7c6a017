"""The card of an idea: what a person fills in, and what a reader sees."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum

from core.domain.answers import Citation, Source
from core.domain.ideas.review import Quadrant
from core.domain.ideas.triage import RiskClass
from core.domain.ideas.workflow import IdeaStatus, Oversight
from core.domain.knowledge import Sensitivity

NO_OVERSIGHT = Oversight()


class IdeaCategory(StrEnum):
    """The kind of improvement that an idea aims at."""

    INTERNAL_OPTIMISATION = "internal_optimisation"
    BETTER_PRODUCT = "better_product"
    NEW_BUSINESS_MODEL = "new_business_model"


class BenefitType(StrEnum):
    """What an idea is worth to the company."""

    COST_SAVING = "cost_saving"
    COST_AVOIDANCE = "cost_avoidance"
    REVENUE = "revenue"
    QUALITY = "quality"
    RISK = "risk"
    SATISFACTION = "satisfaction"


class Confidence(IntEnum):
    """How sure a person is of an estimate, in percent."""

    LOW = 50
    MEDIUM = 80
    HIGH = 100


class PersonalData(StrEnum):
    """The people whose data an idea needs; special categories are those of GDPR, Article 9."""

    NONE = "none"
    EMPLOYEE = "employee"
    CUSTOMER = "customer"
    SPECIAL_CATEGORY = "special_category"


@dataclass(frozen=True, slots=True)
class IdeaOrigin:
    """The chat an idea came from, frozen at that moment.

    `sources` are the documents that stand behind the answer: empty for an answer of our own that
    says that the documents do not tell, None where nobody recorded them. `cost_micros` is what the
    answer cost, in millionths of the currency unit, None where nobody recorded it.
    """

    message_id: str
    question: str
    answer: str
    engine: str
    citations: tuple[Citation, ...] = ()
    sources: tuple[Source, ...] | None = None
    cost_micros: int | None = None
    currency: str = ""

    @property
    def is_gap(self) -> bool:
        """Whether no document stands behind the answer."""
        return self.sources == ()


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a person expects of an idea; None for what they left open.

    `money_per_month` is in the currency of the settings, `effort_months` in months of one person.
    """

    hours_per_month: float | None = None
    money_per_month: Decimal | None = None
    benefit_type: BenefitType | None = None
    confidence: Confidence | None = None
    reach_per_month: int | None = None
    effort_months: float | None = None


@dataclass(frozen=True, slots=True)
class DataNeeds:
    """The data an idea needs; None for what is not known."""

    description: str = ""
    classification: Sensitivity | None = None
    personal_data: PersonalData | None = None
    needs_external_model: bool | None = None


@dataclass(frozen=True, slots=True)
class IdeaDraft:
    """The fields that a person fills in; the first five are required, the benefit as a sentence."""

    title: str
    problem: str
    proposal: str
    category: IdeaCategory
    expected_benefit: str = ""
    summary: str = ""
    business_unit: str = ""
    tags: tuple[str, ...] = ()
    estimate: Estimate = Estimate()
    data: DataNeeds = DataNeeds()
    campaign_id: str = ""
    team_id: str = ""


@dataclass(frozen=True, slots=True)
class DraftFields:
    """What the form holds before the idea is submitted; nothing in it is checked."""

    title: str = ""
    problem: str = ""
    proposal: str = ""
    category: IdeaCategory | None = None
    expected_benefit: str = ""
    summary: str = ""
    business_unit: str = ""
    tags: tuple[str, ...] = ()
    estimate: Estimate = Estimate()
    data: DataNeeds = DataNeeds()
    campaign_id: str = ""
    team_id: str = ""
    co_submitter_ids: tuple[str, ...] = ()

    def complete(self) -> IdeaDraft | None:
        """Return the idea that can be checked and submitted, None while it has no category."""
        if self.category is None:
            return None
        return IdeaDraft(
            title=self.title,
            problem=self.problem,
            proposal=self.proposal,
            category=self.category,
            expected_benefit=self.expected_benefit,
            summary=self.summary,
            business_unit=self.business_unit,
            tags=self.tags,
            estimate=self.estimate,
            data=self.data,
            campaign_id=self.campaign_id,
            team_id=self.team_id,
        )


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """A draft as it was last saved; `drafted_fields` hold what was drafted and nobody changed."""

    id: str
    fields: DraftFields
    saved_at: datetime
    version: int
    origin: IdeaOrigin | None = None
    drafted_fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who is named beside an idea."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Change:
    """What stood in a field before and after."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class IdeaEdit:
    """A change of a card by one person."""

    by_name: str
    at: datetime
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of an idea; without `is_open` its reader may not open it."""

    id: str
    file_name: str
    media_type: str
    size_bytes: int
    added_by: str
    added_at: datetime
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Ownership:
    """What has to stand before an experiment: who answers for it, with how much, until when."""

    owner_id: str = ""
    sponsor_id: str = ""
    budget_cap: Decimal | None = None
    success_metric: str = ""
    pilot_ends_on: date | None = None

    @property
    def is_complete(self) -> bool:
        is_said = bool(self.owner_id and self.success_metric.strip())
        return is_said and self.budget_cap is not None and self.pilot_ends_on is not None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the reviews came to: both axes from 0 to 100, None before the first review.

    The spreads are standard deviations between reviewers on that scale. `impact` is the mean score
    of that criterion and `disagreement` the largest standard deviation of one, on the scale from 1
    to 5. Fewer than two reviews are provisional.
    """

    value: float | None = None
    feasibility: float | None = None
    reviews: int = 0
    disagreement: float | None = None
    value_spread: float | None = None
    feasibility_spread: float | None = None
    impact: float | None = None
    quadrant: Quadrant | None = None

    @property
    def is_provisional(self) -> bool:
        return self.reviews < 2


@dataclass(frozen=True, slots=True)
class IdeaCard:
    """A submitted idea; `number` is what people call it (IDEA-0001).

    `version` counts the changes; whoever changes the idea names the version they saw. `evaluation`
    is None for a reader who still has to review the idea.
    """

    id: str
    number: int
    draft: IdeaDraft
    status: IdeaStatus
    submitter_id: str
    submitter_name: str
    submitted_at: datetime
    origin: IdeaOrigin | None = None
    version: int = 1
    stage_entered_at: datetime | None = None
    changed_at: datetime | None = None
    status_reason: str = ""
    lesson_learned: str = ""
    duplicate_of_id: str = ""
    duplicate_of_number: int | None = None
    drafted_fields: tuple[str, ...] = ()
    co_submitters: tuple[Person, ...] = ()
    owner_name: str = ""
    sponsor_name: str = ""
    risk: RiskClass | None = None
    policy_version: str = ""
    ownership: Ownership = Ownership()
    oversight: Oversight = NO_OVERSIGHT
    evaluation: Evaluation | None = None

    @property
    def label(self) -> str:
        return label_of(self.number)


@dataclass(frozen=True, slots=True)
class IdeaEntry:
    """An idea in a list; `votes` is None while they are hidden, `evaluation` as on the card."""

    id: str
    number: int
    title: str
    summary: str
    category: IdeaCategory
    status: IdeaStatus
    submitter_name: str
    submitted_at: datetime
    stage_entered_at: datetime
    business_unit: str = ""
    campaign_id: str = ""
    owner_name: str = ""
    tags: tuple[str, ...] = ()
    risk: RiskClass | None = None
    is_from_chat: bool = False
    votes: int | None = 0
    has_voted: bool = False
    is_followed: bool = False
    comments: int = 0
    evaluation: Evaluation | None = None

    @property
    def label(self) -> str:
        return label_of(self.number)


class IdeaOrder(StrEnum):
    """How a list of ideas is sorted."""

    NEWEST = "newest"
    OLDEST = "oldest"
    VOTES = "votes"
    TRENDING = "trending"
    WAITING = "waiting"
    """The longest in its state first."""


@dataclass(frozen=True, slots=True)
class IdeaPage:
    """Some entries of a list, and how many there are in all."""

    entries: tuple[IdeaEntry, ...]
    total: int


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """What ideas can be filtered by: values that some idea has."""

    business_units: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    owners: tuple[Person, ...] = ()


def label_of(number: int) -> str:
    """Return what people call an idea by its number."""
    return f"IDEA-{number:04d}"
