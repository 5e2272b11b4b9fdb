"""The card of anomaly."""

from card import MEASURES, fairness, figure, made_by, points_table, table

SPLITS = {
    "holdout": "**held-out records** (this model)",
    "naive": "the same events, by a z-score of the record's own mean and standard deviation",
    "isolationForest": "the same events, by scikit-learn's IsolationForest over value against the record's median, hour, weekday, gap and events in a day",
    "real": "this model on incidents a day of the public event log, with silences and floods put in",
    "realNaive": "the same days, by the naive z-score",
    "tested": "this model on those of ten groups by which nothing was chosen",
    "testedNaive": "the same days, by the naive z-score",
}
SHARE = "share that were anomalous"


def figures_table(metrics: dict) -> str:
    """The model and its rivals side by side; log-loss of another prevalence than the budget is of no use."""
    shown = [(name, words) for name, words in SPLITS.items() if name in metrics]
    measures = [(key, title) for key, title in MEASURES if key in ("auc", "prAuc", "logLoss", "ece")]
    rows = [[words, f"{metrics[name]['rows']:,}", f"{metrics[name]['rate']:.4f}"] + [figure(metrics[name][key]) for key, _ in measures] for name, words in shown]
    return table(["", "events", SHARE] + [title for _, title in measures], rows)


def real_words(metrics: dict) -> str:
    """What the public data say."""
    if "real" not in metrics:
        return ""
    return f"""
The last lines: days of 20 groups with two incidents a day or more ({incidents_source()}, CC BY 4.0, opened from 29 February to 13 May 2016). From the fifth week on
every 41st day with two or more is changed, by turns to nothing and to four times as many; 41 times, so that each is changed once. Intervals are over days. The scale of counts and the spread were chosen on ten of the groups, by their PR-AUC; the other ten
tell what that is worth elsewhere. The label counts the changed days alone: what was odd in the log by itself (holidays, floods of ten times the usual, its tailing off where it is cut) counts against the model.
{beaten(metrics)}"""


def beaten(metrics: dict) -> str:
    """Where the naive score does better, it is said."""
    lines = []
    for name, words in {"real": "On all public days", "tested": "On the groups by which nothing was chosen"}.items():
        own, naive = metrics[name]["prAuc"], metrics[name + "Naive"]["prAuc"]
        verdict = "is not below the naive z-score" if own["value"] >= naive["value"] else "**is below the naive z-score**"
        lines.append(f"{words} PR-AUC {verdict}: {figure(own)} against {figure(naive)}.\n")
    return "".join(lines)


def incidents_source() -> str:
    """Where the public log is from."""
    return "UCI, doi 10.24432/C57S4H"


def card(manifest: dict, result) -> str:
    """The whole card."""
    metrics, data, threshold, alarms = manifest["metrics"], manifest["training"]["data"], manifest["threshold"], manifest["falseAlarms"]
    rivals = {name: metrics[name]["prAuc"]["value"] for name in ("naive", "isolationForest")}
    return f"""# {manifest["name"]} {manifest["version"]}

**Calibrated on made-up events** (`training/generate.py`); the baseline that it compares with is each record's own past, in the tenant's own ledger.

{manifest["title"]}. No label is learnt from. This file and the manifest are written by `training/train.py`; do not edit them.

## What it does
Of every event two numbers are computed from the past of its record, before the event (`models/history/`):

- **value**: how many robust standard deviations the value is from what was to be expected at this hour and weekday. Level, hour of day, weekday and hour of week are medians,
  one after the other, each drawn to nothing where chance may have made it; the spread is the median absolute deviation, or the mean one where that is greater, in which none counts for more than four spreads. One outlier moves none of them.
  Whole numbers are compared as counts, by their root where they are small and by shares where they are great (the scale on which a negative binomial's spread is the same everywhere); other values by shares (logarithmically) where nothing is negative.
- **rate**: the same of the number of events in the last 24 hours, against those of the same hours on up to 28 days before.

A record with fewer than 24 values leans on those of its group, or of all records of the use case where it has no group; with fewer than 12, and fewer than 30 of others, it has no value. A record needs a week for a rate.

**The score.** The surprise of a deviation is -log of the share of ordinary events that are as far out; beyond the 98th percentile their tail is a generalised Pareto distribution (peaks over threshold). The
model adds the surprise of both, less an allowance of 1.25 each, to an intercept that is the log of the budget: the contributions and the intercept add up to the log-odds of the score, exactly. A score of one half is where one in {1 / alarms["budget"]:,.0f} ordinary events is as unusual;
0.9 where about one in {9 / alarms["budget"]:,.0f} is. It is the probability of an anomaly where anomalies are as frequent as that budget, and come out beyond what is ordinary.

## Data
{data["source"]}. Licence: {data["licence"]}. {data["rows"]:,} events that have a score (sha256 of the file `{data["sha256"]}`): revenue a day, counts an hour, payments at any hour, readings of a sensor; levels, spreads and seasons stated there, fitted to nothing.
Anomalies: values times or over 2 to 6, as much at night as by day, levels that shift for a while, bursts of events.
Split: {manifest["training"]["split"]}.

## Figures
95 % intervals from 1,000 bootstrap resamples of the rows; ECE over ten bins of equal count. All on one scale: the share of ordinary training events that are as unusual.

{figures_table(metrics)}
{real_words(metrics)}
PR-AUC is {metrics["holdout"]["prAuc"]["value"]:.3f}, against {rivals["naive"]:.3f} of the naive z-score and {rivals["isolationForest"]:.3f} of the isolation forest. Many of the anomalies are within what ordinary events reach: a payment of twice the usual amount cannot be found at this budget. Bursts are most of what is found; see the groups below.

## False alarms
On {alarms["rows"]:,} events of records without any anomaly, which nothing was calibrated on, {alarms["alarms"]} are called: {alarms["share"]:.2%} against a budget of {alarms["budget"]:.2%}, {alarms["perRecordWeek"]:.3f} a week and record.

## Threshold
Label `{manifest["positive"]}` from {threshold["label"]:g} on: {threshold["costs"]["why"]}. On the held-out events that calls {threshold["share"]:.2%}, {threshold["precision"]:.1%} of them rightly, and finds {threshold["recall"]:.1%} of the anomalies:

{points_table(manifest, "called")}

## Groups
No person is judged, and no personal attribute is read. On the held-out events, by kind of record:

{fairness(result.groups, SHARE, "called")}

## What it cannot use
| input | becomes |
| --- | --- |
| no record, a time that is none, a time before the record's newest | no score, and it is not remembered |
| value missing | the event counts for the rate, and has no value |
| value not a number, or beyond 1e15 | no score, and it is not remembered: a broken value must not spoil the baseline |
| too little past for value and rate | no score |
| other columns, a label among them | not read |

## Limits
- Hours, weekdays and holidays are those of the tenant's file (`timeZone`, `holidays`); in a file that is scored they are those of UTC, and there are no holidays. A holiday that the file does not name is a quiet Monday; on one that it names, only more than usual is unusual.
- A silence is noticed with the next event, as is a burst from its fifth event or so. What never comes again is never noticed: that of a whole stream is [rhythm](../rhythm/card.md)'s to notice.
- The first three weeks know no weekday: a quiet Sunday is unusual until then, and hours need 96 values.
- A level that changes for good is called until half of the last 48 values have it.
- The budget holds for ordinary events like the made-up ones; heavier tails mean more alarms. Look at a week of decisions before acting on them, and raise the band.
- The 500 newest events of a record count.

{made_by(manifest, result.case.gates, "incident_event_log.csv.gz").replace(" --data PATH/", " --evaluate PATH/")}"""
