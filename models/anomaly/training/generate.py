"""
Made-up series of events with season, in four kinds that a CRM has, and anomalies in those that the figures are measured on.

Nothing is fitted to a data set. A series has a level and a spread of its own (lognormal), hour and weekday effects of its kind,
a slow drift of its level, and noise with heavier tails than a normal distribution. Anomalies are put into the part `held` only:
single values times or over 2 to 6, as much at night as by day, levels that shift for a while, and bursts of events.
"""

from pathlib import Path

import numpy as np
import pandas as pd

import generated

SEED = 11
HOURS = 3_600_000
START = pd.Timestamp("2025-01-06")  # a Monday
# How many series of each kind a part has: `train` calibrates, `held` has anomalies, `clean` has none and counts false alarms.
SERIES = {"train": 16, "held": 12, "clean": 8}
OFFICE = np.array([0.1] * 6 + [0.3, 0.6, 1.0, 1.4, 1.5, 1.4, 1.2, 1.3, 1.4, 1.3, 1.1, 0.8, 0.5, 0.4, 0.3, 0.2, 0.2, 0.1])
WEEK = np.array([1.1, 1.0, 1.0, 1.05, 0.95, 0.45, 0.35])
COLUMNS = ("row_id", "record", "group", "time", "value", "part", "kind", "anomaly")


def noise(random, size: int) -> np.ndarray:
    """Student's t with 6 degrees of freedom, scaled to a standard deviation of 1."""
    return random.standard_t(6, size) / np.sqrt(6 / 4)


def daily(random) -> tuple[np.ndarray, np.ndarray]:
    """Revenue of a day: 200 to 330 days, some left out; weekdays differ by up to threefold."""
    days = np.flatnonzero(random.random(random.integers(200, 331)) < 0.97)
    at = days * 24.0 + 18 + random.random(len(days))
    drift = 1 + 0.3 * np.sin(2 * np.pi * days / 250 + random.random() * 6)
    return at, np.exp(random.normal(6, 1.2) + random.uniform(0.08, 0.35) * noise(random, len(days))) * WEEK[days % 7] * drift


def hourly(random) -> tuple[np.ndarray, np.ndarray]:
    """Events counted per hour over four to five weeks, by office hours and weekday."""
    at = np.arange(random.integers(4, 6) * 168, dtype=float)
    expected = np.exp(random.normal(3, 0.8)) * OFFICE[at.astype(int) % 24] * WEEK[at.astype(int) // 24 % 7]
    return at, random.negative_binomial(12, 12 / (12 + expected)).astype(float)


def irregular(random) -> tuple[np.ndarray, np.ndarray]:
    """Payments at any hour, half to three a day, more in office hours; amounts of a customer's own size."""
    hours = np.arange(random.integers(100, 200) * 24)
    shape = OFFICE[hours % 24] * WEEK[hours // 24 % 7]
    counts = random.poisson(shape / shape.mean() * random.uniform(0.5, 3) / 24)
    at = np.sort(np.repeat(hours, counts) + random.random(counts.sum()))
    return at, np.exp(random.normal(4, 1) + random.uniform(0.2, 0.7) * noise(random, len(at)))


def sensor(random) -> tuple[np.ndarray, np.ndarray]:
    """A reading every four hours, about 300 K, with a daily wave and noise that lasts a little."""
    at = np.arange(random.integers(250, 500)) * 4.0
    wave, error = 2 * np.sin(2 * np.pi * at / 24 + random.random() * 6), noise(random, len(at))
    for n in range(1, len(at)):
        error[n] = 0.4 * error[n - 1] + 0.9 * error[n]
    return at, random.normal(300, 2) + wave + error


KINDS = {"daily": daily, "hourly": hourly, "irregular": irregular, "sensor": sensor}
# What one anomaly does to a value, and over how many events.
POINTS = 0.004


def disturb(random, kind: str, at: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The series with anomalies from its sixtieth event on, and which events are anomalous."""
    anomalous = np.zeros(len(at), int)
    for n in np.flatnonzero((random.random(len(at)) < POINTS) & (np.arange(len(at)) >= 60)):
        length = int(random.choice([1, 1, 1, 3]))
        part = slice(n, n + length)
        if kind == "sensor":
            values[part] += random.choice([-1, 1]) * random.uniform(5, 12)
        elif kind == "hourly" and OFFICE[int(at[n]) % 24] <= 0.3:
            # As much at night as about noon.
            values[part] = values[max(0, n - int(at[n]) % 24 - 12)]
        else:
            values[part] *= random.uniform(2, 6) ** random.choice([-1, 1])
        anomalous[part] = 1
    if kind == "irregular" and len(at) > 100:
        start = at[random.integers(80, len(at))]
        burst = start + np.sort(random.random(random.integers(12, 30))) * 3
        # The first few of a burst cannot be told from chance.
        at, values, anomalous = np.append(at, burst), np.append(values, random.choice(values, len(burst))), np.append(anomalous, np.arange(len(burst)) >= 5)
        order = np.argsort(at, kind="stable")
        at, values, anomalous = at[order], values[order], anomalous[order]
    return at, values, anomalous.astype(int)


def generate(path: Path) -> None:
    """Writes the events in order of time; the same bytes every time."""
    random, frames = np.random.default_rng(SEED), []
    for part, count in SERIES.items():
        for kind, make in KINDS.items():
            for n in range(count):
                at, values = make(random)
                at, values, anomalous = disturb(random, kind, at, values) if part == "held" else (at, values, np.zeros(len(at), int))
                if n % 4 == 3:
                    # A young record: its last events only.
                    at, values, anomalous = at[-40:], values[-40:], anomalous[-40:]
                time = (START + pd.to_timedelta(np.round(at * 3600), unit="s")).strftime("%Y-%m-%dT%H:%M:%SZ")
                record = f"{part}-{kind}-{n}"
                frames.append(pd.DataFrame({"record": record, "group": f"{part}-{kind}", "time": time, "value": np.round(values, 3), "part": part, "kind": kind, "anomaly": anomalous}))
    table = pd.concat(frames).sort_values(["time", "record"], kind="stable").reset_index(drop=True)
    table["row_id"] = np.arange(1, len(table) + 1)
    generated.write(path, table[list(COLUMNS)])
