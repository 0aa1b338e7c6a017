"""`users` and `groups`: role, groups, state and one-time links; nothing is created by a typo."""

import pytest

from admin.signing_in.attempts import account_bucket, address_bucket
from core.domain.identity import SYSTEM
from core.errors import SignInFailed
from core.storage.tables import SignInFailureRow
from tests.terminal.conftest import PASSWORD, Terminal

ANNA = "anna@nordhafen.example"
NEW_PASSWORD = "lantern walrus copper tundra"


def token_of(link: str) -> str:
    return link.partition("token=")[2]


@pytest.mark.parametrize(
    "command",
    [
        ("users", "add", ANNA, "--group", "Wharehouse", "--link"),
        ("users", "set", ANNA, "--group", "Wharehouse"),
        ("collections", "add", "Rules", "--group", "Wharehouse"),
        ("collections", "set-access", "Pay", "--group", "Wharehouse"),
    ],
    ids=" ".join,
)
def test_a_typo_in_a_group_creates_nothing_and_names_the_nearest(
    terminal: Terminal, command: tuple[str, ...]
) -> None:
    terminal("groups", "add", "Warehouse")

    ran = terminal(*command, "--json")

    assert (ran.code, ran.out) == (2, "")
    assert "“Warehouse”" in ran.err
    assert "groups add Wharehouse" in ran.err
    assert [group.name for group in terminal.services.groups.list(SYSTEM)] == ["Warehouse"]
    assert terminal.services.people.list_all(SYSTEM) == []
    assert terminal.services.collections.list_all(SYSTEM) == []


def test_groups_are_renamed_and_removed_with_what_they_open_said_first(
    terminal: Terminal,
) -> None:
    terminal.add_person(ANNA, "hr")
    renamed = terminal("groups", "rename", "hr", "People  team", "--json")

    refused = terminal("groups", "remove", "People team")
    removed = terminal("groups", "remove", "People team", "--yes", "--json")

    assert [r["name"] for r in renamed.records] == ["People team"]
    assert (refused.code, removed.code) == (1, 0)
    assert "1 member and gives access to 0 collections" in refused.err
    assert terminal("groups", "list", "--json").records == []
    assert terminal("users", "list", "--json").records[0]["groups"] == []


def test_a_name_that_a_group_has_already_is_refused(terminal: Terminal) -> None:
    terminal("groups", "add", "hr")
    terminal("groups", "add", "board")

    assert terminal("groups", "add", "hr").code == 1
    assert terminal("groups", "rename", "board", "hr").code == 1
    assert terminal("groups", "rename", "nobody", "x").code == 2
    assert terminal("groups", "add", "   ").code == 2


def test_role_groups_and_state_of_an_account_are_set_one_by_one(terminal: Terminal) -> None:
    terminal.add_person(ANNA, "hr")
    terminal.add_person("ole@nordhafen.example")

    role = terminal("users", "set", ANNA, "--role", "reviewer", "--json").records[0]
    state = terminal("users", "set", ANNA, "--inactive", "--json").records[0]
    groups = terminal("users", "set", ANNA, "--no-groups", "--active", "--json").records[0]

    assert (role["role"], role["groups"], role["active"]) == ("reviewer", ["hr"], True)
    assert (state["role"], state["groups"], state["active"]) == ("reviewer", ["hr"], False)
    assert (groups["role"], groups["groups"], groups["active"]) == ("reviewer", [], True)


def test_the_last_administrator_stays_one(terminal: Terminal) -> None:
    terminal("users", "add", ANNA, "--role", "admin", "--password-stdin", stdin=f"{PASSWORD}\n")

    ran = terminal("users", "set", ANNA, "--role", "employee", "--json")

    assert (ran.code, ran.out) == (1, "")
    assert "last active administrator" in ran.err


def test_an_account_without_a_password_is_opened_by_its_link_once(terminal: Terminal) -> None:
    ran = terminal(
        "users", "add", ANNA, "--link", "--address", "https://sandbox.example/", "--json"
    )
    [record] = ran.records
    links, sign_in = terminal.services.password_links, terminal.services.sign_in
    with pytest.raises(SignInFailed):
        sign_in.sign_in(ANNA, "")

    links.use(token_of(record["link"]), NEW_PASSWORD)

    assert record["link"].startswith("https://sandbox.example/new-password?token=")
    assert sign_in.sign_in(ANNA, NEW_PASSWORD)
    with pytest.raises(SignInFailed):
        links.use(token_of(record["link"]), PASSWORD)


def test_a_second_link_ends_the_first_and_a_reset_ends_every_session(terminal: Terminal) -> None:
    terminal.add_person(ANNA)
    links, sign_in = terminal.services.password_links, terminal.services.sign_in
    session = sign_in.sign_in(ANNA, PASSWORD)
    first, second = (
        token_of(terminal("users", "link", ANNA, "--json").records[0]["link"]) for _ in range(2)
    )

    assert (links.is_open(first), links.is_open(second)) == (False, True)
    links.use(second, NEW_PASSWORD)

    assert sign_in.user_for(session) is None
    assert sign_in.sign_in(ANNA, NEW_PASSWORD)


def test_a_deactivated_account_gets_no_link(terminal: Terminal) -> None:
    terminal.add_person(ANNA)
    token = token_of(terminal("users", "link", ANNA, "--json").records[0]["link"])
    terminal("users", "set", ANNA, "--inactive")

    ran = terminal("users", "link", ANNA, "--json")

    assert (ran.code, ran.out) == (2, "")
    assert not terminal.services.password_links.is_open(token)


def test_the_audit_log_tells_who_did_what_and_can_be_narrowed(terminal: Terminal) -> None:
    terminal.add_person(ANNA, "hr")
    terminal("users", "set", ANNA, "--role", "reviewer")

    everything = terminal("audit", "list", "--json").records
    roles = terminal("audit", "list", "--action", "person.role", "--json").records

    assert [r["action"] for r in everything] == [
        "person.role_changed",
        "person.added",
        "group.added",
    ]
    assert [(r["action"], r["details"]) for r in roles] == [
        ("person.role_changed", {"before": "employee", "after": "reviewer"})
    ]
    assert terminal("audit", "list", "--user", ANNA, "--json").records == []
    assert len(terminal("audit", "list", "--limit", "1", "--json").records) == 1


def test_a_wait_after_failed_sign_ins_is_listed_and_ended(terminal: Terminal) -> None:
    terminal.add_person("mia@nordhafen.example")
    buckets = [account_bucket("mia@nordhafen.example"), address_bucket("203.0.113.66")]
    with terminal.services.database.begin() as session:
        session.add_all(
            SignInFailureRow(key=bucket.key, address=bucket.address)
            for bucket in buckets
            for _ in range(40)
        )

    waiting = terminal("users", "waits", "--json").records
    freed = [
        terminal("users", "free", "mia@nordhafen.example", "--json"),
        terminal("users", "free", "--address", "203.0.113.66", "--json"),
    ]

    assert [(one["email"], one["address"]) for one in waiting] == [
        ("mia@nordhafen.example", ""),
        ("", "203.0.113.66"),
    ]
    assert [one.code for one in freed] == [0, 0]
    assert terminal("users", "waits", "--json").records == []
    assert terminal("users", "free", "nobody@nordhafen.example").code == 2
    assert terminal("users", "free").code != 0


def test_a_company_account_is_connected_listed_and_disconnected(terminal: Terminal) -> None:
    terminal.add_person(ANNA)
    issuer = ("--issuer", "https://login.example")

    made = terminal("users", "connect", ANNA, "s-anna", *issuer, "--json")
    again = terminal("users", "connect", ANNA, "s-anna", *issuer, "--json")
    listed = terminal("users", "connections", ANNA, "--json")
    ended = terminal("users", "disconnect", ANNA, "--yes", "--json")

    assert made.records == listed.records
    assert (made.records[0]["subject"], made.records[0]["issuer"]) == ("s-anna", issuer[1])
    assert again.code == 1
    assert "opens an account already" in again.err
    assert ended.records == [{"email": ANNA, "disconnected": 1}]
    assert terminal("users", "connections", ANNA, "--json").records == []
    assert terminal("users", "disconnect", ANNA, "--yes", "--json").code == 2


def test_a_link_is_printed_with_a_warning(terminal: Terminal) -> None:
    terminal.add_person(ANNA)

    ran = terminal("users", "link", ANNA, "--json")

    assert "can sign in as this person" in ran.err
    assert len(ran.records) == 1
