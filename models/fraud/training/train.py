"""
Trains fraud: the shipped model on made-up claims, or one of your own on the real ones, which never enters the repository:

    npm run train -- fraud
    npm run train -- fraud --evaluate PATH/vehicle_claim_fraud.csv.gz
    npm run train -- fraud --data PATH/vehicle_claim_fraud.csv.gz      (to .signalbox/models/fraud)
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
from interpret.glassbox import ExplainableBoostingClassifier

from card_text import card
from figures import figures
from generate import generate
from run import HOLDOUT, main
from usecase import SEED, Prepared, UseCase

PAIRS = 10
CALENDAR = ("accidentMonth", "accidentDay", "accidentWeek", "claimMonth", "claimDay", "claimWeek", "year")


def ebm(frame, truth, features):
    """One EBM: a table per feature and ten pairs that it finds itself."""
    names = [f["name"] for f in features]
    model = ExplainableBoostingClassifier(
        feature_names=names, feature_types=["nominal"] * len(names), interactions=PAIRS, outer_bags=8, random_state=SEED, n_jobs=1
    )
    return model.fit(frame[names], truth)


def measured(data: Prepared, features: list[dict], rows: np.ndarray, held: np.ndarray) -> dict:
    """Figures on some rows of a model of others."""
    names = [f["name"] for f in features]
    model = ebm(data.frame.iloc[rows], data.truth[rows], features)
    return figures(data.truth[held], model.predict_proba(data.frame[names].iloc[held])[:, 1], SEED)


def metrics(data: Prepared, _model) -> dict:
    """The split in time, and both splits without month, day, week and year; PolicyNumber counts the claims in order of time."""
    order = np.argsort(data.table["PolicyNumber"].astype(int).to_numpy(), kind="stable")
    past, future = np.split(order, [round(len(order) * (1 - HOLDOUT))])
    timeless = [f for f in data.features if f["name"] not in CALENDAR]
    return {
        "time": measured(data, data.features, past, future),
        "withoutCalendar": measured(data, timeless, data.rows, data.held),
        "timeWithoutCalendar": measured(data, timeless, past, future),
    }


CASE = UseCase(
    folder=Path(__file__).parent.parent,
    version="1.0.0",
    title="How likely a motor claim is to be fraudulent",
    label="FraudFound_P",
    positive="fraud",
    classes=("honest", "fraud"),
    truth=lambda table: (table["FraudFound_P"] == "1").to_numpy().astype(int),
    id_column="PolicyNumber",
    # The label; a counter of the rows; the clerk; protected attributes, which are kept for the audit. Age 0 stands for unknown.
    not_features=("FraudFound_P", "PolicyNumber", "RepNumber", "Sex", "MaritalStatus", "Age", "AgeOfPolicyHolder"),
    data={
        "name": "generated claims",
        "file": "claims.csv",
        "licence": "the project's own",
        "source": "models/fraud/training/generate.py, which makes the rows up",
    },
    environment="VEHICLE_CLAIM_FRAUD_CSV",
    fit=ebm,
    generate=generate,
    costs={"falsePositive": 1, "falseNegative": 9, "unit": "examinations", "why": "a fraud that is paid costs as much as nine examinations of honest claims"},
    points=(0.05, 0.1, 0.15, 0.2, 0.3),
    gates={"auc": 0.75, "ece": 0.02, "groupCalibration": 0.04, "groupRecall": 0.25, "groupSelection": 0.8, "onnx": 1e-5},
    disparity="who is examined waits for the claim: four fifths, and a difference in recall that a dozen frauds in a group make by chance",
    max_defaults=9,
    card=card,
    words={"share": "that were fraud"},
    audit=lambda table: {"sex": table["Sex"].replace("", "unknown"), "marital status": table["MaritalStatus"].replace("", "unknown"), "age": table["AgeOfPolicyHolder"]},
)
REAL = replace(
    CASE,
    title="How likely a motor claim is to be fraudulent, trained on the rows of this machine",
    data={
        "name": "vehicle_claim_fraud",
        "file": "vehicle_claim_fraud.csv.gz",
        "licence": "not verified: for evaluation only, do not ship this model",
        "source": "Oracle/Angoss sample of motor claims 1994 to 1996 (fraud_oracle.csv)",
    },
    gates={"auc": 0.82, "prAuc": 0.21, "ece": 0.02, "groupCalibration": 0.06, "onnx": 1e-5},
    metrics=metrics,
)

if __name__ == "__main__":
    main(replace(CASE, real=REAL))
