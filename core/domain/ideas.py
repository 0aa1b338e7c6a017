"""AI idea cards."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.answers import Citation, Source


class IdeaCategory(StrEnum):
    """The kind of improvement that an idea aims at."""

    INTERNAL_OPTIMISATION = "internal_optimisation"
    BETTER_PRODUCT = "better_product"
    NEW_BUSINESS_MODEL = "new_business_model"


class IdeaStatus(StrEnum):
    """The state of an idea."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class IdeaOrigin:
    """The chat an idea came from, frozen at that moment.

    `sources` are the documents that stand behind the answer: empty for an answer of our own that
    says that the documents do not tell, None where nobody recorded them.
    """

    message_id: str
    question: str
    answer: str
    engine: str
    citations: tuple[Citation, ...] = ()
    sources: tuple[Source, ...] | None = None


@dataclass(frozen=True, slots=True)
class IdeaDraft:
    """The fields that a person fills in."""

    title: str
    problem: str
    proposal: str
    category: IdeaCategory
    expected_benefit: str = ""


@dataclass(frozen=True, slots=True)
class IdeaCard:
    """A submitted idea; `number` is what people call it (IDEA-0001)."""

    id: str
    number: int
    draft: IdeaDraft
    status: IdeaStatus
    submitter_id: str
    submitter_name: str
    submitted_at: datetime
    origin: IdeaOrigin | None = None

    @property
    def label(self) -> str:
        return f"IDEA-{self.number:04d}"
