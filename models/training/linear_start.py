"""
An additive model that begins with a straight line: a logistic regression first, then an EBM of what it leaves over, for few
rounds. The line carries a trend beyond what was seen, the EBM bends it where the rows say so. Both are sums over features, so the
line is folded into the EBM's curves, and what comes out is an EBM like any other: exact, and exported as one.
"""

import numpy as np
import pandas as pd
from interpret.glassbox import ExplainableBoostingClassifier
from sklearn.linear_model import LogisticRegression


# Bins that follow the line beyond what was seen, on each side of a number.
BEYOND = 16


def fit(frame: pd.DataFrame, truth: np.ndarray, features: list[dict], model: ExplainableBoostingClassifier) -> ExplainableBoostingClassifier:
    """Fits the line and then the model, which is returned with the line inside. `features`: the declarations, with the range of each number."""
    line = Line(frame, truth)
    model.fit(frame, truth, init_score=sum(line.added.values()) + line.intercept)
    model.intercept_ = model.intercept_ + line.intercept
    for term, (place, *others) in enumerate(model.term_features_):
        if not others:
            name = model.feature_names_in_[place]
            model.term_scores_[term] += mean_by_bin(frame[name], model.bins_[place][0], line.added[name], len(model.term_scores_[term]))
    for place, feature in enumerate(features):
        if feature["kind"] == "numeric":
            lengthen(model, place, frame[feature["name"]], feature["range"], line.slopes[feature["name"]])
    return model


class Line:
    """A logistic regression over standardised numbers and one column per category: what each feature of each row adds, centred."""

    def __init__(self, frame: pd.DataFrame, truth: np.ndarray):
        columns, scales = {}, {}
        for name, column in frame.items():
            if column.dtype == object:
                columns[name] = pd.get_dummies(column, dtype=float).to_numpy()
                continue
            centred = np.nan_to_num(column.to_numpy(np.float64) - np.nanmean(column))
            scales[name] = centred.std() or 1.0
            columns[name] = (centred / scales[name])[:, None]
        model = LogisticRegression(max_iter=1000).fit(np.hstack(list(columns.values())), truth)
        self.added, self.intercept, start = {}, float(model.intercept_[0]), 0
        for name, matrix in columns.items():
            added = matrix @ model.coef_[0, start : start + matrix.shape[1]]
            self.added[name], self.intercept = added - added.mean(), self.intercept + float(added.mean())
            start += matrix.shape[1]
        ends = np.cumsum([matrix.shape[1] for matrix in columns.values()])
        self.slopes = {name: float(model.coef_[0, end - 1] / scales[name]) for name, end in zip(columns, ends) if name in scales}


def mean_by_bin(column: pd.Series, bins, values: np.ndarray, size: int) -> np.ndarray:
    """The mean of the values of each bin's rows; 0 where there are none. Bin 0 is missing."""
    if isinstance(bins, dict):
        places = column.map(bins).fillna(0).to_numpy(np.int64)
    else:
        numbers = column.to_numpy(np.float64)
        places = np.where(np.isnan(numbers), 0, 1 + np.searchsorted(bins, numbers, side="right"))
    return np.bincount(places, values, size) / np.maximum(np.bincount(places, minlength=size), 1)


def lengthen(model: ExplainableBoostingClassifier, place: int, column: pd.Series, ends: list[float], slope: float) -> None:
    """Adds bins below and above what was seen, to the ends of the range; in them the curve goes on with the line's slope."""
    seen = (float(np.nanmin(column)), float(np.nanmax(column)))
    # Close together where values are likely, and always as many, so that the range may be wide.
    points = [last + (end - last) * (np.arange(BEYOND + 1) / BEYOND) ** 3 for last, end in zip(seen, ends)]
    halfway = [(way[1:] + way[:-1]) / 2 for way in points]
    low, high = points[0][:0:-1], points[1][1:]
    below, above = halfway[0][::-1], halfway[1]
    if seen[0] == ends[0]:
        low, below = low[:0], below[:0]
    if seen[1] == ends[1]:
        high, above = high[:0], above[:0]
    model.bins_[place][0] = np.concatenate([below, model.bins_[place][0], above])
    for term, features in enumerate(model.term_features_):
        if place not in features or (len(features) > 1 and len(model.bins_[place]) > 1):
            continue
        axis, scores = features.index(place), model.term_scores_[term]
        pads = [(0, 0)] * scores.ndim
        inner = np.take(scores, range(1, scores.shape[axis] - 1), axis)
        pads[axis] = (len(below), len(above))
        inner = np.pad(inner, pads, mode="edge")
        if len(features) == 1:
            inner[: len(below)] += slope * (low - seen[0])
            inner[len(inner) - len(above) :] += slope * (high - seen[1])
        first, last = (np.take(scores, [at], axis) for at in (0, -1))
        model.term_scores_[term] = np.concatenate([first, inner, last], axis)
