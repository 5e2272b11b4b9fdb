"""What the model has to beat, on the same rows: the most popular, what goes together, and what follows the last."""

import numpy as np
import pandas as pd
from scipy import sparse

# Customers by which what few have together is drawn to nothing; observations that the popular counts as, of what follows an item.
SHRINK, PRIOR = 10, 5


def normal(scores: np.ndarray) -> np.ndarray:
    """Scores as probabilities, never 0."""
    scores = scores + 1e-6
    return scores / scores.sum(axis=1, keepdims=True)


def popular(train: pd.DataFrame, held: pd.DataFrame, classes: np.ndarray) -> np.ndarray:
    """The share of each among all that was taken next."""
    shares = train["next"].value_counts(normalize=True).reindex(classes).fillna(0).to_numpy()
    return normal(np.tile(shares, (len(held), 1)))


def markov(train: pd.DataFrame, held: pd.DataFrame, classes: np.ndarray) -> np.ndarray:
    """The share of each among what followed the last item, with a little of the popular."""
    counts = pd.crosstab(train["item"], train["next"]).reindex(columns=classes, fill_value=0)
    shares = popular(train, held, classes)
    own = counts.reindex(held["item"]).fillna(0).to_numpy()
    return normal((own + PRIOR * shares) / (own.sum(axis=1, keepdims=True) + PRIOR))


def together(train: pd.DataFrame, held: pd.DataFrame, classes: np.ndarray, histories: pd.Series) -> np.ndarray:
    """Item to item: cosine of the customers who have both, shrunk, summed over all that a customer has."""
    place = {item: n for n, item in enumerate(classes)}
    baskets = pd.concat([train[["customer", "item"]], train[["customer", "next"]].set_axis(["customer", "item"], axis=1)]).drop_duplicates()
    baskets = baskets[baskets["item"].isin(place)]
    customers, rows = np.unique(baskets["customer"], return_inverse=True)
    has = sparse.csr_matrix((np.ones(len(rows)), (rows, baskets["item"].map(place))), shape=(len(customers), len(classes)))
    both = (has.T @ has).toarray()
    sizes = np.sqrt(np.outer(both.diagonal(), both.diagonal()))
    alike = both / np.maximum(sizes, 1) * both / (both + SHRINK)
    np.fill_diagonal(alike, 0)
    owned = np.zeros((len(held), len(classes)))
    for n, items in enumerate(histories):
        owned[n, [place[item] for item in items if item in place]] = 1
    # What a customer has is not recommended again.
    return normal((owned @ alike) * np.where(owned > 0, 0.02, 1))


def histories(table: pd.DataFrame) -> pd.Series:
    """All that a customer has taken, up to each row."""
    return table.groupby("customer")["item"].transform(lambda items: [tuple(items[: n + 1]) for n in range(len(items))])
