"""Lets requests to models through: none to what is turned off, none that no budget pays for."""

from dataclasses import dataclass

from core.domain.costs.refusals import Reason, Request, SwitchedOff, SwitchKind, UnknownPrice
from core.domain.on_behalf import Behalf, current_behalf
from core.domain.ports import ModelUsage
from core.domain.prices import Price
from core.errors import CallRefused, ModelTurnedOff
from core.model_calls import Tariff
from core.models.metering import MeteredCall
from core.models.prices import cost_micros
from core.spending import sentences
from core.spending.ledger import (
    BudgetFull,
    Ledger,
    Money,
    PriceUnknown,
    Reservation,
    reason_of,
)
from core.storage.database import Database
from core.storage.queries.spending.accounts import WHOLE
from core.storage.queries.spending.refusals import record_refusal
from core.storage.queries.spending.switches import switched_off
from core.storage.tables import EMBEDDING_PURPOSE

_OF_SWITCH = {
    SwitchKind.PROVIDER: Reason.PROVIDER,
    SwitchKind.MODEL: Reason.MODEL,
    SwitchKind.PROMPT: Reason.PROMPT,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A request that was let through: what was reserved for it, and the price it is settled by."""

    reservation: Reservation
    price: Price | None


class Door:
    """What every request passes on its way out, for whomever this thread works.

    `percent` of each budget are open to these requests; the rest is kept for others. Refusals are
    recorded.
    """

    def __init__(
        self,
        database: Database,
        ledger: Ledger,
        tariff: Tariff,
        *,
        unknown_price: UnknownPrice = UnknownPrice.REFUSE,
        percent: int = WHOLE,
    ) -> None:
        self._database = database
        self._ledger = ledger
        self._tariff = tariff
        self._takes_unknown = unknown_price is UnknownPrice.FLAG
        self._percent = percent

    def enter(self, request: Request) -> Entry:
        """Reserve the most that the request can cost; raises CallRefused."""
        behalf = current_behalf()
        self._require_on(behalf, request)
        price = self.price(request.model)
        most = _cost(price, request, request.most_input_tokens)
        try:
            reservation = self._ledger.reserve(
                behalf.user,
                most,
                seconds=request.seconds,
                percent=self._percent,
                takes_unknown=self._takes_unknown,
            )
        except BudgetFull as full:
            raise self._refused(behalf, request, reason_of(full.budget)) from None
        except PriceUnknown:
            raise self._refused(behalf, request, Reason.PRICE) from None
        return Entry(reservation, price)

    def settle(self, entry: Entry, metered: MeteredCall) -> None:
        """Spend what the request cost, of a request that was not charged nothing."""
        is_free = not metered.usage.input_tokens and not metered.usage.output_tokens
        price = metered.price
        if price is None:
            cost = Money(0) if is_free else Money(None)
        else:
            cost = Money(metered.cost_micros, price.currency)
        self._ledger.settle(entry.reservation, cost)

    def refusal(self, request: Request) -> CallRefused | None:
        """Return why even the shortest request like this one would be refused now, None if not.

        Nothing is reserved, and a refusal is not recorded.
        """
        user = current_behalf().user
        off = self._off(request)
        if off:
            return _refusal(_OF_SWITCH[off[0].kind], request)
        least = _cost(self.price(request.model), request, 0)
        full = self._ledger.full(user, least, percent=self._percent)
        if full is None:
            return None if self._takes_unknown else _refusal(Reason.PRICE, request)
        return _refusal(reason_of(full[0]), request) if full else None

    def record(self, request: Request, refusal: CallRefused) -> None:
        """Record that a request was not even tried."""
        with self._database.begin() as session:
            record_refusal(session, current_behalf(), request, Reason(refusal.reason))

    def require_still_on(self, request: Request) -> None:
        """Raise ModelTurnedOff if what a running request uses was turned off since."""
        off = self._off(request)
        if off:
            raise ModelTurnedOff(sentences.turned_off(off[0]), may_be_charged=True)

    def price(self, model: str) -> Price | None:
        """Return the price of a model now, None if it is not known."""
        with self._database.read() as session:
            return self._tariff.price(session, model)

    def _require_on(self, behalf: Behalf, request: Request) -> None:
        off = self._off(request)
        if off:
            raise self._refused(behalf, request, _OF_SWITCH[off[0].kind])

    def _off(self, request: Request) -> list[SwitchedOff]:
        names = [
            SwitchedOff(SwitchKind.PROVIDER, request.provider),
            SwitchedOff(SwitchKind.MODEL, request.model),
            SwitchedOff(SwitchKind.PROMPT, request.prompt),
        ]
        with self._database.read() as session:
            return switched_off(session, names)

    def _refused(self, behalf: Behalf, request: Request, reason: Reason) -> CallRefused:
        with self._database.begin() as session:
            record_refusal(session, behalf, request, reason)
        return _refusal(reason, request)


def _cost(price: Price | None, request: Request, input_tokens: int) -> Money:
    if price is None:
        return Money(None)
    usage = ModelUsage(input_tokens, request.most_output_tokens)
    return Money(cost_micros(price, usage), price.currency)


def _refusal(reason: Reason, request: Request) -> CallRefused:
    told = sentences.refused(reason, of_search=request.purpose == EMBEDDING_PURPOSE)
    return CallRefused(told, reason.value, advice=sentences.advice(reason))
