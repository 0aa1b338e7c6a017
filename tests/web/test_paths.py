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


@pytest.mark.parametrize("path", ["/healthz/", "/sign-in/x", "/set-up.", "/metricsx", "//healthz"])
def test_open_kinds_match_exactly(path: str) -> None:
    assert kind_of(path) is RouteKind.PAGE
