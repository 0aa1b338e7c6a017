"""Acronyms that a text explains in parentheses."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.text.acronyms import MAX_ACRONYMS, Acronym, explained_acronyms


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        (
            "Ask the Chief Information Security Officer (CISO) first.",
            "CISO",
            "Chief Information Security Officer",
        ),
        (
            "Ask the CISO (Chief Information Security Officer) first.",
            "CISO",
            "Chief Information Security Officer",
        ),
        (
            "a Data Protection Impact\nAssessment (DPIA)",
            "DPIA",
            "Data Protection Impact Assessment",
        ),
        ("the power of attorney (PoA)", "PoA", "power of attorney"),
        ("our terms of use (ToU)", "ToU", "terms of use"),
        ("multi-factor authentication (MFA)", "MFA", "multi-factor authentication"),
        ("two-factor authentication (2FA)", "2FA", "two-factor authentication"),
        (
            "Environment, Health and Safety (EHS)",
            "EHS",
            "Environment, Health and Safety",
        ),
        ("EHS (environment, health and safety)", "EHS", "environment, health and safety"),
        ("MFA (multi-factor authentication, see part 3)", "MFA", "multi-factor authentication"),
        ("all service level agreements (SLAs)", "SLA", "service level agreements"),
        ("the “Data Protection Agreement” (the “DPA”)", "DPA", "Data Protection Agreement"),
        ("Data Protection Agreement (hereinafter: DPA)", "DPA", "Data Protection Agreement"),
        ("Data Protection Agreement (DPA for short)", "DPA", "Data Protection Agreement"),
        (
            "the personal identification number (PIN; six digits)",
            "PIN",
            "personal identification number",
        ),
        ("Learning & Development (L&D)", "L&D", "Learning & Development"),
        ("Kilometre Allowance Time Sheet (KATS)", "KATS", "Kilometre Allowance Time Sheet"),
        ("sales services (SS)", "SS", "sales services"),
    ],
)
def test_an_explained_acronym_is_found_with_its_words(text: str, short: str, long: str) -> None:
    assert explained_acronyms(text) == (Acronym(short, long),)


@pytest.mark.parametrize(
    "text",
    [
        "Please call the desk (HR).",
        "our human desk, for rent (HR)",
        "Gate 7 opens early (05:15).",
        "The manager (see below) decides.",
        "The Chief. Information Security Officer (CISO)",
        "in Germany (DE)",
        "the depot (DE)",
        "CISO (the person in charge)",
        "The rate (EUR) is paid",
        "the Chief Officer (CISO)",
        "()",
        "(CISO)",
        "Chief Information Security Officer (",
    ],
)
def test_other_parentheses_explain_nothing(text: str) -> None:
    assert explained_acronyms(text) == ()


def test_pairs_come_in_order_and_once() -> None:
    text = (
        "Single Sign-On (SSO) needs a virtual private network (VPN). "
        "SSO (single sign-on) is on; the Virtual Private Network (VPN) too."
    )

    found = explained_acronyms(text)

    assert [a.short for a in found] == ["SSO", "VPN"]


@given(st.one_of(st.text(max_size=200), st.text(alphabet="AaBb ()-.,'&\n", max_size=200)))
def test_any_text_is_read(text: str) -> None:
    for acronym in explained_acronyms(text):
        assert acronym.short in text
        assert acronym.long.strip()


def test_a_long_text_gives_a_bounded_number_in_a_short_time() -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    pairs = " ".join(f"{a}x {b}y ({a}{b})." for a in letters for b in letters)
    started = time.process_time()

    found = explained_acronyms(pairs + "(" * 50_000 + "aA " * 50_000 + "(AAAAAAAAAA) " * 500)

    assert len(found) == MAX_ACRONYMS
    assert time.process_time() - started < 5


def test_long_addresses_in_parentheses_are_read_at_once() -> None:
    address = "/".join(["harbour-regulations-of-the-north"] * 4)

    assert explained_acronyms(f"[Moorings]({address}/), [Tides]({'a' * 150}-)") == ()
