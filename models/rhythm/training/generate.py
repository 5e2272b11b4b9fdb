"""
Made-up streams of a CRM counted by the hour, with hour-of-day and weekday, and anomalies in those that the figures are measured on.

Nothing is fitted to a data set. A stream has a level of its own (lognormal, 4.5 events an hour in the middle), the shape of its kind, a
good or bad day now and then, a drift of its level from day to day, and varies about that more than chance alone (negative binomial).
Anomalies are put into the part `held` only, from the thirty-sixth day on: floods of one to three hours, silences of 3 to 30 hours, days at
a tenth to three tenths of their number, and days at two or three times it. An hour is labelled once so much has come or stayed out
that chance would not do it.
"""

from pathlib import Path

import numpy as np
import pandas as pd

import generated

SEED = 11
START = pd.Timestamp("2025-01-06")  # a Monday
WEEKS = 8
# How many streams of each kind a part has: `train` calibrates, `held` has anomalies, `clean` has none and counts false alarms.
STREAMS = {"train": 14, "held": 5, "clean": 8}
OFFICE = np.array([0.1] * 6 + [0.3, 0.6, 1.0, 1.4, 1.5, 1.4, 1.2, 1.3, 1.4, 1.3, 1.1, 0.8, 0.5, 0.4, 0.3, 0.2, 0.2, 0.1])
SHOP = np.array([0.3, 0.2, 0.1, 0.1, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0, 1.1, 1.2, 1.1, 1.0, 1.1, 1.2, 1.3, 1.6, 1.9, 2.0, 1.7, 1.2, 0.6])
OFFICE_WEEK = np.array([1.1, 1.0, 1.0, 1.05, 0.95, 0.2, 0.1])
SHOP_WEEK = np.array([0.9, 0.9, 0.9, 0.95, 1.1, 1.3, 1.2])
COLUMNS = ("row_id", "stream", "time", "count", "what", "part", "kind", "anomaly", "incident")
# Hours before the first anomaly, and between two.
FIRST, BETWEEN = 35 * 24, (96, 336)
# An hour is labelled from so many events, and so many standard deviations of chance, on.
SEEN, BEYOND = 5, 3


def shape(random, kind: str, hour: np.ndarray, weekday: np.ndarray) -> np.ndarray:
    """What is usual at an hour, about 1: office hours, a shop that sells in the evening, an import every night beside the office."""
    if kind == "office":
        return OFFICE[hour] * OFFICE_WEEK[weekday]
    if kind == "shop":
        return SHOP[hour] * SHOP_WEEK[weekday]
    return np.where(hour == random.integers(0, 6), 20.0, 0.3 + 0.5 * OFFICE[hour] * OFFICE_WEEK[weekday])


def expected(random, kind: str) -> np.ndarray:
    """Events to be expected in each hour of a stream."""
    at = np.arange(WEEKS * 168)
    days = at // 24
    level = np.exp(random.normal(1.5, 1.3))
    good = np.exp(random.normal(0, random.uniform(0.05, 0.2), days[-1] + 1))
    drift = np.exp(np.cumsum(random.normal(0, 0.01, days[-1] + 1)))
    return shape(random, kind, at % 24, days % 7) * level * (good * drift)[days]


def counted(random, mean: np.ndarray, more: float) -> np.ndarray:
    """Counts whose variance is the mean and `more` times its square."""
    return random.negative_binomial(1 / more, 1 / (1 + more * mean))


def changed(random, kind: str, mean: np.ndarray, usual: float, more: float) -> tuple[np.ndarray, np.ndarray]:
    """The counts of an anomaly, and how many events come or stay out in each of its hours."""
    if kind == "silence":
        return np.zeros(len(mean), int), mean
    if kind == "flood":
        added = mean * (random.uniform(3, 8) - 1) + usual * random.uniform(1, 3)
        return counted(random, mean + added, more), added
    share = random.uniform(0.1, 0.3) if kind == "slow day" else random.uniform(2, 3)
    return counted(random, mean * share, more), mean * abs(share - 1)


LENGTHS = {"flood": (1, 4), "silence": (3, 31), "slow day": (12, 37), "busy day": (12, 25)}


def disturb(random, counts: np.ndarray, mean: np.ndarray, more: float) -> tuple[np.ndarray, np.ndarray]:
    """Puts anomalies into the counts; which hours are labelled, and what kind each changed hour is of."""
    anomalous, incident = np.zeros(len(counts), int), np.full(len(counts), "", dtype=object)
    at = FIRST + int(random.integers(0, 240))
    while at < len(counts) - 48:
        kind = str(random.choice(list(LENGTHS)))
        part = slice(at, at + int(random.integers(*LENGTHS[kind])))
        counts[part], moved = changed(random, kind, mean[part], mean.mean(), more)
        seen = np.cumsum(moved) >= np.maximum(SEEN, BEYOND * np.sqrt(np.cumsum(mean[part])))
        anomalous[part], incident[part] = seen, kind
        at = part.stop + int(random.integers(*BETWEEN))
    return anomalous, incident


def generate(path: Path) -> None:
    """Writes the hours in order; the same bytes every time."""
    random, frames = np.random.default_rng(SEED), []
    for part, count in STREAMS.items():
        for kind in ("office", "shop", "import"):
            for n in range(count):
                mean = expected(random, kind)
                more = float(np.exp(random.uniform(np.log(0.01), np.log(0.2))))
                counts = counted(random, mean, more)
                none = np.zeros(len(counts), int), np.full(len(counts), "", dtype=object)
                anomalous, incident = disturb(random, counts, mean, more) if part == "held" else none
                time = (START + pd.to_timedelta(np.arange(len(counts)), unit="h")).strftime("%Y-%m-%dT%H:%M:%SZ")
                frames.append(pd.DataFrame({"stream": f"{part}-{kind}-{n}", "time": time, "count": counts, "what": "leads created", "part": part, "kind": kind, "anomaly": anomalous, "incident": incident}))
    table = pd.concat(frames).sort_values(["time", "stream"], kind="stable").reset_index(drop=True)
    table["row_id"] = np.arange(1, len(table) + 1)
    generated.write(path, table[list(COLUMNS)])
