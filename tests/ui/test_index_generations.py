"""The documents page: the search models of a collection."""

import pytest
from streamlit.testing.v1 import AppTest

from bootstrap.services import Services
from core.domain.identity import User
from core.domain.knowledge import Collection
from tests.ui.conftest import Pages, texts


@pytest.fixture
def policies(services: Services, anna: User) -> Collection:
    return services.collections.add(anna, "Policies", is_open=True)


def opened(app: AppTest) -> AppTest:
    app.session_state["collection-indexes"] = True
    return app.run()


def test_the_index_that_answers_is_named_with_its_model(
    pages: Pages, anna: User, policies: Collection
) -> None:
    app = opened(pages.open("documents", anna))

    assert "Index 1 is in use" in texts(app)
    assert policies.embedding_model in texts(app).replace("\\", "")


def test_the_model_that_answers_already_is_refused_in_words(
    pages: Pages, anna: User, policies: Collection
) -> None:
    app = opened(pages.open("documents", anna))

    app.text_input(key=f"model-{policies.id}").input(policies.embedding_model)
    app.button(key=f"build-{policies.id}").click().run()

    assert "already uses" in app.error[0].value
