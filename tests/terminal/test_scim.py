"""`scim`: tokens are made and revoked; accounts and groups are handed over and taken back."""

from core.domain.identity import SYSTEM
from tests.terminal.conftest import Terminal

ANNA = "anna@nordhafen.example"


def test_a_token_is_told_once_listed_and_revoked(terminal: Terminal) -> None:
    made = terminal("scim", "token", "add", "Entra ID", "--days", "30", "--json")
    secret = made.records[0]["token"]
    listed = terminal("scim", "token", "list", "--json")
    client = terminal.services.scim.tokens.client_of(secret)

    assert (made.code, client.name) == (0, "Entra ID")
    assert "not shown again" in made.err
    assert secret not in listed.out
    assert [(r["name"], r["state"]) for r in listed.records] == [("Entra ID", "live")]
    assert "no terminal to ask" in terminal("scim", "token", "revoke", "Entra ID").err
    revoked = terminal("scim", "token", "revoke", "Entra ID", "--yes", "--json")
    assert [(r["name"], r["state"]) for r in revoked.records] == [("Entra ID", "revoked")]
    unknown = terminal("scim", "token", "revoke", "Entra ID", "--yes")
    assert (unknown.code, unknown.out) == (2, "")


def test_a_name_or_a_time_that_cannot_be_is_refused(terminal: Terminal) -> None:
    terminal("scim", "token", "add", "Okta")

    taken = terminal("scim", "token", "add", "Okta", "--json")
    endless = terminal("scim", "token", "add", "Other", "--days", "9999", "--json")

    assert (taken.code, taken.out) == (1, "")
    assert (endless.code, endless.out) == (2, "")
    assert len(terminal.services.scim.tokens.list(SYSTEM)) == 1


def test_accounts_and_groups_are_handed_over_and_taken_back(terminal: Terminal) -> None:
    terminal.add_person(ANNA, "Sales")

    over = terminal("scim", "hand-over", ANNA, "--group", "Sales", "--json")
    listed = terminal("scim", "list", "--json")
    back = terminal("scim", "take-back", ANNA, "--group", "Sales", "--json")

    assert [(r["kind"], r["name"], r["provisioned"]) for r in over.records] == [
        ("person", ANNA, True),
        ("group", "Sales", True),
    ]
    assert [(r["kind"], r["name"]) for r in listed.records] == [
        ("person", ANNA),
        ("group", "Sales"),
    ]
    assert [record["provisioned"] for record in back.records] == [False, False]
    assert terminal("scim", "list", "--json").records == []


def test_a_typo_hands_nothing_over(terminal: Terminal) -> None:
    terminal.add_person(ANNA)

    for arguments in ((), (ANNA, "nobody@nordhafen.example"), (ANNA, "--group", "Saless")):
        assert terminal("scim", "hand-over", *arguments, "--json").code == 2
    terminal("users", "set", ANNA, "--emergency")
    assert terminal("scim", "hand-over", ANNA).code == 1
    assert terminal("scim", "take-back", ANNA).code == 2
    assert terminal("scim", "list", "--json").records == []
