"""The people page: accounts, groups, and who may read which collection."""

from streamlit.testing.v1 import AppTest

from admin.audit.values import AuditFilter
from admin.signing_in.attempts import account_bucket
from bootstrap.services import Services
from core.domain.identity import Role, User
from core.domain.knowledge import Upload
from core.storage.tables import SignInFailureRow
from tests.ui.conftest import PASSWORD, Pages, table, texts


def select(app: AppTest, key: str, row: int) -> AppTest:
    """Selects a row, as a click on its box does."""
    app.session_state[key] = {"selection": {"rows": [row], "columns": [], "cells": []}}
    return app.run()


def test_an_employee_is_told_that_only_administrators_manage_people(
    pages: Pages, ben: User
) -> None:
    app = pages.open("people", ben)

    assert "Only administrators can do this" in app.error[0].value
    assert not app.dataframe


def test_people_are_listed_with_role_groups_and_state(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    services.people.set_groups(anna, ben.id, ["Drivers"])

    app = pages.open("people", anna)

    listed = table(app, "E-mail").set_index("Name")
    assert listed.loc["Anna Berg", "Role"] == "Administrator"
    assert listed["Groups"].map(list)["Ben Okafor"] == ["Drivers"]
    assert "2 people, 2 active" in texts(app)


def test_an_added_person_can_sign_in(pages: Pages, services: Services, anna: User) -> None:
    app = pages.open("people", anna)

    app.button(key="open-new-person").click().run()
    app.text_input(key="new-person-email").input("mia@nordhafen.example")
    app.text_input(key="new-person-name").input("Mia Lund")
    app.text_input(key="new-person-password").input(PASSWORD)
    app.selectbox(key="new-person-role").set_value(Role.REVIEWER)
    app.button(key="add-person").click().run()

    assert services.sign_in.sign_in("mia@nordhafen.example", PASSWORD)
    assert "Mia Lund can sign in now" in app.session_state["notice"]
    assert list(table(app, "E-mail")["Role"]) == ["Administrator", "Reviewer"]


def test_a_weak_password_is_explained_and_the_dialog_keeps_what_was_typed(
    pages: Pages, services: Services, anna: User
) -> None:
    app = pages.open("people", anna)

    app.button(key="open-new-person").click().run()
    app.text_input(key="new-person-email").input("mia@nordhafen.example")
    app.text_input(key="new-person-name").input("Mia Lund")
    app.text_input(key="new-person-password").input("short")
    app.button(key="add-person").click().run()

    assert "at least 12 characters" in app.error[0].value
    assert app.text_input(key="new-person-name").value == "Mia Lund"
    assert len(services.people.list_all(anna)) == 1


def test_role_and_groups_of_a_person_are_changed(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    services.people.set_groups(anna, anna.id, ["Drivers"])
    app = select(pages.open("people", anna), "people-2", 1)

    app.selectbox(key=f"role-{ben.id}").set_value(Role.REVIEWER)
    app.multiselect(key=f"groups-{ben.id}").set_value(["Drivers"]).run()
    app.button(key=f"save-{ben.id}").click().run()

    changed = next(one for one in services.people.list_all(anna) if one.id == ben.id)
    assert changed.role is Role.REVIEWER
    assert len(changed.group_ids) == 1


def test_a_person_is_deactivated(pages: Pages, services: Services, anna: User, ben: User) -> None:
    app = select(pages.open("people", anna), "people-2", 1)

    app.toggle(key=f"active-{ben.id}").set_value(False).run()
    app.button(key=f"save-{ben.id}").click().run()

    assert [one.is_active for one in services.people.list_all(anna)] == [True, False]


def test_the_last_administrator_stays_and_the_page_says_why(
    pages: Pages, services: Services, anna: User
) -> None:
    app = select(pages.open("people", anna), "people-1", 0)

    app.selectbox(key=f"role-{anna.id}").set_value(Role.EMPLOYEE).run()
    app.button(key=f"save-{anna.id}").click().run()

    assert "last active administrator" in app.error[0].value
    assert services.people.list_all(anna)[0].role is Role.ADMIN


def test_nobody_reads_a_collection_until_somebody_is_chosen(
    pages: Pages, services: Services, anna: User
) -> None:
    services.collections.add(anna, "Board minutes")

    app = pages.open("people", anna)

    assert list(table(app, "Collection")["Who can read it"]) == ["No one yet"]


def test_a_collection_is_opened_to_a_group(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    services.people.set_groups(anna, ben.id, ["Drivers"])
    collection = services.collections.add(anna, "Board minutes")
    app = select(pages.open("people", anna), "collections-1", 0)

    app.radio(key=f"access-{collection.id}-readers").set_value("Selected groups").run()
    app.multiselect(key=f"access-{collection.id}-groups").set_value(["Drivers"]).run()
    app.button(key=f"save-access-{collection.id}").click().run()

    changed = next(one for one in services.people.list_all(anna) if one.id == ben.id)
    assert [one.name for one in services.collections.readable(changed)] == ["Board minutes"]
    assert list(table(app, "Collection")["Who can read it"]) == ["Drivers"]


def test_without_collections_the_page_says_where_they_come_from(pages: Pages, anna: User) -> None:
    app = pages.open("people", anna)

    assert "No collections yet" in app.info[0].value


def test_a_wait_before_sign_ins_is_shown_and_ended(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    with services.database.begin() as session:
        rows = [SignInFailureRow(key=account_bucket(ben.email).key) for _ in range(40)]
        session.add_all(rows)
    app = pages.open("people", anna)
    assert "40 failed attempts and 0 attempts during the delay" in texts(app)

    app.button(key=f"free-{ben.email}").click().run()

    assert "Delayed sign-ins" not in [one.value for one in app.subheader]
    assert services.sign_in.sign_in(ben.email, PASSWORD, address="203.0.113.66")


def test_without_mail_the_page_shows_no_link_and_names_the_command(
    pages: Pages, anna: User, ben: User
) -> None:
    app = select(pages.open("people", anna), "people-2", 1)

    assert f"users link {ben.email}" in app.code[0].value
    assert "token=" not in texts(app)


def test_a_collection_is_deleted_once_its_name_is_typed(
    pages: Pages, services: Services, anna: User
) -> None:
    handbook = services.collections.add(anna, "Handbook", is_open=True)
    kept = services.collections.add(anna, "Travel", is_open=True)
    for one in (handbook, kept):
        services.documents.upload(anna, one.id, [Upload(f"{one.name}.txt", one.name.encode())])
    app = select(pages.open("people", anna), "collections-2", 0)
    told, before = texts(app), app.button(key=f"delete-{handbook.id}").disabled

    app.text_input(key=f"confirm-delete-{handbook.id}").input("Handbook").run()
    app.button(key=f"delete-{handbook.id}").click().run()

    assert "This permanently deletes 1 document with all versions" in told
    assert before
    assert [one.name for one in services.collections.list_all(anna)] == ["Travel"]
    assert [one.title for one in services.documents.list(anna)] == ["Travel"]
    assert "Deleted Handbook with 1 document and 1 passage" in app.session_state["notice"]
    [event] = services.audit.list(anna, AuditFilter("collection.delete"))
    assert (event.actor, event.object_id) == (anna.email, handbook.id)


def test_another_name_deletes_nothing(pages: Pages, services: Services, anna: User) -> None:
    handbook = services.collections.add(anna, "Handbook", is_open=True)
    app = select(pages.open("people", anna), "collections-1", 0)

    app.text_input(key=f"confirm-delete-{handbook.id}").input("Handbooks").run()

    assert app.button(key=f"delete-{handbook.id}").disabled
    assert "It contains no documents." in texts(app)


def test_the_conversations_of_a_person_are_a_link_away(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    app = select(pages.open("people", anna), "people-2", 1)

    links = [one.proto.url for one in app.get("link_button")]
    assert f"/export/people/{ben.id}.jsonl" in links


def test_a_provisioning_token_is_shown_once_and_revoked(
    pages: Pages, services: Services, anna: User
) -> None:
    app = pages.open("people", anna)
    app.button(key="open-new-token").click().run()
    app.text_input(key="new-token-name").input("Entra *ID*")
    app.button(key="add-token").click().run()

    secret, address = (code.value for code in app.code)
    assert address.endswith("/scim/v2")
    assert services.scim.tokens.client_of(secret).name == "Entra *ID*"
    again = pages.open("people", anna)
    assert secret not in texts(again)
    assert r"Entra \*ID\*" in texts(again)
    (token,) = services.scim.tokens.list(anna)
    again.button(key=f"revoke-{token.id}").click().run()
    assert services.scim.tokens.list(anna)[0].is_revoked
    assert "is revoked" in again.session_state["notice"]


def test_an_account_is_handed_over_to_the_identity_provider_and_back(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    services.scim.tokens.add(anna, "Entra ID")
    app = select(pages.open("people", anna), "people-2", 1)
    assert "Provisioned" not in table(app, "E-mail").columns

    app.button(key=f"hand-over-{ben.id}").click().run()
    assert services.scim.adoption.provisioned(anna).people == {ben.id}
    app = select(pages.open("people", anna), "people-2", 1)
    assert list(table(app, "E-mail")["Provisioned"]) == [False, True]
    app.button(key=f"take-back-{ben.id}").click().run()

    assert services.scim.adoption.provisioned(anna).people == set()


def test_without_a_token_nobody_is_asked_about_provisioning(
    pages: Pages, anna: User, ben: User
) -> None:
    app = select(pages.open("people", anna), "people-2", 1)

    assert [button for button in app.button if "hand-over" in (button.key or "")] == []
