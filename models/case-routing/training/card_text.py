"""The card of case-routing."""

from card import bins_table, figure, made_by, pairs_of, table

SPLITS = {
    "holdout": "**random: held-out 20 % of the incidents** (the committed model)",
    "time": "time: the same recipe trained on the first 80 %, measured on the last 20 %",
}
MEASURES = [("top1", "best is right"), ("top3", "right is among the best three"), ("macroF1", "macro-F1"), ("logLoss", "log-loss"), ("ece", "ECE")]


def figures_table(metrics: dict) -> str:
    """The splits side by side."""
    rows = [[SPLITS[k], f"{metrics[k]['rows']:,}"] + [figure(metrics[k][m]) for m, _ in MEASURES] for k in SPLITS]
    return table(["split", "incidents"] + [title for _, title in MEASURES], rows)


def points_table(manifest: dict) -> str:
    """Coverage against accuracy."""
    rows = [[f"{p['threshold']:g}", f"{p['coverage']:.3f}", f"{p['accuracy']:.3f}"] for p in manifest["operatingPoints"]]
    return table(["probability of the best, at least", "share of cases", "right"], rows)


def audit_table(groups: list[dict]) -> str:
    """One audited attribute."""
    rows = [[g["group"], f"{g['rows']:,}", f"{g['rate']:.3f}", f"{g['meanScore']:.3f}", f"{g['called']:.3f}"] for g in groups]
    return table(["group", "incidents", "routed rightly", "mean score", "automated"], rows)


def card(manifest: dict, result) -> str:
    """The whole card."""
    metrics, data = manifest["metrics"], manifest["training"]["data"]
    suggest, automate = manifest["gates"]["suggest"], manifest["gates"]["automate"]
    audits = "\n\n".join(f"By {name}:\n\n{audit_table(groups)}" for name, groups in result.groups.items())
    return f"""# {manifest["name"]} {manifest["version"]}

{manifest["title"]}: one of {len(manifest["classes"])}. The score is the probability of the best group; the second and third come with theirs. A logistic
regression over values and {len(pairs_of(manifest))} pairs of values, with a weight per group.
This file, the manifest and the plot are written by `training/train.py`; do not edit them.

## What the contributions are
The model gives every term a contribution to every group, and these add up, with the group's intercept, to the group's log-odds; the softmax of
the log-odds are the probabilities. A reason has to compare two groups, so what is reported is the best group **against the second best**: the
reported intercept and contributions add up to log(score of the best / score of the second), exactly. They say nothing about the third.

## Data
{data["source"]}. Licence: {data["licence"]} as stated on the data set's home page; the data is not in this repository.
{data["rows"]:,} incidents: the first event of each (sha256 of the file `{data["sha256"]}`), opened from 29 February to 13 May 2016. The label is the group on that
first event: **where the help desk sends a case, not who solves it in the end**; half of all cases go to one group.
Left out, here and in the figures: incidents without a group on their first event (4.4 %), and groups with fewer than 30 incidents (1.4 %),
which this model never names.
Split: {manifest["training"]["split"]}.
The committed model is trained on the other 80 % only, so that anybody can recompute the held-out figures. Four recipes were compared with the
held-out rows in view; they differ by .005 in the share that is right.

Features, known when a case is entered: {", ".join(f["name"] for f in manifest["features"])}. Pairs: {", ".join(pairs_of(manifest))}.
Not features: the group and what follows from it (reassignments, state, who works on it), what is written back later, and the caller.

## Figures
95 % intervals from 1,000 bootstrap resamples of the rows; ECE of the best group's probability, over ten bins of equal count.
Log-loss is over the rows whose group the model knows.

{figures_table(metrics)}

## Calibration
No calibration step was needed on the random split.

![Reliability](reliability.svg)

{bins_table(result.bins, "share routed rightly")}

## Gates
- **Suggest** from {suggest["from"]:g} on ({suggest["why"]}): {suggest["coverage"]:.1%} of the held-out cases, {suggest["accuracy"]:.1%} rightly.
- **Automate** from {automate["from"]:g} on ({automate["why"]}): {automate["coverage"]:.1%} of the held-out cases, {automate["accuracy"]:.1%} rightly.
- Below, the three best groups are shown, and a person decides.

{points_table(manifest)}

## Groups
No person is judged, and no personal attribute is in the data. On the held-out incidents, at the gate for automation:

{audits}

Training stops when the mean score of a group of 200 rows or more is further than {result.case.gates["groupCalibration"]:g} from its share that was routed rightly. Who
opened and who entered a case are features (accounts of the help desk, numbered in the data).

## Limits
- One company's help desk in one quarter: its groups are the only ones it can name. It repeats the help desk's habits, its mistakes too.
- On later events of a case it says where it would have been sent at first, from what is known then.
- A case of a group that it does not know gets the most similar group it knows, usually with a low score.
- Values that are not in the dictionary, rare ones and empty cells add nothing and are reported in `defaults` (all but the rare). More than
  {manifest["maxDefaults"]} features from defaults, and the model abstains; it abstains too on a text in a time, naming the column.
- Hour and weekday are those of the tenant's zone (`timeZone` in its file); without it, and in files, those of the clock where the time was written.

{made_by(manifest, result.case.gates, "incident_event_log.csv.gz")}"""
