"""Idea cards from the terminal: listed, shown, submitted and moved; each line of JSON is one."""

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer

from core.domain.ideas.card import (
    DataNeeds,
    Estimate,
    IdeaCard,
    IdeaCategory,
    IdeaDraft,
    IdeaEntry,
    IdeaOrder,
)
from core.domain.ideas.filters import IdeaFilter
from core.domain.ideas.workflow import IdeaStatus, Move, MoveOption, MoveRequest
from core.domain.identity import SYSTEM, User
from core.domain.knowledge import Upload
from core.errors import InvalidInput
from core.storage.disk_errors import disk_errors
from ideas.cards.listing import PAGE_MAX
from ideas.export.records import idea_record
from terminal.context import services, user_named
from terminal.ideas.views import Reader, card_record, ideas
from terminal.output import Json, emit_table, readable_errors

__all__ = ["ideas"]

Number = Annotated[str, typer.Argument(help="Number of the idea, such as IDEA-0012 or 12.")]
Submitter = Annotated[str, typer.Option("--user", help="E-mail address of who submits the idea.")]
Mover = Annotated[
    str | None,
    typer.Option("--user", help="E-mail address of who moves it; without it, an administrator."),
]


@ideas.command("list")
def list_ideas(
    search: Annotated[str, typer.Option(help="Words in the texts, or a number.")] = "",
    campaign: Annotated[str, typer.Option(help="Only of the campaign with this title.")] = "",
    unit: Annotated[str, typer.Option(help="Only of this business unit.")] = "",
    category: Annotated[IdeaCategory | None, typer.Option(help="Only of this category.")] = None,
    state: Annotated[list[IdeaStatus] | None, typer.Option(help="Only in these states.")] = None,
    owner: Annotated[str, typer.Option(help="Only those that this person owns (e-mail).")] = "",
    tag: Annotated[str, typer.Option(help="Only with this tag.")] = "",
    order: Annotated[IdeaOrder, typer.Option(help="What comes first.")] = IdeaOrder.NEWEST,
    limit: Annotated[int, typer.Option(min=0, help="Maximum number to list; 0 for all.")] = 0,
    user: Reader = None,
    as_json: Json = False,
) -> None:
    """List ideas with their state and their field of the matrix."""
    with readable_errors():
        wanted = IdeaFilter(
            search=search,
            campaign_id=_campaign(campaign) if campaign else "",
            business_unit=unit,
            category=category,
            statuses=frozenset(state or ()),
            owner_id=user_named(owner).id if owner else "",
            tag=tag,
        )
        found = _entries(user_named(user) if user else SYSTEM, wanted, order, limit)
        emit_table([_entry_record(entry) for entry in found], as_json=as_json)


@ideas.command("show")
def show_idea(number: Number, user: Reader = None, as_json: Json = False) -> None:
    """Show an idea with its way and the moves that are open; a duplicate leads to its original."""
    with readable_errors():
        person = user_named(user) if user else SYSTEM
        card = services().ideas.cards.find(person, number)
        record = _full_record(person, card)
        if as_json:
            emit_table([record], as_json=True)
        else:
            rows = [{"field": name, "value": _shown(value)} for name, value in record.items()]
            emit_table(rows, as_json=False)


@ideas.command("submit")
def submit_idea(
    user: Submitter,
    title: Annotated[str, typer.Option(help="What the idea is, 10 to 100 characters.")],
    problem: Annotated[str, typer.Option(help="What costs time, money or patience today.")],
    proposal: Annotated[str, typer.Option(help="What AI should do about it.")],
    category: Annotated[IdeaCategory, typer.Option(help="The kind of improvement.")],
    benefit: Annotated[str, typer.Option(help="What it would bring.")] = "",
    summary: Annotated[str, typer.Option(help="The idea in 280 characters.")] = "",
    unit: Annotated[str, typer.Option(help="Business unit.")] = "",
    tag: Annotated[list[str] | None, typer.Option(help="Tag; can be repeated.")] = None,
    hours: Annotated[float | None, typer.Option(help="Hours saved a month.")] = None,
    money: Annotated[str, typer.Option(help="Money saved a month.")] = "",
    data: Annotated[str, typer.Option(help="Data that it needs.")] = "",
    together_with: Annotated[
        list[str] | None, typer.Option("--with", help="Co-submitter (e-mail); can be repeated.")
    ] = None,
    attach: Annotated[
        list[Path] | None, typer.Option(exists=True, dir_okay=False, help="File to attach.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Submit an idea for a person; a title that exists is refused with the number of the other."""
    with readable_errors():
        person = user_named(user)
        estimate = Estimate(hours_per_month=hours, money_per_month=_amount(money))
        draft = IdeaDraft(
            title=title,
            problem=problem,
            proposal=proposal,
            category=category,
            expected_benefit=benefit,
            summary=summary,
            business_unit=unit,
            tags=tuple(tag or ()),
            estimate=estimate,
            data=DataNeeds(data),
        )
        others = [user_named(email).id for email in together_with or ()]
        card = services().ideas.cards.submit(person, draft, co_submitter_ids=others)
        for path in attach or ():
            _attach(person, card.id, path)
        emit_table([card_record(card)], as_json=as_json)


@ideas.command("move")
def move_idea(
    number: Number,
    state: Annotated[IdeaStatus, typer.Argument(help="The state that it goes to.")],
    reason: Annotated[str, typer.Option(help="Why; everyone reads it.")],
    lesson: Annotated[str, typer.Option(help="What was learned; needed to decline.")] = "",
    original: Annotated[
        str, typer.Option(help="Number of the idea that a duplicate repeats.")
    ] = "",
    user: Mover = None,
    as_json: Json = False,
) -> None:
    """Move an idea to another state; if something is missing, it is listed."""
    with readable_errors():
        person, cards = user_named(user) if user else SYSTEM, services().ideas.cards
        card = cards.get(person, number)
        target = cards.get(person, original).id if original else ""
        request = MoveRequest(state, card.version, reason, lesson, target)
        services().ideas.workflow.move(person, card.id, request)
        emit_table([card_record(cards.get(person, card.id))], as_json=as_json)


def _entries(person: User, wanted: IdeaFilter, order: IdeaOrder, limit: int) -> list[IdeaEntry]:
    """Return as many as wanted, page by page."""
    found: list[IdeaEntry] = []
    while True:
        size = min(PAGE_MAX, limit - len(found)) if limit else PAGE_MAX
        page = services().ideas.lists.page(person, wanted, order, limit=size, offset=len(found))
        found += page.entries
        if len(page.entries) < size or len(found) in (limit, page.total):
            return found


def _campaign(title: str) -> str:
    for overview in services().ideas.campaigns.list(SYSTEM):
        if overview.campaign.title == title:
            return overview.campaign.id
    raise InvalidInput(f"There is no campaign “{title}”.")


def _amount(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation as error:
        raise InvalidInput(f"“{text}” is no amount. Write it like 1250.50.") from error


def _attach(person: User, idea_id: str, path: Path) -> None:
    with disk_errors(f"The file {path.name}"):
        upload = Upload(path.name, path.read_bytes())
    services().ideas.attachments.add(person, upload, idea_id=idea_id)


def _entry_record(entry: IdeaEntry) -> dict[str, object]:
    place = entry.evaluation.quadrant if entry.evaluation else None
    return {
        "number": entry.label,
        "title": entry.title,
        "status": entry.status.value,
        "quadrant": place.value if place else None,
        "category": entry.category.value,
        "unit": entry.business_unit,
        "submitter": entry.submitter_name,
        "owner": entry.owner_name,
        "votes": entry.votes,
        "comments": entry.comments,
        "submitted_at": entry.submitted_at.isoformat(timespec="seconds"),
    }


def _full_record(person: User, card: IdeaCard) -> dict[str, object]:
    workflow, support = services().ideas.workflow, services().ideas.support.of(person, card.id)
    return {
        **card_record(card),
        **idea_record(card),
        "summary": card.draft.summary,
        "unit": card.draft.business_unit,
        "tags": list(card.draft.tags),
        "owner": card.owner_name,
        "votes": support.votes,
        "followers": support.followers,
        "way": [_step(move) for move in workflow.history(person, card.id)],
        "moves": [_option(option) for option in workflow.options(person, card.id)],
    }


def _step(move: Move) -> dict[str, object]:
    return {
        "to": move.to_status.value,
        "by": move.by_name,
        "at": move.at.isoformat(timespec="seconds"),
        "reason": move.reason,
    }


def _option(option: MoveOption) -> dict[str, object]:
    missing = [need.value for need in (*option.missing, *option.wants)]
    return {"to": option.to.value, "needs": missing}


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(map(_shown, value.values()))
    if isinstance(value, list):
        return "\n".join(map(_shown, value))
    return "" if value is None else str(value)
