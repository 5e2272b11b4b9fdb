"""What a model does on the held-out rows, and the policy that follows: for two classes, for several, and for the arms of a trial."""

from dataclasses import dataclass

import numpy as np

import uplift
from figures import best_of, by_group, class_figures, coverage_point, figures, operating_point, reliability
from usecase import SEED, Prepared, UseCase


@dataclass
class Outcome:
    """Figures, the manifest's entries from classes to operating points, the reliability plot's bins, the audit."""

    holdout: dict
    policy: dict
    bins: list
    groups: dict


def outcome(case: UseCase, data: Prepared, model) -> Outcome:
    """Measured on the held-out rows."""
    probabilities, truth = case.probability(model, data.frame.iloc[data.held]), data.truth[data.held]
    if case.task == "uplift":
        return arms(case, data, model, probabilities)
    audit = {name: groups.iloc[data.held] for name, groups in case.audit(data.table).items()}
    return (several if case.task == "multiclass" else binary)(case, model, probabilities, truth, audit)


def binary(case: UseCase, model, score: np.ndarray, truth: np.ndarray, audit: dict) -> Outcome:
    """One probability, one threshold."""
    point = operating_point(truth, score, case.threshold)
    policy = {
        "classes": list(case.classes),
        "positive": case.positive,
        "intercept": float(np.float32(model.intercept_[0])),
        "threshold": {"label": case.threshold, "costs": case.costs} | {k: v for k, v in point.items() if k != "threshold"},
        "operatingPoints": [operating_point(truth, score, t) for t in case.points],
    }
    groups = {name: by_group(g, truth, score, case.threshold) for name, g in audit.items()}
    return Outcome(figures(truth, score, SEED), policy, reliability(truth, score), groups)


def several(case: UseCase, model, probabilities: np.ndarray, truth: np.ndarray, audit: dict) -> Outcome:
    """The best class and how sure it is: below the first gate nothing is said, above the second it is done."""
    best, confidence = best_of(probabilities, model.classes_)
    right = (best[:, 0] == truth).astype(int)
    policy = {
        "classes": [str(c) for c in model.classes_],
        "intercepts": [float(i) for i in model.intercept_],
        "gates": {
            name: gate | {k: v for k, v in coverage_point(right, confidence, gate["from"]).items() if k != "threshold"}
            for name, gate in case.confidence.items()
        },
        "operatingPoints": [coverage_point(right, confidence, t) for t in case.points],
    }
    groups = {name: by_group(g, right, confidence, case.threshold) for name, g in audit.items()}
    return Outcome(class_figures(truth, probabilities, model.classes_, SEED), policy, reliability(right, confidence), groups)


def arms(case: UseCase, data: Prepared, model, probabilities: np.ndarray) -> Outcome:
    """A probability per arm, and the arm that is recommended."""
    trial = case.trial(data, data.held, probabilities)
    found, policy, bins = uplift.described(trial, model.intercept_, case.confidence, SEED)
    least = case.confidence["leastUplift"]
    groups = {name: uplift.audit(trial, groups.iloc[data.held], least) for name, groups in case.audit(data.table).items()}
    return Outcome(found, policy, bins, groups)
