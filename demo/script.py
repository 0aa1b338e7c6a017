"""What the demo year tells: people, questions, ideas, campaigns and costs, from `material/`."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from core.domain.costs.terms import CostKind
from core.domain.ideas.workflow import IdeaStatus


@dataclass(frozen=True, slots=True)
class Employee:
    """A made-up person; `joined` is the first week they ask in, counted back from today.

    `pace` is how often they ask, against the others.
    """

    key: str
    name: str
    unit: str
    joined: int
    pace: int
    role: str = "employee"


@dataclass(frozen=True, slots=True)
class Questions:
    """What people ask: what the documents know, what they do not, and what owners reply."""

    common: tuple[str, ...]
    hidden: tuple[str, ...]
    replies: tuple[str, ...]
    comments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment on an idea, by the key of a person."""

    by: str
    text: str


@dataclass(frozen=True, slots=True)
class IdeaScript:
    """An idea and where it stands today; fields are those of a card.

    `yes` are the questions of the risk triage that are answered with yes, `scores` the reviews in
    the order of the criteria, `votes` how many people voted, `question` what was asked in the chat
    that the idea came from.
    """

    title: str
    problem: str
    proposal: str
    category: str
    by: str
    state: IdeaStatus
    weeks_ago: float
    unit: str
    tags: tuple[str, ...] = ()
    expected_benefit: str = ""
    together: tuple[str, ...] = ()
    hours_per_month: float | None = None
    money_per_month: int | None = None
    benefit_type: str | None = None
    confidence: int | None = None
    reach_per_month: int | None = None
    effort_months: float | None = None
    data_needed: str = ""
    data_classification: str | None = None
    personal_data: str | None = None
    needs_external_model: bool | None = None
    yes: tuple[str, ...] = ()
    scores: tuple[tuple[int, ...], ...] = ()
    votes: int = 0
    comments: tuple[Remark, ...] = ()
    lesson_learned: str = ""
    campaign: str = ""
    team: str = ""
    duplicate_of: str = ""
    question: str = ""


@dataclass(frozen=True, slots=True)
class TeamScript:
    """A team of a campaign, with the keys of its members."""

    name: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CampaignScript:
    """A campaign; its three dates count weeks back from today, those to come are negative."""

    key: str
    title: str
    theme: str
    brief: str
    opened: float
    closed: float
    judged: float
    hides_votes: bool
    prize: str
    result_note: str
    panel: tuple[str, ...] = ()
    teams: tuple[TeamScript, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class CostScript:
    """A cost beside the models in EUR: an amount, or hours and their rate.

    `since` and `until` count weeks back from today; `idea` is the title of the idea it belongs to.
    """

    name: str
    kind: CostKind
    since: float
    until: float | None = None
    amount: float | None = None
    hours: float | None = None
    rate: float | None = None
    once: bool = False
    note: str = ""
    idea: str = ""


@cache
def units() -> dict[str, str]:
    """Return the names of the business units by their keys."""
    return dict(_read("people")["units"])


@cache
def employees() -> tuple[Employee, ...]:
    """Return the people, in the order of the file."""
    return tuple(Employee(**entry) for entry in _read("people")["people"])


@cache
def questions() -> Questions:
    """Return the questions."""
    return Questions(**{name: tuple(texts) for name, texts in _read("questions").items()})


@cache
def ideas() -> tuple[IdeaScript, ...]:
    """Return the ideas, the earliest first."""
    scripts = map(_idea, _read("ideas")["ideas"])
    return tuple(sorted(scripts, key=lambda idea: -idea.weeks_ago))


@cache
def campaigns() -> tuple[CampaignScript, ...]:
    """Return the campaigns."""
    return tuple(map(_campaign, _read("campaigns")["campaigns"]))


@cache
def costs() -> tuple[CostScript, ...]:
    """Return the costs beside the models."""
    entries = _read("costs")["costs"]
    return tuple(CostScript(**{**entry, "kind": CostKind(entry["kind"])}) for entry in entries)


def _idea(entry: dict[str, Any]) -> IdeaScript:  # Any: TOML
    return IdeaScript(
        **{
            **{name: _frozen(value) for name, value in entry.items()},
            "state": IdeaStatus(entry["state"]),
            "comments": tuple(Remark(**remark) for remark in entry.get("comments", ())),
        }
    )


def _campaign(entry: dict[str, Any]) -> CampaignScript:  # Any: TOML
    teams = tuple(TeamScript(team["name"], tuple(team["members"])) for team in entry["teams"])
    return CampaignScript(**{**entry, "panel": tuple(entry["panel"]), "teams": teams})


def _frozen(value: Any) -> Any:  # noqa: ANN401  whatever TOML holds
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _read(name: str) -> dict[str, Any]:  # Any: TOML
    file = files("demo.material").joinpath(f"{name}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
