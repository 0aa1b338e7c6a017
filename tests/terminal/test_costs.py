"""`costs`: what is paid beside the models, and what everything costs."""

from datetime import date

import pytest

from core.domain.clock import now
from core.domain.costs.months import later, month_of
from core.domain.ideas.workflow import IdeaStatus
from core.storage.tables import ModelCallRow
from tests.ideas.rows import add_idea
from tests.terminal.conftest import Terminal

LICENCE = ("costs", "add", "Model licence", "--kind", "licence", "--amount", "49.90")


def this_month() -> date:
    return month_of(now().date())


def test_a_cost_is_added_with_its_idea_and_listed(terminal: Terminal) -> None:
    add_idea(terminal.services.database, 12, status=IdeaStatus.APPROVED.value)

    added = terminal(*LICENCE, "--from", "2026-03", "--idea", "IDEA-0012", "--json").records[0]

    assert terminal("costs", "list", "--json").records == [added]
    assert added | {"id": ""} == {
        "id": "",
        "name": "Model licence",
        "kind": "licence",
        "paid": "monthly",
        "cost": 49.9,
        "currency": "EUR",
        "hours": None,
        "hourly_rate": None,
        "first_month": "2026-03",
        "last_month": None,
        "idea": "IDEA-0012 Idea number 12",
        "note": "",
    }


def test_hours_and_their_rate_make_a_cost_of_this_month_on(terminal: Terminal) -> None:
    ran = terminal("costs", "add", "Editor", "--kind", "staff", "--hours", "12.5", "--rate", "64.4")

    assert "805.00 EUR" in ran.out
    assert f"{this_month():%Y-%m}" in ran.out


def test_a_cost_ends_by_the_beginning_of_its_id(terminal: Terminal) -> None:
    added = terminal(*LICENCE, "--from", "2026-01", "--json").records[0]

    ended = terminal("costs", "end", added["id"][:8], "--last", "2026-06", "--json").records[0]

    assert (ended["id"], ended["last_month"]) == (added["id"], "2026-06")


def test_what_everything_costs_is_told_by_month_in_total_and_for_the_months_before(
    terminal: Terminal,
) -> None:
    terminal(*LICENCE, "--from", f"{later(this_month(), -1):%Y-%m}")
    terminal("costs", "add", "Firewall", "--kind", "server", "--amount", "100", "--once")
    with terminal.services.database.begin() as session:
        session.add(
            ModelCallRow(
                user_id="anna",
                surface="chat",
                purpose="answer",
                provider="local",
                model_requested="large",
                status="complete",
                cost_micros=2_500_000,
            )
        )

    ran = terminal("costs", "report", "--from", f"{this_month():%Y-%m}", "--json")

    [month, total, before] = ran.records
    assert month == total | {"month": f"{this_month():%Y-%m}"}
    assert (total["answers"], total["per_answer"]) == (0, None)
    told = {name: total[f"{name}_cost"] for name in ("answers", "licence", "server", "total")}
    assert told == {"answers": 2.5, "licence": 49.9, "server": 100.0, "total": 152.4}
    assert total["month"] == "total"
    assert before["total_cost"] == 49.9
    assert "152 EUR" in terminal("costs", "report").out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("costs", "add", "Model licence"), "amount: Give an amount above 0"),
        ((*LICENCE, "--hours", "3"), "amount: Give either an amount, or hours"),
        ((*LICENCE, "--currency", "EURO"), "currency: Give the three letters"),
        ((*LICENCE, "--rate", "many"), "--rate: many is no number"),
        ((*LICENCE, "--once", "--to", "2026-03"), "paid once has no last month"),
        ((*LICENCE, "--idea", "IDEA-0099"), "does not exist"),
        (("costs", "end", "nowhere"), "There is no cost nowhere"),
        (("costs", "report", "--from", "2026-03", "--to", "2026-02"), "not before the first"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    terminal: Terminal, arguments: tuple[str, ...], told: str
) -> None:
    ran = terminal(*arguments)

    assert ran.code == 2
    assert told in " ".join(ran.err.split())


def test_ids_that_begin_alike_are_told_apart(terminal: Terminal) -> None:
    ids = [terminal(*LICENCE, "--json").records[0]["id"] for _ in range(17)]
    first = next(one[0] for one in ids if sum(other[0] == one[0] for other in ids) > 1)

    ran = terminal("costs", "end", first)

    assert "Give more letters" in ran.err
