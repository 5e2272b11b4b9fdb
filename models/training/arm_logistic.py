"""
A logistic regression of an outcome on features, on the arm of a trial, and on each feature together with the arm (an S-learner
with treatment interactions). Every value of a feature has one weight per arm: what it adds to the log-odds of the outcome where
that arm is given. Exported like a model with several classes, but each arm has a probability of its own and they do not add up to 1.
"""

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from cross_logistic import CrossLogistic


class ArmLogistic(CrossLogistic):
    """`classes_` are the arms; `arm_scale` below 1 penalises what differs between arms more than what they share."""

    def __init__(self, features: list[dict], pairs, cuts: dict, arms: tuple[str, ...], least: float, strength: float, pair_scale: float, arm_scale: float):
        super().__init__(features, pairs, cuts, least, strength, pair_scale)
        self.classes_, self.arm_scale = np.array(arms), arm_scale

    def fit(self, frame: pd.DataFrame, truth: np.ndarray, arm: np.ndarray) -> "ArmLogistic":
        """Trains; `arm` says which arm each row was given."""
        weight = np.ones(len(truth))
        codes, found, scales, design = self.prepare(frame, weight)
        given = [sparse.diags((arm == name).astype(float)) @ design * self.arm_scale for name in self.classes_]
        constants = sparse.csr_matrix((arm[:, None] == self.classes_[None, 1:]).astype(float))
        model = LogisticRegression(C=self.strength, max_iter=2000, tol=1e-6).fit(sparse.hstack([design, *given, constants]).tocsr(), truth)
        coefficients, width = model.coef_[0], design.shape[1]
        shared = coefficients[:width]
        by_arm = coefficients[width : -constants.shape[1]].reshape(len(self.classes_), width) * self.arm_scale
        intercepts = model.intercept_ + np.concatenate([[0.0], coefficients[-constants.shape[1] :]])
        return self.settle(codes, found, scales, (shared + by_arm).T, intercepts, weight)

    def predict_proba(self, frame: pd.DataFrame) -> np.ndarray:
        """Probability of the outcome under each arm [rows, arms]."""
        logits = self.contributions(frame).sum(axis=1, dtype=np.float64) + self.intercept_
        return 1 / (1 + np.exp(-logits))
