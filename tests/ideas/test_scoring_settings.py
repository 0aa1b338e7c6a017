"""Weights of reviews and cuts of the matrix, which administrators change for all ideas at once."""

from dataclasses import replace

import pytest

from core.domain.ideas.review import Quadrant
from core.domain.ideas.workflow import IdeaStatus
from core.errors import AccessDenied, Conflict, InvalidInput
from core.storage.database import Database
from ideas.scoring.criteria import shipped_criteria
from ideas.scoring.rescoring import rescore_all
from ideas.scoring.settings import ScoringSettings
from tests.ideas.office import Office

SHIPPED = shipped_criteria()
SCORES = dict.fromkeys(SHIPPED.scored, 3) | {"impact": 1, "reach": 5}


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


@pytest.fixture
def scoring(office: Office) -> ScoringSettings:
    return ScoringSettings(office.database)


def test_the_criteria_of_the_product_hold_until_someone_changes_them(
    office: Office, scoring: ScoringSettings
) -> None:
    stored = scoring.get(office.anna)

    assert (stored.criteria, stored.version) == (SHIPPED, 0)


def test_new_weights_move_all_ideas_in_the_same_transaction(
    office: Office, scoring: ScoringSettings
) -> None:
    idea = office.idea(status=IdeaStatus.EVALUATION)
    untouched = office.idea(status=IdeaStatus.EVALUATION)
    office.review(office.rita, idea, SCORES)
    office.review(office.rob, idea, SCORES)
    with office.database.begin() as session:
        rescore_all(session)
    before = office.row(idea)

    saved = scoring.save(office.ada, SHIPPED.with_weights({"impact": 0, "reach": 100}), 0)
    after = office.row(idea)

    assert saved.version == 1
    assert before.value_score == pytest.approx(40.0)
    assert before.quadrant == Quadrant.INCREMENTAL
    assert after.value_score == pytest.approx((5 * 100 + 3 * 40) / 140 * 25 - 25)
    assert after.quadrant == Quadrant.QUICK_WIN
    assert after.row_version == before.row_version
    assert office.row(untouched).quadrant is None


def test_a_new_cut_moves_ideas_to_another_quadrant(
    office: Office, scoring: ScoringSettings
) -> None:
    idea = office.idea(status=IdeaStatus.EVALUATION)
    office.review(office.rita, idea, dict.fromkeys(SHIPPED.scored, 3))

    scoring.save(office.ada, replace(SHIPPED, value_cut=51.0), 0)

    assert office.row(idea).quadrant == Quadrant.INCREMENTAL


def test_two_administrators_do_not_overwrite_each_other(
    office: Office, scoring: ScoringSettings
) -> None:
    scoring.save(office.ada, SHIPPED.with_weights({"impact": 50}), 0)

    with pytest.raises(Conflict):
        scoring.save(office.ada, SHIPPED.with_weights({"impact": 60}), 0)
    assert scoring.get(office.ada).criteria == SHIPPED.with_weights({"impact": 50})


@pytest.mark.parametrize("who", ["anna", "rita"])
def test_only_administrators_change_weights(
    office: Office, scoring: ScoringSettings, who: str
) -> None:
    with pytest.raises(AccessDenied):
        scoring.save(getattr(office, who), SHIPPED, 0)


def test_criteria_that_cannot_be_scored_are_not_saved(
    office: Office, scoring: ScoringSettings
) -> None:
    nothing = replace(SHIPPED, criteria=())

    with pytest.raises(InvalidInput):
        scoring.save(office.ada, nothing, 0)
    assert scoring.get(office.ada).version == 0
