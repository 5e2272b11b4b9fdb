"""The features of lead-scoring, computed from the raw columns exactly as models/features.ts computes them at run time."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
LABEL = "y"
POSITIVE = "yes"
# Known only after the call (a leak), a row counter, and columns kept for the fairness audit only.
NOT_FEATURES = ("duration", "row_id", "age", "marital")


def load_features() -> list[dict]:
    """The declared features, in model order: training/features.json."""
    features = json.loads((HERE / "features.json").read_text(encoding="utf8"))["features"]
    leaking = [feature["name"] for feature in features if feature["column"] in NOT_FEATURES]
    if leaking:
        raise SystemExit(f"features.json: {leaking} must not be features (leak, row counter or protected column)")
    return features


def read_data(path: Path) -> pd.DataFrame:
    """
    The raw table. Text columns are read as text by name and never found by `dtype == object`: pandas 3 reads them as
    `str`, so that test would silently drop every one of them. `keep_default_na` is off because "nonexistent",
    "unknown" and the like are values of this data set.
    """
    table = pd.read_csv(path, keep_default_na=False)
    missing = [f["column"] for f in load_features() if f["column"] not in table.columns]
    if missing or LABEL not in table.columns:
        raise SystemExit(f"{path}: no column {missing or LABEL}; found {list(table.columns)}")
    return table


def feature_frame(table: pd.DataFrame, features: list[dict]) -> pd.DataFrame:
    """Features as the model is trained on: text for categories, float32 for numbers, so that cuts compare as in ONNX."""
    columns = {}
    for feature in features:
        raw = table[feature["column"]]
        if feature["kind"] == "categorical":
            columns[feature["name"]] = raw.astype(str)
            continue
        numbers = raw.astype(np.float64).replace({float(k): v for k, v in feature.get("replace", {}).items()})
        if feature["kind"] == "flag":
            numbers = (numbers >= feature["atLeast"]).astype(np.float64)
        columns[feature["name"]] = numbers.astype(np.float32)
    return pd.DataFrame(columns)


def encode(frame: pd.DataFrame, features: list[dict]) -> np.ndarray:
    """The ONNX input: categories as 1-based positions in the dictionary (0 missing, K+1 unseen), numbers as they are."""
    encoded = np.empty((len(frame), len(features)), dtype=np.float32)
    for position, feature in enumerate(features):
        column = frame[feature["name"]]
        if feature["kind"] == "categorical":
            codes = {category: code for code, category in enumerate(feature["categories"], start=1)}
            column = column.map(lambda value, codes=codes: codes.get(value, len(codes) + 1))
        encoded[:, position] = column.to_numpy(dtype=np.float32)
    return encoded


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
