"""
Trains next-best-action:

    npm run train -- next-best-action --data PATH/hillstrom_email.csv.gz
"""

from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedKFold, train_test_split

import cross_onnx
import uplift
from arm_logistic import ArmLogistic
from card_text import card
from run import HOLDOUT, main
from usecase import SEED, Prepared, UseCase

FOLDS = 5
CUTS = {"recency": range(2, 13), "history": (30, 50, 75, 100, 150, 200, 275, 350, 500, 750, 1000)}


def train(frame, truth, features, arm):
    """Logistic regression over values, with weights per arm; what differs between arms is penalised more than what they share."""
    model = ArmLogistic(features, (), CUTS, CASE.classes, least=20, strength=0.05, pair_scale=1.0, arm_scale=0.6)
    return model.fit(frame, truth, arm)


def split(table, truth) -> tuple[np.ndarray, np.ndarray]:
    """A fifth held out, with every arm and outcome in proportion."""
    return train_test_split(np.arange(len(table)), test_size=HOLDOUT, random_state=SEED, stratify=table["segment"] + truth.astype(str))


def cross_validated(data: Prepared) -> uplift.Trial:
    """Every training row under models that did not see it."""
    probabilities = np.zeros((len(data.rows), len(CASE.classes)))
    for fit, test in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(data.rows, data.table["segment"].iloc[data.rows]):
        probabilities[test] = CASE.probability(CASE.train(data, data.rows[fit]), data.frame.iloc[data.rows[test]])
    return CASE.trial(data, data.rows, probabilities)


def trials(data: Prepared) -> dict:
    """Cross-validation on the training rows: four times as many rows as are held out."""
    return {"crossValidation": uplift.evaluation(cross_validated(data), CASE.confidence["leastUplift"], SEED)}


def own_gates(policy: dict) -> dict:
    """The least that either trial allows: the lower end of the women's Qini, and the gain over the best single arm in standard errors."""
    found = policy["trial"].values()
    return {
        "qini": min(trial["qini.Womens E-Mail"]["low"] for trial in found),
        "gain": min(trial["gain"]["value"] / trial["gain"]["se"] for trial in found),
    }


CASE = UseCase(
    folder=Path(__file__).parent.parent,
    version="1.0.0",
    title="Which e-mail, if any, brings a customer to the shop",
    task="uplift",
    label="visit",
    positive="1",
    classes=("Mens E-Mail", "No E-Mail", "Womens E-Mail"),
    arm="segment",
    control="No E-Mail",
    id_column="row_id",
    # What was done and what came of it; history_segment says what history says.
    not_features=("row_id", "segment", "visit", "conversion", "spend", "history_segment"),
    data={
        "name": "hillstrom_email",
        "file": "hillstrom_email.csv.gz",
        "licence": "published by its author for free use, without a formal licence text",
        "source": "Kevin Hillstrom, MineThatData E-Mail Analytics And Data Mining Challenge (2008), a randomised trial with three arms",
    },
    environment="HILLSTROM_EMAIL_CSV",
    fit=train,
    export=cross_onnx.export_arms,
    split=split,
    split_words=f"scikit-learn train_test_split over the rows, {HOLDOUT:.0%} held out, stratified by arm and visit, random_state {SEED}; row_id of the held-out rows in holdout.txt",
    confidence={
        "leastUplift": 0.005,
        "why": "an e-mail costs as much (sending, and readers who leave) as one visit in two hundred brings",
        "exploration": 0.05,
    },
    gates={"auc": 0.63, "ece": 0.015, "qini": 0, "gain": -1, "groupCalibration": 0.03, "onnx": 1e-5},
    max_defaults=3,
    card=card,
    words={"share": "that visited"},
    audit=lambda table: {
        "goods": table["mens"].map({"0": "no men's", "1": "men's"}) + table["womens"].map({"0": ", no women's", "1": ", women's"}),
        "area": table["zip_code"],
        "channel": table["channel"],
    },
    trials=trials,
    own_gates=own_gates,
    whole=("recency",),
)

if __name__ == "__main__":
    main(CASE)
