"""
What the past of a series says of an event: the twin of models/history/, held to it by the fixtures `history.jsonl` of the
models. Rows are events in order of time; each sees those of its series before it, and those of its peers.
"""

import gzip
import json
import math

import numpy as np
import pandas as pd

ROOT = "history."
HOUR, DAY = 3_600_000.0, 86_400_000.0
LEAST_OWN, LEAST_PEERS, MOST_PEERS, BLEND, YOUNG, INFLATION = 12, 30, 200, 8, 24, 4
SEASON_DAYS, LEAST_WEEKDAY, LEAST_HOUR, LEAST_BOTH = 14, 21, 96, 336
RECENT, BY_MEDIAN, BY_MEAN, FLOOR = 48, 1.4826, 1.2533, 0.002
# What one residual counts for in a spread, at most; how counts vary besides by chance, as a share of themselves, squared.
MOST_OF_RESIDUAL, UNEVEN = 4.0, 0.02
LEAST_WINDOWS, MOST_WINDOWS, WEEK = 7, 28, 7
# Of counts by the hour: hours that tell the level of now, the share of the busiest that tell how much more they vary than chance,
# what one hour counts for among several at most, and what is added before the root.
RHYTHM_RECENT, BUSIEST, LEAST_BUSY, MOST_OF_ONE, ANSCOMBE, CELL = 168, 0.25, 24, 2.5, 0.375, 1.57


def columns_of(history: dict) -> list[str]:
    """The raw columns that the past is made of."""
    return [history["series"]["column"], history["time"]["column"], *(told["column"] for told in history["told"])]


def with_history(history: dict, table: pd.DataFrame) -> pd.DataFrame:
    """The table with a column for each value of the past, as text; empty where there is none."""
    at = milliseconds(table[history["time"]["column"]])
    group = history.get("peers", {}).get("column")
    group = table[group].to_numpy() if group in table else np.full(len(table), "")
    told = {one["name"]: cells(one, table[one["column"]]) for one in history["told"]}
    found = {value["name"]: np.full(len(table), "", dtype=object) for value in history["values"]}
    in_group = {name: np.flatnonzero(group == name) for name in set(group)}
    for name, rows in table.groupby(history["series"]["column"], sort=False).indices.items():
        for n, row in enumerate(rows):
            past = rows[max(0, n - history["most"]) : n]
            for value in history["values"]:
                fact = value_of(value, at, told, past, row, lambda row=row, rows=rows: peers_of(in_group[group[row]], rows, row))
                if fact is not None:
                    found[value["name"]][row] = fact if isinstance(fact, str) else repr(float(fact))
    return table.assign(**{ROOT + name: pd.Series(column, table.index, dtype=str) for name, column in found.items()})


def peers_of(group: np.ndarray, own: np.ndarray, row: int) -> np.ndarray:
    """Rows of other series of a group, above a row; the newest."""
    above = group[: np.searchsorted(group, row)]
    return above[~np.isin(above, own)][-MOST_PEERS:]


def milliseconds(raw: pd.Series) -> np.ndarray:
    """ISO 8601 in UTC, or day first as the incident log writes it."""
    times = pd.to_datetime(raw, format="%d/%m/%Y %H:%M") if raw.iloc[0].count("/") == 2 else pd.to_datetime(raw, format="ISO8601", utc=True).dt.tz_localize(None)
    return ((times - pd.Timestamp(0)) / pd.Timedelta(milliseconds=1)).to_numpy()


def cells(told: dict, raw: pd.Series) -> np.ndarray:
    """What rows tell: numbers or texts; None where nothing is told."""
    values = [None if cell.strip() == "" else float(cell) if told["kind"] == "number" else cell.strip() for cell in raw]
    return np.array([*values, None], dtype=object)[:-1]


def value_of(value: dict, at: np.ndarray, told: dict, past: np.ndarray, row: int, peers) -> float | str | None:
    """One value of the past of a row; None where the past does not tell it."""
    now, by, column = at[row], value["by"], told.get(value.get("of"))
    times = at[past]
    if by == "count":
        return count(times, now - value["withinHours"] * HOUR, now)
    if by == "sum":
        recent = past[times > now - value["withinHours"] * HOUR]
        return float(sum(v for v in column[recent] if v is not None))
    if by == "hoursSince":
        return (now - times[-1]) / HOUR if len(times) else None
    if by == "rate":
        return rate(times, now, value["hours"])
    known = [v for v in column[[*past, row]] if v is not None]
    if by == "last":
        return known[-1 - value["back"]] if len(known) > value["back"] else None
    if by == "had":
        return float(value["value"] in known)
    if column[row] is None:
        return None
    own = past[[v is not None for v in column[past]]] if len(past) else past
    if by == "rhythm":
        return rhythm(at[own], column[own].astype(float), now, column[row], value)
    others = [] if len(own) >= YOUNG else [v for v in column[peers()] if v is not None]
    return deviation(at[own], column[own].astype(float), np.array(others, float), now, column[row])


def count(times, start: float, end: float) -> float:
    """How many lie after the start and not after the end."""
    return float(np.searchsorted(times, end, side="right") - np.searchsorted(times, start, side="right"))


def median(values: np.ndarray) -> float:
    """NaN of none."""
    return float(np.median(values)) if len(values) else math.nan


def spread(residuals: np.ndarray, floor: float) -> float:
    """A standard deviation that single outliers do not move."""
    sizes = np.abs(residuals)
    robust = BY_MEDIAN * median(sizes)
    most = MOST_OF_RESIDUAL * robust if robust > 0 else math.inf
    return max(robust, BY_MEAN * float(np.minimum(sizes, most).mean()), floor)


def baseline(at: np.ndarray, ys: np.ndarray, now: float, floor: float) -> tuple[float, float]:
    """Level and season by medians: what is expected now, and how much varies about it."""
    expected, residuals = season(at, ys, now)
    recent = median(residuals[-RECENT:])
    return expected + recent, spread(residuals - recent, floor)


def season(at: np.ndarray, ys: np.ndarray, now: float) -> tuple[float, np.ndarray]:
    """What level and season let expect now, and what of the past they leave over."""
    expected = median(ys)
    residuals = ys - expected
    hours, weekdays = (at % DAY // HOUR).astype(int), ((at // DAY).astype(int) + 3) % WEEK
    hour, weekday = int(now % DAY // HOUR), (int(now // DAY) + 3) % WEEK
    if now - at[0] >= SEASON_DAYS * DAY and len(at) >= LEAST_WEEKDAY:
        steps = [(hours, hour)] if len(at) >= LEAST_HOUR else []
        steps.append((weekdays, weekday))
        if len(at) >= LEAST_BOTH:
            steps.append((weekdays * 24 + hours, weekday * 24 + hour))
        for cell, present in steps:
            # The median of each cell: the middle of its sorted part.
            sorted_ = residuals[np.lexsort((residuals, cell))]
            sizes = np.bincount(cell, minlength=WEEK * 24)
            known = np.flatnonzero(sizes)
            starts, sizes = (np.cumsum(sizes) - sizes)[known], sizes[known]
            effects = np.zeros(WEEK * 24)
            found = (sorted_[starts + (sizes - 1) // 2] + sorted_[starts + sizes // 2]) / 2
            noise = (BY_MEDIAN * median(np.abs(residuals))) ** 2 / sizes
            effects[known] = np.where(noise < found**2, found * (1 - noise / np.where(found == 0, 1, found**2)), 0)
            residuals = residuals - effects[cell]
            expected += effects[present]
    return expected, residuals


def rhythm(at: np.ndarray, counts: np.ndarray, now: float, count_: float, value: dict) -> float | None:
    """How far an hour's count, or those of the last hours, is from its own rhythm, in what chance and the past let it vary."""
    if len(at) == 0 or now - at[0] < value["learnDays"] * DAY:
        return None
    ys = 2 * np.sqrt(counts + ANSCOMBE)
    expected, residuals = season(at, ys, now)
    recent = median(residuals[-RHYTHM_RECENT:])
    residuals, expected = residuals - recent, expected + recent
    means = uncounted(ys - residuals)
    ordered = np.sort(means)
    busy = means >= max(1.0, ordered[min(len(ordered) - 1, int(len(ordered) * (1 - BUSIEST)))])
    least, hour = beyond_chance(residuals[busy], means[busy]), (at % DAY // HOUR).astype(int)
    # Some hours are less even than others: an import every night, a daily batch.
    more = np.array([max(least, beyond_chance(residuals[here], means[here])) for here in ((hour == h) & (means >= 1) for h in range(24))])
    sure = math.sqrt(1 + CELL / max(1.0, len(at) / (24 * WEEK)))
    z = (2 * math.sqrt(count_ + ANSCOMBE) - expected) / (math.sqrt(1 + more[int(now % DAY // HOUR)] * float(uncounted(expected))) * sure)
    hours = value["hours"]
    if hours == 1:
        return float(z)
    if len(at) < 2 * hours or now - at[-(hours - 1)] != (hours - 1) * HOUR:
        return None
    sums = np.concatenate([[0], np.cumsum(np.clip(residuals / (np.sqrt(1 + more[hour] * means) * sure), -MOST_OF_ONE, MOST_OF_ONE))])
    before = (sums[hours:] - sums[:-hours]) / math.sqrt(hours)
    width = max(1.0, BY_MEDIAN * median(np.abs(before - median(before))))
    return float((sums[-1] - sums[-hours] + min(MOST_OF_ONE, max(-MOST_OF_ONE, z))) / math.sqrt(hours) / width)


def beyond_chance(residuals: np.ndarray, means: np.ndarray) -> float:
    """By how much of its square a mean varies more than chance; nothing where too few tell."""
    return max(0.0, median(((BY_MEDIAN * residuals) ** 2 - 1) / means)) if len(means) >= LEAST_BUSY else 0.0


def uncounted(ys):
    """The way back from the root."""
    return np.maximum(0, (np.maximum(ys, 0) / 2) ** 2 - ANSCOMBE)


def deviation(at: np.ndarray, values: np.ndarray, others: np.ndarray, now: float, value: float) -> float | None:
    """Robust standard deviations that a value is from what its past, and while that is short its peers, let expect."""
    n, has_peers = len(values), len(others) >= LEAST_PEERS
    if n < LEAST_OWN and not has_peers:
        return None
    others = others if has_peers else others[:0]
    usual = median(values if n >= LEAST_OWN else others)
    least = min(value, *values, *others)
    if least >= 0 and all(float(v).is_integer() for v in (*values, *others)):
        floor, scaled = FLOOR, lambda v: 2 * np.arcsinh(np.sqrt(UNEVEN * (v + ANSCOMBE))) / math.sqrt(UNEVEN)
    elif least > 0:
        floor, scaled = FLOOR, lambda v: np.log(v / usual)
    elif least == 0 and usual > 0:
        floor, scaled = FLOOR, lambda v: np.log1p(v / usual)
    else:
        floor, scaled = max(FLOOR * median(np.abs(np.concatenate([values, others]))), 1e-9), lambda v: v
    own = baseline(at, scaled(values), now, floor) if n else None
    if has_peers:
        own = with_peers(own, n, scaled(others), floor)
    reach = own[1] * (1 + INFLATION / (n + LEAST_PEERS if has_peers else n))
    return float((scaled(value) - own[0]) / reach)


def with_peers(own: tuple[float, float] | None, n: int, ys: np.ndarray, floor: float) -> tuple[float, float]:
    """A young series' own baseline, drawn to its peers' by how sure each is."""
    usual = median(ys)
    between = spread(ys - usual, floor)
    if own is None:
        return usual, between
    surplus = max(0, n - 2) / (max(0, n - 2) + BLEND)
    within = math.sqrt(surplus * own[1] ** 2 + (1 - surplus) * between**2)
    level = between**2 / (between**2 + within**2 / n)
    return level * own[0] + (1 - level) * usual, within


def rate(times: np.ndarray, now: float, hours: float) -> float | None:
    """The same of the number of events in the last hours."""
    length = hours * HOUR
    days = min(MOST_WINDOWS, int((now - times[0] - length) // DAY)) if len(times) else 0
    if days < LEAST_WINDOWS:
        return None
    ends = now - DAY * np.arange(1, days + 1)
    counts = (np.searchsorted(times, ends, side="right") - np.searchsorted(times, ends - length, side="right")).astype(float)
    usual, same = median(counts), counts[WEEK - 1 :: WEEK]
    expected = usual + len(same) / (len(same) + 2) * (median(same) - usual)
    width = max(BY_MEDIAN * median(np.abs(counts - usual)), math.sqrt(expected + 1))
    return float((count(times, now - length, now) + 1 - expected) / width)


def fixture(history: dict, table: pd.DataFrame) -> list[str]:
    """One JSON line per row: its raw cells, and what Python makes of the past at it."""
    found = with_history(history, table)
    raw = [c for c in table.columns if c in [*columns_of(history), history.get("peers", {}).get("column")]]
    names = [ROOT + value["name"] for value in history["values"]]
    return [json.dumps({"row": {c: row[c] for c in raw}, "history": {n[len(ROOT) :]: row[n] for n in names}}) for _, row in found.iterrows()]


def compressed(table: pd.DataFrame) -> bytes:
    """A CSV, gzip; the same bytes for the same rows."""
    return gzip.compress(table.to_csv(index=False, lineterminator="\n").encode(), 9, mtime=0)
