"""
Trains predictive-maintenance:

    npm run train -- predictive-maintenance --data PATH/ai4i2020.csv
"""

from pathlib import Path

import numpy as np
from interpret.glassbox import ExplainableBoostingClassifier
from sklearn.model_selection import StratifiedKFold

from card_text import card
from figures import figures, operating_point
from run import main
from usecase import SEED, Prepared, UseCase

FOLDS = 5
# What the physics joins: a grade bears a certain strain, and heat builds up where slow turning meets a small temperature gap.
PAIRS = [("type", "strain"), ("rotationalSpeed", "temperatureGap")]
# Failures lie in the tails, where EBM's usual 32 or 64 bins of equal count are far too wide.
INTERACTION_BINS = 256
POINTS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7)


def train(frame, truth, features):
    """One EBM: a curve per feature and the two pairs."""
    names = [f["name"] for f in features]
    model = ExplainableBoostingClassifier(
        feature_names=names,
        feature_types=["nominal" if f["kind"] == "categorical" else "continuous" for f in features],
        interactions=[(names.index(a), names.index(b)) for a, b in PAIRS],
        max_interaction_bins=INTERACTION_BINS,
        outer_bags=8,
        random_state=SEED,
        n_jobs=1,
    )
    return model.fit(frame, truth)


def cross_validated(data: Prepared) -> tuple[np.ndarray, np.ndarray]:
    """Every training row scored by a model that did not see it: with so few failures among the held-out rows, the figure to read."""
    truth, score = data.truth[data.rows], np.zeros(len(data.rows))
    for fit, test in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(data.rows, truth):
        model = train(data.frame.iloc[data.rows[fit]], truth[fit], data.features)
        score[test] = model.predict_proba(data.frame.iloc[data.rows[test]])[:, 1]
    return truth, score


def metrics(data: Prepared, _model) -> dict:
    """Cross-validation on the training rows, with the F1 at the threshold."""
    truth, score = cross_validated(data)
    point = operating_point(truth, score, CASE.threshold)
    f1 = 2 * point["precision"] * point["recall"] / (point["precision"] + point["recall"])
    return {"crossValidation": figures(truth, score, SEED) | {"f1": {"value": round(f1, 4)}}}


CASE = UseCase(
    folder=Path(__file__).parent.parent,
    version="1.0.0",
    title="How likely a machine is to fail in its present state",
    label="Machine_failure",
    positive="failure",
    classes=("no failure", "failure"),
    truth=lambda table: (table["Machine_failure"] == "1").to_numpy().astype(int),
    id_column="UDI",
    # The failure modes are the label; the others count rows and name products.
    not_features=("UDI", "Product ID", "Machine_failure", "TWF", "HDF", "PWF", "OSF", "RNF"),
    data={
        "name": "ai4i2020",
        "file": "ai4i2020.csv",
        "licence": "CC BY 4.0",
        "source": "UCI Machine Learning Repository, AI4I 2020 Predictive Maintenance (Matzka 2020), doi 10.24432/C5HS5C",
    },
    environment="AI4I2020_CSV",
    fit=train,
    costs={
        "falsePositive": 1,
        "falseNegative": 1.5,
        "unit": "stops",
        "why": "a failure that comes as a surprise costs one and a half needless stops: both stop the machine, the surprise spoils a workpiece too",
    },
    points=POINTS,
    gates={"prAuc": 0.87, "crossValidation.prAuc": 0.87, "crossValidation.f1": 0.85, "ece": 0.01, "groupCalibration": 0.02, "groupRecall": 0.2, "groupSelection": 0.8, "onnx": 1e-5},
    disparity="no person is judged; grades of quality differ little",
    max_defaults=2,
    card=card,
    words={"share": "that failed"},
    audit=lambda table: {"quality grade": table["Type"]},
    metrics=metrics,
    whole=("rotationalSpeed", "toolWear"),
    raw_ranges={"Air temperature [K]": (295.3, 304.5), "Process temperature [K]": (305.7, 313.8)},
)

if __name__ == "__main__":
    main(CASE)
