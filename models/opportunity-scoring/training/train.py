"""
Trains opportunity-scoring: the shipped model on made-up opportunities, or one of your own on real ones, which never enters the
repository:

    npm run train -- opportunity-scoring
    npm run train -- opportunity-scoring --evaluate PATH/salvirt_b2b.csv
    npm run train -- opportunity-scoring --data PATH/salvirt_b2b.csv      (to .signalbox/models/opportunity-scoring)
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
from interpret.glassbox import ExplainableBoostingClassifier
from sklearn.model_selection import StratifiedGroupKFold

from card_text import card
from figures import figures
from generate import generate
from run import main
from usecase import SEED, Prepared, UseCase

FOLDS, REPEATS = 5, 5


def ebm(frame, truth, features):
    """One EBM, a table per feature: there are too few real deals for pairs."""
    names = [f["name"] for f in features]
    model = ExplainableBoostingClassifier(
        feature_names=names, feature_types=["nominal"] * len(names), interactions=0, outer_bags=8, random_state=SEED, n_jobs=1
    )
    return model.fit(frame[names], truth)


def alike(data: Prepared, rows: np.ndarray) -> np.ndarray:
    """Which rows have the same features: they must not stand on both sides of a split."""
    return data.frame.iloc[rows].astype(str).agg("|".join, axis=1).to_numpy()


def split(table, truth) -> tuple[np.ndarray, np.ndarray]:
    """A fifth held out, rows with the same features together."""
    columns = [column for column in table.columns if column not in ("row_id", "Status")]
    groups = table[columns].agg("|".join, axis=1)
    return next(StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED).split(table, truth, groups))


def cross_validated(data: Prepared, rows: np.ndarray) -> dict:
    """Every row scored by models that did not see it or one like it, several times over."""
    truth, groups, scores = data.truth[rows], alike(data, rows), []
    for repeat in range(REPEATS):
        score = np.zeros(len(rows))
        for fit, test in StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED + repeat).split(rows, truth, groups):
            model = ebm(data.frame.iloc[rows[fit]], truth[fit], data.features)
            score[test] = model.predict_proba(data.frame.iloc[rows[test]])[:, 1]
        scores.append(score)
    return figures(np.tile(truth, REPEATS), np.concatenate(scores), SEED)


CASE = UseCase(
    folder=Path(__file__).parent.parent,
    version="1.0.0",
    title="How likely an opportunity is to be won",
    label="Status",
    positive="Won",
    classes=("Lost", "Won"),
    id_column="row_id",
    not_features=("row_id", "Status"),
    data={
        "name": "generated opportunities",
        "file": "opportunities.csv",
        "licence": "the project's own",
        "source": "models/opportunity-scoring/training/generate.py, which makes the rows up",
    },
    environment="SALVIRT_B2B_CSV",
    fit=ebm,
    generate=generate,
    split=split,
    split_words=f"scikit-learn StratifiedGroupKFold over the rows, the first of {FOLDS} folds held out, rows with the same features together, random_state {SEED}; row_id of the held-out rows in holdout.txt",
    costs={"falsePositive": 1, "falseNegative": 1, "unit": "pursuits", "why": "a pursuit that is lost costs as much as a deal that is let go"},
    points=(0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8),
    gates={"auc": 0.75, "ece": 0.06, "groupCalibration": 0.08, "groupRecall": 0.35, "groupSelection": 0.5, "onnx": 1e-5},
    disparity="no person is judged; new clients buy less often than current ones",
    max_defaults=8,
    card=card,
    words={"share": "that were won"},
    audit=lambda table: {"size of the company": table["Comp_size"], "client": table["Client"]},
)
REAL = replace(
    CASE,
    title="How likely an opportunity is to be won, trained on the rows of this machine",
    data={
        "name": "salvirt_b2b",
        "file": "salvirt_b2b.csv",
        "licence": "not verified: for evaluation only, do not ship this model",
        "source": "Salvirt B2B sales history (Bohanec, Kljajic Borstnar, Robnik-Sikonja 2017, Expert Systems with Applications 71)",
    },
    gates={"crossValidation.auc": 0.79, "groupCalibration": 0.2, "onnx": 1e-5},
    metrics=lambda data, model: {"crossValidation": cross_validated(data, np.arange(len(data.table)))},
)

if __name__ == "__main__":
    main(replace(CASE, real=REAL))
