"""The declared features of a model, computed from the raw columns exactly as models/features.ts computes them at run time."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd

from history import ROOT

TIME = "%d/%m/%Y %H:%M"
MINUTES_A_DAY = 24 * 60


def declared(folder: Path) -> dict:
    """All of training/features.json: features, and where there are, history and useCase."""
    return json.loads((folder / "training" / "features.json").read_text(encoding="utf8"))


def load_features(folder: Path, not_features: tuple[str, ...]) -> list[dict]:
    """The features in model order, of training/features.json; a leaking or protected column among them ends training."""
    features = declared(folder)["features"]
    leaking = [f["name"] for f in features if set(columns_of(f)) & set(not_features)]
    if leaking:
        raise SystemExit(f"features.json: {leaking} must not be features (leak, row counter or protected column)")
    return features


def columns_of(feature: dict) -> list[str]:
    """The raw columns that a feature is made of."""
    return [feature["column"], *([feature["derive"]["column"]] if "column" in feature.get("derive", {}) else [])]


def read_data(path: Path, features: list[dict], *others: str) -> pd.DataFrame:
    """
    The raw table, every cell as the text it is: pandas must guess neither numbers nor missing values ("nonexistent",
    "unknown", "?" and blanks have their own meaning in these data sets), and its text columns are no `object`.
    """
    table = pd.read_csv(path, keep_default_na=False, dtype=str)
    needed = {column for f in features for column in columns_of(f) if not column.startswith(ROOT)} | set(others)
    if missing := sorted(needed - set(table.columns)):
        raise SystemExit(f"{path}: no column {', '.join(missing)}; found {', '.join(table.columns)}")
    return table


def numbers(raw: pd.Series) -> pd.Series:
    """Cells as numbers; NaN where there is nothing."""
    return raw.map(lambda cell: float(cell) if cell.strip() else np.nan).astype(np.float64)


def minutes(raw: pd.Series) -> pd.Series:
    """Cells as minutes since 1970, by the clock on the wall."""
    times = pd.to_datetime(raw.str.strip(), format=TIME, errors="coerce")
    return (times - pd.Timestamp(0)) / pd.Timedelta(minutes=1)


def derived(feature: dict, table: pd.DataFrame) -> pd.Series:
    """A number made of one or two columns: `derive` of the feature."""
    derive, raw = feature["derive"], table[feature["column"]]
    by, other = derive["by"], table[derive["column"]] if "column" in derive else None
    if by == "hourOfDay":
        return minutes(raw) % MINUTES_A_DAY // 60
    if by == "weekday":
        # 1 January 1970 was a Thursday; Monday is 1.
        return (minutes(raw) // MINUTES_A_DAY + 3) % 7 + 1
    if by == "hoursSince":
        return (minutes(raw) - minutes(other)) / 60
    first, second, factor = numbers(raw), numbers(other), derive.get("factor", 1)
    return (first * second if by == "times" else first / second if by == "over" else first - second) * factor


def number_column(feature: dict, table: pd.DataFrame) -> pd.Series:
    """A numeric feature as float32, so that cuts compare as in ONNX; NaN is the model's own missing bin."""
    values = derived(feature, table) if "derive" in feature else numbers(table[feature["column"]])
    values = values.replace({float(k): v for k, v in feature.get("replace", {}).items()})
    if feature["outOfRange"]["on"] == "clamp":
        values = values.clip(*feature["range"])
    if feature["kind"] == "flag":
        values = (values >= feature["atLeast"]).astype(np.float64).where(values.notna())
    if feature["missing"].get("value") is not None:
        values = values.fillna(feature["missing"]["value"])
    return values.astype(np.float32)


def category_column(feature: dict, table: pd.DataFrame) -> pd.Series:
    """A category as text; None is the model's own missing bin."""
    text = table[feature["column"]].str.strip().astype(object).replace(feature.get("synonyms", {}))
    return text.where(text != "", feature["missing"].get("value"))


def feature_frame(table: pd.DataFrame, features: list[dict]) -> pd.DataFrame:
    """The features as the model is trained on."""
    return pd.DataFrame({f["name"]: category_column(f, table) if f["kind"] == "categorical" else number_column(f, table) for f in features})


def encode(frame: pd.DataFrame, features: list[dict]) -> np.ndarray:
    """The ONNX input: categories as 1-based positions in the dictionary (0 missing, K+1 unseen), numbers as they are."""
    encoded = np.empty((len(frame), len(features)), dtype=np.float32)
    for position, feature in enumerate(features):
        column = frame[feature["name"]]
        if feature["kind"] == "categorical":
            codes = {category: code for code, category in enumerate(feature["categories"], start=1)}
            column = column.map(lambda value, codes=codes: codes.get(value, 0 if value is None else len(codes) + 1), na_action=None)
        encoded[:, position] = column.to_numpy(dtype=np.float32)
    return encoded


def with_data(features: list[dict], dictionaries: dict[str, list[str]], frame: pd.DataFrame) -> list[dict]:
    """The declarations completed by what the training rows hold: dictionaries in code order, ranges that were seen."""
    completed = []
    for feature in features:
        if feature["kind"] == "categorical":
            completed.append(feature | {"categories": dictionaries[feature["name"]]})
        else:
            column = frame[feature["name"]].astype(float)
            completed.append(feature | {"seen": [round(float(column.min()), 6), round(float(column.max()), 6)]})
    return completed


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
