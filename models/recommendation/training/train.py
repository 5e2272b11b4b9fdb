"""
Trains recommendation: the shipped model on made-up purchases, or one of your own on a CSV of customer, time and item:

    npm run train -- recommendation
    npm run train -- recommendation --evaluate PATH/incident_event_log.csv.gz      (MAVEN_CRM_CSV names the second public set)
    npm run train -- recommendation --data PATH/purchases.csv                      (to .signalbox/models/recommendation)
"""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

import cross_onnx
import history
import incidents
import rivals
import sequences
from card_text import card
from cross_logistic import CrossLogistic
from figures import RESAMPLES, class_figures
from generate import generate
from run import HOLDOUT, main, prepared
from usecase import SEED, Prepared, UseCase

PAIRS = [("last", "before")]
# Inverse penalties of the weights; with the first they are nothing, and everybody is recommended the most popular.
STRENGTHS = (1e-9, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
DEALS = "MAVEN_CRM_CSV"


def train(frame, truth, features):
    """
    Softmax regression over the last two, what a customer has, and the pair of the last two; a weight per item. Weights are drawn to
    nothing, which is the most popular, as far as the newest of the training rows ask for.
    """
    cuts = {f["name"]: [0.5] for f in features if f["kind"] == "flag"}

    def fitted(strength: float, rows) -> CrossLogistic:
        return CrossLogistic(features, PAIRS, cuts, least=5, strength=strength, pair_scale=0.5).fit(frame.iloc[rows], truth[rows])

    cut = int(len(truth) * (1 - HOLDOUT))
    newest = np.arange(cut, len(truth))
    losses = [losses_of(fitted(strength, np.arange(cut)), frame.iloc[newest], truth[newest]) for strength in STRENGTHS]
    return fitted(STRENGTHS[least_needed(losses)], np.arange(len(truth)))


def losses_of(model: CrossLogistic, frame, truth: np.ndarray) -> np.ndarray:
    """-log of the probability of what was taken; of an item that the model does not know, of one in a million."""
    own = np.minimum(np.searchsorted(model.classes_, truth), len(model.classes_) - 1)
    known = model.classes_[own] == truth
    return -np.log(np.where(known, model.predict_proba(frame)[np.arange(len(truth)), own], 1e-6))


def least_needed(losses: list[np.ndarray]) -> int:
    """The first of the candidates, the most popular among them, that is within a standard error of the best."""
    best = losses[int(np.argmin([one.mean() for one in losses]))]
    beyond = [one - best for one in losses]
    return next(n for n, more in enumerate(beyond) if more.mean() <= more.std() / np.sqrt(len(more)))


def split(table: pd.DataFrame, _truth) -> tuple[np.ndarray, np.ndarray]:
    """What was known at a moment trains; held out is the last of each customer, where it came later."""
    cut = table["next_time"].sort_values().iloc[int(len(table) * (1 - HOLDOUT))]
    last = ~table["customer"].duplicated(keep="last")
    return np.flatnonzero(table["next_time"] < cut), np.flatnonzero((table["next_time"] >= cut) & last)


def measured(truth: np.ndarray, probabilities: np.ndarray, classes: np.ndarray) -> dict:
    """Figures with the mean reciprocal rank of what was taken; 0 where it is not known."""
    own = np.where(np.isin(truth, classes), np.searchsorted(classes, truth), 0)
    ranks = 1 + (probabilities > np.take_along_axis(probabilities, np.minimum(own, len(classes) - 1)[:, None], axis=1)).sum(axis=1)
    reciprocal, random = np.where(np.isin(truth, classes), 1 / ranks, 0), np.random.default_rng(SEED)
    means = [reciprocal[random.integers(0, len(truth), len(truth))].mean() for _ in range(RESAMPLES)]
    low, high = np.quantile(means, [0.025, 0.975])
    return class_figures(truth, probabilities, classes, SEED) | {"mrr": {"value": round(float(reciprocal.mean()), 6), "low": round(float(low), 4), "high": round(float(high), 4)}}


def compared(data: Prepared, model, own: str, names: tuple[str, str, str]) -> dict:
    """The model and its rivals on the held-out rows."""
    known, held, classes = data.table.iloc[data.rows], data.table.iloc[data.held], model.classes_
    truth = data.truth[data.held]
    scores = {
        own: model.predict_proba(data.frame.iloc[data.held]),
        names[0]: rivals.popular(known, held, classes),
        names[1]: rivals.together(known, held, classes, past_of(data)),
        names[2]: rivals.markov(known, held, classes),
    }
    return {name: measured(truth, found, classes) for name, found in scores.items()}


def past_of(data: Prepared) -> pd.Series:
    """What the customers of the held-out rows have."""
    whole = pd.Series(rivals.histories(data.raw).to_numpy(), index=data.raw["row_id"])
    return whole.loc[data.table["row_id"].iloc[data.held]]


def supported(features: list[dict], data: Prepared) -> list[dict]:
    """The declarations with the counts that reasons show."""
    truth, frame, found = data.truth[data.rows], data.frame.iloc[data.rows], []
    for feature in features:
        if feature["kind"] == "categorical":
            counts = pd.crosstab(frame[feature["name"]].to_numpy(), truth)
            support = {str(v): {"of": int(row.sum()), "times": {str(c): int(n) for c, n in row.items() if n}} for v, row in counts.iterrows()}
            feature = feature | {"support": support}
        found.append(feature)
    return found


def files(data: Prepared, _model) -> dict:
    """The purchases of the customers that are held out first, so that figures can be recomputed, and a fixture of what the past says."""
    customers = set(data.table["customer"].iloc[data.held])
    made = data.raw[data.raw["customer"].isin(customers)]
    lines = history.fixture(data.history, made.iloc[:400])
    return {"history.jsonl": ("\n".join(lines) + "\n").encode(), "held-out.csv.gz": history.compressed(made[["row_id", "customer", "time", "item", "next"]])}


CASE = UseCase(
    folder=Path(__file__).parent.parent,
    version="1.1.0",
    title="What a customer takes next",
    task="multiclass",
    label="next",
    classes=(),
    truth=lambda table: table["next"].to_numpy().astype(object),
    usable=lambda table: (table["next"] != "").to_numpy(),
    id_column="row_id",
    not_features=("row_id", "size", "next", "next_time"),
    data={
        "name": "generated purchases",
        "file": "purchases.csv",
        "licence": "the project's own",
        "source": "models/recommendation/training/generate.py, which makes the purchases up",
    },
    environment=incidents.ENVIRONMENT,
    fit=train,
    export=cross_onnx.export,
    generate=generate,
    split=split,
    split_words="in time: the purchases before the moment when four fifths of them were made train; held out is the last purchase of each customer who made one later, to be told from all before it; row_id of the purchase before in holdout.txt",
    confidence={
        "suggest": {"from": 0.25, "why": "one in four recommendations is taken up; below, the popular is as good"},
        "automate": {"from": 0.5, "why": "sent without asking only where it is taken more often than not"},
    },
    points=(0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
    gates={"top1": 0.25, "top3": 0.55, "ece": 0.03, "groupCalibration": 0.12, "onnx": 1e-5},
    metrics=lambda data, model: compared(data, model, "holdout", ("popular", "together", "markov")),
    describe=supported,
    files=files,
    max_defaults=1,
    card=card,
    words={"share": "rightly told"},
    audit=lambda table: {"size of the customer, which no model sees": table["size"]},
)


def own_purchases(path: Path) -> pd.DataFrame:
    """A tenant's own: customer, time (ISO 8601) and item."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    times = pd.to_datetime(table["time"], format="ISO8601", utc=True).dt.tz_localize(None)
    return sequences.with_next(table[["customer", "item"]].assign(time=times))


def public(data: Prepared, _model) -> dict:
    """The same recipe, trained and held out on each of the public sequences."""
    found = compared(data, CASE.train(data, data.rows), "incidents", ("incidentsPopular", "incidentsTogether", "incidentsMarkov"))
    if os.environ.get(DEALS):
        deals = prepared(replace(CASE, read=sequences.deals), Path(os.environ[DEALS]))
        found |= compared(deals, CASE.train(deals, deals.rows), "deals", ("dealsPopular", "dealsTogether", "dealsMarkov"))
    return found


OWN = replace(
    CASE,
    title="What a customer takes next, trained on the purchases of this machine",
    data={"name": "own purchases", "file": "purchases.csv", "licence": "yours", "source": "the file that was given"},
    read=own_purchases,
    gates={"onnx": 1e-5},
)
PUBLIC = replace(CASE, read=sequences.incidents, rivals=public)

if __name__ == "__main__":
    main(replace(CASE, real=OWN, public=PUBLIC))
