"""
What a model of a randomised trial is worth: what each arm does (ATE), whether the model knows for whom (Qini), and what following it
would bring (inverse propensity weighting), against the best single arm. Every figure with a bootstrap interval.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from figures import RESAMPLES, figures, reliability


@dataclass
class Trial:
    """Rows of a trial: the arm that each was given (place in the arms), what became of it (0, 1), its probability under every arm."""

    arms: list[str]
    control: int
    given: np.ndarray
    outcome: np.ndarray
    probability: np.ndarray

    def at(self, rows: np.ndarray) -> "Trial":
        return Trial(self.arms, self.control, self.given[rows], self.outcome[rows], self.probability[rows])

    @property
    def own(self) -> np.ndarray:
        """The probability under the arm that was given."""
        return self.probability[np.arange(len(self.given)), self.given]

    def uplift(self, arm: int) -> np.ndarray:
        return self.probability[:, arm] - self.probability[:, self.control]


def recommended(probability: np.ndarray, control: int, least: float) -> np.ndarray:
    """The arm with the highest probability; the control where even that one adds less than `least`. As models/uplift.ts."""
    best = probability.argmax(axis=1)
    gain = probability[np.arange(len(best)), best] - probability[:, control]
    return np.where(gain >= least, best, control)


def ate(trial: Trial, arm: int) -> float:
    """Share with the outcome in the arm less that in the control."""
    return float(trial.outcome[trial.given == arm].mean() - trial.outcome[trial.given == trial.control].mean())


def qini(trial: Trial, arm: int) -> float:
    """
    Area between the gain curve and the straight line of a random order, over the rows of the arm and the control ordered by predicted
    uplift. The gain at a share s is the difference of the outcome's shares among the first s, times s: outcomes per row.
    """
    rows = np.isin(trial.given, (arm, trial.control))
    order = np.argsort(-trial.uplift(arm)[rows], kind="stable")
    treated, outcome = (trial.given[rows] == arm)[order], trial.outcome[rows][order].astype(float)
    in_arm, in_control = np.cumsum(treated), np.cumsum(~treated)
    share = np.arange(1, len(order) + 1) / len(order)
    gain = (np.cumsum(outcome * treated) / np.maximum(in_arm, 1) - np.cumsum(outcome * ~treated) / np.maximum(in_control, 1)) * share
    return float((gain - share * gain[-1]).mean())


def policy_value(trial: Trial, policy: np.ndarray) -> float:
    """Share with the outcome where everybody is given the policy's arm: the rows that were, each counted 1 / its arm's share (Hajek)."""
    share = np.bincount(trial.given, minlength=len(trial.arms)) / len(trial.given)
    weight = (trial.given == policy) / share[trial.given]
    return float((weight * trial.outcome).sum() / weight.sum())


def measures(trial: Trial, least: float) -> dict[str, float]:
    """All figures of a trial, flat."""
    treated = [n for n in range(len(trial.arms)) if n != trial.control]
    singles = {name: policy_value(trial, np.full(len(trial.given), n)) for n, name in enumerate(trial.arms)}
    value = policy_value(trial, recommended(trial.probability, trial.control, least))
    return (
        {f"ate.{trial.arms[n]}": ate(trial, n) for n in treated}
        | {f"qini.{trial.arms[n]}": qini(trial, n) for n in treated}
        | {f"value.{name}": single for name, single in singles.items()}
        | {"value.policy": value, "gain": value - max(singles.values())}
    )


def evaluation(trial: Trial, least: float, seed: int) -> dict:
    """Every measure with its 95 % interval and standard error from a seeded bootstrap over rows."""
    random, draws = np.random.default_rng(seed), []
    for _ in range(RESAMPLES):
        draws.append(measures(trial.at(random.integers(0, len(trial.given), len(trial.given))), least))
    result = {"rows": len(trial.given)}
    for name, value in measures(trial, least).items():
        drawn = np.array([d[name] for d in draws])
        low, high = np.quantile(drawn, [0.025, 0.975])
        result[name] = {"value": round(value, 6), "low": round(float(low), 5), "high": round(float(high), 5), "se": round(float(drawn.std()), 5)}
    return result


def audit(trial: Trial, groups: pd.Series, least: float) -> list[dict]:
    """Per group: outcome and mean score under the arm that was given, and which share is recommended each arm."""
    chosen, rows = recommended(trial.probability, trial.control, least), []
    for group in sorted(groups.unique()):
        inside = (groups == group).to_numpy()
        rows.append(
            {
                "group": str(group),
                "rows": int(inside.sum()),
                "rate": float(trial.outcome[inside].mean()),
                "meanScore": float(trial.own[inside].mean()),
                "arms": {name: float((chosen[inside] == n).mean()) for n, name in enumerate(trial.arms)},
            }
        )
    return rows


def described(trial: Trial, intercepts: np.ndarray, policy: dict, seed: int) -> tuple[dict, dict, list]:
    """Figures of the outcome under the given arm, the manifest's entries from classes to trial, the reliability plot's bins."""
    chosen = recommended(trial.probability, trial.control, policy["leastUplift"])
    entries = {
        "classes": trial.arms,
        "control": trial.arms[trial.control],
        "intercepts": [float(i) for i in intercepts],
        "policy": policy | {"shares": {name: round(float((chosen == n).mean()), 4) for n, name in enumerate(trial.arms)}},
        "trial": {"holdout": evaluation(trial, policy["leastUplift"], seed)},
    }
    return figures(trial.outcome, trial.own, seed), entries, reliability(trial.outcome, trial.own)
