"""Whoever has not acknowledged the AI-use policy is refused by every service, not by pages only.

The calls are read from the code: every public method of every service whose first argument is the
acting person. A service that is added later is tried as well.
"""

import inspect
import shutil
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import pytest

import bootstrap.embedders
from bootstrap.services import ProcessRole, Services, build_services
from core.domain.governance.policy import text_sha256
from core.domain.identity import SYSTEM, PolicyStanding, Role, User
from core.errors import PolicyNotAcknowledged
from core.settings import EmbeddingSettings, PolicySettings, Settings
from core.storage.database import Database
from tests.ingestion.fakes import HashingEmbedder

PASSWORD = "violet kettle orbit pancake"
Method = Callable[..., object]
PEOPLE = {"user", "admin", "actor", "person", "reader", "owner"}
OPEN_TO_EVERYONE = {
    "policy.versions.current",
    "policy.versions.changes_since",
    "policy.versions.acknowledge",
    "policy.versions.decline",
    "policy.versions.own",
    "sign_in.sign_out_everywhere",
    "sign_in.end_session",
    "sign_in.sessions_of",
    "sign_in.change_password",
    "sign_in.end_other_sessions",
    "sign_in.confirm",
    "second_factors.state_of",
    "second_factors.begin",
    "second_factors.confirm",
    "second_factors.renew_codes",
    # They only write down what somebody did.
    "audit.note_refusal",
    "audit.note_reading",
    "chat.conversations.list",
    "chat.conversations.get",
    "chat.conversations.rename",
    "chat.conversations.pin",
    "chat.conversations.delete",
    "chat.conversations.restore",
    "chat.conversations.export",
    "chat.conversations.record_of",
    "chat.conversations.records",
    "privacy.own_data.export",
    "privacy.erasure.erase_own",
    "personal_conversations.own_lines",
    "usage.own",
    "budgets.mine",
    "incidents.reports.own",
    # Whether there is something for the menu: no text, and no count of others.
    "gaps.inbox.is_open_to",
    "stewardship.owns_any",
    "ideas.notifications.count_unread",
}
"""What is a person's own, and the way in and out."""
ONLY_IN_THE_TERMINAL = "lifecycle.sync_runs."


@pytest.fixture
def services(
    tmp_path: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Services]:
    monkeypatch.setattr(bootstrap.embedders, "build_embedder", lambda *_, **__: HashingEmbedder())
    shutil.copyfile(migrated_file, tmp_path / "sandbox.db")
    built = build_services(_settings(tmp_path), ProcessRole.TERMINAL)
    built.people.add(
        SYSTEM, "anna@nordhafen.example", name="Anna", password=PASSWORD, role=Role.ADMIN
    )
    built.policy.versions.publish(SYSTEM, "Do no harm.", is_material=True, seen=0)
    yield built
    built.worker.stop()
    built.database.close()


def _settings(folder: Path, *, required: bool = True) -> Settings:
    return Settings(
        data_dir=folder,
        embeddings=EmbeddingSettings(cache_dir=folder),
        policy=PolicySettings(required=required),
        _env_file=None,
    )


def signed_in(services: Services) -> User:
    """Anna, as the web edge and the pages find her."""
    token = services.sign_in.sign_in("anna@nordhafen.example", PASSWORD)
    user = services.sign_in.user_for(token)
    assert user is not None
    return user


def calls(holder: object, path: str = "") -> Iterator[tuple[str, Method]]:
    """Every public method that takes a person first, by its path below the services."""
    for name in _names(holder):
        value = getattr(holder, name)
        where = f"{path}{name}"
        if inspect.ismethod(value) and _takes_person(value):
            yield where, value
        elif _is_service(value):
            yield from calls(value, f"{where}.")


def _names(holder: object) -> list[str]:
    if is_dataclass(holder):
        return [field.name for field in fields(holder)]
    methods = [name for name, _ in inspect.getmembers(type(holder), inspect.isfunction)]
    return [name for name in {*methods, *vars(holder)} if not name.startswith("_")]


def _is_service(value: object) -> bool:
    module = type(value).__module__
    is_ours = module.split(".")[0] in {"admin", "rag", "ideas", "ingestion", "evaluation"}
    return (is_ours or module.startswith("bootstrap")) and not isinstance(value, type | Database)


def _takes_person(method: Method) -> bool:
    names = list(inspect.signature(method).parameters)
    return bool(names) and names[0] in PEOPLE


def _call(method: Method, user: User) -> None:
    """Call with made-up values: who is refused is refused before they matter."""
    required = [
        (one.name, one.kind)
        for one in list(inspect.signature(method).parameters.values())[1:]
        if one.default is inspect.Parameter.empty
    ]
    positional = ["x" for _, kind in required if kind is not inspect.Parameter.KEYWORD_ONLY]
    named = {name: "x" for name, kind in required if kind is inspect.Parameter.KEYWORD_ONLY}
    result = method(user, *positional, **named)
    if inspect.isgenerator(result):
        next(result, None)


def test_no_service_does_anything_for_who_has_not_acknowledged(services: Services) -> None:
    user = signed_in(services)
    tried, let_through = 0, []

    for path, method in calls(services):
        if path in OPEN_TO_EVERYONE or path.startswith(ONLY_IN_THE_TERMINAL):
            continue
        tried += 1
        try:
            _call(method, user)
        except PolicyNotAcknowledged:
            continue
        except Exception as error:  # noqa: BLE001  any other end is what this test looks for
            let_through.append(f"{path}: {type(error).__name__}")
        else:
            let_through.append(path)

    assert let_through == []
    assert tried > 150


def test_what_stays_open_exists(services: Services) -> None:
    known = {path for path, _ in calls(services)}

    assert OPEN_TO_EVERYONE - known == set()


def test_ones_own_data_and_the_way_out_stay_open(services: Services) -> None:
    user = signed_in(services)

    assert services.personal_conversations.own_lines(user) == ""
    assert services.chat.conversations.list(user) == []
    services.sign_in.sign_out_everywhere(user)


def test_the_same_person_is_let_in_once_they_acknowledge(services: Services) -> None:
    user = signed_in(services)
    version = services.policy.versions.current(user)
    assert version is not None

    services.policy.versions.acknowledge(user, version.id, text_sha256("Do no harm."))

    assert signed_in(services).policy is PolicyStanding.SETTLED
    assert services.people.list_all(signed_in(services))


def test_the_terminal_works_without_an_acknowledgement(services: Services) -> None:
    assert [one.name for one in services.people.list_all(SYSTEM)] == ["Anna"]


def test_a_sandbox_that_does_not_ask_lets_everyone_in(services: Services, tmp_path: Path) -> None:
    open_sandbox = replace(
        services,
        sign_in=build_services(_settings(tmp_path, required=False), ProcessRole.TERMINAL).sign_in,
    )

    assert signed_in(open_sandbox).policy is PolicyStanding.NOT_ASKED
    assert open_sandbox.people.list_all(signed_in(open_sandbox))
