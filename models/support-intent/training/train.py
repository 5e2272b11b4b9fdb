"""
Trains support-intent:

    npm run train -- support-intent --data PATH/bitext_support.csv
"""

from pathlib import Path

import numpy as np
from sklearn.model_selection import train_test_split

from text_model import SEED
from text_run import main
from textcase import Split, TextCase

HOLDOUT = 0.2


def split(table) -> Split:
    """At random, by intent."""
    train, held = train_test_split(np.arange(len(table)), test_size=HOLDOUT, random_state=SEED, stratify=table["intent"])
    return Split(train=np.sort(train), held=np.sort(held))


LABELLED = "The label is what a customer wants of support: 27 intents about orders, refunds, accounts, invoices, delivery and contact."
LIMITS = """- **The texts are generated from templates, and a random split puts texts of one template on both sides: these figures prove little** about
  what customers write. Measure it on own cases before a gate opens.
- A text of none of the 27 intents gets the most similar one."""


CASE = TextCase(
    folder=Path(__file__).parent.parent,
    version="1.0.0",
    title="What a customer wants of support",
    column="instruction",
    label="intent",
    paths=("subject", "description"),
    data={
        "name": "Bitext customer support sample",
        "file": "bitext_support.csv",
        "licence": "CDLA-Sharing 1.0, under which the data stays; a model is a \"Result\" and free of obligations",
        "source": "Bitext sample customer support training dataset, github.com/bitext/customer-support-llm-chatbot-training-dataset",
    },
    environment="BITEXT_SUPPORT_CSV",
    split=split,
    split_words="scikit-learn train_test_split over the rows, 20% held out, stratified by intent, random_state 42",
    automate={"from": 0.9, "why": "a case in the wrong queue costs ten times what it costs a person to sort it"},
    gates={"holdout.top1": 0.985, "holdout.ece": 0.02, "words.top1": 0.98, "words.ece": 0.03},
    labelled=LABELLED,
    limits=LIMITS,
    costs={"full": "3.7 and 5.7 ms", "words": "0.1 and 0.2 ms", "size": "about 5 MB"},
)

if __name__ == "__main__":
    main(CASE)
