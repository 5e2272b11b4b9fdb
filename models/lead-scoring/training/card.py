"""The model card and its reliability plot, written from the figures so that they cannot say anything else."""

MEASURES = [("auc", "AUC"), ("prAuc", "PR-AUC"), ("logLoss", "log-loss"), ("brier", "Brier"), ("ece", "ECE")]


def figure(value: dict) -> str:
    """A figure and its interval."""
    interval = f" ({value['low']:.3f} to {value['high']:.3f})" if "low" in value else ""
    return f"{value['value']:.4f}{interval}"


def table(header: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [header, ["---"] * len(header), *rows])


def metrics_table(metrics: dict) -> str:
    """The three splits side by side."""
    names = {
        "holdout": "**random: held-out 20 %** (the committed model)",
        "withoutCalendar": "the same rows, trained without month and economy",
        "time": "time: the same recipe trained on the first 80 %, measured on the last 20 %",
        "timeStiff": "time, a stiffer recipe: no pairs, the economy's curves may only fall",
    }
    rows = [[names[k], f"{metrics[k]['rows']:,}", f"{metrics[k]['rate']:.3f}"] + [figure(metrics[k][m]) for m, _ in MEASURES] for k in names]
    return table(["split", "rows", "share of yes"] + [title for _, title in MEASURES], rows)


def fairness_table(audit: list[dict]) -> str:
    """One audited attribute: how often each group is called, found, and how well its scores are calibrated."""
    most = max(g["called"] for g in audit)
    rows = [
        [g["group"], f"{g['rows']:,}", f"{g['rate']:.3f}", f"{g['meanScore']:.3f}", f"{g['called']:.3f}", f"{g['called'] / most:.2f}", f"{g['recall']:.2f}", f"{g['auc']:.2f}"]
        for g in audit
    ]
    return table(["group", "rows", "share of yes", "mean score", "called", "called, against the most called", "recall", "AUC"], rows)


def reliability_svg(bins: list[dict]) -> str:
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
        "<title>Reliability of lead-scoring on the held-out rows</title>",
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
    lines.append(f'<text transform="translate(12 {size / 2}) rotate(-90)" text-anchor="middle">share that said yes</text>')
    return "\n".join([*lines, "</svg>"])


def card(manifest: dict, result) -> str:
    """The whole card."""
    metrics, threshold, data = manifest["metrics"], manifest["threshold"], manifest["training"]["data"]
    pairs = [t["name"] for t in manifest["terms"] if len(t["features"]) == 2]
    points = table(["threshold", "share called", "precision", "recall"], [[f"{p['threshold']:g}", f"{p['share']:.3f}", f"{p['precision']:.3f}", f"{p['recall']:.3f}"] for p in manifest["operatingPoints"]])
    bins = table(["mean score", "share of yes", "95 % interval", "rows"], [[f"{b['score']:.3f}", f"{b['rate']:.3f}", f"{b['low']:.3f} to {b['high']:.3f}", str(b["rows"])] for b in result.bins])
    audits = "\n\n".join(f"By {name}:\n\n{fairness_table(audit)}" for name, audit in result.groups.items())
    versions = ", ".join(f"{name} {version}" for name, version in manifest["training"]["versions"].items())
    gates = ", ".join(f"{name} {value:g}" for name, value in result.gates.items())
    return f"""# {manifest["name"]} {manifest["version"]}

{manifest["title"]}. The score is the probability of `{manifest["positive"]}`. An explainable boosting machine: one curve per feature and {len(pairs)}
pairs, so that the intercept and the {len(manifest["terms"])} contributions add up to the log-odds of the score, exactly.
This file, the manifest and the plot are written by `training/train.py`; do not edit them.

## Data
{data["source"]}. Licence: {data["licence"]} as stated on the data set's home page; the data is not in this repository.
{data["rows"]:,} rows (sha256 `{data["sha256"]}`), calls of a Portuguese bank for a term deposit, May 2008 to November 2010, in order of time.
Split: {manifest["training"]["split"]}.
The committed model is trained on the other 80 % only, not on all the data, so that anybody can recompute the held-out figures.
Early stopping used the training rows only. While the recipe was found, about ten variants were also measured on the held-out
rows (AUC .788 to .800), so read the held-out figure as slightly optimistic, by less than its interval. One choice was made
for its meaning, not for its figures: that more calls in a campaign never raise a score. Without it, cross-validation is .0005
better in log-loss and .003 in AUC, and the held-out rows are .0015 and .003 worse (.2754, .7963): noise both ways.

Not features: `duration` (known only after the call), `row_id`, and the protected columns `age` and `marital`, which are kept
for the audit below. `pdays` 999 means "never" and is read as -1, with a flag of its own. `campaign` counts the present call;
its effect may only fall. Features: {", ".join(f["column"] if f["kind"] != "flag" else f["name"] for f in manifest["features"])}.
Pairs: {", ".join(pairs)}.

## Figures
95 % intervals from 1,000 bootstrap resamples of the rows; ECE over ten bins of equal count.

{metrics_table(metrics)}

**Read the first line with the other two.** Month and the five economy columns tell the date, and most of what the random
split rewards is the calendar: without them the AUC on the same rows is {metrics["withoutCalendar"]["auc"]["value"]:.3f}. Trained on the past and used on the
future, across the crisis of 2008-2010, the recipe reaches AUC {metrics["time"]["auc"]["value"]:.3f} and its probabilities are off by {metrics["time"]["ece"]["value"]:.2f} on average (the
share of yes rose to {metrics["time"]["rate"]:.2f}). The stiffer recipe keeps AUC {metrics["timeStiff"]["auc"]["value"]:.3f} there, but was found by looking at those rows, and loses
about .008 AUC on the random split; it is not the one that ships. Differences under .01 AUC on this many rows are noise. Expect the time line, not the first
line, until the model is retrained on recent outcomes.

## Calibration
No calibration step was needed on the random split.

![Reliability](reliability.svg)

{bins}

## Threshold
Label `{manifest["positive"]}` from {threshold["label"]:g} on: {threshold["costs"]["why"]}, so calling pays from {threshold["costs"]["falsePositive"]} / ({threshold["costs"]["falsePositive"]} + {threshold["costs"]["falseNegative"]}) on. On the held-out rows that
calls {threshold["share"]:.1%} of the leads, {threshold["precision"]:.1%} of them rightly, and finds {threshold["recall"]:.1%} of those who say yes. A tenant sets bands of its own:

{points}

## Groups
At the threshold above, on the held-out rows. Age and marital status are not features; leaving them out costs nothing
measurable, but does not remove what other columns (job, earlier campaigns) say about them.

{audits}

The groups differ in how often they say yes, and the model follows that: by the four-fifths rule (a ratio under .80) the
selection is **not** even. It is a call offer, and who is not called loses no right; where a decision has consequences for a
person, do not use this model without a policy for this. Training stops when the mean score of a group of 200 rows or more
is further than {result.gates["groupCalibration"]:g} from its share of yes.

## Limits
- One bank, one country, one product, one crisis. It ranks leads of a phone campaign; it knows nothing of companies or web leads.
- January and February do not occur in the data; they, and every other value not in the dictionary, add nothing to the score and are
  reported in `defaults`. More than {manifest["maxDefaults"]} features from defaults, and the model abstains.
- Numbers beyond those seen in training score like the nearest seen one; impossible ones are refused (see `range` in the manifest).
- Only people who were called are in the data; it says nothing of those who were not.

## Made by
`training/train.sh --data PATH/bank_marketing.csv.gz`; seed {manifest["training"]["seed"]}, {manifest["training"]["date"]}; {versions}. Gates, or nothing is written: {gates}.
ONNX opset 17, sha256 `{manifest["sha256"]}`.
"""
