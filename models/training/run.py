"""One training run: data in, model trained, figures measured, gates checked, artefacts written."""

import argparse
import datetime
import importlib.metadata
import os
import platform
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime
from sklearn.model_selection import train_test_split

import artefacts
from disparity import disparities
from features import declared, encode, feature_frame, load_features, read_data, sha256, with_data
from figures import figures
from history import columns_of, with_history
from outcome import outcome
from usecase import SEED, Prepared, UseCase

HOLDOUT = 0.2
PACKAGES = ("interpret-core", "scikit-learn", "numpy", "pandas", "onnx", "onnxruntime")
AT_LEAST = {"auc", "prAuc", "f1", "top1", "top3", "qini", "gain", "groupSelection"}


def prepared(case: UseCase, path: Path) -> Prepared:
    """The data set, its features and its split."""
    features = load_features(case.folder, case.not_features)
    past = declared(case.folder).get("history")
    needed = (case.label, case.id_column, *(columns_of(past) if past else ()))
    table = case.read(path) if case.read else read_data(path, features, *needed)
    if past:
        table = with_history(past, table)
    raw = table
    if case.usable:
        table = table[case.usable(table)].reset_index(drop=True)
    truth = case.truth(table) if case.truth else (table[case.label] == case.positive).to_numpy().astype(int)
    if case.split:
        rows, held = case.split(table, truth)
    else:
        rows, held = train_test_split(np.arange(len(table)), test_size=HOLDOUT, random_state=SEED, stratify=truth)
    return Prepared(raw, table, feature_frame(table, features), truth, features, past, rows, held)


def check_gates(gates: dict, measured: dict) -> None:
    """Ends training with the list of what does not hold."""
    kind = {name: name.split(".")[-1] for name in measured}
    failed = [f"{n} {v:.5f} against {gates[n]}" for n, v in measured.items() if (v < gates[n] if kind[n] in AT_LEAST else v > gates[n])]
    if failed:
        raise SystemExit("nothing written, gates failed: " + "; ".join(failed))


def onnx_distance(case: UseCase, model, onnx_model, frame, features) -> float:
    """The greatest difference between the Python model and its ONNX file over the rows, in probability or contribution."""
    session = onnxruntime.InferenceSession(onnx_model.SerializeToString())
    probability, contributions = session.run(["probability", "contributions"], {"features": encode(frame, features)})
    expected = case.probability(model, frame)
    probability = probability[:, 0] if case.task == "binary" else probability
    return float(max(np.abs(probability - expected).max(), np.abs(contributions - model.eval_terms(frame)).max()))


def dictionaries(model, features: list[dict]) -> dict[str, list[str]]:
    """The categories of each feature in code order."""
    pairs = zip(features, model.bins_)
    return {f["name"]: sorted(levels[0], key=levels[0].get) for f, levels in pairs if f["kind"] == "categorical"}


def ids(values) -> list:
    """Row ids in order, without repeats: by number where they are numbers."""
    unique = set(values)
    return sorted(map(int, unique)) if all(str(v).isdigit() for v in unique) else sorted(unique)


def train(case: UseCase, path: Path) -> artefacts.Result:
    """Trains, measures on the held-out rows and checks the gates."""
    data = prepared(case, path)
    rows, held = data.rows, data.held
    model = case.train(data, rows)
    features = case.describe(with_data(data.features, dictionaries(model, data.features), data.frame.iloc[rows]), data)
    onnx_model = case.export(model, case.name.replace("-", "_"))

    found = outcome(case, data, model)
    by_group = {name: value for name, value in disparities(found.groups).items() if name in case.gates}
    metrics = {"holdout": found.holdout, **case.metrics(data, model)}
    found.policy |= case.further(data, model)
    if case.arm:
        found.policy["trial"] |= case.trials(data)
    own = case.own_gates(found.policy)
    measured = {name: figure_at(metrics, name) for name in case.gates if name not in (*own, *by_group, "onnx")} | own
    distance = onnx_distance(case, model, onnx_model, data.frame.iloc[held], features)
    check_gates(case.gates, measured | by_group | {"onnx": distance})
    print(f"{case.name}: " + ", ".join(f"{n} {v:.4f}" for n, v in (measured | by_group).items()) + f", ONNX within {distance:.1e}", file=sys.stderr)
    return artefacts.Result(
        case=case,
        model=model,
        onnx=onnx_model,
        features=features,
        seed=SEED,
        trained=datetime.date.today().isoformat(),
        versions={"python": platform.python_version()} | {p: importlib.metadata.version(p) for p in PACKAGES},
        data={"name": case.data["name"], "rows": len(data.table), "sha256": sha256(path), "licence": case.data["licence"], "source": case.data["source"]},
        split=case.split_words
        or f"scikit-learn train_test_split over the rows, {HOLDOUT:.0%} held out, stratified by {case.label}, random_state {SEED}; {case.id_column} of the held-out rows in holdout.txt",
        holdout_ids=ids(data.table[case.id_column].iloc[held]),
        policy=found.policy,
        metrics=metrics,
        bins=found.bins,
        groups=found.groups,
        history=data.history,
        entry=declared(case.folder).get("useCase"),
        groups_told=declared(case.folder).get("groups"),
        files=case.files(data, model),
    )


def figure_at(metrics: dict, name: str) -> float:
    """A figure by `split.measure`, or by its measure on the held-out rows."""
    split, _, measure = name.rpartition(".")
    return metrics[split or "holdout"][measure]["value"]


def main(case: UseCase) -> None:
    """The command line of every train.py."""
    data, known = (case.real or case).data, os.environ.get(case.environment)
    parser = argparse.ArgumentParser(description=f"Trains {case.name} and rewrites its folder. The data is not in the repository: {data['source']}.")
    parser.add_argument("--out", help="folder of the artefacts")
    if case.generate:
        parser.add_argument("--data", help=f"{data['file']}: trains on it, into .signalbox/models; without it the shipped model is trained, on made-up rows")
        parser.add_argument("--evaluate", default=known, help=f"{data['file']}: tells what the shipped model is worth on real rows; default: ${case.environment}")
    else:
        parser.add_argument("--data", default=known, help=f"{data['file']}; default: ${case.environment}")
    arguments = parser.parse_args()
    if case.generate and not arguments.data:
        with tempfile.TemporaryDirectory() as folder:
            rows = Path(folder) / case.data["file"]
            case.generate(rows)
            result = train(case, rows)
        if arguments.evaluate:
            evaluate_real(case, result, Path(arguments.evaluate))
        artefacts.write(Path(arguments.out or case.folder), result)
        return
    if not arguments.data or not Path(arguments.data).is_file():
        found = f"no file {arguments.data}" if arguments.data else "no data named"
        parser.error(f"{found}: pass --data PATH/{data['file']} or set {case.environment}")
    own = case.folder if case.real is None else case.folder.parent.parent / ".signalbox" / "models" / case.name
    artefacts.write(Path(arguments.out or own), train(case.real or case, Path(arguments.data)))


def evaluate_real(case: UseCase, result: artefacts.Result, path: Path) -> None:
    """Adds what the model of made-up rows reaches on all real ones."""
    real = case.public or case.real
    data = prepared(real, path)
    if case.public is None:
        result.metrics["real"] = figures(data.truth, case.probability(result.model, data.frame), SEED)
    result.metrics |= real.rivals(data, result.model)
