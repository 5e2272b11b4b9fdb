"""Incidents of the public event log counted by group and day, with silences and floods put in where nothing is drawn by lot."""

from pathlib import Path

import numpy as np
import pandas as pd

from features import TIME

# Groups with fewer incidents a day on average are silent on most days.
BUSY = 2.0
# Days before the first that is changed, and every how manyth day with as many incidents after that is: by turns to nothing, and to
# four times as many.
BEFORE, LEAST, EVERY, TIMES = 28, 2, 41, 4


def read(path: Path) -> pd.DataFrame:
    """One row per group and day, groups in order within a day."""
    log = pd.read_csv(path, dtype=str, keep_default_na=False)
    first = log[~log["number"].duplicated()]
    day = pd.to_datetime(first["opened_at"], format=TIME).dt.normalize()
    group = first["assignment_group"].str.strip()
    days = pd.date_range(day.min(), day.max())
    counts = pd.crosstab(day, group).reindex(days, fill_value=0)
    counts = counts[[name for name in sorted(counts.columns) if name != "?" and counts[name].mean() >= BUSY]]
    long = counts.rename_axis("day").reset_index().melt("day", var_name="record").sort_values(["day", "record"], kind="stable").reset_index(drop=True)
    late = np.flatnonzero(((long["day"] - days[0]).dt.days >= BEFORE) & (long["value"] >= LEAST))
    changed = late[::EVERY]
    values = long["value"].to_numpy().copy()
    values[changed[0::2]], values[changed[1::2]] = 0, values[changed[1::2]] * TIMES
    return pd.DataFrame(
        {
            "row_id": np.arange(1, len(long) + 1).astype(str),
            "record": long["record"],
            "group": "incidents",
            "time": long["day"].dt.strftime("%Y-%m-%dT00:00:00Z"),
            "value": values.astype(str),
            "part": "real",
            "kind": "incidents a day",
            "anomaly": pd.Series(np.isin(np.arange(len(long)), changed).astype(int)).astype(str),
        }
    )
