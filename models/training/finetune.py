"""
Fine-tunes the upper layers of the sentence encoder and a linear head on the mean of their hidden states, in JAX on the CPU.
The lower layers stay as published and are run once, by the graph that runs them in production.
"""

import sys
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from encoder_onnx import EPSILON, HEAD_WIDTH, HEADS, LAYERS, LINEAR, NORMS, SPLIT, WIDTH, load

BATCH, RATE, DECAY, WARM, DROP = 64, 1e-4, 0.01, 0.06, 0.1
BETAS = (0.9, 0.999)


def start(path, classes: int, seed: int) -> dict:
    """The published upper layers, and a head that knows nothing."""
    names = [f"encoder.layer.{n}.{part}.{kind}" for n in range(SPLIT, LAYERS) for part in LINEAR + NORMS for kind in ("weight", "bias")]
    head = np.random.default_rng(seed).normal(0, 0.02, (classes, WIDTH)).astype(np.float32)
    return {name: jnp.asarray(load(path, name)) for name in names} | {"head.weight": jnp.asarray(head), "head.bias": jnp.zeros(classes)}


def norm(p: dict, name: str, x):
    """LayerNorm over the width."""
    centred = x - x.mean(-1, keepdims=True)
    return centred / jnp.sqrt((centred**2).mean(-1, keepdims=True) + EPSILON) * p[f"{name}.weight"] + p[f"{name}.bias"]


def linear(p: dict, name: str, x):
    """y = x W' + b."""
    return x @ p[f"{name}.weight"].T + p[f"{name}.bias"]


def dropped(x, key):
    """Dropout, or nothing without a key."""
    return x if key is None else jnp.where(jax.random.bernoulli(key, 1 - DROP, x.shape), x / (1 - DROP), 0)


def layer(p: dict, at: str, x, hide, keys):
    """One transformer layer; `hide` is -1e9 at padding."""
    shape = (*x.shape[:2], HEADS, HEAD_WIDTH)
    query, key, value = (linear(p, f"{at}.{part}", x).reshape(shape) for part in LINEAR[:3])
    scores = jnp.einsum("bqhd,bkhd->bhqk", query, key) * HEAD_WIDTH**-0.5 + hide
    mixed = jnp.einsum("bhqk,bkhd->bqhd", jax.nn.softmax(scores), value).reshape(x.shape)
    x = norm(p, f"{at}.{NORMS[0]}", x + dropped(linear(p, f"{at}.{LINEAR[3]}", mixed), keys[0]))
    wide = jax.nn.gelu(linear(p, f"{at}.{LINEAR[4]}", x), approximate=False)
    return norm(p, f"{at}.{NORMS[1]}", x + dropped(linear(p, f"{at}.{LINEAR[5]}", wide), keys[1]))


def logits(p: dict, x, mask, key=None):
    """Of each class, [texts, classes]."""
    keys = [None] * 7 if key is None else jax.random.split(key, 7)
    hide = (1 - mask)[:, None, None, :] * -1e9
    for n in range(SPLIT, LAYERS):
        x = layer(p, f"encoder.layer.{n}", x, hide, keys[2 * (n - SPLIT) :])
    mean = (x * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
    return linear(p, "head", dropped(mean, keys[6]))


def loss(p: dict, x, mask, truth, key):
    """Mean cross-entropy."""
    return -jnp.take_along_axis(jax.nn.log_softmax(logits(p, x, mask, key)), truth[:, None], 1).mean()


@partial(jax.jit, donate_argnums=(0, 1))
def step(p, moments, x, mask, truth, key, rate, count):
    """One AdamW step."""
    value, slope = jax.value_and_grad(loss)(p, x, mask, truth, key)
    size = jnp.sqrt(sum((g**2).sum() for g in slope.values()))
    slope = {name: g * jnp.minimum(1, 1 / (size + 1e-6)) for name, g in slope.items()}
    first = {n: BETAS[0] * moments[0][n] + (1 - BETAS[0]) * g for n, g in slope.items()}
    second = {n: BETAS[1] * moments[1][n] + (1 - BETAS[1]) * g**2 for n, g in slope.items()}
    even = [1 - beta**count for beta in BETAS]
    moved = {n: w - rate * (first[n] / even[0] / (jnp.sqrt(second[n] / even[1]) + 1e-8) + DECAY * w * (w.ndim > 1)) for n, w in p.items()}
    return moved, (first, second), value


def padded(states: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """A batch to the next multiple of eight tokens, and where there is text."""
    longest = -(-max(len(s) for s in states) // 8) * 8
    x, mask = np.zeros((len(states), longest, WIDTH), np.float32), np.zeros((len(states), longest), np.float32)
    for n, state in enumerate(states):
        x[n, : len(state)], mask[n, : len(state)] = state, 1
    return x, mask


def batches(lengths: np.ndarray, random) -> list[np.ndarray]:
    """Rows in random order, those of a batch of like length; the last ones that fill no batch are left out."""
    order = np.argsort(lengths + random.uniform(0, 4, len(lengths)), kind="stable")
    groups = [order[n : n + BATCH] for n in range(0, len(order) - BATCH + 1, BATCH)]
    return [groups[n] for n in random.permutation(len(groups))]


def tune(path, states: list[np.ndarray], truth: np.ndarray, epochs: int, seed: int, after=lambda epoch, p: None) -> dict:
    """The trained parameters by name. `states` are the shared layers' hidden states, float16 to save memory."""
    random, key = np.random.default_rng(seed), jax.random.PRNGKey(seed)
    p = start(path, int(truth.max()) + 1, seed)
    moments = tuple({n: jnp.zeros_like(w) for n, w in p.items()} for _ in range(2))
    lengths = np.array([len(s) for s in states])
    total, count = epochs * (len(states) // BATCH), 0
    for epoch in range(epochs):
        losses = []
        for rows in batches(lengths, random):
            count += 1
            rate = RATE * min(count / (WARM * total), (total - count) / ((1 - WARM) * total))
            key, now = jax.random.split(key)
            p, moments, value = step(p, moments, *padded([states[r] for r in rows]), truth[rows], now, rate, count)
            losses.append(float(value))
            if count % 50 == 0:
                print(f"fine-tuning: step {count} of {total}, loss {np.mean(losses[-50:]):.4f}", file=sys.stderr, flush=True)
        after(epoch, p)
    return {name: np.asarray(w) for name, w in p.items()}


def predict(p: dict, states: list[np.ndarray]) -> np.ndarray:
    """Logits of every text."""
    result, order = None, np.argsort([len(s) for s in states], kind="stable")
    run = jax.jit(logits)
    for n in range(0, len(order), BATCH):
        rows = order[n : n + BATCH]
        found = np.asarray(run(p, *padded([states[r] for r in rows])))
        result = np.zeros((len(states), found.shape[1]), np.float32) if result is None else result
        result[rows] = found
    return result
