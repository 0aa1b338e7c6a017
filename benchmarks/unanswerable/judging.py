"""Fits signals to questions to develop with, and says how well they tell others apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

Floats = NDArray[np.float64]

REFUSED_ANSWERABLE = 0.04
FOLDS = 5
SEED = 7
DRAWS = 200


@dataclass(frozen=True, slots=True)
class Signals:
    """The signals of the questions of one set, by their names.

    `groups` name what must not lie on both sides of a fold.
    """

    name: str
    values: Mapping[str, Floats]
    is_answerable: NDArray[np.bool_]
    groups: Sequence[str]

    def table(self, names: Sequence[str]) -> Floats:
        """Return an array of shape (questions, names)."""
        return np.column_stack([self.values[name] for name in names])


@dataclass(frozen=True, slots=True)
class Result:
    """How well scores tell the questions of one set apart."""

    auc: float
    refused: float


def result(scores: Floats, is_answerable: NDArray[np.bool_]) -> Result:
    """Judge scores, higher for questions with an answer.

    `refused` is the share of unanswerable questions below the highest threshold that refuses at
    most REFUSED_ANSWERABLE of those with an answer.
    """
    answerable, other = np.sort(scores[is_answerable]), scores[~is_answerable]
    threshold = answerable[int(REFUSED_ANSWERABLE * len(answerable))]
    auc = float(roc_auc_score(is_answerable, scores))
    return Result(auc, float(np.mean(other < threshold)))


def logistic() -> GridSearchCV:
    """Return a logistic regression whose strength of regularisation is chosen inside."""
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2_000))
    return _search(model, {"logisticregression__C": [0.001, 0.01, 0.1, 1.0]})


def boosting() -> GridSearchCV:
    """Return gradient boosting of small trees, their number chosen inside."""
    trees = GradientBoostingClassifier(
        max_depth=2, learning_rate=0.1, max_features="sqrt", subsample=0.5, random_state=SEED
    )
    return _search(
        make_pipeline(StandardScaler(), trees),
        {"gradientboostingclassifier__n_estimators": [30, 100]},
    )


def _search(model: BaseEstimator, grid: Mapping[str, Sequence[float]]) -> GridSearchCV:
    return GridSearchCV(model, grid, scoring="roc_auc", cv=_folds())


def _folds() -> StratifiedGroupKFold:
    return StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED)


def judged(
    model: GridSearchCV, names: Sequence[str], fitted: Sequence[Signals], held: Sequence[Signals]
) -> dict[str, Floats]:
    """Return the scores of all questions by set: of `fitted` sets each from the other folds."""
    table = np.vstack([signals.table(names) for signals in fitted])
    answerable = np.concatenate([signals.is_answerable for signals in fitted])
    sets = np.concatenate([[signals.name] * len(signals.groups) for signals in fitted])
    groups = np.concatenate([[f"{s.name} {group}" for group in s.groups] for s in fitted])
    weights = _even(sets, answerable)

    def fit(rows: NDArray[np.intp]) -> GridSearchCV:
        last = model.estimator.steps[-1][0]
        chosen = {f"{last}__sample_weight": weights[rows]}
        return clone(model).fit(table[rows], answerable[rows], groups=groups[rows], **chosen)

    scores = np.zeros(len(table))
    for rows, others in _folds().split(table, _kinds(sets, answerable), groups):
        scores[others] = fit(rows).predict_proba(table[others])[:, 1]
    by_set = {signals.name: scores[sets == signals.name] for signals in fitted}
    whole = fit(np.arange(len(table)))
    return by_set | {s.name: whole.predict_proba(s.table(names))[:, 1] for s in held}


def _even(sets: NDArray[np.str_], answerable: NDArray[np.bool_]) -> Floats:
    """Return weights with which each set counts alike, and in it each kind of question."""
    kinds = _kinds(sets, answerable)
    names, counts = np.unique(kinds, return_counts=True)
    share = dict(zip(names, len(kinds) / len(names) / counts, strict=True))
    return np.array([share[kind] for kind in kinds])


def _kinds(sets: NDArray[np.str_], answerable: NDArray[np.bool_]) -> NDArray[np.str_]:
    return np.array([f"{name} {kind}" for name, kind in zip(sets, answerable, strict=True)])


def gained(new: Floats, old: Floats, is_answerable: NDArray[np.bool_]) -> tuple[float, float]:
    """Return between which values 90 % of the gains in AUC lie when questions are drawn again."""
    rng = np.random.default_rng(SEED)
    kinds = [np.flatnonzero(is_answerable), np.flatnonzero(~is_answerable)]
    gains = []
    for _ in range(DRAWS):
        rows = np.concatenate([rng.choice(kind, len(kind)) for kind in kinds])
        drawn = is_answerable[rows]
        gains.append(roc_auc_score(drawn, new[rows]) - roc_auc_score(drawn, old[rows]))
    low, high = np.quantile(gains, [0.05, 0.95])
    return float(low), float(high)
