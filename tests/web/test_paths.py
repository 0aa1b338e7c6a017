"""Addresses people are sent to stay on this app."""

import pytest

from web.paths import RouteKind, kind_of, safe_target, sign_in_address


@pytest.mark.parametrize("target", ["/", "/ideas", "/ideas?number=7", "/export/conversations/1.md"])
def test_own_pages_are_kept(target: str) -> None:
    assert safe_target(target) == target


@pytest.mark.parametrize(
    "target",
    ["", "ideas", "//evil", "/\\evil", "https://evil", "/a\nb", "/sign-out", "/media/x"],
)
def test_everything_else_becomes_the_first_page(target: str) -> None:
    assert safe_target(target) == "/"


def test_the_first_page_needs_no_memory() -> None:
    assert sign_in_address("/", "") == "/sign-in"
    assert sign_in_address("//evil", "") == "/sign-in"
    assert sign_in_address("/über uns", "a=b") == "/sign-in?next=%2F%25C3%25BCber%2520uns%3Fa%3Db"


@pytest.mark.parametrize("path", ["/scim/v2", "/scim/v2/", "/scim/v2/Users", "/scim/v2/../x"])
def test_what_a_token_opens_is_below_one_address(path: str) -> None:
    assert kind_of(path) is RouteKind.SCIM
    assert safe_target(path) == "/"


@pytest.mark.parametrize("path", ["/scim", "/scim/v1", "/scim/v2x", "/SCIM/v2", "//scim/v2"])
def test_nothing_beside_that_address_is_opened_by_a_token(path: str) -> None:
    assert kind_of(path) is RouteKind.PAGE


@pytest.mark.parametrize("path", ["/healthz/", "/sign-in/x", "/set-up.", "/metricsx", "//healthz"])
def test_open_kinds_match_exactly(path: str) -> None:
    assert kind_of(path) is RouteKind.PAGE
