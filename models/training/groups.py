"""
Measures a trained model by group anew, from its own ONNX file, and writes groups.json beside it. Nothing is trained:

    npm run train -- groups churn --data PATH/telco_churn.csv
"""

import argparse
import importlib.util
import json
import os
import sys
import tempfile
from pathlib import Path

import onnxruntime

from disparity import disparities, groups_json
from features import encode, sha256
from figures import by_group
from run import check_gates, prepared
from usecase import UseCase

MODELS = Path(__file__).parent.parent


def case_of(name: str) -> UseCase:
    """What the model's train.py declares."""
    folder = MODELS / name / "training"
    sys.path.insert(0, str(folder))
    spec = importlib.util.spec_from_file_location("train", folder / "train.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.CASE


def measured(case: UseCase, path: Path) -> str:
    """groups.json, once the disparity that was stated holds; the rows must be those that the model was trained on."""
    manifest = json.loads((case.folder / "manifest.json").read_text(encoding="utf8"))
    if sha256(path) != manifest["training"]["data"]["sha256"]:
        raise SystemExit(f"nothing written: {path} is not the data that {case.name} was trained on")
    data = prepared(case, path)
    session = onnxruntime.InferenceSession((case.folder / manifest["file"]).read_bytes())
    rows = encode(data.frame.iloc[data.held], manifest["features"])
    score, truth = session.run(["probability"], {"features": rows})[0][:, 0].astype(float), data.truth[data.held]
    groups = {name: by_group(group.iloc[data.held], truth, score, case.threshold) for name, group in case.audit(data.table).items()}
    found = {gate: value for gate, value in disparities(groups).items() if gate in case.gates}
    check_gates(case.gates, found)
    print(f"{case.name}: " + ", ".join(f"{gate} {value:.4f}" for gate, value in found.items()), file=sys.stderr)
    return groups_json(manifest["sha256"], groups, case.gates, case.disparity)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measures a trained model with two classes by group and writes its groups.json.")
    parser.add_argument("model", help="its name")
    parser.add_argument("--data", help="the rows that it was trained on; made-up ones are made up again")
    arguments = parser.parse_args()
    case = case_of(arguments.model)
    if case.task != "binary":
        parser.error(f"{case.name} has no two classes")
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.data or os.environ.get(case.environment)
        if case.generate:
            path = Path(folder) / case.data["file"]
            case.generate(path)
        if not path or not Path(path).is_file():
            parser.error(f"pass --data PATH/{case.data['file']}")
        contents = measured(case, Path(path))
    (case.folder / "groups.json").write_text(contents + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
