"""Ideas from the terminal: similar ones, reviews and files; each line of JSON is one idea."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from core.domain.clock import now
from core.domain.ideas.card import IdeaCard, label_of
from core.domain.ideas.filters import IdeaFilter
from core.domain.ideas.review import Recommendation
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import SYSTEM, User
from core.errors import InvalidFields, InvalidInput
from core.storage.disk_errors import disk_errors
from ideas.export.records import idea_record
from ideas.export.tables import View
from ideas.portfolio.ranking import RankedBy
from ideas.review.service import conflict_reason
from ideas.review.values import ReviewForm, Waiting
from ideas.similar.service import HINTS, SimilarIdea
from terminal.context import services, user_named
from terminal.output import Json, emit, emit_table, readable_errors, say

ideas = typer.Typer(no_args_is_help=True, help="AI idea cards.")

UserEmail = Annotated[str, typer.Option("--user", help="E-mail address of who asks.")]
Reader = Annotated[
    str | None, typer.Option("--user", help="Only what this person may see; everything without it.")
]
FORMATS = (".csv", ".xlsx", ".pdf")


@ideas.command("similar")
def similar_ideas(
    text: Annotated[str, typer.Argument(help="What the idea is about, such as its title.")],
    user: UserEmail,
    problem: Annotated[str, typer.Option(help="The problem that it solves.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=20)] = HINTS,
    as_json: Json = False,
) -> None:
    """Find open and closed ideas that say nearly the same, the most alike first."""
    with readable_errors():
        person = user_named(user)
        similar = services().ideas.similar
        similar.prepare()
        found = similar.hints(person, text, problem, limit=limit)
        emit_table([_similar_record(person, idea) for idea in found], as_json=as_json)


@ideas.command("review")
def review_idea(
    user: UserEmail,
    idea: Annotated[
        str | None, typer.Argument(help="Number of the idea; without it, what waits is listed.")
    ] = None,
    score: Annotated[
        list[str] | None, typer.Option(help="Criterion and score from 1 to 5, as impact=4.")
    ] = None,
    comment: Annotated[str, typer.Option(help="The reasons for the scores.")] = "",
    recommend: Annotated[Recommendation | None, typer.Option()] = None,
    conflict: Annotated[
        str | None, typer.Option(help="What connects you with the idea; ends the review.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List what waits for a reviewer, hand a review in, or declare a conflict of interest."""
    with readable_errors():
        person = user_named(user)
        if idea is None:
            waiting = services().ideas.reviews.queue(person)
            emit_table([_waiting_record(each, now()) for each in waiting], as_json=as_json)
            return
        card, reviews = services().ideas.cards.get(person, idea), services().ideas.reviews
        form = ReviewForm(_scores(score or []), comment, recommend)
        # First, so that what is refused does not take the idea on.
        if conflict is not None:
            conflict = conflict_reason(conflict)
        elif problems := reviews.problems(person, card.id, form):
            raise InvalidFields(problems)
        _take(person, card.id)
        if conflict is not None:
            reviews.declare_conflict(person, card.id, conflict)
        else:
            reviews.submit(person, card.id, form)
        emit_table([card_record(services().ideas.cards.get(person, idea))], as_json=as_json)


@ideas.command("export")
def export_ideas(
    view: Annotated[View, typer.Option(help="Order and columns of the file.")] = View.LIST,
    by: Annotated[RankedBy, typer.Option(help="Figure of a ranking.")] = RankedBy.SCORE,
    state: Annotated[list[IdeaStatus] | None, typer.Option(help="Only in these states.")] = None,
    unit: Annotated[str, typer.Option(help="Only of this business unit.")] = "",
    search: Annotated[str, typer.Option(help="Words in the texts, or a number.")] = "",
    idea: Annotated[
        str | None, typer.Option(help="Number of one idea, whose page for the committee is made.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="File to write: .csv, .xlsx or .pdf.")] = None,
    user: Reader = None,
    as_json: Json = False,
) -> None:
    """Export idea cards, to the screen or into a file; a .pdf is the portfolio or one idea."""
    with readable_errors():
        person = user_named(user) if user else SYSTEM
        wanted = IdeaFilter(search=search, business_unit=unit, statuses=frozenset(state or ()))
        if output is not None:
            content = _file(person, wanted, output, _Kind(view, by, idea))
            with disk_errors(f"The file {output.name}"):
                output.write_bytes(content)
            say(f"{output} was written.")
            return
        if idea is not None:
            raise InvalidInput("Name the file of the page with --output idea.pdf.")
        records = [idea_record(card) for card in services().ideas.cards.matching(person, wanted)]
        if as_json:
            for record in records:
                emit(record)
        else:
            emit_table([_short(record) for record in records], as_json=False)


class _Kind:
    """What kind of file is wanted."""

    def __init__(self, view: View, by: RankedBy, idea: str | None) -> None:
        self.view, self.by, self.idea = view, by, idea


def _file(person: User, wanted: IdeaFilter, output: Path, kind: _Kind) -> bytes:
    exports = services().ideas.exports
    match output.suffix.lower():
        case ".pdf" if kind.idea is not None:
            card = services().ideas.cards.get(person, kind.idea)
            return exports.card_pdf(person, card.id)
        case ".pdf":
            return exports.portfolio_pdf(person, wanted)
        case ".csv":
            return exports.csv(person, wanted, kind.view, kind.by)
        case ".xlsx":
            return exports.xlsx(person, wanted, kind.view, kind.by)
        case _:
            raise InvalidInput(f"Name a file that ends with {' or '.join(FORMATS)}.")


def _take(person: User, idea_id: str) -> None:
    """Take the idea on, as whoever hands a review in without having been asked does."""
    view = services().ideas.reviews.of_idea(person, idea_id)
    if view.own is None:
        services().ideas.reviews.assign(person, idea_id, person.id)


def _scores(given: list[str]) -> dict[str, int]:
    scores = {}
    for each in given:
        name, _, score = each.partition("=")
        if not score.strip().isdigit():
            raise InvalidInput(f"“{each}” is no score. Write the criterion and a number: impact=4.")
        scores[name.strip()] = int(score)
    return scores


def _similar_record(person: User, idea: SimilarIdea) -> dict[str, object]:
    card = services().ideas.cards.get(person, idea.id)
    return {
        **card_record(card),
        "votes": idea.votes,
        "same_title": idea.is_exact,
        "close": idea.is_close,
        "score": round(idea.score, 3),
    }


def card_record(card: IdeaCard) -> dict[str, object]:
    place = card.evaluation.quadrant if card.evaluation else None
    return {
        "number": card.label,
        "title": card.draft.title,
        "status": card.status.value,
        "quadrant": place.value if place else None,
    }


def _waiting_record(waiting: Waiting, at: datetime) -> dict[str, object]:
    return {
        "number": label_of(waiting.number),
        "title": waiting.title,
        "status": waiting.status.value,
        "waits_for": waiting.task.value,
        "due": waiting.due_at.isoformat() if waiting.due_at else None,
        "overdue": waiting.is_overdue(at),
        "reviews": f"{waiting.submitted} of {waiting.expected}",
    }


def _short(record: dict[str, object]) -> dict[str, object]:
    keys = ("number", "title", "category", "status", "quadrant", "submitter", "submitted_at")
    return {key: record[key] for key in keys}
