"""
Trains rhythm: how surprising the number of events of an hour is for its stream, among hours that the project's generator makes up.

    npm run train -- rhythm
    npm run train -- rhythm --evaluate PATH/incident_event_log.csv.gz
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

import history
import incidents
import log_hours
from card_text import card
from figures import figures
from generate import generate
from naive import naive
from run import main
from surprise import Surprise
from usecase import SEED, Prepared, UseCase

# One in five thousand ordinary hours of a stream may be called unusual. Streams differ and slow hours come in runs: on streams that are
# not calibrated on it is several times as many (further).
BUDGET = 0.0002
WEEK_HOURS = 168
# What share of the labelled hours of each kind of anomaly is called, for the card.
FOUND: dict[str, dict] = {}


def part(table, name: str) -> np.ndarray:
    """Rows of one part of the made-up hours."""
    return np.flatnonzero((table["part"] == name).to_numpy())


def scored_by(size: np.ndarray, ordinary: np.ndarray) -> np.ndarray:
    """Any measure of how unusual something is on the model's own scale, by the share of ordinary hours that are as unusual."""
    share = (1 + len(ordinary) - np.searchsorted(np.sort(ordinary), size, side="left")) / (1 + len(ordinary))
    return BUDGET / (BUDGET + share)


def metrics(data: Prepared, _model) -> dict:
    """The rival on the held-out rows."""
    size = naive(data.raw)[in_raw(data)]
    return {"naive": figures(data.truth[data.held], scored_by(size[data.held], size[data.rows]), SEED)}


def in_raw(data: Prepared) -> np.ndarray:
    """Which rows of the whole file those with a score are: the rival knows as much of the past."""
    return np.flatnonzero(CASE.usable(data.raw))


def further(data: Prepared, model) -> dict:
    """False alarms in hours without any anomaly, of streams that nothing was calibrated on."""
    clean = part(data.table, "clean")
    alarms = int((CASE.probability(model, data.frame.iloc[clean]) >= CASE.threshold).sum())
    share = alarms / len(clean)
    held = data.table.iloc[data.held].assign(called=CASE.probability(model, data.frame.iloc[data.held]) >= CASE.threshold)
    FOUND.update(held[held["anomaly"].astype(int) == 1].groupby("incident")["called"].agg(["mean", "size"]).to_dict("index"))
    return {"falseAlarms": {"budget": BUDGET, "rows": len(clean), "alarms": alarms, "share": round(share, 6), "perRecordWeek": round(share * WEEK_HOURS, 4)}}


def files(data: Prepared, _model) -> dict:
    """The held-out hours, so that the figures can be recomputed, and a fixture of what the past says."""
    columns = ["row_id", "stream", "time", "count", "what", "kind", "anomaly", "incident"]
    made = data.raw[data.raw["part"] == "held"]
    some = made[made["stream"].isin(["held-office-0", "held-shop-1", "held-import-2"])]
    some = some[some["time"] < "2025-02-06"]
    lines = history.fixture(data.history, some)
    return {"held-out.csv.gz": history.compressed(made[columns]), "history.jsonl": ("\n".join(lines) + "\n").encode()}


CASE = UseCase(
    folder=Path(__file__).parent.parent,
    version="1.1.0",
    title="How unusual the number of events of an hour is for its stream, at that hour and weekday, silence included",
    score_word="unusual",
    label="anomaly",
    positive="unusual",
    classes=("usual", "unusual"),
    truth=lambda table: table["anomaly"].astype(int).to_numpy(),
    # Still learning: no score.
    usable=lambda table: (table["history.hour"] != "").to_numpy(),
    id_column="row_id",
    not_features=("row_id", "part", "kind", "anomaly", "incident"),
    data={
        "name": "generated hours",
        "file": "hours.csv",
        "licence": "the project's own",
        "source": "models/rhythm/training/generate.py, which makes the hours up",
    },
    environment=incidents.ENVIRONMENT,
    fit=lambda frame, truth, features: Surprise().fit(frame, BUDGET),
    generate=generate,
    split=lambda table, truth: (part(table, "train"), part(table, "held")),
    split_words="other streams: the surprise is calibrated on the hours of some, which have no anomalies; held out are those of others, with anomalies put in (held-out.csv.gz; row_id in holdout.txt); false alarms are counted on a third set, without any",
    costs={
        "falsePositive": 1,
        "falseNegative": 1,
        "unit": "looks",
        "why": f"a score of one half is where one in {1 / BUDGET:,.0f} ordinary hours is as unusual, the budget of false alarms",
    },
    points=(0.1, 0.3, 0.5, 0.7, 0.9, 0.99),
    gates={"auc": 0.8, "prAuc": 0.4, "ece": 0.04, "groupCalibration": 0.1, "falseAlarms": 0.0012, "onnx": 1e-5},
    own_gates=lambda policy: {"falseAlarms": policy["falseAlarms"]["share"]},
    further=further,
    files=files,
    max_defaults=1,
    card=lambda manifest, result: card(manifest, result, FOUND),
    words={"share": "that were unusual"},
    audit=lambda table: {"kind of stream": table["kind"]},
    metrics=metrics,
)


def rivals_on_real(data: Prepared, _model) -> dict:
    """The naive score on the real hours; its scale is that of these hours."""
    size = naive(data.raw)[in_raw(data)]
    return {"realNaive": figures(data.truth, scored_by(size, size), SEED)}


REAL = replace(
    CASE,
    data=incidents.DATA,
    read=log_hours.read,
    rivals=rivals_on_real,
    split=lambda table, truth: (np.arange(0), np.arange(len(table))),
)

if __name__ == "__main__":
    main(replace(CASE, real=REAL))
