"""
How surprising a deviation is: -log of the share of ordinary events that are as far out. The model of the past's deviations,
with the attributes of an ExplainableBoostingClassifier, so that it is exported and explained as one.
"""

import numpy as np
import pandas as pd
from scipy.stats import genpareto

# Beyond this quantile of the ordinary deviations their tail is modelled, as in Siffer et al. 2017 (SPOT).
TAIL = 0.98
# Of both signals together an ordinary event may be surprised by so much without any being called unusual.
ALLOWANCE = 1.25
# No event is more surprising than this: beyond, a sample of ordinary ones says nothing.
MOST = 16.0
CUTS = np.concatenate([np.arange(-20, 0, 0.05), np.arange(0.05, 20.025, 0.05)]).astype(np.float32)


def surprise_of(sizes: np.ndarray):
    """-log of the share of ordinary sizes that are at least as great, by the sample and beyond its tail by a Pareto distribution."""
    ordered = np.sort(sizes)
    start = np.quantile(ordered, TAIL)
    shape, _, scale = genpareto.fit(ordered[ordered > start] - start, floc=0)

    def surprise(size: np.ndarray) -> np.ndarray:
        share = 1 - np.searchsorted(ordered, size, side="left") / len(ordered)
        beyond = (1 - TAIL) * genpareto.sf(size - start, shape, scale=scale)
        return np.minimum(MOST, -np.log(np.maximum(np.where(size > start, beyond, share), 1e-12)))

    return surprise


class Surprise:
    """One term per deviation: what it adds to the log-odds grows with its size, and is 0 for an ordinary or unknown one."""

    def fit(self, frame: pd.DataFrame, budget: float) -> "Surprise":
        """Of ordinary events only; `budget` is the share of them that may be called anomalous."""
        self.feature_names_in_ = list(frame.columns)
        self.bins_ = [[CUTS] for _ in self.feature_names_in_]
        self.term_features_ = [(n,) for n in range(len(self.feature_names_in_))]
        self.term_scores_ = [self.table(frame[name].dropna().to_numpy(float)) for name in self.feature_names_in_]
        self.intercept_ = np.zeros(1)
        # A score of one half where the budget is spent.
        self.intercept_ = -np.quantile(self.eval_terms(frame).sum(axis=1), [1 - budget])
        return self

    def table(self, values: np.ndarray) -> np.ndarray:
        """A value per bin: missing, those between the cuts, unseen. Never less for a greater deviation."""
        edges = np.concatenate([[-np.inf], CUTS, [np.inf]])
        nearest = np.where(edges[1:] <= 0, np.abs(edges[1:]), np.maximum(edges[:-1], 0))
        found = np.maximum(0, surprise_of(np.abs(values))(nearest) - ALLOWANCE)
        up = nearest.argsort(kind="stable")
        found[up] = np.maximum.accumulate(found[up])
        return np.concatenate([[0], found, [0]])

    def eval_terms(self, frame: pd.DataFrame) -> np.ndarray:
        """Log-odds per term."""
        columns = []
        for name, scores in zip(self.feature_names_in_, self.term_scores_):
            values = frame[name].to_numpy(np.float32)
            place = np.where(np.isnan(values), 0, 1 + np.searchsorted(CUTS, values, side="right"))
            columns.append(scores[place])
        return np.column_stack(columns)

    def predict_proba(self, frame: pd.DataFrame) -> np.ndarray:
        """Of an ordinary and of an anomalous event."""
        anomalous = 1 / (1 + np.exp(-self.eval_terms(frame).sum(axis=1) - self.intercept_[0]))
        return np.column_stack([1 - anomalous, anomalous])
