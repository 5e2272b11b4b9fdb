"""The card of rhythm."""

from card import MEASURES, fairness, figure, made_by, points_table, table

SPLITS = {
    "holdout": "**held-out streams** (this model)",
    "naive": "the same hours, by a z-score of the same hour of the weeks before",
    "real": "this model on the public event log by the hour, with silences and floods put in",
    "realNaive": "the same hours, by the z-score of the same hour",
}
SHARE = "share that were unusual"


def figures_table(metrics: dict) -> str:
    """The model and its rival side by side."""
    shown = [(name, words) for name, words in SPLITS.items() if name in metrics]
    measures = [(key, title) for key, title in MEASURES if key in ("auc", "prAuc", "logLoss", "ece")]
    rows = [[words, f"{metrics[name]['rows']:,}", f"{metrics[name]['rate']:.4f}"] + [figure(metrics[name][key]) for key, _ in measures] for name, words in shown]
    return table(["", "hours", SHARE] + [title for _, title in measures], rows)


def real_words(metrics: dict) -> str:
    """What the public data say."""
    if "real" not in metrics:
        return ""
    found = metrics["real"]
    own, naive = found["prAuc"], metrics["realNaive"]["prAuc"]
    verdict = "better than" if own["value"] > naive["value"] else "**worse than**"
    return f"""
The last lines: {found["rows"]:,} hours of three streams (UCI, doi 10.24432/C57S4H, CC BY 4.0: incidents opened, changed and resolved, from 29 February to 13 May 2016, four weeks of them learning). Every
37th hour with five events or more is changed, by turns to four times as many, and to six hours of nothing. PR-AUC is {figure(own)}, {verdict} the z-score's {figure(naive)}. The label counts the changed hours alone, and
two holidays count against the model: most of the other hours that it calls are those of 21 and 22 April 2016, when Brazil was off work.
"""


def found_table(found: dict) -> str:
    """By kind of anomaly, what is called of it."""
    rows = [[kind, f"{of['size']:,}", f"{of['mean']:.1%}"] for kind, of in sorted(found.items())]
    return table(["anomaly", "labelled hours", "called"], rows)


def card(manifest: dict, result, found: dict) -> str:
    """The whole card."""
    metrics, data, threshold, alarms = manifest["metrics"], manifest["training"]["data"], manifest["threshold"], manifest["falseAlarms"]
    return f"""# {manifest["name"]} {manifest["version"]}

**Calibrated on made-up hours** (`training/generate.py`); the rhythm that it compares with is each stream's own past, in the tenant's own ledger.

{manifest["title"]}. No label is learnt from. This file and the manifest are written by `training/train.py`; do not edit them.

## What it does
A stream is what a connection tells of one kind: leads created, cases updated, or everything together. Signalbox counts its events by the hour of the CRM's time (`activities/rhythm.ts`). Of every hour two numbers are
computed from the past of its stream (`models/history/rhythm.ts`):

- **hour**: how far its count is from what was to be expected at this hour and weekday. Level, hour of day, weekday and hour of week are medians, one after the other, each drawn to nothing where chance may have made it, as in
  `anomaly`; the level of now is the median of the last week. All on the scale of twice the root (Anscombe), where chance has a standard deviation of 1 whatever is expected; how much more a stream varies is told by its busiest hours, and by the same hour of other days.
- **stretch**: the sum of such deviations over the last 12 hours, each counting for 2.5 at most, in how much such sums varied before. It finds a silence at a time when a single quiet hour says nothing, and a day at half speed. It has no value where one of the hours was not counted.

**The score** is made as that of `anomaly`: the surprise of a number is -log of the share of ordinary hours that are as far out, beyond the 98th percentile by a generalised Pareto distribution; both surprises, less an allowance of 1.25 each, are added to an intercept that is the log of the budget. The
contributions and the intercept add up to the log-odds of the score, exactly. A score of one half is where one in {1 / alarms["budget"]:,.0f} ordinary hours is as unusual.

**Learning.** A stream has no score for its first 28 days. Where the ledger has more than that when the use case is switched on, it has one at once.

## Data
{data["source"]}. Licence: {data["licence"]}. {data["rows"]:,} hours that have a score (sha256 of the file `{data["sha256"]}`), eight weeks a stream: office hours, a shop that sells in the evening, an import every night beside the office; levels, good and bad days, drift and spread stated there, fitted to nothing.
Anomalies: floods of one to three hours, silences of 3 to 30 hours, days at a tenth to three tenths of their number, days at two or three times it. An hour is labelled once so much has come or stayed out that chance would not do it.
Split: {manifest["training"]["split"]}.

## Figures
95 % intervals from 1,000 bootstrap resamples of the rows; ECE over ten bins of equal count. All on one scale: the share of ordinary hours that are as unusual.

{figures_table(metrics)}
{real_words(metrics)}
## False alarms
On {alarms["rows"]:,} hours of streams without any anomaly, which nothing was calibrated on, {alarms["alarms"]} are called: {alarms["share"]:.2%} against a budget of {alarms["budget"]:.2%}, {alarms["perRecordWeek"]:.3f} a week and stream. Streams differ, and such hours come in runs: one slow evening may be several of them, and is one task. Reckon with the measured share, not with the budget.

## Threshold
Label `{manifest["positive"]}` from {threshold["label"]:g} on: {threshold["costs"]["why"]}. On the held-out hours that calls {threshold["share"]:.2%}, {threshold["precision"]:.1%} of them rightly, and finds {threshold["recall"]:.1%} of the unusual ones:

{points_table(manifest, "called")}

{found_table(found)}

What is called wrongly is mostly what comes right after a flood or a silence: the stretch holds them for some hours more.

## Groups
No person is judged, and no personal attribute is read. On the held-out hours:

{fairness(result.groups, SHARE, "called")}

## What it cannot use
| input | becomes |
| --- | --- |
| no stream, a time that is none, a time before the stream's newest | no score, and it is not remembered |
| count missing, not a number, or below 0 | no score, and it is not remembered |
| less than 28 days of the past | no score |
| other columns, a label among them | not read |

## Limits
- Hours, weekdays and holidays are those of the tenant's file (`timeZone`, `holidays`); in a file of hours that is scored they are those of UTC, and there are no holidays. A holiday that the file does not name is a silence. On a holiday only a flood is called, and no stretch: a CRM that falls silent then is noticed when it is over.
- A stream with few events has no silence worth the name: with one event a day, three days of nothing are not called.
- A level that changes for good is called until half of the last week has it.
- The 1,344 newest hours of a stream count (eight weeks).
- The budget holds for streams like the made-up ones. Look at a week of decisions before acting on them, and raise the band.

{made_by(manifest, result.case.gates, "incident_event_log.csv.gz").replace(" --data PATH/", " --evaluate PATH/")}"""
