"""The public event log counted by the hour, with silences and floods put in where nothing is drawn by lot."""

from pathlib import Path

import numpy as np
import pandas as pd

from features import TIME

# Hours before the first that is changed; every how manyth hour with as many events after that begins an anomaly, by turns a flood of
# four times as many for an hour, and a silence of six hours, labelled once so many events have stayed out.
BEFORE, LEAST, EVERY, TIMES, LENGTH, SEEN = 28 * 24, 5, 37, 4, 6, 10


def streams(log: pd.DataFrame) -> dict[str, pd.Series]:
    """The times of each stream: incidents opened, changes of incidents, incidents resolved."""
    opened = log[~log["number"].duplicated()]
    resolved = log[~log["number"].duplicated(keep="last")]
    return {"opened": opened["opened_at"], "resolved": resolved["resolved_at"], "updated": log["sys_updated_at"]}


def read(path: Path) -> pd.DataFrame:
    """One row per stream and hour, from the log's first to the last that an incident was opened in."""
    log = pd.read_csv(path, dtype=str, keep_default_na=False)
    times = {name: pd.to_datetime(raw, format=TIME, errors="coerce").dropna().dt.floor("h") for name, raw in streams(log).items()}
    hours = pd.date_range(times["opened"].min(), times["opened"].max(), freq="h")
    frames = []
    for name, at in times.items():
        counts = at.value_counts().reindex(hours, fill_value=0).to_numpy().copy()
        anomalous, incident = put_in(counts)
        frames.append(pd.DataFrame({"stream": name, "time": hours.strftime("%Y-%m-%dT%H:%M:%SZ"), "count": counts, "what": f"incidents {name}", "part": "real", "kind": "public log", "anomaly": anomalous, "incident": incident}))
    table = pd.concat(frames).sort_values(["time", "stream"], kind="stable").reset_index(drop=True)
    return table.assign(row_id=np.arange(1, len(table) + 1)).astype(str)


def put_in(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Changes the counts; which hours are labelled, and what each changed hour is."""
    anomalous, incident = np.zeros(len(counts), int), np.full(len(counts), "", dtype=object)
    eligible = [hour for hour in range(BEFORE, len(counts) - LENGTH) if counts[hour] >= LEAST]
    for n, hour in enumerate(eligible[::EVERY]):
        if n % 2 == 0:
            counts[hour], anomalous[hour], incident[hour] = counts[hour] * TIMES, 1, "flood"
        else:
            part = slice(hour, hour + LENGTH)
            anomalous[part], incident[part] = np.cumsum(counts[part]) >= SEEN, "silence"
            counts[part] = 0
    return anomalous, incident
