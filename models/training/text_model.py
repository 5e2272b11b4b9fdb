"""The two halves of a text model and how they are put together: the sum of their log-odds, weighed once for all classes."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from text_words import Words, in_bytes
from textcase import TextCase

FOLDS, SEED = 5, 42


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities, row by row."""
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


@dataclass
class WordHalf:
    """TF-IDF and a linear model over it, as it is served: weights in bytes."""

    words: Words
    weights: np.ndarray
    scale: np.ndarray
    intercept: np.ndarray

    def logits(self, counts: list[dict]) -> np.ndarray:
        """Log-odds of each class, up to what is common to all."""
        return self.words.matrix(counts).multiply(self.scale).tocsr() @ self.weights.astype(np.float64) + self.intercept


@dataclass
class SentenceHalf:
    """A linear model over the mean of the encoder's hidden states."""

    weights: np.ndarray
    intercept: np.ndarray

    def logits(self, means: np.ndarray) -> np.ndarray:
        """Log-odds of each class, up to what is common to all."""
        return means.astype(np.float64) @ self.weights.T.astype(np.float64) + self.intercept


def linear(matrix, truth: np.ndarray, strength: float) -> LogisticRegression:
    """Multinomial logistic regression."""
    return LogisticRegression(C=strength, max_iter=2000, tol=1e-4).fit(matrix, truth)


def fit_words(case: TextCase, counts: list[dict], truth: np.ndarray) -> WordHalf:
    """Vocabulary and weights from these texts."""
    words = Words(counts, case.least, case.most)
    model = linear(words.matrix(counts), truth, case.strength["words"])
    return WordHalf(words, *in_bytes(model.coef_.T), model.intercept_.astype(np.float32))


def fit_sentence(case: TextCase, means: np.ndarray, truth: np.ndarray) -> SentenceHalf:
    """Weights from these texts."""
    model = linear(means, truth, case.strength["sentence"])
    return SentenceHalf(model.coef_.astype(np.float32), model.intercept_.astype(np.float32))


def out_of_fold(case: TextCase, counts: list[dict], means: np.ndarray, truth: np.ndarray) -> list[np.ndarray]:
    """Log-odds of both halves for every text by a model that has not seen it."""
    logits = [np.zeros((len(truth), len(np.unique(truth)))) for _ in range(2)]
    for train, rest in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(means, truth):
        logits[0][rest] = fit_words(case, [counts[n] for n in train], truth[train]).logits([counts[n] for n in rest])
        logits[1][rest] = fit_sentence(case, means[train], truth[train]).logits(means[rest])
    return logits


def weigh(halves: list[np.ndarray], truth: np.ndarray) -> list[float]:
    """The weight of each half's log-odds at which the log-loss is least; for one half it is 1 / temperature."""

    def loss(weights: np.ndarray) -> float:
        logits = sum(w * half for w, half in zip(weights, halves))
        most = logits.max(axis=1)
        return float((most + np.log(np.exp(logits - most[:, None]).sum(axis=1)) - logits[np.arange(len(truth)), truth]).mean())

    found = minimize(loss, np.ones(len(halves)), method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-7})
    return [round(float(w), 4) for w in found.x]
