"""A second factor: set up with a phone, asked for at each sign-in, lost and removed."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from admin.people import People
from admin.signing_in.one_time_codes import (
    STEP_SECONDS,
    code_of,
    recovery_hash,
    secret_address,
    step_of,
    typed_secret,
)
from admin.signing_in.password_links import PasswordLinks
from admin.signing_in.passwords import Passwords
from admin.signing_in.second_factors import SecondFactors
from admin.signing_in.sign_in import SignIn, SignInStep
from core.domain.identity import SYSTEM, Role, User
from core.errors import AccessDenied, ConfirmationNeeded, Conflict, SignInFailed, TooManyAttempts
from core.storage.audit.key import SecretKey
from core.storage.database import Database
from core.storage.tables import AuditEventRow, RecoveryCodeRow, SecondFactorRow
from tests.admin.conftest import PASSWORD, Clock

# RFC 6238, appendix B; the last six of its eight digits.
RFC_SECRET = b"12345678901234567890"
RFC_CODES = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
}


@pytest.fixture
def factors(sqlite_database: Database, tmp_path: Path, clock: Clock) -> SecondFactors:
    key = SecretKey(tmp_path / "second-factors.key")
    return SecondFactors(sqlite_database, key, "Sandbox", clock=clock)


def signing_in(
    database: Database,
    passwords: Passwords,
    clock: Clock,
    factors: SecondFactors,
    *,
    admins_need_factor: bool = False,
) -> SignIn:
    return SignIn(
        database,
        passwords,
        idle=timedelta(hours=1),
        absolute=timedelta(hours=8),
        clock=clock,
        factors=factors,
        admins_need_factor=admins_need_factor,
    )


@pytest.fixture
def guarded(
    sqlite_database: Database, passwords: Passwords, clock: Clock, factors: SecondFactors
) -> SignIn:
    """Sign-in that knows second factors."""
    return signing_in(sqlite_database, passwords, clock, factors)


class Phone:
    """An authenticator app that was given the key."""

    def __init__(self, key: str, clock: Clock) -> None:
        import base64

        self.secret = base64.b32decode(key.replace(" ", ""))
        self._clock = clock

    def code(self, steps: int = 0) -> str:
        return code_of(self.secret, int(self._clock.time.timestamp()) // STEP_SECONDS + steps)


def enrol(factors: SecondFactors, user: User, clock: Clock) -> tuple[Phone, list[str]]:
    phone = Phone(factors.begin(user).key, clock)
    codes = list(factors.confirm(user, phone.code()))
    clock.forward(seconds=STEP_SECONDS)
    return phone, codes


def actions(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.exec(select(AuditEventRow.action).order_by("id")).all())


@pytest.mark.parametrize(("seconds", "code"), RFC_CODES.items())
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert code_of(RFC_SECRET, seconds // STEP_SECONDS) == code


@given(st.integers(0, 2**33), st.integers(-5, 5))
def test_a_code_holds_one_step_early_and_late_and_no_longer(seconds: int, off: int) -> None:
    at = datetime.fromtimestamp(seconds + 10 * STEP_SECONDS)
    step = int(at.timestamp()) // STEP_SECONDS + off

    found = step_of(RFC_SECRET, code_of(RFC_SECRET, step), at, after=0)

    assert (found is not None) or abs(off) > 1
    assert found is None or abs(found - int(at.timestamp()) // STEP_SECONDS) <= 1


@given(st.text(max_size=12))
def test_no_text_breaks_the_check(code: str) -> None:
    at = datetime.fromtimestamp(59)

    assert step_of(RFC_SECRET, code, at, after=0) in (None, 0, 1, 2)


def test_a_sign_in_asks_for_the_code_and_opens_nothing_before(
    guarded: SignIn, factors: SecondFactors, ben: User, clock: Clock
) -> None:
    phone, _ = enrol(factors, ben, clock)

    pending = guarded.sign_in(ben.email, PASSWORD)

    assert guarded.user_for(pending) is None
    assert guarded.sessions_of(ben) == []
    assert guarded.next_step(pending) is SignInStep.CODE
    token = guarded.enter_code(pending, phone.code())
    assert guarded.user_for(token) == ben
    assert token != pending
    assert guarded.next_step(pending) is SignInStep.PASSWORD


def test_a_code_works_once(
    guarded: SignIn, factors: SecondFactors, ben: User, clock: Clock
) -> None:
    phone, _ = enrol(factors, ben, clock)
    code = phone.code()
    guarded.enter_code(guarded.sign_in(ben.email, PASSWORD), code)

    with pytest.raises(SignInFailed, match="already used"):
        guarded.enter_code(guarded.sign_in(ben.email, PASSWORD), code)
    with pytest.raises(SignInFailed):  # an earlier one neither
        guarded.enter_code(guarded.sign_in(ben.email, PASSWORD), phone.code(-1))


def test_a_recovery_code_works_once_however_it_is_typed(
    sqlite_database: Database, guarded: SignIn, factors: SecondFactors, ben: User, clock: Clock
) -> None:
    _, codes = enrol(factors, ben, clock)
    typed = codes[0].upper().replace("-", " ")

    guarded.enter_code(guarded.sign_in(ben.email, PASSWORD), typed)

    with pytest.raises(SignInFailed):
        guarded.enter_code(guarded.sign_in(ben.email, PASSWORD), typed)
    assert factors.state_of(ben).recovery_codes == 9
    assert "second_factor.recovered" in actions(sqlite_database)
    with sqlite_database.read() as session:
        stored = session.exec(select(RecoveryCodeRow.code_hash)).all()
        [secret] = session.exec(select(SecondFactorRow.secret)).all()
    assert not set(codes) & set(stored)
    assert recovery_hash(codes[1], ben.id) in stored
    assert typed_secret(b"x" * 20) not in secret


def test_guessing_is_slowed_and_a_right_password_does_not_reset_it(
    guarded: SignIn, factors: SecondFactors, ben: User, clock: Clock
) -> None:
    phone, _ = enrol(factors, ben, clock)
    for _ in range(5):
        with pytest.raises(SignInFailed):
            guarded.enter_code(guarded.sign_in(ben.email, PASSWORD), "000000")

    pending = guarded.sign_in(ben.email, PASSWORD)
    with pytest.raises(TooManyAttempts):
        guarded.enter_code(pending, phone.code())
    clock.forward(seconds=90)
    assert guarded.user_for(guarded.enter_code(guarded.sign_in(ben.email, PASSWORD), phone.code()))


def test_the_code_has_to_follow_within_ten_minutes(
    guarded: SignIn, factors: SecondFactors, ben: User, clock: Clock
) -> None:
    phone, _ = enrol(factors, ben, clock)
    pending = guarded.sign_in(ben.email, PASSWORD)
    clock.forward(minutes=10)

    with pytest.raises(SignInFailed, match="expired"):
        guarded.enter_code(pending, phone.code())


def test_an_administrator_has_to_set_one_up_where_that_is_required(  # noqa: PLR0913  fixtures
    sqlite_database: Database,
    passwords: Passwords,
    factors: SecondFactors,
    anna: User,
    ben: User,
    clock: Clock,
) -> None:
    strict = signing_in(sqlite_database, passwords, clock, factors, admins_need_factor=True)

    pending = strict.sign_in(anna.email, PASSWORD)
    assert strict.next_step(pending) is SignInStep.SET_UP
    with pytest.raises(SignInFailed, match="expired"):
        strict.enter_code(pending, "123456")
    phone = Phone(strict.begin_factor(pending).key, clock)
    made = strict.confirm_factor(pending, phone.code())

    assert strict.user_for(made.token) == anna
    assert len(made.recovery_codes) == 10
    assert strict.user_for(strict.sign_in(ben.email, PASSWORD)) == ben


def test_an_emergency_account_needs_no_code_and_each_sign_in_is_alarmed(  # noqa: PLR0913  fixtures
    sqlite_database: Database,
    passwords: Passwords,
    people: People,
    factors: SecondFactors,
    anna: User,
    clock: Clock,
) -> None:
    strict = signing_in(sqlite_database, passwords, clock, factors, admins_need_factor=True)
    people.set_emergency(SYSTEM, anna.id, is_emergency=True)

    token = strict.sign_in(anna.email, PASSWORD)

    assert strict.user_for(token) == anna
    assert actions(sqlite_database)[-2:] == ["session.emergency", "session.opened"]


def test_only_administrators_remove_the_factor_of_others(
    guarded: SignIn, factors: SecondFactors, anna: User, ben: User, clock: Clock
) -> None:
    enrol(factors, ben, clock)
    enrol(factors, anna, clock)

    with pytest.raises(AccessDenied):
        factors.remove(ben, anna.id)
    factors.remove(anna, ben.id)

    assert guarded.user_for(guarded.sign_in(ben.email, PASSWORD)) == ben
    assert factors.state_of(ben).since is None


def test_the_key_stays_the_same_until_it_is_confirmed_and_is_not_shown_afterwards(
    factors: SecondFactors, ben: User, clock: Clock
) -> None:
    first = factors.begin(ben)

    assert factors.begin(ben) == first
    assert secret_address(RFC_SECRET, "a@b", "S & S").startswith("otpauth://totp/S%20%26%20S:a@b?")
    factors.confirm(ben, Phone(first.key, clock).code())
    with pytest.raises(Conflict):
        factors.begin(ben)


def test_what_is_dangerous_takes_a_password_entered_lately(
    guarded: SignIn, people: People, links: PasswordLinks, ben: User, clock: Clock
) -> None:
    admin = people.add(
        SYSTEM, "ada@nordhafen.example", name="Ada", password=PASSWORD, role=Role.ADMIN
    )
    token = guarded.sign_in(admin.email, PASSWORD)
    fresh = guarded.user_for(token)
    clock.forward(minutes=10)
    old = guarded.user_for(token)
    assert fresh is not None
    assert old is not None

    people.set_role(fresh, ben.id, Role.ADMIN)
    people.set_role(old, ben.id, Role.EMPLOYEE)
    with pytest.raises(ConfirmationNeeded):
        people.set_role(old, ben.id, Role.ADMIN)
    with pytest.raises(ConfirmationNeeded):
        links.send(old, ben.id)
    with pytest.raises(SignInFailed):
        guarded.confirm(old, token, "wrong")
    guarded.confirm(old, token, PASSWORD)

    confirmed = guarded.user_for(token)
    assert confirmed is not None
    people.set_role(confirmed, ben.id, Role.ADMIN)


def test_one_cannot_confirm_the_session_of_somebody_else(
    guarded: SignIn, anna: User, ben: User, clock: Clock
) -> None:
    token = guarded.sign_in(anna.email, PASSWORD)
    clock.forward(minutes=11)

    with pytest.raises(SignInFailed):
        guarded.confirm(ben, token, PASSWORD)

    user = guarded.user_for(token)
    assert user is not None
    assert user.needs_confirmation
