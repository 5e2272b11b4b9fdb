"""
Trains sla-breach:

    npm run train -- sla-breach --data PATH/incident_event_log.csv.gz
"""

from pathlib import Path

import numpy as np

import cross_onnx
import incidents
from card_text import card
from cross_logistic import CrossLogistic
from figures import figures
from run import main
from usecase import SEED, Prepared, UseCase

HOURS = (0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 24, 36, 48, 72, 96, 120, 168, 240, 336, 480, 720, 1200)
CUTS = {
    "hour": range(1, 24),
    "weekday": range(2, 8),
    "elapsedHours": HOURS,
    "reassignments": range(1, 9),
    "reopenings": range(1, 4),
    "changes": range(1, 21),
}
# What is joined: how far it has come, who has it, and what it is about.
PAIRS = [
    ("elapsedHours", "state"), ("elapsedHours", "reassignments"), ("elapsedHours", "group"), ("elapsedHours", "priority"),
    ("elapsedHours", "changes"), ("state", "group"), ("reassignments", "group"), ("changes", "state"), ("changes", "group"),
    ("changes", "category"), ("changes", "openedBy"), ("changes", "location"), ("changes", "priority"), ("changes", "subcategory"),
    ("weekday", "hour"), ("category", "subcategory"), ("category", "group"), ("subcategory", "symptom"), ("subcategory", "group"),
    ("symptom", "group"), ("openedBy", "group"), ("openedBy", "location"), ("openedBy", "subcategory"), ("openedBy", "hour"),
    ("location", "group"), ("location", "subcategory"), ("group", "hour"),
]  # fmt: skip
EARLY = 2


def weights(table) -> np.ndarray:
    """Every incident counts alike: half for its first event, where the score is hardest and helps most, half for all others."""
    events = table.groupby("number")["number"].transform("size").to_numpy()
    return np.where(incidents.place(table) == 0, 0.5, 0.5 / np.maximum(events - 1, 1))


def train(frame, truth, features, weight):
    """Logistic regression over values and pairs of values."""
    model = CrossLogistic(features, PAIRS, CUTS, least=5, strength=0.25, pair_scale=0.7)
    return model.fit(frame, truth, weight)


def truth(table) -> np.ndarray:
    """1 for every event of an incident whose last event says that its service level was missed."""
    missed = table.groupby("number")["made_sla"].last() == "False"
    return table["number"].map(missed).to_numpy().astype(int)


def measured(data: Prepared, model, rows: np.ndarray) -> dict:
    """Figures of a model on some rows."""
    return figures(data.truth[rows], model.predict_proba(data.frame.iloc[rows])[:, 1], SEED)


def metrics(data: Prepared, model) -> dict:
    """At later events, and for incidents that were opened later than all that trained."""
    place = incidents.place(data.table)
    held = np.flatnonzero(np.isin(data.table["number"], data.table["number"].iloc[data.held]))
    past, future = incidents.time_split(data.table)
    later = CASE.train(data, past)
    return {
        "early": measured(data, model, held[(place[held] > 0) & (place[held] <= EARLY)]),
        "events": measured(data, model, held),
        "time": measured(data, later, future[place[future] == 0]),
        "timeEarly": measured(data, later, future[(place[future] > 0) & (place[future] <= EARLY)]),
        "timeEvents": measured(data, later, future),
    }


def places(table):
    """The five locations with the most incidents, and the others."""
    location = table["location"].str.strip()
    return location.where(location.isin(location[incidents.place(table) == 0].value_counts().index[:5]), "other locations")


CASE = UseCase(
    folder=Path(__file__).parent.parent,
    version="1.0.0",
    title="How likely a case is to miss its service level",
    label="made_sla",
    positive="breach",
    classes=("met", "breach"),
    truth=truth,
    id_column="number",
    not_features=("number", *incidents.LEAKS, *incidents.PERSONS),
    data=incidents.DATA,
    environment=incidents.ENVIRONMENT,
    fit=train,
    export=cross_onnx.export,
    weights=weights,
    split=incidents.random_split,
    split_words=incidents.SPLIT,
    costs={"falsePositive": 1, "falseNegative": 2, "unit": "looks", "why": "a missed service level costs as much as two looks at cases that would have made it"},
    points=(0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9),
    gates={"auc": 0.845, "ece": 0.03, "events.auc": 0.88, "time.auc": 0.78, "time.ece": 0.07, "timeEvents.auc": 0.84, "groupCalibration": 0.08, "groupRecall": 0.25, "groupSelection": 0.5, "onnx": 1e-5},
    disparity="no person is judged; places differ in how often their service level is missed",
    max_defaults=8,
    card=card,
    words={"share": "that missed it"},
    audit=lambda table: {"priority": table["priority"], "location": places(table)},
    metrics=metrics,
    whole=("reassignments", "reopenings", "changes"),
)

if __name__ == "__main__":
    main(CASE)
