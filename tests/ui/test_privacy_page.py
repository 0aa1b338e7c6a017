"""Privacy: periods, what is due, legal holds and certificates; People: holds and erasures."""

from bootstrap.services import Services
from core.domain.governance.privacy import DataClass
from core.domain.identity import User
from tests.ui.conftest import Pages, add_answer, table, texts


def test_a_period_is_set_and_kept_again(pages: Pages, services: Services, anna: User) -> None:
    app = pages.open("privacy", anna)
    assert set(table(app, "Data", "Kept")["Kept"]) == {"Always"}
    assert "always kept" in texts(app)

    app.toggle(key="keep-conversations").set_value(False).run()
    app.number_input(key="days-conversations").set_value(90).run()
    app.button(key="save-period").click().run()

    assert "90 days" in set(table(app, "Data", "Kept")["Kept"])
    [one] = [
        keeping
        for keeping in services.privacy.retention.list_all(anna)
        if keeping.name is DataClass.CONVERSATIONS
    ]
    assert one.days == 90


def test_what_is_due_is_counted_and_deleted(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    app = pages.open("privacy", anna)

    assert "Nothing is due" in app.button(key="plan").click().run().info[0].value
    assert "Nothing is due" in app.button(key="run-now").click().run().success[0].value


def test_a_hold_is_placed_at_the_person_and_released_on_the_page(
    services: Services, pages: Pages, anna: User, ben: User
) -> None:
    hold = services.privacy.holds.place(anna, ben.id, "Case *7*")
    app = pages.open("privacy", anna)
    assert "Ben Okafor" in texts(app)
    assert "Case \\*7\\*" in texts(app)

    app.button(key=f"release-{hold.id}").click().run()

    assert services.privacy.holds.list_all(anna)[0].released_at is not None
    assert "released" in texts(app)


def test_certificates_are_listed_and_name_nobody(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    add_answer(services, ben, "Where is the crane?", "In the yard.")
    made = services.privacy.erasure.erase(anna, ben.id)

    app = pages.open("privacy", anna)

    shown = texts(app)
    assert made.id[:8] in shown
    assert "Nothing of the person was found afterwards" in shown
    assert ben.name not in shown
    assert ben.email not in shown
