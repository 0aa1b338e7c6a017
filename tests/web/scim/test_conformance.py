"""A running app passes the checks of scim2-tester, an independent reader of RFC 7643 and 7644."""

import uuid
from collections.abc import Iterator
from typing import Annotated

import httpx2
import pytest
from pydantic import Field
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import Required, ScimProvider, Uniqueness
from scim2_tester import CheckResult, Status, check_server

from admin.provisioning.models import ScimGroup, ScimPerson
from admin.provisioning.tokens import ScimTokens
from core.domain.identity import SYSTEM
from core.storage.database import Database
from tests.web.conftest import Server, running

ALLOWED_TO_SKIP = {"search_with_attributes"}
"""Searching people and groups at once is optional; it answers 501."""


class NewAddresses(list[str]):
    """Examples of `userName`, each of them once: the checks would make one up that is none."""

    def __init__(self) -> None:
        super().__init__(["anybody@nordhafen.example"])

    def __getitem__(self, _index: object) -> str:  # type: ignore[override]  # never a slice
        return f"{uuid.uuid4()}@nordhafen.example"


class CheckedPerson(ScimPerson):
    """A person as the checks fill it in."""

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = Field(
        None,
        examples=NewAddresses(),
    )


def checked(url: str, database: Database) -> list[CheckResult]:
    token = ScimTokens(database).add(SYSTEM, f"Checks {uuid.uuid4().hex[:8]}").secret
    headers = {"Authorization": f"Bearer {token}"}
    with httpx2.Client(base_url=f"{url}/scim/v2", headers=headers, timeout=60) as http:
        provider = ScimProvider(models=[CheckedPerson, ScimGroup])
        return list(check_server(SyncSCIMClient(http, provider=provider)))


def failures(results: list[CheckResult]) -> list[str]:
    return [
        f"{result.resource_type} {result.title}: {result.reason}"
        for result in results
        if result.status is not Status.SUCCESS
        and not (result.status is Status.SKIPPED and result.title in ALLOWED_TO_SKIP)
    ]


@pytest.fixture
def postgres_server(
    postgres_database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    output = tmp_path_factory.mktemp("scim") / "output.txt"
    with running(postgres_database, output) as port:
        yield f"http://127.0.0.1:{port}"


def test_all_checks_pass(server: Server) -> None:
    results = checked(server.url, server.database)

    assert failures(results) == []
    assert len(results) > 50


@pytest.mark.postgres
def test_all_checks_pass_on_postgresql(postgres_server: str, postgres_database: Database) -> None:
    results = checked(postgres_server, postgres_database)

    assert failures(results) == []
    assert len(results) > 50
