"""Held-out figures of a binary model: discrimination, calibration, operating points, and the audit by group."""

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, brier_score_loss, f1_score, log_loss, roc_auc_score

BINS = 10
RESAMPLES = 1000


def reliability(truth: np.ndarray, score: np.ndarray) -> list[dict]:
    """Ten bins of equal count: mean score, observed rate with its 95 % Wilson interval, rows."""
    order = np.argsort(score, kind="stable")
    bins = []
    for rows in np.array_split(order, BINS):
        n, rate = len(rows), float(truth[rows].mean())
        centre, spread = (rate + 1.92 / n) / (1 + 3.84 / n), 1.96 * np.sqrt(rate * (1 - rate) / n + 0.96 / n**2) / (1 + 3.84 / n)
        bins.append({"score": float(score[rows].mean()), "rate": rate, "low": max(0.0, centre - spread), "high": centre + spread, "rows": n})
    return bins


def ece(truth: np.ndarray, score: np.ndarray) -> float:
    """Expected calibration error over the bins of `reliability`."""
    return float(sum(b["rows"] * abs(b["score"] - b["rate"]) for b in reliability(truth, score)) / len(truth))


MEASURES = {
    "auc": roc_auc_score,
    "prAuc": average_precision_score,
    "logLoss": log_loss,
    "brier": brier_score_loss,
    "ece": ece,
}


def figures(truth: np.ndarray, score: np.ndarray, seed: int, together: np.ndarray | None = None) -> dict:
    """
    Every measure with the 95 % percentile interval of a seeded bootstrap (not for ECE, which it biases up): over rows, or over what
    they have in common (`together`).
    """
    random = np.random.default_rng(seed)
    parts = None if together is None else [np.flatnonzero(together == one) for one in np.unique(together)]
    draws = {name: [] for name in MEASURES if name != "ece"}
    for _ in range(RESAMPLES):
        rows = random.integers(0, len(truth), len(truth)) if parts is None else np.concatenate([parts[n] for n in random.integers(0, len(parts), len(parts))])
        for name, values in draws.items():
            values.append(MEASURES[name](truth[rows], score[rows]))
    result = {"rows": len(truth), "rate": round(float(truth.mean()), 5)}
    for name, measure in MEASURES.items():
        result[name] = {"value": round(float(measure(truth, score)), 6)}
        if name in draws:
            low, high = np.quantile(draws[name], [0.025, 0.975])
            result[name] |= {"low": round(float(low), 4), "high": round(float(high), 4)}
    return result


def best_of(probabilities: np.ndarray, classes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The three best classes of each row, best first, and the probability of the best."""
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :3]
    return classes[order], np.take_along_axis(probabilities, order[:, :1], axis=1)[:, 0]


def class_figures(truth: np.ndarray, probabilities: np.ndarray, classes: np.ndarray, seed: int) -> dict:
    """
    Of a model with several classes: share right at once and among the best three, mean F1 of the classes, log-loss over the
    rows whose class the model knows, and ECE of the best class's probability.
    """
    best, confidence = best_of(probabilities, classes)
    known = np.isin(truth, classes)
    own = probabilities[known, np.searchsorted(classes, truth[known])]
    draws = {"top1": (best[:, 0] == truth).astype(float), "top3": (best == truth[:, None]).any(axis=1).astype(float), "logLoss": -np.log(own)}
    random, result = np.random.default_rng(seed), {"rows": len(truth)}
    for name, values in draws.items():
        means = [values[random.integers(0, len(values), len(values))].mean() for _ in range(RESAMPLES)]
        low, high = np.quantile(means, [0.025, 0.975])
        result[name] = {"value": round(float(values.mean()), 6), "low": round(float(low), 4), "high": round(float(high), 4)}
    result["macroF1"] = {"value": round(float(f1_score(truth, best[:, 0], average="macro")), 6)}
    result["ece"] = {"value": round(ece(draws["top1"], confidence), 6)}
    return result


def coverage_point(right: np.ndarray, confidence: np.ndarray, threshold: float) -> dict:
    """What happens when every row whose best class is at least this likely is given it: how many, and how many of them rightly."""
    given = confidence >= threshold
    return {"threshold": threshold, "coverage": round(float(given.mean()), 4), "accuracy": round(float(right[given].mean()), 4) if given.any() else 0.0}


def operating_point(truth: np.ndarray, score: np.ndarray, threshold: float) -> dict:
    """What happens when every row at or above the threshold is called."""
    called = score >= threshold
    hits = int(truth[called].sum())
    return {
        "threshold": threshold,
        "share": round(float(called.mean()), 4),
        "precision": round(hits / max(1, int(called.sum())), 4),
        "recall": round(hits / int(truth.sum()), 4),
    }


def by_group(groups: pd.Series, truth: np.ndarray, score: np.ndarray, threshold: float) -> list[dict]:
    """The audit: selection rate, recall, ranking and calibration per group (groups are no features of the model)."""
    rows = []
    for group in sorted(groups.unique()):
        inside = (groups == group).to_numpy()
        called = score[inside] >= threshold
        rows.append(
            {
                "group": str(group),
                "rows": int(inside.sum()),
                "rate": float(truth[inside].mean()),
                "meanScore": float(score[inside].mean()),
                "called": float(called.mean()),
                "recall": float(called[truth[inside] == 1].mean()),
                "auc": float(roc_auc_score(truth[inside], score[inside])),
            }
        )
    return rows
