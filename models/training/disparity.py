"""How differently a model treats the groups that are audited; groups.json, from which the promotion gate reads it."""

import json
import math

# Groups smaller than this have figures too uncertain to stop a training or a promotion.
SMALLEST_GROUP = 200
# The gates by the measures of groups.json.
LIMITS = {"calibration": "groupCalibration", "recall": "groupRecall", "selection": "groupSelection"}


def disparities(groups: dict) -> dict:
    """
    By gate, over all attributes: the greatest distance of a group's mean score from its rate, the greatest difference in recall
    between two groups of an attribute, and the least ratio of two groups' selection rates. The twin of models/monitor/groups.ts.
    """
    found = {"groupCalibration": 0.0, "groupRecall": 0.0, "groupSelection": 1.0}
    for audit in groups.values():
        large = [g for g in audit if g["rows"] >= SMALLEST_GROUP]
        gaps = [abs(g["meanScore"] - g["rate"]) for g in large]
        recalls = [g["recall"] for g in large if not math.isnan(g.get("recall", math.nan))]
        called = [g["called"] for g in large if "called" in g]
        found["groupCalibration"] = max([found["groupCalibration"], *gaps])
        if recalls:
            found["groupRecall"] = max(found["groupRecall"], max(recalls) - min(recalls))
        if called and max(called) > 0:
            found["groupSelection"] = min(found["groupSelection"], min(called) / max(called))
    return found


def groups_json(sha256: str, groups: dict, gates: dict, why: str) -> str:
    """The figures by group of the model file with this digest, and the limits that were stated for it; empty without groups."""
    if not groups:
        return ""
    limits = {measure: gates[gate] for measure, gate in LIMITS.items() if gate in gates}
    attributes = {name: [{k: rounded(v) for k, v in one.items()} for one in audit] for name, audit in groups.items()}
    return json.dumps({"model": sha256, "smallest": SMALLEST_GROUP, "limits": limits, "why": why, "attributes": attributes}, indent=2, ensure_ascii=False)


def rounded(value) -> object:
    """A figure with six decimals; null where a group has none."""
    if not isinstance(value, float):
        return value
    return None if math.isnan(value) else round(value, 6)
