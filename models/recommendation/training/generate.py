"""
Made-up purchases of a software company's customers: what each took, one after the other.

Nothing is fitted to a data set. What a customer takes next hangs on its size (which no model sees), on what it took last, and on
what it has: plans replace each other upwards, add-ons follow plans, and most things are taken once. The weights are round guesses.
"""

from pathlib import Path

import numpy as np
import pandas as pd

import generated

CUSTOMERS, SEED = 6_000, 13
START, DAYS = pd.Timestamp("2024-01-01"), 540
PLANS = ("starter", "team", "business", "enterprise")
ITEMS = (*PLANS, "backup", "security", "analytics", "integrations", "support", "training", "workshop", "consulting")
AGAIN = ("training", "workshop", "consulting")
# How much a size takes of each, besides 1.
SIZES = {
    "small": {"starter": 5, "training": 2, "backup": 2, "enterprise": 0.05, "business": 0.4, "consulting": 0.3},
    "growing": {"team": 4, "starter": 2, "integrations": 1.5, "analytics": 1.5, "enterprise": 0.4},
    "large": {"business": 3, "enterprise": 3, "starter": 0.2, "security": 2.5, "consulting": 2, "workshop": 1.5},
}
# How much more often something follows something, at once.
FOLLOWS = {
    "starter": {"team": 4, "training": 3, "backup": 2},
    "team": {"business": 3, "integrations": 4, "training": 2},
    "business": {"enterprise": 2, "analytics": 4, "support": 3},
    "enterprise": {"security": 5, "support": 4, "consulting": 3},
    "backup": {"security": 4},
    "security": {"backup": 3, "consulting": 2},
    "analytics": {"workshop": 5, "integrations": 2},
    "integrations": {"analytics": 3, "support": 2},
    "support": {"training": 2},
    "training": {"workshop": 4},
    "workshop": {"consulting": 4},
    "consulting": {"analytics": 2, "integrations": 2},
}


def weights(size: str, taken: list[str]) -> np.ndarray:
    """How likely each item is next, in proportion."""
    found = np.array([SIZES[size].get(item, 1.0) for item in ITEMS])
    follows = FOLLOWS.get(taken[-1], {}) if taken else {}
    found *= [follows.get(item, 1.0) for item in ITEMS]
    plan = max((PLANS.index(item) for item in taken if item in PLANS), default=-1)
    for n, item in enumerate(ITEMS):
        if item in PLANS:
            found[n] *= 0 if PLANS.index(item) <= plan else 1 if taken else 4
        elif item in taken:
            found[n] *= 1 if item in AGAIN else 0.03
    return found


def generate(path: Path) -> None:
    """Writes the purchases in order of time, each with what came next; the same bytes every time."""
    random, rows = np.random.default_rng(SEED), []
    for customer in range(CUSTOMERS):
        size = str(random.choice(list(SIZES), p=[0.5, 0.35, 0.15]))
        at = np.sort(random.random(2 + random.geometric(0.22))) * DAYS
        taken = []
        for _ in at:
            chance = weights(size, taken)
            taken.append(str(random.choice(ITEMS, p=chance / chance.sum())))
        rows += [(f"c{customer:04d}", size, day, item, after, later) for day, item, after, later in zip(at, taken, [*taken[1:], ""], [*at[1:], np.nan])]
    table = pd.DataFrame(rows, columns=["customer", "size", "day", "item", "next", "next_day"])
    for column, days in (("time", table["day"]), ("next_time", table["next_day"])):
        table[column] = (START + pd.to_timedelta(days * 86_400, unit="s")).dt.strftime("%Y-%m-%dT%H:%M:%SZ").fillna("")
    table = table.sort_values(["time", "customer"], kind="stable").reset_index(drop=True)
    table["row_id"] = np.arange(1, len(table) + 1)
    generated.write(path, table[["row_id", "customer", "size", "time", "item", "next", "next_time"]])
