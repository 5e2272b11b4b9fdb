"""How a text model is read anew where it came to: a penalised correction of each half's log-odds, and what it says out of fold."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from sklearn.model_selection import StratifiedKFold

from text_model import FOLDS, SEED, log_loss, softmax

# Penalties of leaving the model, from hardly any to hardly allowed.
PENALTIES = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0)


@dataclass
class Shift:
    """How log-odds are read anew: log-odds @ turn + means @ correct + start."""

    turn: np.ndarray
    correct: np.ndarray
    start: np.ndarray

    def __call__(self, logits: np.ndarray, means: np.ndarray) -> np.ndarray:
        return logits @ self.turn + means @ self.correct + self.start


@dataclass
class Said:
    """What the model says of texts: by words alone, what the sentence adds, how much of the words counts beside it, and mean hidden states."""

    words: np.ndarray
    sentence: np.ndarray
    share: float
    means: np.ndarray

    @property
    def none(self) -> np.ndarray:
        """No hidden states, for the words."""
        return self.means[:, :0]

    def of(self, rows: np.ndarray) -> "Said":
        """Of these texts only."""
        return Said(self.words[rows], self.sentence[rows], self.share, self.means[rows])


@dataclass
class Adapted:
    """Words first, so that they serve alone, too; then the sentence beside them."""

    words: Shift
    sentence: Shift

    def alone(self, said: Said) -> np.ndarray:
        """Log-odds by words alone."""
        return self.words(said.words, said.none)

    def both(self, said: Said) -> np.ndarray:
        """Log-odds by both halves."""
        return said.share * self.alone(said) + self.sentence(said.sentence, said.means)

    @classmethod
    def to(cls, said: Said, truth: np.ndarray) -> "Adapted":
        """Fitted to these labels."""
        words = fitted(said.words, said.none, truth, np.zeros_like(said.words))
        return cls(words, fitted(said.sentence, said.means, truth, said.share * words(said.words, said.none)))


def fit(logits: np.ndarray, means: np.ndarray, truth: np.ndarray, beside: np.ndarray, penalty: float) -> Shift:
    """Multinomial logistic regression beside given log-odds, penalised for leaving the model (turn = 1, correct = 0); the start is free."""
    classes, width = logits.shape[1], means.shape[1]
    unit = np.sqrt((means**2).mean()) if width else 1.0
    read, known = np.hstack([logits, means / unit]), np.eye(classes)[truth]
    kept = np.vstack([np.eye(classes), np.zeros((width, classes))])

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights, start = flat[:-classes].reshape(-1, classes), flat[-classes:]
        told_, away = read @ weights + start + beside, weights - kept
        wrong = softmax(told_) - known
        return log_loss(told_, truth).sum() + penalty / 2 * (away**2).sum(), np.concatenate([(read.T @ wrong + penalty * away).ravel(), wrong.sum(axis=0)])

    found = minimize(loss, np.concatenate([kept.ravel(), np.zeros(classes)]), jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    weights = found[:-classes].reshape(-1, classes)
    return Shift(weights[:classes], weights[classes:] / unit, found[-classes:])


def folds(truth: np.ndarray):
    """Rows that fit and rows that do not."""
    return StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(truth, truth)


def fitted(logits: np.ndarray, means: np.ndarray, truth: np.ndarray, beside: np.ndarray) -> Shift:
    """With the penalty that has the least log-loss on rows that were not fitted."""

    def loss(penalty: float) -> float:
        return sum(
            log_loss(fit(logits[a], means[a], truth[a], beside[a], penalty)(logits[b], means[b]) + beside[b], truth[b]).sum()
            for a, b in folds(truth)
        )  # fmt: skip

    return fit(logits, means, truth, beside, min(PENALTIES, key=loss))


def out_of_fold(said: Said, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What a model says that has not seen the row, its penalties included: by both halves, and by words alone."""
    both, words = np.zeros_like(said.words), np.zeros_like(said.words)
    for a, b in folds(truth):
        found = Adapted.to(said.of(a), truth[a])
        both[b], words[b] = found.both(said.of(b)), found.alone(said.of(b))
    return both, words
