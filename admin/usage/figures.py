"""The figures of one report, all of them in the same currency and on the same calendar."""

from collections.abc import Sequence

from sqlmodel import Session, select

from admin.usage.days import UsageDays
from admin.usage.entries import person_name
from admin.usage.period import Period, Span
from admin.usage.reading import Place, count_people, figures_of, read_costs, read_times, read_usage
from admin.usage.values import Dimension, UsageFigures
from core.domain.costs.money import ExchangeRates, added
from core.storage.tables import UserRow

Asked = tuple[tuple[Span, ...], tuple[Dimension, ...], bool]
"""Steps, what they are told apart by, and whether people are counted."""


class Figures:
    """Reads figures of steps around a period, in one transaction."""

    def __init__(
        self,
        session: Session,
        days: UsageDays,
        rates: ExchangeRates,
        period: Period,
        *,
        person_id: str | None = None,
    ) -> None:
        """Take what is read from and by; with a `person_id`, all figures are of that person."""
        self._session = session
        self._days = days
        self._rates = rates
        self._zone = period.zone
        self._person_id = person_id
        self._known: dict[Asked, dict[Place, UsageFigures]] = {}
        both = days.pieces([period.whole, period.previous.whole], period.zone)
        costs = read_costs(session, both, person_id=person_id)
        self.currency = rates.shown(added(costs.values()))
        """In which all costs are told: that of the period and the one before it."""

    def of(
        self, spans: Sequence[Span], by: Sequence[Dimension] = (), *, counts_people: bool = True
    ) -> dict[Place, UsageFigures]:
        """Return the figures of each step, and of each value of these dimensions in it.

        Counting people takes longest; without it, there are none. The same steps are read once.
        """
        key = (tuple(spans), tuple(by), counts_people)
        if key not in self._known:
            self._known[key] = self._read(spans, by, counts_people=counts_people)
        return self._known[key]

    def _read(
        self, spans: Sequence[Span], by: Sequence[Dimension], *, counts_people: bool
    ) -> dict[Place, UsageFigures]:
        pieces = self._days.pieces(spans, self._zone)
        usage = read_usage(self._session, pieces, by, person_id=self._person_id)
        if self._person_id:
            return figures_of(usage, {}, self._rates, self.currency)
        others: dict[Place, dict[str, int]] = dict(read_times(self._session, pieces, by))
        if counts_people:
            for place, people in count_people(self._session, pieces, by).items():
                others[place] = {**others.get(place, {}), "people": people}
        return figures_of(usage, others, self._rates, self.currency)

    def each(self, spans: Sequence[Span], *, counts_people: bool = True) -> list[UsageFigures]:
        """Return the figures of each of these steps, in their order."""
        figures = self.of(spans, counts_people=counts_people)
        nothing = UsageFigures(currency=self.currency)
        return [figures.get((number, ()), nothing) for number in range(len(spans))]

    def costs(self, spans: Sequence[Span], by: Sequence[Dimension] = ()) -> dict[Place, int]:
        """Return what each step cost, in millionths, and each value of these dimensions in it."""
        pieces = self._days.pieces(spans, self._zone)
        return {
            place: self._rates.convert(costs, self.currency)[0]
            for place, costs in read_costs(self._session, pieces, by).items()
        }

    def of_evaluation(self, span: Span) -> UsageFigures:
        """Return what test questions cost, which is in no other figure."""
        pieces = self._days.pieces([span], self._zone)
        usage = read_usage(self._session, pieces, is_evaluation=True)
        nothing = UsageFigures(currency=self.currency)
        return figures_of(usage, {}, self._rates, self.currency).get((0, ()), nothing)

    def labels(self, by: Dimension, keys: Sequence[str]) -> dict[str, str]:
        """Return what people call the values of a dimension."""
        if by is not Dimension.PERSON:
            return {key: key for key in keys}
        names = dict(self._session.exec(select(UserRow.id, UserRow.name)).all())
        return {key: person_name(key, names.get(key)) for key in keys}
