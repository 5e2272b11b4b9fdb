"""
Rows made up by a model's own generator, for data sets whose licence allows no shipped model: columns drawn from stated shares, and an
outcome from stated log-odds. Nothing is fitted to a data set.
"""

from pathlib import Path

import numpy as np
import pandas as pd

Shares = dict[str, float]


def draw(random: np.random.Generator, shares: Shares, rows: int) -> np.ndarray:
    """Values by their shares, which need not add up to 1."""
    weights = np.array(list(shares.values()), float)
    return random.choice(np.array(list(shares), dtype=object), size=rows, p=weights / weights.sum())


def outcomes(random: np.random.Generator, table: pd.DataFrame, effects: dict[str, Shares], pairs: dict, rate: float) -> np.ndarray:
    """
    0 or 1 per row: sigmoid of the sum of `effects` (log-odds by column and value, 0 where none is stated) and of `pairs`
    ({(column, value, column, value): log-odds}), with the intercept that makes the mean probability `rate`.
    """
    logit = sum((table[column].map(by).fillna(0.0) for column, by in effects.items()), pd.Series(0.0, table.index)).to_numpy(float)
    for (a, first, b, second), effect in pairs.items():
        logit = logit + effect * ((table[a] == first) & (table[b] == second)).to_numpy()
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if (1 / (1 + np.exp(-logit - middle))).mean() < rate else (low, middle)
    return (random.random(len(table)) < 1 / (1 + np.exp(-logit - low))).astype(int)


def write(path: Path, table: pd.DataFrame) -> None:
    """The same bytes for the same rows."""
    table.to_csv(path, index=False, lineterminator="\n")
