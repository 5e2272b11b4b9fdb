"""Public sequences that the recipe is tried on; no model of them is shipped."""

from pathlib import Path

import numpy as np
import pandas as pd

from features import TIME


def with_next(table: pd.DataFrame) -> pd.DataFrame:
    """Rows in order of time, each with what came next of its customer and when, as text; empty where nothing did."""
    table = table.sort_values(["time", "customer"], kind="stable").reset_index(drop=True)
    later = table.groupby("customer")[["item", "time"]].shift(-1)
    table = table.assign(next=later["item"].fillna(""), next_time=later["time"], size="all", row_id=np.arange(1, len(table) + 1).astype(str))
    for column in ("time", "next_time"):
        table[column] = table[column].dt.strftime("%Y-%m-%dT%H:%M:%SZ").fillna("")
    return table


def incidents(path: Path) -> pd.DataFrame:
    """The categories of each caller's incidents."""
    log = pd.read_csv(path, dtype=str, keep_default_na=False)
    first = log[~log["number"].duplicated()]
    return with_next(pd.DataFrame({"customer": first["caller_id"], "item": first["category"].str.strip(), "time": pd.to_datetime(first["opened_at"], format=TIME)}))


def deals(path: Path) -> pd.DataFrame:
    """The products of each account's deals that were won."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    won = table[table["deal_stage"] == "Won"]
    return with_next(pd.DataFrame({"customer": won["account"], "item": won["product"], "time": pd.to_datetime(won["close_date"], format="%m/%d/%Y")}))
