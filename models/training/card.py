"""The parts of a model card and the reliability plot, written from the figures so that they cannot say anything else."""

MEASURES = [("auc", "AUC"), ("prAuc", "PR-AUC"), ("logLoss", "log-loss"), ("brier", "Brier"), ("ece", "ECE")]


def figure(value: dict) -> str:
    """A figure and its interval."""
    interval = f" ({value['low']:.3f} to {value['high']:.3f})" if "low" in value else ""
    return f"{value['value']:.4f}{interval}"


def table(header: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [header, ["---"] * len(header), *rows])


def metrics_table(metrics: dict, names: dict[str, str], share: str) -> str:
    """The splits side by side; `names` gives the words for each."""
    rows = [[names[k], f"{metrics[k]['rows']:,}", f"{metrics[k]['rate']:.3f}"] + [figure(metrics[k][m]) for m, _ in MEASURES] for k in names]
    return table(["split", "rows", share] + [title for _, title in MEASURES], rows)


def points_table(manifest: dict, called: str) -> str:
    """What other thresholds do."""
    rows = [[f"{p['threshold']:g}", f"{p['share']:.3f}", f"{p['precision']:.3f}", f"{p['recall']:.3f}"] for p in manifest["operatingPoints"]]
    return table(["threshold", f"share {called}", "precision", "recall"], rows)


def bins_table(bins: list[dict], share: str) -> str:
    """The numbers behind the plot."""
    rows = [[f"{b['score']:.3f}", f"{b['rate']:.3f}", f"{b['low']:.3f} to {b['high']:.3f}", str(b["rows"])] for b in bins]
    return table(["mean score", share, "95 % interval", "rows"], rows)


def known(value: float) -> str:
    """A figure of a group; a group without a single positive has none."""
    return "-" if value != value else f"{value:.2f}"


def fairness_table(audit: list[dict], share: str, called: str) -> str:
    """One audited attribute: how often each group is called, found, and how well its scores are calibrated."""
    most = max(g["called"] for g in audit)
    rows = [
        [g["group"], f"{g['rows']:,}", f"{g['rate']:.3f}", f"{g['meanScore']:.3f}", f"{g['called']:.3f}", f"{g['called'] / most:.2f}", known(g["recall"]), known(g["auc"])]
        for g in audit
    ]
    return table(["group", "rows", share, "mean score", called, f"{called}, against the most {called}", "recall", "AUC"], rows)


def fairness(groups: dict, share: str, called: str) -> str:
    """All audited attributes."""
    return "\n\n".join(f"By {name}:\n\n{fairness_table(audit, share, called)}" for name, audit in groups.items())


def allowed(case) -> str:
    """What else stops training, and why so much is allowed; the end of a sentence about the calibration of groups."""
    gates = case.gates
    recall = f", the recall of two of them differs by more than {gates['groupRecall']:g}" if "groupRecall" in gates else ""
    selection = f", or one is selected less than {gates['groupSelection']:g} times as often as another" if "groupSelection" in gates else ""
    why = f"; so\nmuch is allowed because {case.disparity}" if recall or selection else ""
    return f"{recall}{selection}{why}. `groups.json` has the figures for the promotion gate."


def pairs_of(manifest: dict) -> list[str]:
    """The terms of two features."""
    return [t["name"] for t in manifest["terms"] if len(t["features"]) == 2]


def columns_of(manifest: dict) -> str:
    """The features by their columns; those that are computed by their names."""
    return ", ".join(f["name"] if f["kind"] == "flag" or "derive" in f else f["column"] for f in manifest["features"])


def made_by(manifest: dict, gates: dict, file: str) -> str:
    """The last section."""
    training = manifest["training"]
    versions = ", ".join(f"{name} {version}" for name, version in training["versions"].items())
    held = ", ".join(f"{name} {value:g}" for name, value in gates.items())
    return f"""## Made by
`npm run train -- {manifest["name"]} --data PATH/{file}`; seed {training["seed"]}, {training["date"]}; {versions}. Gates, or nothing is written: {held}.
ONNX opset 17, sha256 `{manifest["sha256"]}`.
"""


def reliability_svg(name: str, bins: list[dict], words: dict) -> str:
    """Mean score against observed rate in ten bins of equal count, with 95 % intervals."""
    size, margin = 360, 44
    most = max(0.1, round(max(b["high"] for b in bins) + 0.05, 1))

    def x(value: float) -> float:
        return round(margin + value / most * (size - 2 * margin), 1)

    def y(value: float) -> float:
        return round(size - margin - value / most * (size - 2 * margin), 1)

    ticks = [round(most * n / 4, 3) for n in range(5)]
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="{size}" height="{size}" font-family="sans-serif" font-size="11">',
        f"<title>Reliability of {name} on the held-out rows</title>",
        f'<rect width="{size}" height="{size}" fill="#fff"/>',
        f'<path d="M{x(0)} {y(0)}H{x(most)}M{x(0)} {y(0)}V{y(most)}" stroke="#333" fill="none"/>',
        f'<path d="M{x(0)} {y(0)}L{x(most)} {y(most)}" stroke="#999" stroke-dasharray="4 3"/>',
    ]
    for tick in ticks:
        lines.append(f'<text x="{x(tick)}" y="{y(0) + 16}" text-anchor="middle">{tick:g}</text>')
        lines.append(f'<text x="{x(0) - 6}" y="{y(tick) + 4}" text-anchor="end">{tick:g}</text>')
    for b in bins:
        lines.append(f'<path d="M{x(b["score"])} {y(b["low"])}V{y(b["high"])}" stroke="#0a6"/>')
        lines.append(f'<circle cx="{x(b["score"])}" cy="{y(b["rate"])}" r="3" fill="#0a6"/>')
    lines.append(f'<text x="{size / 2}" y="{size - 8}" text-anchor="middle">mean score in the bin</text>')
    lines.append(f'<text transform="translate(12 {size / 2}) rotate(-90)" text-anchor="middle">share {words["share"]}</text>')
    return "\n".join([*lines, "</svg>"])
