"""The two halves of a text model and how they are put together: the sum of their log-odds, weighed once for all classes."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from text_words import Words, in_bytes
from textcase import Split, TextCase

FOLDS, SEED = 5, 42


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities, row by row."""
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


@dataclass
class Texts:
    """A data set made ready: texts, label of each, term counts, mean hidden states, the split."""

    table: pd.DataFrame
    texts: list[str]
    truth: np.ndarray
    counts: list[dict]
    means: np.ndarray
    split: Split


def log_loss(logits: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Of each row."""
    most = logits.max(axis=1)
    return most + np.log(np.exp(logits - most[:, None]).sum(axis=1)) - logits[np.arange(len(truth)), truth]


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


def out_of_fold(case: TextCase, data: Texts, codes: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """
    Log-odds of both halves for every training text by a model that has not seen it, and for the texts of no class, which no
    model has seen: a fifth of them by the model of each fold.
    """
    rows, outside, truth = data.split.train, data.split.beyond, codes[data.split.train]
    outside = np.array([], int) if outside is None else outside
    inner, outer = ([np.zeros((len(some), len(np.unique(truth)))) for _ in range(2)] for some in (rows, outside))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(rows, truth)
    for fold, (train, rest) in enumerate(folds):
        words = fit_words(case, [data.counts[n] for n in rows[train]], truth[train])
        sentence = fit_sentence(case, data.means[rows[train]], truth[train])
        own = np.arange(len(outside)) % FOLDS == fold
        for logits, places, some in ((inner, rest, rows[rest]), (outer, own, outside[own])):
            if len(some):
                logits[0][places] = words.logits([data.counts[n] for n in some])
                logits[1][places] = sentence.logits(data.means[some])
    return inner, outer


def weigh(halves: list[np.ndarray], truth: np.ndarray) -> list[float]:
    """The weight of each half's log-odds at which the log-loss is least; for one half it is 1 / temperature."""

    def loss(weights: np.ndarray) -> float:
        logits = sum(w * half for w, half in zip(weights, halves))
        return float(log_loss(logits, truth).mean())

    found = minimize(loss, np.ones(len(halves)), method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-7})
    return [round(float(w), 4) for w in found.x]
