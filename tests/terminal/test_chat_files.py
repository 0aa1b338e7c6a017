"""What may be attached to chats, in the terminal."""

from core.domain.identity import SYSTEM
from core.domain.knowledge import Sensitivity
from tests.terminal.conftest import Terminal


def test_what_is_not_named_stays_as_it_is(terminal: Terminal) -> None:
    terminal("chat-files", "set", "--files", "3", "--class", "confidential")

    [record] = terminal("chat-files", "set", "--off", "--json").records

    assert (record["on"], record["files_in_a_chat"], record["class"]) == (False, 3, "confidential")
    terms = terminal.services.attachment_rules.current(SYSTEM)
    assert terms.classification is Sensitivity.CONFIDENTIAL
    assert terminal("chat-files", "show", "--json").records == [record]


def test_a_number_out_of_its_bounds_changes_nothing(terminal: Terminal) -> None:
    refused = terminal("chat-files", "set", "--megabytes", "0")

    assert refused.code == 2
    assert "Enter a number from 1 to 100." in refused.err
    assert terminal("chat-files", "show", "--json").records[0]["megabytes"] == 20
