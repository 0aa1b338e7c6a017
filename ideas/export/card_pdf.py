"""One page of an idea for the committee that decides on it."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from pypdf import PdfReader

from core.domain.answers import WITHHELD
from core.domain.ideas.card import IdeaCard
from core.domain.ideas.criteria import Axis, CriteriaSet
from core.domain.ideas.triage import Triage
from core.domain.ideas.workflow import SignOff
from core.domain.text.dates import long_date
from core.printing.blocks import Block, Bullets, Facts, Heading, Paragraph, Table, Title
from core.printing.pdf import to_pdf
from ideas.export import words
from ideas.portfolio.entries import Entry
from ideas.review.values import ReviewsView
from ideas.triage.questionnaire import Questionnaire

LENGTHS = (1_400, 900, 600, 400, 250, 120, 60)
"""Characters to which each text is cut, until all fits on one page."""
CUT = "…"


@dataclass(frozen=True, slots=True)
class CardPage:
    """What the page shows, as its reader may see it.

    `triage` and `sign_off` are None where there is none, or the reader may not read it.
    """

    card: IdeaCard
    entry: Entry
    criteria: CriteriaSet
    reviews: ReviewsView
    triage: Triage | None
    sign_off: SignOff | None
    questionnaire: Questionnaire
    currency: str
    at: datetime


def card_pdf(page: CardPage) -> bytes:
    """Return one page; long texts are cut, with a sign that they go on."""
    title = f"{page.card.label} {page.card.draft.title}"
    dated = f"{page.card.label}, {long_date(page.at)}"
    footer = f"{dated}. Texts that end with {CUT} go on on the card."
    content = b""
    for length in LENGTHS:
        content = to_pdf(title, list(_blocks(page, length)), footer=footer)
        if len(PdfReader(io.BytesIO(content)).pages) == 1:
            break
    return content


def _blocks(page: CardPage, length: int) -> Iterator[Block]:
    card, draft = page.card, page.card.draft
    yield Title(f"{card.label} {draft.title}")
    yield Facts(_filled(_about(page)))
    for name, text in (
        ("Problem", draft.problem),
        ("Proposal", draft.proposal),
        ("Expected benefit", draft.expected_benefit),
    ):
        if text.strip():
            yield Heading(name, is_small=True)
            yield Paragraph(cut(text, length))
    yield Facts(_filled(_figures(page, length)))
    yield from _origin(card, length)
    yield Heading("Risk", is_small=True)
    yield Facts(_filled(_risk(page, length)))
    yield Heading("Reviews", is_small=True)
    yield from _reviews(page)


def _about(page: CardPage) -> list[tuple[str, str]]:
    card = page.card
    people = ", ".join([card.submitter_name, *(person.name for person in card.co_submitters)])
    return [
        ("State", f"{words.STATES[card.status]} since {long_date(page.entry.since)}"),
        ("Submitted", f"{long_date(card.submitted_at)} by {people}"),
        ("Category", words.CATEGORIES[card.draft.category]),
        ("Business unit", card.draft.business_unit),
        ("Campaign", page.entry.campaign),
        ("Owner", card.owner_name),
        ("Votes", "" if page.entry.votes is None else str(page.entry.votes)),
    ]


def _figures(page: CardPage, length: int) -> list[tuple[str, str]]:
    estimate, data, ownership = (
        page.card.draft.estimate,
        page.card.draft.data,
        page.card.ownership,
    )
    expected = [
        ""
        if estimate.hours_per_month is None
        else f"{estimate.hours_per_month:,.0f} hours a month",
        _money(estimate.money_per_month, page.currency, " a month"),
        "" if estimate.confidence is None else f"confidence {int(estimate.confidence)} %",
    ]
    needs = [
        cut(data.description, length // 2),
        words.CLASSES[data.classification] if data.classification else "",
        words.PEOPLE[data.personal_data] if data.personal_data else "",
    ]
    effort = estimate.effort_months
    return [
        ("Expected", ", ".join(filter(None, expected))),
        ("Effort", "" if effort is None else f"{effort:,.1f} person-months"),
        ("Data", ", ".join(filter(None, needs))),
        ("Success metric", cut(ownership.success_metric, length // 2)),
        ("Budget cap", _money(ownership.budget_cap, page.currency)),
        (
            "Pilot ends",
            "" if not ownership.pilot_ends_on else long_date(ownership.pilot_ends_on),
        ),
    ]


def _origin(card: IdeaCard, length: int) -> Iterator[Block]:
    """Yield the answer the idea came from; its reader's copy is withheld already, if it has to."""
    if card.origin is None:
        return
    yield Heading("From a conversation", is_small=True)
    answer = card.origin.answer
    shown = "The answer is withheld: it was made from documents that you cannot access."
    yield Bullets(
        [
            cut(card.origin.question, length // 2),
            shown if answer == WITHHELD else cut(answer, length // 2),
        ]
    )


def _risk(page: CardPage, length: int) -> list[tuple[str, str]]:
    card, triage, oversight = page.card, page.triage, page.card.oversight
    gates = [page.questionnaire.gate(gate) for gate in (triage.gates if triage else ())]
    required = " ".join(gate.requires for gate in gates if gate is not None)
    signed = page.sign_off
    return [
        ("Risk class", words.RISKS[card.risk] if card.risk else words.NOT_JUDGED),
        ("Reason", cut(triage.rationale, length // 2) if triage else ""),
        ("Our rules ask for", cut(required, length)),
        ("Who decides", cut(oversight.who_decides, length // 3)),
        ("How it is overruled", cut(oversight.how_overruled, length // 3)),
        ("When it fails", cut(oversight.when_it_fails, length // 3)),
        ("Signed off", f"{signed.by_name}, {long_date(signed.at)}" if signed else ""),
    ]


def _reviews(page: CardPage) -> Iterator[Block]:
    scored, reviews = page.entry.scored, page.reviews
    if scored is None:
        yield Paragraph(
            "Hidden until your own review is in."
            if page.entry.is_blind
            else f"{reviews.submitted} of {reviews.expected} reviews are in."
        )
        return
    place = (
        f"{words.QUADRANTS[scored.quadrant]}: value {scored.value:.0f}, feasibility "
        f"{scored.feasibility:.0f} of 100, {scored.reviews} reviews"
    )
    notes = ["provisional"] if scored.is_provisional else []
    notes += ["the reviewers disagree"] if scored.is_disputed else []
    yield Paragraph(", ".join([place, *notes]) + ".", is_strong=True)
    if reviews.distributions:
        yield _criteria(page)


def _criteria(page: CardPage) -> Block:
    criteria = {criterion.key: criterion for criterion in page.criteria.criteria}
    rows = []
    for spread in page.reviews.distributions:
        criterion = criteria[spread.criterion]
        given = sum(spread.counts)
        mean = sum(score * n for score, n in enumerate(spread.counts, start=1)) / (given or 1)
        axis = "Value" if criterion.axis is Axis.VALUE else "Feasibility"
        apart = f"{spread.sd:.1f}{', they disagree' if spread.is_disputed else ''}"
        rows.append((axis, criterion.name, f"{mean:.1f}" if given else "", apart))
    marked = frozenset(n for n, s in enumerate(page.reviews.distributions) if s.is_disputed)
    return Table(("Axis", "Criterion", "Mean, 1 to 5", "Apart (sd)"), rows, marked)


def cut(text: str, length: int) -> str:
    """Return a text on one paragraph, cut at a word to at most `length` characters."""
    flat = " ".join(text.split())
    if len(flat) <= length:
        return flat
    return flat[: max(length - 1, 1)].rsplit(" ", 1)[0] + CUT


def _filled(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in pairs if value]


def _money(amount: Decimal | None, currency: str, per: str = "") -> str:
    return "" if amount is None else f"{amount:,.0f} {currency}{per}"
