"""The documents page: uploading, following, trying again and deleting."""

import pytest
from streamlit.testing.v1 import AppTest

from bootstrap.services import Services
from core.domain.identity import User
from core.domain.knowledge import Collection, DocumentState, Upload
from tests.ui.conftest import Pages, table, texts
from ui.documents.table import table_key

HANDBOOK = b"# Handbook\n\nEverybody has thirty days of leave a year.\n"
BROKEN_PDF = b"%PDF-1.7\nthis is not really a PDF"


@pytest.fixture
def policies(services: Services, anna: User) -> Collection:
    return services.collections.add(anna, "Policies", is_open=True)


def links(app: AppTest) -> dict[str, str]:
    """The addresses that buttons lead to, by label."""
    return {one.proto.label: one.proto.url for one in app.get("link_button")}


def select(app: AppTest, services: Services, user: User, *rows: int) -> AppTest:
    """Selects rows of the table, as a click on their boxes does."""
    key = table_key(services.documents.list(user))
    app.session_state[key] = {"selection": {"rows": list(rows), "columns": [], "cells": []}}
    return app.run()


def test_an_employee_is_told_that_only_administrators_manage_documents(
    pages: Pages, ben: User
) -> None:
    app = pages.open("documents", ben)

    assert "Only administrators can do this" in app.error[0].value
    assert not app.file_uploader


def test_without_a_collection_the_page_says_how_to_begin(pages: Pages, anna: User) -> None:
    app = pages.open("documents", anna)

    assert "No documents yet" in app.info[0].value
    assert app.button(key="upload").disabled


def test_a_collection_is_made_in_the_dialog_and_chosen_for_the_upload(
    pages: Pages, services: Services, anna: User
) -> None:
    app = pages.open("documents", anna)

    app.button(key="open-new-collection").click().run()
    app.text_input(key="new-collection-name").input("Travel")
    app.radio(key="new-collection-readers").set_value("Everyone")
    app.button(key="create-collection").click().run()

    created = services.collections.list_all(anna)[0]
    assert (created.name, created.is_open) == ("Travel", True)
    assert app.selectbox(key=f"upload-collection-{created.id}").value == created.id


def test_a_collection_name_that_is_taken_keeps_the_dialog_open_with_what_was_typed(
    pages: Pages, anna: User, policies: Collection
) -> None:
    app = pages.open("documents", anna)

    app.button(key="open-new-collection").click().run()
    app.text_input(key="new-collection-name").input("Policies")
    app.button(key="create-collection").click().run()

    assert "already a collection" in app.error[0].value
    assert app.text_input(key="new-collection-name").value == "Policies"


def test_a_new_collection_is_for_nobody_unless_somebody_is_chosen(
    pages: Pages, services: Services, anna: User
) -> None:
    app = pages.open("documents", anna)

    app.button(key="open-new-collection").click().run()
    app.text_input(key="new-collection-name").input("Board minutes")
    app.button(key="create-collection").click().run()

    created = services.collections.list_all(anna)[0]
    assert not created.is_open
    assert not created.group_ids


def test_uploaded_files_get_a_receipt_each_and_the_uploader_empties(
    pages: Pages, anna: User, policies: Collection
) -> None:
    app = pages.open("documents", anna)

    app.file_uploader[0].upload("handbook.md", HANDBOOK, "text/markdown")
    app.file_uploader[0].upload("copy.md", HANDBOOK, "text/markdown")
    app.file_uploader[0].upload("photo.txt", b"\x89PNG\r\n\x1a\n\0\0\0", "text/plain")
    app.run()
    app.button(key="upload").click().run()

    receipts = table(app, "Result")
    results = dict(zip(receipts["File"], receipts["Result"], strict=True))
    assert results["handbook.md"] == "Accepted"
    assert results["photo.txt"] == "Not accepted"
    assert "photo" in app.warning[0].value
    assert not app.file_uploader[0].value


def test_the_upload_button_says_how_many_files(
    pages: Pages, anna: User, policies: Collection
) -> None:
    app = pages.open("documents", anna)

    app.file_uploader[0].upload("handbook.md", HANDBOOK, "text/markdown").run()

    assert app.button(key="upload").label == "Upload 1 file"


def test_the_table_shows_each_document_and_the_count_line_the_failures(
    pages: Pages, services: Services, anna: User, policies: Collection
) -> None:
    uploads = [Upload("handbook.md", HANDBOOK), Upload("broken.pdf", BROKEN_PDF)]
    services.documents.upload(anna, policies.id, uploads)

    app = pages.open("documents", anna)

    assert sorted(table(app, "Passages")["File"]) == ["broken.pdf", "handbook.md"]
    assert "2 documents, 1 failed" in texts(app)


def test_filters_narrow_the_list_and_say_so_when_nothing_is_left(
    pages: Pages, services: Services, anna: User, policies: Collection
) -> None:
    services.documents.upload(anna, policies.id, [Upload("handbook.md", HANDBOOK)])
    app = pages.open("documents", anna)

    app.selectbox(key="documents-state").set_value(DocumentState.FAILED).run()

    assert "No documents match" in app.info[0].value


def test_a_failed_document_tells_why_and_offers_another_try(
    pages: Pages, services: Services, anna: User, policies: Collection
) -> None:
    services.documents.upload(anna, policies.id, [Upload("broken.pdf", BROKEN_PDF)])
    reason = services.documents.list(anna)[0].reason
    app = pages.open("documents", anna)

    select(app, services, anna, 0)

    assert reason
    assert reason[:20] in app.warning[0].value.replace("\\", "")
    assert app.button(key="retry-documents").label == "Try again"
    assert "Download original" not in links(app)


def test_the_original_of_a_ready_document_can_be_downloaded(
    pages: Pages, services: Services, anna: User, policies: Collection
) -> None:
    services.documents.upload(anna, policies.id, [Upload("handbook.md", HANDBOOK)])
    app = pages.open("documents", anna)

    select(app, services, anna, 0)

    assert links(app)["Download original"].startswith("/original/")


def test_an_administrator_outside_the_readers_gets_no_original(
    pages: Pages, services: Services, anna: User
) -> None:
    closed = services.collections.add(anna, "Board minutes")
    services.documents.upload(anna, closed.id, [Upload("handbook.md", HANDBOOK)])
    app = pages.open("documents", anna)

    select(app, services, anna, 0)

    assert "Download original" not in links(app)
    assert "can read this collection" in texts(app)


def test_trying_again_queues_the_document_and_the_page_goes_on(
    pages: Pages, services: Services, anna: User, policies: Collection
) -> None:
    services.documents.upload(anna, policies.id, [Upload("broken.pdf", BROKEN_PDF)])
    app = select(pages.open("documents", anna), services, anna, 0)

    app.button(key="retry-documents").click().run()

    assert not app.exception
    assert services.documents.count(anna, state=DocumentState.FAILED) == 1


def test_deleting_asks_first_and_says_what_will_be_gone(
    pages: Pages, services: Services, anna: User, policies: Collection
) -> None:
    services.documents.upload(anna, policies.id, [Upload("handbook.md", HANDBOOK)])
    app = select(pages.open("documents", anna), services, anna, 0)

    app.button(key="delete-documents").click().run()

    assert "1 passage in both indexes" in texts(app)
    assert services.documents.count(anna) == 1


def test_a_confirmed_deletion_shows_its_receipt(
    pages: Pages, services: Services, anna: User, policies: Collection
) -> None:
    services.documents.upload(anna, policies.id, [Upload("handbook.md", HANDBOOK)])
    app = select(pages.open("documents", anna), services, anna, 0)
    app.button(key="delete-documents").click().run()

    app.button(key="confirm-deletion").click().run()

    assert services.documents.count(anna) == 0
    assert "1 passage removed from both indexes, 0 remain" in app.success[0].value


def test_a_document_that_is_already_gone_is_reported_in_the_dialog(
    pages: Pages, services: Services, anna: User, policies: Collection
) -> None:
    services.documents.upload(anna, policies.id, [Upload("handbook.md", HANDBOOK)])
    app = select(pages.open("documents", anna), services, anna, 0)
    app.button(key="delete-documents").click().run()
    services.documents.delete(anna, services.documents.list(anna)[0].id)

    app.button(key="confirm-deletion").click().run()

    assert "no longer exists" in app.error[0].value


def test_a_title_that_looks_like_markdown_is_shown_letter_for_letter(
    pages: Pages, services: Services, anna: User, policies: Collection
) -> None:
    evil = Upload("a.md", HANDBOOK, title="![x](https://evil.example/x.png)")
    services.documents.upload(anna, policies.id, [evil])

    app = select(pages.open("documents", anna), services, anna, 0)

    assert "![x](" not in texts(app)


def test_the_table_is_drawn_once_more_only_for_other_documents(
    services: Services, anna: User, policies: Collection
) -> None:
    services.documents.upload(anna, policies.id, [Upload("handbook.md", HANDBOOK)])
    before = table_key(services.documents.list(anna))
    services.documents.upload(anna, policies.id, [Upload("other.md", HANDBOOK + b"More.")])

    after = table_key(services.documents.list(anna))

    assert before != after


def test_what_failed_stands_first_as_a_decision(
    pages: Pages, services: Services, anna: User, policies: Collection
) -> None:
    services.documents.upload(anna, policies.id, [Upload("broken.pdf", BROKEN_PDF)])

    app = pages.open("documents", anna)

    assert "1 document needs a decision: 1 failed" in [one.label for one in app.expander]


def test_the_keeping_of_a_document_is_changed_in_its_form(
    pages: Pages, services: Services, anna: User, policies: Collection
) -> None:
    services.documents.upload(anna, policies.id, [Upload("handbook.md", HANDBOOK)])
    document = services.documents.list(anna)[0]
    app = select(pages.open("documents", anna), services, anna, 0)

    app.selectbox(key=f"care-{document.id}-owner").set_value(anna.id)
    app.text_input(key=f"care-{document.id}-source").input("Intranet")
    next(one for one in app.button if one.label == "Save").click().run()

    details = services.stewardship.details(anna, document.id)
    assert not app.exception
    assert (details.owner_name, details.source) == ("Anna Berg", "Intranet")


def test_many_documents_get_an_owner_in_one_dialog(
    pages: Pages, services: Services, anna: User, policies: Collection
) -> None:
    uploads = [Upload("handbook.md", HANDBOOK), Upload("other.md", HANDBOOK + b"More.")]
    services.documents.upload(anna, policies.id, uploads)
    app = select(pages.open("documents", anna), services, anna, 0, 1)

    app.button(key="describe-documents").click().run()
    app.selectbox(key="describe-owner").set_value(anna.id).run()
    app.button(key="save-description").click().run()

    assert {d.owner_name for d in services.documents.list(anna)} == {"Anna Berg"}


def test_uploaded_files_get_what_was_filled_in_under_more(
    pages: Pages, services: Services, anna: User, policies: Collection
) -> None:
    app = pages.open("documents", anna)

    app.file_uploader[0].upload("handbook.md", HANDBOOK, "text/markdown")
    app.text_input(key="upload-0-source").input("From the works council").run()
    app.button(key="upload").click().run()

    document = services.documents.list(anna)[0]
    assert services.stewardship.details(anna, document.id).source == "From the works council"


def test_what_people_may_attach_to_chats_is_changed_here_and_files_stay_unseen(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    chat = services.chat.start_conversation(ben, "About my file")
    services.attachments.attach(ben, chat, [Upload("contract-of-ben.txt", b"It costs 900 EUR.")])
    app = pages.open("documents", anna)
    app.session_state["chat-files"] = True
    app.run()
    told = "\n".join(str(one.value) for one in (*app.caption, *app.markdown))

    app.number_input(key="files-in-a-chat").set_value(3)
    app.button(key="save-chat-files").click().run()

    assert not app.exception
    assert "1 file in 1 chat" in told
    assert "contract-of-ben" not in repr(app)
    assert services.attachment_rules.current(anna).max_files == 3
