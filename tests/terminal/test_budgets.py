"""`budgets` and `switches`: what requests may cost, and what is turned off."""

import pytest

from tests.terminal.conftest import Terminal


def test_budgets_are_set_listed_and_removed(terminal: Terminal) -> None:
    terminal.add_person("anna@nordhafen.example", "Sales")

    everybody = terminal("budgets", "set", "20", "--json").records[0]
    person = ("--person", "anna@nordhafen.example", "--period", "day")
    terminal("budgets", "set", "2.50", *person)
    terminal("budgets", "set", "100", "--group", "Sales")
    terminal("budgets", "set", "1000", "--company")
    listed = terminal("budgets", "list", "--json").records
    removed = terminal("budgets", "remove", *person, "--json").records[0]

    assert everybody | {"set_at": ""} == {
        "scope": "everybody",
        "who": "Each person",
        "period": "month",
        "limit": 20.0,
        "currency": "EUR",
        "spent": 0.0,
        "reserved": 0.0,
        "percent": 0.0,
        "unpriced": 0,
        "forecast": None,
        "people": 0,
        "people_near": 0,
        "people_full": 0,
        "set_by": "An administrator",
        "set_at": "",
    }
    assert [(line["scope"], line["limit"]) for line in listed] == [
        ("company", 1000.0),
        ("everybody", 20.0),
        ("group", 100.0),
        ("person", 2.5),
    ]
    assert removed["scope"] == "person"
    assert len(terminal("budgets", "list", "--json").records) == 3
    assert "1,000.00 EUR" in terminal("budgets", "list").out


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("set", "much"), "much is no amount"),
        (("set", "NaN"), "NaN is no amount"),
        (("set", "inf"), "inf is no amount"),
        (("set", "--", "-5"), "Give an amount from 0"),
        (("set", "5", "--person", "nobody@nordhafen.example"), "nobody@nordhafen.example"),
        (("set", "5", "--group", "Nobody"), "Nobody"),
        (("set", "5", "--group", "Sales", "--company"), "Give one of"),
        (("remove", "--company"), "There is no such budget"),
    ],
)
def test_what_cannot_be_done_is_said(
    terminal: Terminal, options: tuple[str, ...], sentence: str
) -> None:
    ran = terminal("budgets", *options)

    assert ran.code != 0
    assert sentence in ran.err


def test_switches_go_off_and_on(terminal: Terminal) -> None:
    off = terminal("switches", "off", "model", "large", "--reason", "It leaks", "--json").records[0]
    again = terminal("switches", "off", "model", "large", "--reason", "It leaks")
    listed = terminal("switches", "list", "--json").records
    on = terminal("switches", "on", "model", "large", "--json").records[0]

    assert (off["kind"], off["name"], off["is_off"], off["reason"]) == (
        "model",
        "large",
        True,
        "It leaks",
    )
    assert "turned off already" in again.err
    assert listed == [off]
    assert on["is_off"] is False
    assert terminal("switches", "list", "--json").records == []
    assert terminal("switches", "list", "--all", "--json").records == [on]
    assert "not turned off" in terminal("switches", "on", "model", "large").err
