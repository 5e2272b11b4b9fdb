"""
Trains anomaly: how surprising a deviation is among ordinary events, which the project's generator makes up.

    npm run train -- anomaly
    npm run train -- anomaly --evaluate PATH/incident_event_log.csv.gz
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

import history
import incident_days
import incidents
import rivals
from card_text import card
from figures import figures
from generate import generate
from run import main
from surprise import Surprise
from usecase import SEED, Prepared, UseCase

# One in a thousand ordinary events may be called anomalous.
BUDGET = 0.001
WEEK = 7 * history.DAY


def part(table, name: str) -> np.ndarray:
    """Rows of one part of the made-up events."""
    return np.flatnonzero((table["part"] == name).to_numpy())


def scored_by(size: np.ndarray, ordinary: np.ndarray) -> np.ndarray:
    """Any measure of how unusual something is on the model's own scale, by the share of ordinary events that are as unusual."""
    share = (1 + len(ordinary) - np.searchsorted(np.sort(ordinary), size, side="left")) / (1 + len(ordinary))
    return BUDGET / (BUDGET + share)


def metrics(data: Prepared, _model) -> dict:
    """The rivals on the held-out rows."""
    found = {}
    for name, size in {"naive": rivals.naive(data.table), "isolationForest": rivals.forest(data.table, data.rows)}.items():
        found[name] = figures(data.truth[data.held], scored_by(size[data.held], size[data.rows]), SEED)
    return found


def further(data: Prepared, model) -> dict:
    """False alarms among events without any anomaly, of series that nothing was calibrated on."""
    clean = part(data.table, "clean")
    table = data.table.iloc[clean]
    called = CASE.probability(model, data.frame.iloc[clean]) >= CASE.threshold
    at = history.milliseconds(table["time"])
    weeks = sum((at[rows].max() - at[rows].min()) / WEEK for rows in table.groupby("record").indices.values())
    alarms = int(called.sum())
    return {"falseAlarms": {"budget": BUDGET, "rows": len(clean), "alarms": alarms, "share": round(alarms / len(clean), 6), "perRecordWeek": round(alarms / weeks, 4)}}


def files(data: Prepared, _model) -> dict:
    """The held-out events, so that the figures can be recomputed, and a fixture of what the past says."""
    columns = ["row_id", "record", "group", "time", "value", "kind", "anomaly"]
    made = data.raw[data.raw["part"] == "held"]
    some = made[made["record"].isin(["held-daily-0", "held-irregular-1", "held-irregular-3", "held-sensor-3"])]
    lines = history.fixture(data.history, some)
    return {"held-out.csv.gz": history.compressed(made[columns]), "history.jsonl": ("\n".join(lines) + "\n").encode()}


CASE = UseCase(
    folder=Path(__file__).parent.parent,
    version="1.1.0",
    title="How unusual an event is for its record, by value and by number, at this hour and weekday",
    score_word="unusual",
    label="anomaly",
    positive="anomalous",
    classes=("normal", "anomalous"),
    truth=lambda table: table["anomaly"].astype(int).to_numpy(),
    # Too little of the past: no score.
    usable=lambda table: ((table["history.value"] != "") | (table["history.rate"] != "")).to_numpy(),
    id_column="row_id",
    not_features=("row_id", "part", "kind", "anomaly"),
    data={
        "name": "generated events",
        "file": "events.csv",
        "licence": "the project's own",
        "source": "models/anomaly/training/generate.py, which makes the events up",
    },
    environment=incidents.ENVIRONMENT,
    fit=lambda frame, truth, features: Surprise().fit(frame, BUDGET),
    generate=generate,
    split=lambda table, truth: (part(table, "train"), part(table, "held")),
    split_words="other records: the surprise of deviations is calibrated on the events of some, which have no anomalies; held out are those of others, with anomalies put in (held-out.csv.gz; row_id in holdout.txt); false alarms are counted on a third set, without any",
    costs={
        "falsePositive": 1,
        "falseNegative": 1,
        "unit": "looks",
        "why": f"a score of one half is where one in {1 / BUDGET:,.0f} ordinary events is as unusual, the budget of false alarms",
    },
    points=(0.1, 0.3, 0.5, 0.7, 0.9, 0.99),
    gates={"auc": 0.7, "prAuc": 0.4, "ece": 0.02, "groupCalibration": 0.05, "falseAlarms": 0.002, "onnx": 1e-5},
    own_gates=lambda policy: {"falseAlarms": policy["falseAlarms"]["share"]},
    further=further,
    files=files,
    max_defaults=1,
    card=card,
    words={"share": "that were anomalous"},
    audit=lambda table: {"kind of record": table["kind"]},
    metrics=metrics,
)


def public(data: Prepared, model) -> dict:
    """The model and the naive z-score on the public days, all of them and those of groups by which nothing was chosen."""
    size = rivals.naive(data.table)
    scores = {"": CASE.probability(model, data.frame), "Naive": scored_by(size, size)}
    # A day stands in every draw: its rows are drawn together.
    days = data.table["time"].to_numpy()
    found = {}
    for name, rows in {"real": np.arange(len(days)), "tested": part(data.table, "tested")}.items():
        found |= {name + of: figures(data.truth[rows], score[rows], SEED, days[rows]) for of, score in scores.items()}
    return found


REAL = replace(
    CASE,
    data=incidents.DATA,
    read=incident_days.read,
    rivals=public,
    split=lambda table, truth: (np.arange(0), np.arange(len(table))),
)

if __name__ == "__main__":
    main(replace(CASE, real=REAL, public=REAL))
