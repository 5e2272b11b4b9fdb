"""The card of lead-scoring."""

from card import allowed, bins_table, columns_of, fairness, made_by, metrics_table, pairs_of, points_table

SHARE = "share of yes"
SPLITS = {
    "holdout": "**random: held-out 20 %** (the committed model)",
    "withoutCalendar": "the same rows, trained without month and economy",
    "time": "time: the same recipe trained on the first 80 %, measured on the last 20 %",
}


def card(manifest: dict, result) -> str:
    """The whole card."""
    metrics, threshold, data = manifest["metrics"], manifest["threshold"], manifest["training"]["data"]
    pairs, gates = pairs_of(manifest), result.case.gates
    return f"""# {manifest["name"]} {manifest["version"]}

{manifest["title"]}. The score is the probability of `{manifest["positive"]}`. A logistic regression, bent by an explainable boosting machine of
what it leaves over and folded into it: one curve per feature and {len(pairs)} pairs, so that the intercept and the {len(manifest["terms"])} contributions add up to the log-odds of the score, exactly.
Beyond the numbers that were seen, to the ends of a feature's range, the curves go on with the slope of the regression.
This file, the manifest and the plot are written by `training/train.py`; do not edit them.

## Data
{data["source"]}. Licence: {data["licence"]} as stated on the data set's home page; the data is not in this repository.
{data["rows"]:,} rows (sha256 `{data["sha256"]}`), calls of a Portuguese bank for a term deposit, May 2008 to November 2010, in order of time.
Split: {manifest["training"]["split"]}.
The committed model is trained on the other 80 % only, not on all the data, so that anybody can recompute the held-out figures.
Early stopping used the training rows only. While the recipe was found, about fifty variants were also measured on the held-out
rows (AUC .788 to .803) and on the last 20 % in time (.66 to .75), so read both figures as optimistic. Chosen was one that is good at both: boosting alone is .002 better on the
first and .08 worse on the second. One choice was made for its meaning, not for its figures: that more calls in a campaign never raise a score.

Not features: `duration` (known only after the call), `row_id`, and the protected columns `age` and `marital`, which are kept
for the audit below. `pdays` 999 means "never" and is read as -1, with a flag of its own. `campaign` counts the present call;
its effect may only fall. Features: {columns_of(manifest)}.
Pairs: {", ".join(pairs)}.

## Figures
95 % intervals from 1,000 bootstrap resamples of the rows; ECE over ten bins of equal count.

{metrics_table(metrics, SPLITS, SHARE)}

**Read the first line with the other two.** Month and the five economy columns tell the date, and most of what the random
split rewards is the calendar: without them the AUC on the same rows is {metrics["withoutCalendar"]["auc"]["value"]:.3f}. Trained on the past and used on the
future, across the crisis of 2008-2010, the recipe reaches AUC {metrics["time"]["auc"]["value"]:.3f} and its probabilities are off by {metrics["time"]["ece"]["value"]:.2f} on average (the
share of yes rose to {metrics["time"]["rate"]:.2f}): it still ranks, but must be calibrated anew. Differences under .01 AUC on this many rows are noise. Expect the time line, not the first
line, until the model is retrained on recent outcomes.

What retraining is worth, by `npm run train -- curve` (stated here as that run told it; [the curve](../../docs/models.md#what-it-is-worth)): on the last 40 % of the calls, a
model trained once on the first 60 % has AUC .548, log-loss .884 and ECE .184; trained anew every 5 % on the 25 % before, .712, .483 and .075. Inside a block of 5 % that is .57 on
average: most of the .712 is the calendar, too.

## Calibration
No calibration step was needed on the random split.

![Reliability](reliability.svg)

{bins_table(result.bins, SHARE)}

## Threshold
Label `{manifest["positive"]}` from {threshold["label"]:g} on: {threshold["costs"]["why"]}, so calling pays from {threshold["costs"]["falsePositive"]} / ({threshold["costs"]["falsePositive"]} + {threshold["costs"]["falseNegative"]}) on. On the held-out rows that
calls {threshold["share"]:.1%} of the leads, {threshold["precision"]:.1%} of them rightly, and finds {threshold["recall"]:.1%} of those who say yes. A tenant sets bands of its own:

{points_table(manifest, "called")}

## Groups
At the threshold above, on the held-out rows. Age and marital status are not features; leaving them out costs nothing
measurable, but does not remove what other columns (job, earlier campaigns) say about them.

{fairness(result.groups, SHARE, "called")}

The groups differ in how often they say yes, and the model follows that: by the four-fifths rule (a ratio under .80) the
selection is **not** even. It is a call offer, and who is not called loses no right; where a decision has consequences for a
person, do not use this model without a policy for this. Training stops when the mean score of a group of 200 rows or more
is further than {gates["groupCalibration"]:g} from its share of yes{allowed(result.case)}

## Limits
- One bank, one country, one product, one crisis. It ranks leads of a phone campaign; it knows nothing of companies or web leads.
- The five columns of the economy move together, so their contributions may stand against each other: read them as one.
- January and February do not occur in the data; they, and every other value not in the dictionary, add nothing to the score and are
  reported in `defaults`. More than {manifest["maxDefaults"]} features from defaults, and the model abstains.
- Numbers beyond those seen in training follow the straight line, which is a guess; impossible ones are refused (see `range` in the manifest).
- Only people who were called are in the data; it says nothing of those who were not.

{made_by(manifest, gates, "bank_marketing.csv.gz")}"""
