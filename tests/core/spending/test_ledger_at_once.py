"""Whatever happens at the same moment, spent and reserved together stay below the limit."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.domain.clock import now
from core.domain.costs.budgets import BudgetPeriod, BudgetScope
from core.domain.costs.money import ExchangeRates
from core.domain.identity import User
from core.spending.ledger import BudgetFull, Ledger, Money, Reservation
from core.storage.database import Database
from core.storage.migrate import migrate
from tests.core.spending.conftest import (
    BERLIN,
    Clock,
    add_person,
    reservations,
    set_budget,
    sums,
)

THREADS, REQUESTS = 32, 5
LIMIT = 1_000
ROOT = Path(__file__).parents[3]


def spend(ledger: Ledger, user: User, amount: int, cost: int) -> bool:
    """Reserve and settle; return whether the budget paid."""
    try:
        reservation = ledger.reserve(user, Money(amount, "EUR"), seconds=60)
    except BudgetFull:
        return False
    ledger.settle(reservation, Money(cost, "EUR"))
    return True


def test_thirty_two_threads_spend_the_limit_and_no_more(database: Database) -> None:
    anna = add_person(database, "anna")
    budget = set_budget(database, BudgetScope.COMPANY, BudgetPeriod.MONTH, LIMIT / 1e6)
    ledger = Ledger(database, BERLIN, ExchangeRates("EUR"))
    together = Barrier(THREADS)

    def work(_number: int) -> int:
        together.wait()
        return sum(spend(ledger, anna, 10, 10) for _ in range(REQUESTS))

    with ThreadPoolExecutor(THREADS) as pool:
        paid = sum(pool.map(work, range(THREADS)))

    assert paid == LIMIT // 10
    assert sums(database, budget) == (LIMIT, 0)
    assert reservations(database) == 0


def test_people_of_several_groups_share_three_budgets_without_waiting_for_each_other(
    database: Database,
) -> None:
    """All requests take several accounts, in one order, so that no two wait for each other."""
    people = [add_person(database, f"p{n}", "sales", *["customs"] * (n % 2)) for n in range(8)]
    budgets = {
        set_budget(database, BudgetScope.COMPANY, BudgetPeriod.MONTH, 900 / 1e6): 900,
        set_budget(database, BudgetScope.GROUP, BudgetPeriod.DAY, 300 / 1e6, "customs"): 300,
        set_budget(database, BudgetScope.GROUP, BudgetPeriod.DAY, 800 / 1e6, "sales"): 800,
        set_budget(database, BudgetScope.EVERYBODY, BudgetPeriod.DAY, 150 / 1e6): 8 * 150,
    }
    ledger = Ledger(database, BERLIN, ExchangeRates("EUR"))

    def work(number: int) -> int:
        person = people[number % len(people)]
        return sum(spend(ledger, person, 10, 10) for _ in range(REQUESTS * 2))

    with ThreadPoolExecutor(THREADS // 2) as pool:
        paid = sum(pool.map(work, range(THREADS // 2)))

    assert paid * 10 == 800
    for budget, limit in budgets.items():
        spent, reserved = sums(database, budget)
        assert (spent <= limit, reserved) == (True, 0)


PROCESS = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
from core.domain.costs.money import ExchangeRates
from core.domain.identity import User
from core.spending.ledger import BudgetFull, Ledger, Money
from core.storage.database import Database
from zoneinfo import ZoneInfo

database = Database(sys.argv[1])
ledger = Ledger(database, ZoneInfo("Europe/Berlin"), ExchangeRates("EUR"))
anna = User("anna", "", "")

def work(number):
    paid, seen = 0, 0
    for _ in range(5):
        try:
            reservation = ledger.reserve(anna, Money(10, "EUR"), seconds=60)
        except BudgetFull:
            continue
        [use] = ledger.uses(anna)
        seen = max(seen, use.taken_micros)
        ledger.settle(reservation, Money(10, "EUR"))
        paid += 1
    return paid, seen

print("ready", flush=True)
sys.stdin.readline()
with ThreadPoolExecutor(16) as pool:
    done = list(pool.map(work, range(16)))
print(json.dumps([sum(paid for paid, _ in done), max(seen for _, seen in done)]))
"""


def test_two_processes_of_sixteen_threads_spend_the_limit_and_no_more(
    database: Database, tmp_path: Path
) -> None:
    add_person(database, "anna")
    budget = set_budget(database, BudgetScope.EVERYBODY, BudgetPeriod.DAY, LIMIT / 1e6)
    url = database.engine.url.render_as_string(hide_password=False)
    script = tmp_path / "spend.py"
    script.write_text(PROCESS)

    processes = [
        subprocess.Popen(
            [sys.executable, str(script), url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PYTHONPATH": str(ROOT), "PATH": ""},
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    told = [json.loads(process.communicate(timeout=120)[0]) for process in processes]

    assert sum(paid for paid, _ in told) == LIMIT // 10
    assert max(seen for _, seen in told) <= LIMIT
    assert sums(database, budget) == (LIMIT, 0)


def test_a_process_that_is_killed_gives_back_what_it_reserved(
    database: Database, tmp_path: Path
) -> None:
    anna = add_person(database, "anna")
    budget = set_budget(database, BudgetScope.EVERYBODY, BudgetPeriod.MONTH, LIMIT / 1e6)
    url = database.engine.url.render_as_string(hide_password=False)
    script = tmp_path / "reserve.py"
    before, _ = PROCESS.split("def work")
    script.write_text(
        f"{before}\nledger.reserve(anna, Money(1_000, 'EUR'), seconds=60)\n"
        "print('reserved', flush=True)\nsys.stdin.readline()\n"
    )
    process = subprocess.Popen(
        [sys.executable, str(script), url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "reserved\n"
    process.kill()
    process.communicate()
    assert sums(database, budget) == (0, LIMIT)

    clock = Clock()
    clock.at = now()
    clock.move(seconds=121)
    later = Ledger(database, BERLIN, ExchangeRates("EUR"), clock)

    assert spend(later, anna, LIMIT, 400)
    assert sums(database, budget)[1] == 0


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["reserve", "settle", "die", "wait"]),
        st.integers(0, 600),
        st.integers(0, 100),
    ),
    max_size=20,
)
TIGHTEST = 700


@pytest.fixture(scope="module")
def empty_file() -> Iterator[str]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sandbox.db"
        database = Database(f"sqlite:///{path}")
        migrate(database)
        database.close()
        yield str(path)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS, seed=st.integers(0, 1000))
def test_any_order_of_requests_keeps_the_limit(
    empty_file: str, steps: list[tuple[str, int, int]], seed: int
) -> None:
    """Requests cost at most what was reserved; some never end, and time passes."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sandbox.db"
        path.write_bytes(Path(empty_file).read_bytes())
        database, clock, chance = Database(f"sqlite:///{path}"), Clock(), random.Random(seed)
        anna = add_person(database, "anna", "sales")
        budgets = [
            set_budget(database, BudgetScope.EVERYBODY, BudgetPeriod.MONTH, LIMIT / 1e6),
            set_budget(database, BudgetScope.GROUP, BudgetPeriod.MONTH, TIGHTEST / 1e6, "sales"),
        ]
        ledger = Ledger(database, BERLIN, ExchangeRates("EUR"), clock)
        ledger.settle(ledger.reserve(anna, Money(0), seconds=60), Money(0))
        under_way: list[tuple[Reservation, int]] = []
        lost = spent = 0
        for step, amount, percent in steps:
            match step:
                case "reserve":
                    held = lost + sum(most for _, most in under_way)
                    try:
                        reservation = ledger.reserve(anna, Money(amount, "EUR"), seconds=60)
                        under_way.append((reservation, amount))
                    except BudgetFull:
                        assert spent + held + amount > TIGHTEST
                case "settle" if under_way:
                    reservation, most = under_way.pop(chance.randrange(len(under_way)))
                    cost = most * percent // 100
                    ledger.settle(reservation, Money(cost, "EUR"))
                    spent += cost
                case "die" if under_way:
                    lost += under_way.pop()[1]
                case "wait" if not under_way:
                    clock.move(seconds=121)
                    ledger.give_back_expired()
                    lost = 0
            held = lost + sum(most for _, most in under_way)
            assert [sums(database, budget) for budget in budgets] == [(spent, held)] * 2
            assert spent + held <= TIGHTEST
        database.close()


def test_settling_twice_changes_nothing_more_than_once_for_the_reservation(
    database: Database,
) -> None:
    anna = add_person(database, "anna")
    budget = set_budget(database, BudgetScope.EVERYBODY, BudgetPeriod.DAY, LIMIT / 1e6)
    ledger = Ledger(database, BERLIN, ExchangeRates("EUR"))
    reservation: Reservation = ledger.reserve(anna, Money(100, "EUR"), seconds=60)

    ledger.settle(reservation, Money(0))
    ledger.settle(reservation, Money(0))

    assert sums(database, budget) == (0, 0)
