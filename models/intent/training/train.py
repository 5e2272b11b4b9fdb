"""
Trains intent:

    npm run train -- intent --data PATH/clinc150.csv
"""

from pathlib import Path

import numpy as np

from text_run import main
from textcase import Beyond, Split, TextCase


def split(table) -> Split:
    """The official one; texts of no intent train nothing."""
    parts = table["split"]
    return Split(
        train=np.flatnonzero(parts.isin(["train", "val"])),
        held=np.flatnonzero(parts == "test"),
        beyond=np.flatnonzero(parts.isin(["oos_train", "oos_val"])),
        beyond_held=np.flatnonzero(parts == "oos_test"),
    )


LABELLED = "The label is what somebody asks an assistant for: 150 intents in ten domains, and texts of none of them (`oos`)."
LIMITS = """- Requests to a general assistant, written by paid workers in one sentence: banking, credit cards, travel, home, work and others. Customers of a
  company ask other things; their texts are mostly out of scope, as they should be."""


CASE = TextCase(
    folder=Path(__file__).parent.parent,
    version="1.0.0",
    title="What somebody asks an assistant for",
    column="text",
    label="intent",
    paths=("subject", "body"),
    data={
        "name": "CLINC150",
        "file": "clinc150.csv",
        "licence": "CC BY 3.0",
        "source": "CLINC150 (Larson et al. 2019), github.com/clinc/oos-eval, data_full.json",
    },
    environment="CLINC150_CSV",
    split=split,
    split_words="the official one: `split` train and val train, test is held out, oos_train and oos_val tell what the threshold rejects where it is chosen, oos_test where it is measured; less a tenth of all rows that is kept apart for judging",
    automate={"from": 0.9, "why": "an answer to a question that was not asked costs ten times what it costs a person to read it"},
    gates={"holdout.top1": 0.95, "holdout.auc": 0.95, "holdout.ece": 0.02, "words.top1": 0.92, "words.ece": 0.03},
    labelled=LABELLED,
    limits=LIMITS,
    costs={"full": "5.7 and 6.1 ms", "words": "0.2 and 0.4 ms", "size": "about 10 MB"},
    beyond=Beyond("oos", keep=0.99, why="at most one in a hundred of the requests that it could name is turned away"),
)

if __name__ == "__main__":
    main(CASE)
