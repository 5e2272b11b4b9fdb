"""
Trains case-routing:

    npm run train -- case-routing --data PATH/incident_event_log.csv.gz
"""

from pathlib import Path

import numpy as np
import pandas as pd

import cross_onnx
import incidents
from card_text import card
from cross_logistic import CrossLogistic
from features import TIME
from figures import class_figures
from run import HOLDOUT, main
from usecase import SEED, Prepared, UseCase

CUTS = {"hour": range(1, 24), "weekday": range(2, 8)}
PAIRS = [("category", "subcategory"), ("subcategory", "symptom"), ("openedBy", "category"), ("openedBy", "subcategory")]
# Groups with fewer incidents in the log are no classes: there is nothing to learn from, or to measure on.
FEWEST = 30


def train(frame, truth, features):
    """Logistic regression over values and pairs of values, a weight per group."""
    return CrossLogistic(features, PAIRS, CUTS, least=5, strength=1.0, pair_scale=0.7).fit(frame, truth)


def usable(table) -> np.ndarray:
    """The first event of each incident whose group was recorded then and has enough incidents."""
    first = pd.Series(incidents.place(table) == 0, table.index)
    group = table["assignment_group"].str.strip()
    enough = group.map(group[first].value_counts()) >= FEWEST
    return (first & enough & (group != "?")).to_numpy()


def measured(data: Prepared, model, rows: np.ndarray) -> dict:
    """Figures of a model on some rows."""
    return class_figures(data.truth[rows], model.predict_proba(data.frame.iloc[rows]), model.classes_, SEED)


def metrics(data: Prepared, _model) -> dict:
    """Incidents that were opened later than all that trained."""
    opened = pd.to_datetime(data.table["opened_at"], format=TIME)
    cut = opened.quantile(1 - HOLDOUT)
    later = CASE.train(data, np.flatnonzero(opened < cut))
    return {"time": measured(data, later, np.flatnonzero(opened >= cut))}


def places(table):
    """The five locations with the most incidents, and the others."""
    location = table["location"].str.strip()
    return location.where(location.isin(location.value_counts().index[:5]), "other locations")


CASE = UseCase(
    folder=Path(__file__).parent.parent,
    version="1.0.0",
    title="Which group a new case belongs to",
    task="multiclass",
    label="assignment_group",
    classes=(),
    truth=lambda table: table["assignment_group"].str.strip().to_numpy().astype(object),
    usable=usable,
    id_column="number",
    # The label; what follows the routing; what is written back when an incident ends; persons.
    not_features=("number", "assignment_group", "reassignment_count", "incident_state", *incidents.LEAKS, *incidents.PERSONS),
    data=incidents.DATA,
    environment=incidents.ENVIRONMENT,
    fit=train,
    export=cross_onnx.export,
    split_words=(
        "scikit-learn train_test_split over the incidents, 20% held out, stratified by the group, random_state 42; "
        "number of the held-out incidents in holdout.txt; the rows are their first events"
    ),
    confidence={
        "suggest": {"from": 0.5, "why": "a wrong suggestion costs as much reading as a right one saves"},
        "automate": {"from": 0.9, "why": "a case in the wrong group costs ten times what it costs a person to route it"},
    },
    points=(0.3, 0.5, 0.7, 0.8, 0.9, 0.95),
    gates={"top1": 0.81, "top3": 0.92, "ece": 0.03, "time.top1": 0.81, "time.ece": 0.05, "groupCalibration": 0.05, "onnx": 1e-5},
    max_defaults=6,
    card=card,
    words={"share": "routed rightly"},
    audit=lambda table: {"location": places(table), "priority": table["priority"]},
    metrics=metrics,
)

if __name__ == "__main__":
    main(CASE)
