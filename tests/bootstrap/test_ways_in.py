"""Settings of ways to sign in that are not safe together are refused at the start."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from admin.signing_in.passwords import Passwords
from admin.signing_in.second_factors import SecondFactors
from bootstrap.signing_in.ways_in import WaysIn, build_ways_in
from core.errors import ConfigurationError
from core.settings import Settings
from core.storage.audit.key import SecretKey
from core.storage.database import Database

PROXY = {"header": "X-Forwarded-Email", "addresses": ["10.0.0.7"], "secret": "0" * 16}
OIDC = {"issuer": "https://login.example", "client_id": "sandbox"}


def built(
    folder: Path,
    database: Database,
    forwarding: dict[str, str] | None = None,
    **groups: dict[str, Any],  # Any: values that pydantic checks
) -> WaysIn:
    settings = Settings.model_validate({"data_dir": folder, **groups})
    passwords = Passwords(memory_kib=8, time_cost=1)
    return build_ways_in(
        settings,
        database,
        passwords,
        factors=SecondFactors(database, SecretKey(folder / "key"), "Sandbox"),
        origin=lambda address: address,
        environment=forwarding or {},
    )


@pytest.mark.parametrize("left_out", ["addresses", "secret"])
def test_a_header_without_addresses_or_secret_is_refused(left_out: str) -> None:
    proxy = {name: value for name, value in PROXY.items() if name != left_out}

    with pytest.raises(ValidationError, match=left_out):
        Settings.model_validate({"proxy_sign_in": proxy})


@pytest.mark.parametrize("secret", ["", "short"])
def test_a_short_secret_is_refused(secret: str) -> None:
    with pytest.raises(ValidationError, match="16 characters"):
        Settings.model_validate({"proxy_sign_in": PROXY | {"secret": secret}})


@pytest.mark.parametrize(
    "forwarding",
    [
        {},
        {"FORWARDED_ALLOW_IPS": "*"},
        {"FORWARDED_ALLOW_IPS": "10.0.0.7,10.0.0.8"},
        {"FORWARDED_ALLOW_IPS": "10.0.0.0/24"},
        {"FORWARDED_ALLOW_IPS": "proxy.example"},
    ],
)
def test_who_may_forward_addresses_has_to_be_a_listed_proxy(
    tmp_path: Path, sqlite_database: Database, forwarding: dict[str, str]
) -> None:
    with pytest.raises(ConfigurationError, match="FORWARDED_ALLOW_IPS"):
        built(tmp_path, sqlite_database, forwarding, proxy_sign_in=PROXY)


@pytest.mark.parametrize(
    ("addresses", "forwarding"),
    [
        (["10.0.0.7"], {"FORWARDED_ALLOW_IPS": "10.0.0.7"}),
        (["10.0.0.0/29", "fd00::/64"], {"FORWARDED_ALLOW_IPS": "10.0.0.2, fd00::7"}),
        (["127.0.0.1"], {}),
    ],
)
def test_a_proxy_that_alone_forwards_is_taken(
    tmp_path: Path, sqlite_database: Database, addresses: list[str], forwarding: dict[str, str]
) -> None:
    proxy = PROXY | {"addresses": addresses}

    assert built(tmp_path, sqlite_database, forwarding, proxy_sign_in=proxy).proxy_trust


def test_an_address_that_is_none_is_named(tmp_path: Path, sqlite_database: Database) -> None:
    with pytest.raises(ConfigurationError, match=r"proxy\.example"):
        built(tmp_path, sqlite_database, proxy_sign_in=PROXY | {"addresses": ["proxy.example"]})


def test_plain_http_to_another_machine_is_refused(
    tmp_path: Path, sqlite_database: Database
) -> None:
    with pytest.raises(ConfigurationError, match="SANDBOX_OIDC__ISSUER is plain http"):
        built(tmp_path, sqlite_database, oidc=OIDC | {"issuer": "http://login.example"})


def test_a_provider_is_not_asked_at_the_start(tmp_path: Path, sqlite_database: Database) -> None:
    assert built(tmp_path, sqlite_database, oidc=OIDC | {"issuer": "http://127.0.0.1:9"}).company


@pytest.mark.parametrize("group", ["oidc", "proxy_sign_in"])
def test_accounts_are_made_for_named_domains_only(group: str) -> None:
    values = (OIDC if group == "oidc" else PROXY) | {"makes_accounts": True}

    with pytest.raises(ValidationError, match="domains"):
        Settings.model_validate({group: values})


def test_an_issuer_needs_a_client_and_the_scope_openid() -> None:
    with pytest.raises(ValidationError, match="client_id"):
        Settings.model_validate({"oidc": {"issuer": "https://login.example"}})
    with pytest.raises(ValidationError, match="openid"):
        Settings.model_validate({"oidc": OIDC | {"scopes": "profile"}})


def test_some_way_in_has_to_stay(tmp_path: Path, sqlite_database: Database) -> None:
    with pytest.raises(ConfigurationError, match="no other way to sign in"):
        built(tmp_path, sqlite_database, session={"passwords": False})

    assert built(tmp_path, sqlite_database, session={"passwords": False}, oidc=OIDC).company
