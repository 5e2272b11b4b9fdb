"""What the models on the incident event log share: rows are events of incidents, and incidents are split, not events."""

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

from features import TIME
from usecase import SEED

DATA = {
    "name": "incident_event_log",
    "file": "incident_event_log.csv.gz",
    "licence": "CC BY 4.0",
    "source": "UCI Machine Learning Repository, Incident management process enriched event log (Amaral, Fantinato, Peres 2018), doi 10.24432/C57S4H",
}
ENVIRONMENT = "INCIDENT_EVENT_LOG_CSV"
# Written back onto every event when an incident ends, and `made_sla`, which turns on the event that breaks it.
LEAKS = ("made_sla", "active", "closed_code", "resolved_by", "resolved_at", "closed_at", "caused_by", "problem_id", "rfc", "vendor")
# Persons: the caller, and who works on it or touched it last; an account says nothing of the next incident.
PERSONS = ("caller_id", "sys_updated_by", "assigned_to")
HOLDOUT = 0.2
SPLIT = (
    "scikit-learn train_test_split over the incidents, 20% held out, stratified by the label, random_state 42; "
    "number of the held-out incidents in holdout.txt; the held-out rows are their first events"
)


def place(table: pd.DataFrame) -> np.ndarray:
    """Which event of its incident a row is, from 0; events of an incident are in order."""
    return table.groupby("number").cumcount().to_numpy()


def random_split(table: pd.DataFrame, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All events of four fifths of the incidents, and the first events of the others."""
    first = place(table) == 0
    numbers = table["number"].to_numpy()
    _, held = train_test_split(numbers[first], test_size=HOLDOUT, random_state=SEED, stratify=truth[first])
    is_held = np.isin(numbers, held)
    return np.flatnonzero(~is_held), np.flatnonzero(is_held & first)


def time_split(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """All events of the first 80 % of the incidents by opening, and all events of the last 20 %."""
    opened = pd.to_datetime(table["opened_at"], format=TIME)
    cut = opened[place(table) == 0].quantile(1 - HOLDOUT)
    return np.flatnonzero(opened < cut), np.flatnonzero(opened >= cut)
