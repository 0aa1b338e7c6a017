"""Tells how well questions of two windows can be told apart by their vectors.

A classifier learns which window a question is of; if nothing changed, it can only guess. The figure
is the area under its ROC curve, of questions it has not seen: 0.5 is guessing, 1 is always right.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

COMPONENTS = 30
FOLDS = 5
SHUFFLES = 199
STEPS = 5
PENALTY = 1.0
SEED = 20_260


def area_between(window: Array, reference: Array) -> float:
    """Return how well the rows of both can be told apart, by five-fold cross-validation."""
    points, labels, random = _prepared(window, reference)
    return float(_areas(points, labels[None, :], random)[0])


def reached_by_chance(window: Array, reference: Array) -> float:
    """Return in which share of 199 shuffles of the labels the area is as great, that one included.

    The same rows give the same share.
    """
    points, labels, random = _prepared(window, reference)
    shuffler = np.random.default_rng(SEED + 1)
    every = np.stack([labels, *(shuffler.permutation(labels) for _ in range(SHUFFLES))])
    areas = _areas(points, every, random)
    return (1 + int(np.sum(areas[1:] >= areas[0]))) / (1 + SHUFFLES)


def _prepared(window: Array, reference: Array) -> tuple[Array, Array, np.random.Generator]:
    points = _components(np.vstack([window, reference]))
    labels = np.concatenate([np.ones(len(window)), np.zeros(len(reference))])
    return points, labels, np.random.default_rng(SEED)


def _components(points: Array) -> Array:
    """Return the principal components with unit variance, and a column of ones."""
    centred = points - points.mean(axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    kept = min(COMPONENTS, int(np.sum(sizes > 1e-9)))
    scale = np.sqrt(len(points))
    return np.hstack([left[:, :kept] * scale, np.ones((len(points), 1))])


def _areas(points: Array, labels: Array, random: np.random.Generator) -> Array:
    """Return for each labelling the mean area of the folds, each by a classifier of the others."""
    folds = np.array_split(random.permutation(len(points)), FOLDS)
    areas: Array = np.mean([_area_of_fold(points, labels, fold) for fold in folds], axis=0)
    return areas


def _area_of_fold(points: Array, labels: Array, fold: NDArray[np.intp]) -> Array:
    seen = np.setdiff1d(np.arange(len(points)), fold)
    weights = _weights(points[seen], labels[:, seen])
    return _area(weights @ points[fold].T, labels[:, fold])


def _weights(points: Array, labels: Array) -> Array:
    """Fit a logistic regression with a squared penalty to each labelling, by Newton's method."""
    count, width = points.shape
    pairs = (points[:, :, None] * points[:, None, :]).reshape(count, width * width)
    penalty = np.diag([*([PENALTY] * (width - 1)), 1e-6])
    weights = np.zeros((len(labels), width))
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(weights @ points.T, -30, 30)))
        slope = (labels - chance) @ points - weights @ penalty
        curve = ((chance * (1 - chance)) @ pairs).reshape(-1, width, width) + penalty
        weights += np.linalg.solve(curve, slope[:, :, None])[:, :, 0]
    return weights


def _area(scores: Array, labels: Array) -> Array:
    """Return the area under the ROC curve of each row, from the ranks of its scores."""
    ranks = np.argsort(np.argsort(scores, axis=1), axis=1) + 1
    ones = labels.sum(axis=1)
    zeros = labels.shape[1] - ones
    above = (ranks * labels).sum(axis=1) - ones * (ones + 1) / 2
    area: Array = above / np.maximum(ones * zeros, 1)
    return area
