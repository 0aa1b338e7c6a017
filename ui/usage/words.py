"""The words of the usage page."""

from datetime import date

from admin.usage.period import Step
from admin.usage.values import (
    AnswerEntry,
    Dimension,
    Forecast,
    Slice,
    UnusualDay,
    UsageFigures,
)
from core.domain.answers import PASSAGES, AnswerStatus
from core.domain.costs.money import ExchangeRates
from core.domain.text.dates import long_date
from ui import words

DIMENSIONS = {
    Dimension.MODEL: "Model",
    Dimension.GROUP: "Group",
    Dimension.PERSON: "Person",
    Dimension.SURFACE: "Place",
}
STEPS = {Step.DAY: "Day", Step.WEEK: "Week", Step.MONTH: "Month"}
PER_STEP = {Step.DAY: "per day", Step.WEEK: "per week", Step.MONTH: "per month"}
SURFACES = {
    "chat": "Chat",
    "free": "Chat, without documents",
    "idea": "Ideas",
    "documents": "Documents",
    "vocabulary": "Vocabulary",
    "terminal": "Terminal",
    "evaluation": "Evaluations",
    "api": "API",
}
STATUSES = {
    AnswerStatus.PENDING.value: "Being written",
    AnswerStatus.COMPLETE.value: "Complete",
    AnswerStatus.STOPPED.value: "Stopped",
    AnswerStatus.FAILED.value: "Failed",
}
NONE = {
    Dimension.MODEL: "No model named",
    Dimension.GROUP: "In no group, or not recorded then",
    Dimension.PERSON: "Nobody: the terminal and documents",
    Dimension.SURFACE: "Not recorded then",
}


_QUOTED = (
    "answers are quoted from the documents by this sandbox itself, and no language model is asked"
)
_MASKED = "Personal data in them is masked before."
WHO_SEES_IT = (
    "You and administrators see these figures. Administrators see the words of a question only "
    "where it stayed unanswered or was rated not helpful, or by opening it; both are recorded."
)


def whereabouts(model: str | None, embedding_model: str | None = None) -> str:
    """Say where questions go to be answered, and to be compared if that is elsewhere."""
    if model is None and embedding_model is None:
        return f"Nowhere else: {_QUOTED}."
    if model is None:
        return (
            f"To find passages, questions go to the embedding model {embedding_model}. {_MASKED} "
            f"Otherwise {_QUOTED}."
        )
    also = f", questions also to the embedding model {embedding_model}" if embedding_model else ""
    return (
        f"Questions and the passages that were found for them go to the language model {model}"
        f"{also}. {_MASKED}"
    )


def slice_name(by: Dimension, one: Slice) -> str:
    """Return what a model, group, person or place is called on the page."""
    if not one.key:
        return NONE[by]
    if by is Dimension.SURFACE:
        return SURFACES.get(one.key, one.label)
    if by is Dimension.MODEL and one.key == PASSAGES:
        return "No model: quoted word for word"
    return f"{one.label[0].upper()}{one.label[1:]}" if by is Dimension.PERSON else one.label


def outcome(entry: AnswerEntry) -> str:
    """Return how an answer ended: `Complete`, `Not in the documents`, `Failed: timeout`."""
    if entry.abstained:
        return "Not in the documents"
    told = STATUSES.get(entry.status, entry.status)
    return f"{told}: {entry.error}" if entry.error else told


def other_costs(figures: UsageFigures) -> str:
    """Return `Not included, since no exchange rate is set: 1.20 USD.`; empty if there are none."""
    if not figures.other_costs:
        return ""
    told = ", ".join(words.money(micros, code) for code, micros in figures.other_costs.items())
    return f"Not included, since no exchange rate is set: {told}."


def rates(known: ExchangeRates) -> str:
    """Return `1 USD counts as 0.92 EUR, the rate of 2 November 2026.`; empty without rates."""
    if not known.rates or known.as_of is None:
        return ""
    told = ", ".join(
        f"1 {code} counts as {rate} {known.currency}" for code, rate in known.rates.items()
    )
    noun = "rate" if len(known.rates) == 1 else "rates"
    return f"{told}, the {noun} of {long_date(known.as_of)}."


def forecast(expected: Forecast) -> str:
    """Return `November will cost about 12.00 EUR if it goes on like this; so far 9.00 EUR.`."""
    return (
        f"{expected.month:%B} will cost about "
        f"{words.money(expected.expected_micros, expected.currency)} if it goes on like this; so "
        f"far {words.money(expected.so_far_micros, expected.currency)}."
    )


def unusual(day: UnusualDay, currency: str) -> str:
    """Say how far a day stands out and who or what cost most of it."""
    times = day.cost_micros / max(day.median_micros, 1)
    told = (
        f"{_day(day.day)} cost {words.money(day.cost_micros, currency)}, {times:.1f} times an "
        "ordinary day of the four weeks before it"
    )
    return f"{told}; {day.largest} made up {day.share:.0%} of it." if day.largest else f"{told}."


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"
