"""
A logistic regression over values and pairs of values: every feature is a category (numbers by bins), and each value, or pair
of values, that enough rows have gets one weight per class. The contribution of a term is the weight of the row's value, so
contributions and intercept add up to the log-odds exactly, as in an EBM; for columns with hundreds of values it is smaller,
quicker and better than one.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.linear_model import LogisticRegression

MISSING = 0


@dataclass
class Term:
    """One or two features, the combinations of their codes that have a weight, and these weights [combinations, classes]."""

    features: tuple[int, ...]
    keys: np.ndarray
    weights: np.ndarray


class CrossLogistic:
    """Binary: one column of weights, log-odds of the second class. Several classes: a column each, softmax."""

    def __init__(self, features: list[dict], pairs, cuts: dict, least: float, strength: float, pair_scale: float):
        """
        `cuts` bins the numbers: bin 1 + (cuts at or below). `least` is the weight of rows that a value needs to count;
        `strength` is the inverse of the L2 penalty, and pairs are penalised more, by `pair_scale` below 1.
        """
        self.features, self.cuts = features, {name: np.asarray(at, np.float32) for name, at in cuts.items()}
        self.names = [f["name"] for f in features]
        self.term_features_ = [(n,) for n in range(len(features))] + [(self.names.index(a), self.names.index(b)) for a, b in pairs]
        self.least, self.strength, self.pair_scale = least, strength, pair_scale

    def codes(self, frame: pd.DataFrame) -> np.ndarray:
        """Code per row and feature: 0 missing, then categories or bins by their place; last + 1 is unseen."""
        columns = []
        for name, (levels,) in zip(self.names, self.bins_):
            if isinstance(levels, dict):
                unseen = len(levels) + 1
                columns.append(frame[name].map(lambda v, levels=levels, unseen=unseen: levels.get(v, MISSING if v is None else unseen), na_action=None))
            else:
                values = frame[name].to_numpy(np.float32)
                columns.append(np.where(np.isnan(values), MISSING, 1 + np.searchsorted(levels, values, side="right")))
        return np.column_stack(columns).astype(np.int64)

    def keys_of(self, codes: np.ndarray, features: tuple[int, ...]) -> np.ndarray:
        """One number per row for a term: its code, or both codes as digits."""
        return codes[:, features[0]] if len(features) == 1 else codes[:, features[0]] * self.radix + codes[:, features[1]]

    def fit(self, frame: pd.DataFrame, truth: np.ndarray, weight: np.ndarray | None = None) -> "CrossLogistic":
        """Trains; `weight` says how much each row counts."""
        weight = np.ones(len(truth)) if weight is None else weight
        codes, found, scales, design = self.prepare(frame, weight)
        model = LogisticRegression(C=self.strength, max_iter=1000, tol=1e-4).fit(design, truth, sample_weight=weight)
        self.classes_ = model.classes_
        return self.settle(codes, found, scales, model.coef_.T, model.intercept_.astype(np.float64), weight)

    def prepare(self, frame: pd.DataFrame, weight: np.ndarray) -> tuple[np.ndarray, list, list, sparse.csr_matrix]:
        """Dictionaries and bins; then codes of the rows, keys and scale of each term, and a 0/1 column (scaled) per key."""
        self.bins_ = [
            [{c: n for n, c in enumerate(sorted(frame[f["name"]].dropna().unique()), start=1)} if f["kind"] == "categorical" else self.cuts[f["name"]]]
            for f in self.features
        ]
        self.radix = 2 + max(len(levels) for (levels,) in self.bins_)
        codes = self.codes(frame)
        found = [self.frequent(codes, features, weight) for features in self.term_features_]
        scales = [1.0 if len(features) == 1 else self.pair_scale for features in self.term_features_]
        design = sparse.hstack([one_hot(self.keys_of(codes, f), keys) * s for f, keys, s in zip(self.term_features_, found, scales)]).tocsr()
        return codes, found, scales, design

    def settle(self, codes, found, scales, coefficients: np.ndarray, intercept: np.ndarray, weight: np.ndarray) -> "CrossLogistic":
        """Shares fitted coefficients [columns of the design, classes] out among the terms."""
        starts = np.cumsum([0, *map(len, found)])
        self.terms = [Term(f, keys, coefficients[a : a + len(keys)] * s) for f, keys, s, a in zip(self.term_features_, found, scales, starts)]
        self.intercept_ = self.centre(codes, weight, intercept).astype(np.float32)
        for term in self.terms:
            term.weights = term.weights.astype(np.float32)
        return self

    def frequent(self, codes: np.ndarray, features: tuple[int, ...], weight: np.ndarray) -> np.ndarray:
        """The keys of a term that enough rows have, in order; unknown values are none."""
        known = (codes[:, list(features)] != MISSING).all(axis=1)
        keys, place = np.unique(self.keys_of(codes, features)[known], return_inverse=True)
        return keys[np.bincount(place, weights=weight[known]) >= self.least]

    def centre(self, codes: np.ndarray, weight: np.ndarray, intercept: np.ndarray) -> np.ndarray:
        """Makes the contributions of single features those against the average row, so that an unknown value adds nothing."""
        for term in self.terms[: len(self.features)]:
            values = look_up(self.keys_of(codes, term.features), term)
            known = values.any(axis=1)
            mean = np.average(values[known], axis=0, weights=weight[known]) if known.any() else 0
            term.weights = term.weights - mean
            intercept = intercept + mean
        return intercept

    def contributions(self, frame: pd.DataFrame) -> np.ndarray:
        """[rows, terms, columns of weights]."""
        codes = self.codes(frame)
        return np.stack([look_up(self.keys_of(codes, term.features), term) for term in self.terms], axis=1)

    def eval_terms(self, frame: pd.DataFrame) -> np.ndarray:
        """Log-odds per term [rows, terms]; with several classes per class too [rows, terms, classes]."""
        values = self.contributions(frame)
        return values[:, :, 0] if values.shape[2] == 1 else values

    def predict_proba(self, frame: pd.DataFrame) -> np.ndarray:
        """Probability of every class."""
        logits = self.contributions(frame).sum(axis=1, dtype=np.float64) + self.intercept_
        if logits.shape[1] == 1:
            positive = 1 / (1 + np.exp(-logits))
            return np.hstack([1 - positive, positive])
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        return odds / odds.sum(axis=1, keepdims=True)


def one_hot(keys: np.ndarray, known: np.ndarray) -> sparse.csr_matrix:
    """A column per known key."""
    place = np.minimum(np.searchsorted(known, keys), len(known) - 1) if len(known) else np.zeros(len(keys), int)
    rows = np.flatnonzero(known[place] == keys) if len(known) else np.array([], int)
    return sparse.csr_matrix((np.ones(len(rows)), (rows, place[rows])), shape=(len(keys), len(known)))


def look_up(keys: np.ndarray, term: Term) -> np.ndarray:
    """The weights of each row's key; zeros where it has none."""
    if len(term.keys) == 0:
        return np.zeros((len(keys), term.weights.shape[1]), term.weights.dtype)
    place = np.minimum(np.searchsorted(term.keys, keys), len(term.keys) - 1)
    return np.where((term.keys[place] == keys)[:, None], term.weights[place], 0)
