"""A text model's own upper half of the encoder: trained, exported with its weights in bytes, and run as it is served."""

import hashlib
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

import encoder
import encoder_onnx
import finetune
from text_model import SEED, SentenceHalf
from text_words import in_bytes
from textcase import Split, TextCase


class InBytes:
    """Initializers of trained layers: matrices as int8 with a scale per row, vectors as they are."""

    def __init__(self, parameters: dict):
        self.parameters = parameters

    def __call__(self, graph: encoder_onnx.Graph, name: str) -> str:
        value = self.parameters[name]
        if value.ndim == 1:
            return graph.constant(name, value.astype(np.float32))
        weights, scale = in_bytes(value)
        return graph.add("DequantizeLinear", graph.constant(f"{name}.bytes", weights), graph.constant(f"{name}.scale", scale), output=name, axis=0)


def tuned(case: TextCase, texts: list[str], codes: np.ndarray, split: Split, layers: Path | None) -> tuple[bytes, SentenceHalf, np.ndarray]:
    """
    The upper graph, the linear model over it, and by that graph the mean hidden states of the texts that calibrate or are held out.
    `layers`: a folder with the graph and the linear model of an earlier run, which are taken instead of training them.
    """
    lower = (encoder.TEXT / "lower.onnx").read_bytes()
    ids = encoder.ids_of(texts)
    if layers is None:
        states = [h.astype(np.float16) for h in encoder.hidden([ids[n] for n in split.train], lower)]
        parameters = trained(case, states, codes[split.train])
        top = encoder_onnx.upper(InBytes(parameters)).SerializeToString(deterministic=True)
        head = SentenceHalf(parameters["head.weight"], parameters["head.bias"])
    else:
        served = load_file(layers / "weights.safetensors")
        top, head = (layers / "top.onnx").read_bytes(), SentenceHalf(served["sentence.weights"], served["sentence.intercept"])
    means, rows = np.full((len(texts), encoder_onnx.WIDTH), np.nan, np.float32), np.concatenate([split.calibrate, split.held])
    means[rows] = [h.mean(axis=0) for h in encoder.hidden([ids[n] for n in rows], lower, top)]
    return top, head, means


def trained(case: TextCase, states: list[np.ndarray], truth: np.ndarray) -> dict:
    """The fine-tuned parameters; those of an earlier run of the same training are taken up, as it takes half an hour."""
    key = hashlib.sha256(f"{finetune.BATCH} {finetune.RATE} {finetune.DECAY} {finetune.WARM} {finetune.DROP} {case.epochs} {SEED}".encode())
    for state, label in zip(states, truth):
        key.update(state.tobytes() + bytes([label]))
    file = encoder.ROOT / ".signalbox" / "tuned" / f"{case.name}-{key.hexdigest()[:16]}.npz"
    if file.is_file():
        print(f"{case.name}: fine-tuned parameters of an earlier run: {file}", file=sys.stderr)
        return dict(np.load(file))
    parameters = finetune.tune(encoder.weights_file(), states, truth, case.epochs, SEED)
    file.parent.mkdir(parents=True, exist_ok=True)
    np.savez(file, **parameters)
    return parameters
