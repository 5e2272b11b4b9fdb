"""Writes what training a text model leaves behind: weights, manifest, held-out rows, parity fixture, plot and card."""

import hashlib
import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save

import encoder
from card import reliability_svg
from text_card import card
from text_model import SEED
from text_run import TextResult
from text_words import BLOCKS, terms_of

FIXTURE_ROWS = 100
HARD = ["Where's my card?!", "refund", "CAFÉ naïve — 100% ﬁne…", "a" * 120, "don't\tcharge   me twice!!!", "カード card 卡 lost", "\u0000x\u200d😂 lol", "the " * 300]


def weights(result: TextResult) -> bytes:
    """One safetensors file: the terms of each block, idf, byte weights with their scales, and the linear model of the sentence."""
    blocks = {block: "\n".join(result.words.words.blocks[block].places) for block in BLOCKS}
    tensors = {f"terms.{block}": np.frombuffer(text.encode(), np.uint8) for block, text in blocks.items()}
    tensors |= {"words.idf": result.words.words.idf, "words.scale": result.words.scale, "words.weights": result.words.weights, "words.intercept": result.words.intercept}
    tensors |= {"sentence.weights": result.sentence.weights, "sentence.intercept": result.sentence.intercept}
    return save({name: np.ascontiguousarray(value) for name, value in tensors.items()})


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def encoder_digest() -> str:
    """Of the encoder's files, in this order: weights, both graphs, vocabulary."""
    files = [encoder.weights_file(), *(encoder.TEXT / name for name in (*encoder.GRAPHS, "vocab.txt"))]
    return digest("".join(digest(file.read_bytes()) for file in files).encode())


def manifest(result: TextResult, data: bytes) -> dict:
    """The contract between the files and models/text/text-manifest.ts."""
    case, abstain = result.case, {"on": "abstain"}
    text = {"kind": "text", "name": "text", "column": case.column, "paths": case.paths, "label": "Text", "longest": case.longest, "known": result.known}
    return {
        "manifestVersion": 1,
        "name": case.name,
        "version": case.version,
        "title": case.title,
        "task": "text",
        "file": "weights.safetensors",
        "sha256": digest(data),
        **({"top": {"file": "top.onnx", "sha256": digest(result.top)}} if result.top else {}),
        "encoder": encoder_digest(),
        "classes": result.classes,
        "features": [text | {"missing": abstain, "invalid": abstain, "tooLong": abstain, "unreadable": abstain}],
        "modes": result.modes,
        "metrics": result.metrics,
        "training": result.training,
    }


def fixture(result: TextResult) -> list[str]:
    """One JSON line per text of words drawn from the vocabulary (never a text of the data), with what the Python model makes of it."""
    random, known = np.random.default_rng(SEED), [t for t in result.words.words.blocks["words"].places if " " not in t]
    texts = HARD + [" ".join(random.choice(known, random.integers(1, 40))) for _ in range(FIXTURE_ROWS - len(HARD))]
    counts, means = [terms_of(text) for text in texts], encoder.means(texts, result.top)
    lines = [{"row": {result.case.column: text}} for text in texts]
    for mode in result.modes:
        for line, row in zip(lines, result.probabilities(mode, counts, means)):
            order = np.argsort(-row, kind="stable")[:3]
            line[mode] = [[result.classes[k], round(float(row[k]), 9)] for k in order]
    return [json.dumps(line) for line in lines]


def write(folder: Path, result: TextResult, told=card) -> None:
    """Writes every artefact into the folder; the files of an earlier run are replaced. `told`: (manifest, result) -> card.md"""
    folder.mkdir(parents=True, exist_ok=True)
    file = weights(result)
    (folder / "weights.safetensors").write_bytes(file)
    if result.top:
        (folder / "top.onnx").write_bytes(result.top)
    contents = manifest(result, file)
    texts = {
        "manifest.json": json.dumps(contents, indent=2, ensure_ascii=False),
        "holdout.txt": "\n".join(str(row) for row in result.held_rows),
        "parity.jsonl": "\n".join(fixture(result)),
        "reliability.svg": reliability_svg(result.case.name, result.bins["full"], {"share": "right"}),
        "card.md": told(contents, result),
    }
    for name, text in texts.items():
        (folder / name).write_text(text + "\n", encoding="utf8")
