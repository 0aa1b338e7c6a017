"""Arguments for any public method, by the names of its parameters: ids or plain values."""

import inspect
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal
from itertools import product

from admin.audit.values import AuditFilter
from admin.incidents.triage import Closing
from admin.kpis.values import KpiReport
from admin.spending.values import BudgetTerms
from admin.usage.period import Period
from admin.usage.values import Dimension
from core.domain.clock import now
from core.domain.conversations import Feedback
from core.domain.costs.budgets import BudgetPeriod, BudgetScope
from core.domain.costs.refusals import SwitchKind
from core.domain.costs.terms import CostKind, CostTerms
from core.domain.governance.attachments import AttachmentTerms
from core.domain.governance.incidents import IncidentKind, IncidentOutcome, Severity
from core.domain.governance.policy import Step
from core.domain.governance.privacy import DataClass
from core.domain.ideas.card import DraftFields, IdeaCategory, IdeaDraft, Ownership
from core.domain.ideas.filters import IdeaFilter
from core.domain.ideas.life import DigestChoice
from core.domain.ideas.tracking import ImpactKind, Outcome
from core.domain.ideas.workflow import IdeaStatus, MoveRequest, Oversight
from core.domain.identity import Role
from core.domain.knowledge import Upload
from evaluation.datasets import Case, Dataset
from ideas.campaigns.values import CampaignForm
from ideas.review.values import ReviewForm
from ideas.scoring.criteria import shipped_criteria
from ideas.tracking.experiments import ExperimentEnd
from ideas.tracking.impacts import MonthEntry
from ideas.triage.service import TriageForm
from ingestion.library.catalogue import DocumentFilter
from ingestion.library.stewardship import Changes
from rag.conversations.own import ExportFormat
from tests.security.surface import Method
from tests.security.world import PASSWORD, Ids, World

IDS = {
    "conversation_id": "conversation",
    "message_id": "message",
    "answer_id": "usage",
    "source_message_id": "message",
    "idea_id": "idea",
    "one_id": "idea",
    "other_id": "idea",
    "reference": "idea",
    "except_id": "idea",
    "draft_id": "draft",
    "attachment_id": "file",
    "comment_id": "comment",
    "parent_id": "comment",
    "document_id": "document",
    "version_id": "version",
    "collection_id": "collection",
    "person_id": "person",
    "user_id": "person",
    "reviewer_id": "person",
    "owner_id": "person",
    "topic_id": "topic",
    "experiment_id": "experiment",
    "impact_id": "impact",
    "gap_id": "gap",
    "session_id": "session",
    "team_id": "team",
    "campaign_id": "campaign",
    "item_id": "item",
    "case_id": "case",
    "run_id": "run",
    "generation_id": "generation",
    "budget_id": "budget",
    "incident_id": "incident",
    "hold_id": "hold",
    "connection_id": "connection",
}
"""Which id of the world a parameter takes."""
LISTS = {
    "document_ids": "document",
    "version_ids": "version",
    "collection_ids": "collection",
    "co_submitter_ids": "person",
    "ids": "notification",
}
"""The same for parameters that take several."""
PEOPLE = frozenset({"person"})
COLLECTIONS = frozenset({"collection", "only"})

QUESTION = "What is the severance for a team lead?"
PERIOD = Period.of_days(7, UTC, now())
IDEA = IdeaDraft(
    "Answer questions on pallets",
    "Every week we type the same pallet questions into long e-mails.",
    "Let the sandbox answer them with the page of the policy.",
    IdeaCategory.INTERNAL_OPTIMISATION,
    "Two hours a week",
)
COST = CostTerms("Server", CostKind.SERVER, date(2026, 1, 1), "EUR", amount=Decimal(10))

VALUES: Mapping[str, object] = {
    "event_filter": AuditFilter(),
    "event_id": 0,
    "what": "question",
    "place": "page",
    "code": "000000",
    "token": "none",
    "token_id": "0" * 32,
    "current_token": "none",
    "is_emergency": True,
    "question": QUESTION,
    "query": QUESTION,
    "search": "",
    "texts": (frozenset(),),
    "text": "A text of a few words.",
    "title": "A title",
    "reason": "Because of the rules.",
    "words": "holiday = leave",
    "reply": "It is in the handbook.",
    "note": "A note.",
    "name": "People",
    "new_name": "Team",
    "hypothesis": "It saves time.",
    "reason_code": "other",
    "message": "A message.",
    "email": "new@nordhafen.example",
    "password": PASSWORD,
    "address": "192.0.2.1",
    "current_password": PASSWORD,
    "new_password": "amber teapot glacier 88",
    "browser": "",
    "is_pinned": True,
    "is_for": True,
    "follows": True,
    "is_active": False,
    "is_open": True,
    "although_used": True,
    "page_number": 1,
    "quotes": (),
    "groups": ("sales",),
    "version": 1,
    "role": Role.ADMIN,
    "kind": ExportFormat.JSON,
    "feedback": Feedback(-1, comment="No."),
    "fields": DraftFields("A draft"),
    "upload": Upload("new.txt", b"Words of a file."),
    "uploads": (Upload("new.txt", b"Words of a file."),),
    "draft": IDEA,
    "request": MoveRequest(IdeaStatus.DECLINED, 1, "It is not for us.", "A lesson."),
    "choice": DigestChoice.DAILY,
    "wanted": None,
    "period": PERIOD,
    "key": "passages",
    "first_month": date(2026, 1, 1),
    "last_month": date(2026, 3, 1),
    "terms": COST,
    "by": Dimension.PERSON,
    "changes": Changes(source="Elsewhere"),
    "model": "hashing",
    "next_review": date(2027, 1, 1),
    "days": 30,
    "started_on": date(2026, 1, 1),
    "end": ExperimentEnd(Outcome.SUCCESS, date(2026, 2, 1), "It works.", Decimal(1)),
    "entry": MonthEntry(date(2026, 2, 1), ImpactKind.ACTUAL, Decimal(1), Decimal(1)),
    "answers": {},
    "criteria": shipped_criteria(),
    "form": None,
    "oversight": Oversight("We"),
    "dataset": Dataset("few", (Case("1", QUESTION),)),
    "dataset_name": "few",
    "case": Case("", QUESTION),
    "report": KpiReport(PERIOD, "EUR", ()),
    "since": PERIOD.since,
    "until": PERIOD.until,
    "severity": Severity.LOW,
    "closing": Closing(IncidentOutcome.EXPLAINED, "It is as the policy says."),
    "step": Step.ASKED,
    "policy": "# Rules\n\nThink first.",
    "rules": AttachmentTerms(),
    "is_material": False,
    "seen": 1,
    "chunk_id": 1,
    "sha256": "0" * 64,
    "subject": "s-1",
}
SPECIAL: Mapping[str, object] = {
    "attachments.document_id": "attached_document",
    "gap_requests.message_id": "unanswered",
    "catalogue.wanted": DocumentFilter(),
    "ideas.wanted": IdeaFilter(),
    "ideas.reviews.form": ReviewForm(comment="Good."),
    "ideas.triage.form": TriageForm(rationale="Harmless."),
    "ideas.campaigns.form": CampaignForm("A campaign"),
    "ideas.ownership.wanted": Ownership(success_metric="Half of it"),
    "budgets.terms": BudgetTerms(BudgetScope.EVERYBODY, BudgetPeriod.MONTH, Decimal(5)),
    "switches.kind": SwitchKind.PROMPT,
    "incidents.reports.report.kind": IncidentKind.WRONG,
    "policy.quiz.answers": (0,),
    "policy.versions.version_id": "0" * 32,
    "privacy.retention.name": DataClass.DRAFTS,
    "usage.grouped.by": (Dimension.PERSON,),
    "synonym_sets.text": "holiday = leave",
}
"""Values, or kinds of ids, of parameters that mean something else in a service or method."""


@dataclass(frozen=True, slots=True)
class Call:
    """The arguments of one call; `about` says whose objects they name."""

    about: str
    arguments: Mapping[str, object]


NARROWING = frozenset({"collection_ids", "co_submitter_ids", "except_id"})
"""Parameters that narrow a search or name people, and open nothing."""
EXCLUSIVE = ("idea_id", "draft_id")
"""Of these, a call names one."""
GIVEN = frozenset({"reason"})
"""Optional parameters without which a call would be incomplete."""


def calls_on(method: Method, world: World, own: Ids) -> Iterator[Call]:
    """Yield calls on what is Hanna's, on what she deleted, and on mixtures with one's own."""
    for named in _named_together(method):
        yield from _calls(method, world, own, named)


def _calls(method: Method, world: World, own: Ids, named: Sequence[str]) -> Iterator[Call]:
    foreign = arguments_for(method, world, world.own["hanna"], named)
    yield Call(f"foreign {', '.join(named)}", foreign)
    if not named:
        return
    yield Call("deleted", arguments_for(method, world, world.deleted, named))
    mine = arguments_for(method, world, own, named)
    for choice in product((True, False), repeat=len(named)):
        theirs = {name for name, is_theirs in zip(named, choice, strict=True) if is_theirs}
        if theirs - NARROWING and len(theirs) < len(named):
            mixed = {**mine, **{name: foreign[name] for name in theirs}}
            yield Call(f"foreign {', '.join(sorted(theirs))} with own", mixed)


def own_calls(method: Method, world: World) -> Iterator[Call]:
    """Yield calls on what is Hanna's alone, where the world has all that they need."""
    ids = world.own["hanna"]
    for named in _named_together(method):
        wide = [name for name in named if name not in NARROWING]
        if all((IDS.get(name) or LISTS[name]) in ids for name in wide):
            yield Call(f"own {', '.join(wide)}", arguments_for(method, world, ids, wide))


def _named_together(method: Method) -> list[tuple[str, ...]]:
    """Return the parameters that take ids, once without each of two that exclude each other."""
    names = tuple(p.name for p in method.parameters[1:] if p.name in {*IDS, *LISTS})
    if not set(EXCLUSIVE) <= set(names):
        return [names]
    return [tuple(name for name in names if name != left) for left in EXCLUSIVE]


def arguments_for(
    method: Method, world: World, ids: Ids, optional: Collection[str]
) -> dict[str, object]:
    """Return arguments with these ids: all required parameters, and these optional ones."""
    return {
        p.name: _value(method, p, world, ids)
        for p in method.parameters[1:]
        if p.default is inspect.Parameter.empty or p.name in {*optional, *GIVEN}
    }


def _value(method: Method, parameter: inspect.Parameter, world: World, ids: Ids) -> object:
    name = parameter.name
    special = next((SPECIAL[way] for way in _ways(method.path, name) if way in SPECIAL), None)
    if special is not None:
        return ids.get(special, special) if isinstance(special, str) else special
    if name in PEOPLE:
        return next(p for p in world.people.values() if p.id == ids.get("person", p.id))
    if name in COLLECTIONS:
        known = world.services.collections.list_all(world.people["ada"])
        return next(c for c in known if c.name == "Board papers")
    if name in IDS:
        return ids.get(IDS[name], "0" * 32)
    if name in LISTS:
        return (ids.get(LISTS[name], "0" * 32),)
    if name == "folder":
        return world.folder / "followed"
    return VALUES[name]


def _ways(path: str, name: str) -> Iterator[str]:
    """Yield a parameter behind its method, its service and the service of that, in this order."""
    parts = path.split(".")
    while parts:
        yield ".".join((*parts, name))
        parts.pop()
