"""Texts of the portfolio."""

from collections.abc import Mapping

from core.domain.ideas.review import Quadrant
from core.domain.text.plurals import count
from ideas.portfolio.entries import Scored
from ideas.portfolio.matrix import Matrix
from ideas.portfolio.ranking import RankedBy
from ideas.portfolio.roadmap import Milestone
from ui.idea_parts import words as idea_words

VIEWS = {
    "matrix": "Matrix",
    "board": "Board",
    "ranking": "Ranking",
    "compare": "Compare",
    "roadmap": "Roadmap",
}

ORDERS = {
    RankedBy.SCORE: "Score",
    RankedBy.RICE: "RICE",
    RankedBy.VOTES: "Votes",
    RankedBy.TRENDING: "Trending",
}

ORDERS_MEAN = {
    RankedBy.SCORE: "Mean of value and feasibility, from 0 to 100.",
    RankedBy.RICE: "Reach a month × impact × confidence ÷ effort in months of one person.",
    RankedBy.VOTES: "Votes of colleagues.",
    RankedBy.TRENDING: "Votes and comments of the last 30 days; younger ideas weigh more.",
}

MILESTONES = {
    Milestone.PILOT_ENDS: "Pilot ends",
    Milestone.IN_PRODUCTION: "In production",
}

NOTHING = "No ideas match. Clear the filter, or choose other states."
NO_REVIEWS = "No idea here has a review yet. Ideas appear once reviewers have scored them."
NO_ROADMAP = "Nothing is approved yet. Ideas appear here once they are approved."


def legend() -> str:
    """Say what shape, colour, letter, size and lines of a bubble mean."""
    return (
        "**Shape** ● internal optimisation · ■ better product · ▲ new business model  \n"
        "**Colour and letter** :green[●] minimal risk · :blue[T] transparency duties · "
        ":orange[H] high risk · :violet[C] needs counsel · :red[P] prohibited · "
        ":gray[?] not triaged  \n"
        "**Size** benefit in money · **Hollow** fewer than two reviews · **Lines** how far "
        "reviewers are apart"
    )


def title(matrix: Matrix) -> str:
    """Return the answer of the matrix: `12 quick wins, 5 big bets, 3 incremental, 2 traps`."""
    counts: Mapping[Quadrant, int] = matrix.counts()
    names = {
        Quadrant.QUICK_WIN: count(counts[Quadrant.QUICK_WIN], "quick win"),
        Quadrant.BIG_BET: count(counts[Quadrant.BIG_BET], "big bet"),
        Quadrant.INCREMENTAL: f"{counts[Quadrant.INCREMENTAL]:,} incremental",
        Quadrant.TRAP: count(counts[Quadrant.TRAP], "trap"),
    }
    return idea_words.listed(list(names.values()))


def reviews(scored: Scored) -> str:
    """Return `3`, and `1, provisional` for less than two."""
    return f"{scored.reviews}, provisional" if scored.is_provisional else str(scored.reviews)


def left_out(matrix: Matrix, drawn: int) -> str:
    """Say which ideas the matrix does not show; empty if it shows all."""
    told = []
    if drawn < len(matrix.points):
        told.append(f"Drawn are the {drawn} with the highest scores of {len(matrix.points):,}.")
    if matrix.unscored:
        told.append(f"{count(matrix.unscored, 'idea')} without a review.")
    if matrix.hidden_until_reviewed:
        ideas = count(matrix.hidden_until_reviewed, "idea")
        told.append(f"{ideas} that you still have to review.")
    return " ".join(told)
