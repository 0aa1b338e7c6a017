"""A bounded number at a time, and turns between people."""

from hypothesis import given
from hypothesis import strategies as st

from core.fair_queue import FairQueue, Turn


def have_come(turns: list[Turn]) -> list[bool]:
    return [turn.has_come for turn in turns]


def test_one_person_has_so_many_turns_and_no_more() -> None:
    queue = FairQueue(at_once=None, per_person=2)

    turns = [queue.enter("anna") for _ in range(6)]

    assert have_come(turns) == [True, True, False, False, False, False]
    assert (queue.waiting("anna"), queue.waiting("ben")) == (4, 0)
    turns[0].leave()
    assert have_come(turns[1:]) == [True, True, False, False, False]


def test_somebody_who_comes_later_does_not_wait_behind_all_tabs_of_another() -> None:
    queue = FairQueue(at_once=1, per_person=1)
    tabs = [queue.enter("anna") for _ in range(6)]

    ben = queue.enter("ben")
    tabs[0].leave()

    assert (ben.has_come, tabs[1].has_come) == (True, False)


def test_people_who_wait_take_turns() -> None:
    queue = FairQueue(at_once=1, per_person=1)
    turns = {name: [queue.enter(name) for _ in range(2)] for name in ("anna", "ben", "carla")}
    served: list[str] = []

    for _ in range(6):
        name = next(n for n, own in turns.items() if any(turn.has_come for turn in own))
        turn = next(turn for turn in turns[name] if turn.has_come)
        turns[name].remove(turn)
        served.append(name)
        turn.leave()

    assert served == ["anna", "ben", "carla"] * 2


def test_a_turn_that_is_given_up_while_it_waits_is_not_waited_for() -> None:
    queue = FairQueue(at_once=1, per_person=1)
    first, second, third = (queue.enter(name) for name in ("anna", "ben", "carla"))

    second.leave()
    first.leave()
    first.leave()

    assert third.has_come


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=60),
    st.integers(1, 3),
    st.integers(1, 3),
)
def test_whatever_happens_the_bounds_hold_and_nobody_is_forgotten(
    moves: list[tuple[str, bool]], at_once: int, per_person: int
) -> None:
    queue = FairQueue(at_once=at_once, per_person=per_person)
    open_turns: list[Turn] = []

    for person, enters in moves:
        if enters or not open_turns:
            open_turns.append(queue.enter(person))
        else:
            open_turns.pop(len(open_turns) // 2).leave()
        working = [turn.person for turn in open_turns if turn.has_come]
        assert len(working) <= at_once
        assert all(working.count(p) <= per_person for p in "abc")
    while open_turns:
        served = [turn for turn in open_turns if turn.has_come]
        assert served
        open_turns.remove(served[0])
        served[0].leave()
