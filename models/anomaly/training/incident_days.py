"""Incidents of the public event log counted by group and day, with silences and floods put in where nothing is drawn by lot."""

from pathlib import Path

import numpy as np
import pandas as pd

from features import TIME

# Groups with fewer incidents a day on average are silent on most days.
BUSY = 2.0
# Days before the first that is changed, and every how manyth day with as many incidents after that is: by turns to nothing, and to
# four times as many. As many draws, so that each of these days is changed in one of them, and which ones is no matter of luck.
BEFORE, LEAST, EVERY, TIMES = 28, 2, 41, 4


def counts(path: Path) -> pd.DataFrame:
    """Incidents by day and busy group."""
    log = pd.read_csv(path, dtype=str, keep_default_na=False)
    first = log[~log["number"].duplicated()]
    day = pd.to_datetime(first["opened_at"], format=TIME).dt.normalize()
    group = first["assignment_group"].str.strip()
    found = pd.crosstab(day, group).reindex(pd.date_range(day.min(), day.max()), fill_value=0)
    return found[[name for name in sorted(found.columns) if name != "?" and found[name].mean() >= BUSY]]


def read(path: Path) -> pd.DataFrame:
    """One row per draw, day and group; every other group is one by which the recipe was chosen."""
    found = counts(path)
    parts = {name: "tested" if n % 2 else "chosen" for n, name in enumerate(found.columns)}
    long = found.rename_axis("day").reset_index().melt("day", var_name="record").sort_values(["day", "record"], kind="stable").reset_index(drop=True)
    late = np.flatnonzero(((long["day"] - found.index[0]).dt.days >= BEFORE) & (long["value"] >= LEAST))
    table = pd.concat([drawn(long, late[draw::EVERY], draw) for draw in range(EVERY)], ignore_index=True)
    return table.assign(row_id=np.arange(1, len(table) + 1).astype(str), part=table["kind"].map(parts))


def drawn(long: pd.DataFrame, changed: np.ndarray, draw: int) -> pd.DataFrame:
    """The days with some of them changed, as a log of its own."""
    values = long["value"].to_numpy().copy()
    values[changed[0::2]], values[changed[1::2]] = 0, values[changed[1::2]] * TIMES
    return pd.DataFrame(
        {
            "record": f"{draw} " + long["record"],
            "group": f"draw {draw}",
            "time": long["day"].dt.strftime("%Y-%m-%dT00:00:00Z"),
            "value": values.astype(str),
            "kind": long["record"],
            "anomaly": pd.Series(np.isin(np.arange(len(long)), changed).astype(int)).astype(str),
        }
    )
