"""What else could be done, on the same rows: a z-score of the record's own mean and deviation, and scikit-learn's isolation forest."""

import numpy as np
import pandas as pd
from sklearn.ensemble import IsolationForest

import history

SEED = 42


def naive(table: pd.DataFrame) -> np.ndarray:
    """|value - mean of all before| / their standard deviation; 0 before the twelfth."""
    value = pd.to_numeric(table["value"])
    before = value.groupby(table["record"]).transform(lambda v: v.shift().expanding(12).mean())
    spread = value.groupby(table["record"]).transform(lambda v: v.shift().expanding(12).std())
    return ((value - before).abs() / spread.clip(lower=1e-9)).fillna(0).to_numpy()


def forest(table: pd.DataFrame, train: np.ndarray) -> np.ndarray:
    """Isolation forest over value against the record's median so far, hour, weekday, gap and events in a day."""
    value, at = pd.to_numeric(table["value"]), pd.Series(history.milliseconds(table["time"]), table.index)
    usual = value.groupby(table["record"]).transform(lambda v: v.shift().expanding(1).median())
    gap = at.groupby(table["record"]).diff() / history.HOUR
    day = at.groupby(table["record"]).transform(lambda t: np.arange(len(t)) - np.searchsorted(t, t - history.DAY, side="right"))
    columns = pd.DataFrame({"value": np.log(value.clip(lower=0.01) / usual.clip(lower=0.01)), "hour": at % history.DAY // history.HOUR, "weekday": at // history.DAY % 7, "gap": np.log1p(gap), "day": day}).fillna(0)
    return -IsolationForest(n_estimators=200, random_state=SEED, n_jobs=1).fit(columns.iloc[train]).score_samples(columns)
