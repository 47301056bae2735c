#!/usr/bin/env python3
"""Computes the reference values for ReferenceTests.swift: one JSON file per list of cases.

    python make-reference.py            # requires torch; writes next to this script

All values are computed in float64: probabilities, loss, the gradient of every weight and vector, and the
results of some optimizer steps. PyTorch computes them (network.py), except peepholes and truncation, which it
lacks: these are in NumPy with a hand-written backward pass (stepwise.py). Weights and vectors are multiples
of 1/256, so that Float and Double start from exactly the same network. Documents and weights are drawn by
Python's generator, seeded with the name of the case, so a case keeps its values when others are added.

To add a case, add it to a list of CASES.
"""
import json
import pathlib
import random

import torch

from network import Network

# Where the two biases only occur as a sum, the second is frozen during the optimizer steps: training both
# would move the sum twice as fast as the single bias of our networks.
# For a GRU, this is true of the first two blocks of the second bias only.
HELD_BIAS = {"lstm": "bias_hh", "rnn": "bias_hh", "peephole": "bias_hh"}
STEPS = 20
# The most weights of a network whose weights after the steps are kept.
SMALL = 1500


def case(name, lengths, rows, vectorWidth, width, directions, pooling, labelCount, **other):
    """A case. `coversVectors`: every row of the table occurs, so that the vectors are trained too."""
    settings = dict(
        cell="lstm", layers=1, reduction="mean", size=0.8, coversVectors=True, optimizer="adam",
        learningRate=0.01, momentum=0.9, clip=0.0, keepsWeights=True, truncate=0, smoothing=0.0)
    assert not other.keys() - settings.keys()
    return settings | dict(
        name=name, lengths=lengths, rows=rows, vectorWidth=vectorWidth, width=width,
        directions=directions, pooling=pooling, labelCount=labelCount) | other


CASES = {
    "lstm": [
        case("smallest of all", [1, 1], 2, 1, 1, 1, "last", 2, reduction="sum"),
        case("one step", [1] * 6, 6, 4, 5, 2, "max", 3),
        case("two steps", [2, 1, 2, 2], 5, 4, 5, 2, "mean", 3),
        case("last of mixed lengths", [3, 1, 7, 2], 6, 4, 5, 1, "last", 3, reduction="sum"),
        case("last of both directions", [2, 6, 1, 4], 7, 6, 5, 2, "last", 4),
        case("max of mixed lengths", [4, 9, 1, 6, 2], 8, 5, 5, 2, "max", 4),
        case("max in one direction", [5, 3, 8, 1], 6, 16, 16, 1, "max", 3, reduction="sum"),
        case("mean of mixed lengths", [5, 5, 2, 8], 7, 3, 16, 2, "mean", 2, learningRate=0.001),
        case("one unit", [4, 2, 6], 5, 3, 1, 2, "mean", 3, reduction="sum"),
        case("empty documents, max", [0, 3, 0, 5, 1], 5, 4, 5, 2, "max", 3),
        case("empty documents, mean", [2, 0, 6], 5, 4, 5, 1, "mean", 3, reduction="sum"),
        case("empty documents, last", [0, 2, 6, 0], 5, 4, 5, 2, "last", 5),
        case("nothing but empty documents", [0, 0], 3, 4, 5, 2, "max", 3, coversVectors=False),
        case("wider than two vectors", [6, 2, 4], 9, 7, 33, 2, "max", 3, learningRate=0.001),
        case("wider than two vectors, one way", [3, 5], 6, 3, 33, 1, "mean", 5, reduction="sum"),
        case("few words over and over", [12, 7, 3], 2, 4, 5, 2, "mean", 3),
        case("a long document", [60], 8, 4, 5, 2, "mean", 3, reduction="sum"),
        case("a long document, last", [45, 44], 8, 4, 5, 2, "last", 2),
        case("wide vectors", [3, 2, 5, 1, 4, 3], 12, 33, 5, 2, "last", 5, learningRate=0.001),
        case("many documents", [7, 1, 3, 0, 9, 4, 4, 2, 6, 5, 1, 8, 3], 20, 4, 8, 2, "max", 3),
        case("words that do not occur", [3, 4], 40, 4, 5, 2, "max", 3, coversVectors=False),
        # Gradients of saturated gates are as small as Adam's epsilon, so Float weights differ from Double
        # by 3e-3, in PyTorch too (7e-7 in all other cases). The losses remain comparable.
        case("large weights", [5, 3, 6], 6, 4, 5, 2, "max", 3, size=6.0, learningRate=0.001,
             keepsWeights=False),
        case("descent with momentum", [4, 2, 5], 6, 4, 5, 2, "mean", 3, optimizer="sgd",
             learningRate=0.05),
        case("clipped descent", [4, 2, 5, 3], 6, 4, 5, 2, "max", 3, optimizer="sgd",
             learningRate=0.1, clip=0.25),
        case("clipped Adam", [4, 2, 5, 3], 6, 4, 5, 2, "last", 3, clip=0.25),
    ],
    "gru": [
        case("GRU, one step", [1, 1], 2, 3, 4, 1, "last", 2, cell="gru", reduction="sum"),
        case("GRU, last", [3, 0, 1, 6, 2], 6, 4, 5, 2, "last", 3, cell="gru"),
        case("GRU, max", [2, 7, 1, 4], 6, 3, 9, 2, "max", 3, cell="gru", reduction="sum"),
        case("GRU, mean in one direction", [5, 2, 0, 4], 5, 4, 6, 1, "mean", 3, cell="gru"),
    ],
    "rnn": [
        case("RNN, one step", [1, 1], 2, 3, 4, 1, "last", 2, cell="rnn", reduction="sum"),
        case("RNN, last", [3, 0, 1, 6, 2], 6, 4, 5, 2, "last", 3, cell="rnn"),
        case("RNN, max", [2, 7, 1, 4], 6, 3, 9, 2, "max", 3, cell="rnn", reduction="sum"),
        case("RNN, mean in one direction", [5, 2, 0, 4], 5, 4, 6, 1, "mean", 3, cell="rnn"),
    ],
    "peephole": [
        case("peepholes, one step", [1, 1], 2, 3, 4, 1, "last", 2, cell="peephole"),
        case("peepholes, last", [3, 0, 1, 6, 2], 6, 4, 5, 2, "last", 3, cell="peephole"),
        case("peepholes, max", [2, 7, 1, 4], 6, 3, 9, 2, "max", 3, cell="peephole",
             reduction="sum"),
    ],
    "layers": [
        case("two layers of LSTM", [3, 0, 1, 6, 2], 6, 4, 5, 2, "max", 3, layers=2),
        case("two layers of GRU", [4, 2, 0, 5], 6, 4, 5, 2, "last", 3, layers=2, cell="gru"),
        case("three layers of RNN", [4, 1, 5], 6, 4, 3, 2, "mean", 3, layers=3, cell="rnn"),
        case("two layers in one direction", [3, 6, 1], 6, 4, 5, 1, "mean", 3, layers=2),
    ],
    "pooling": [
        case("mean and max", [3, 0, 1, 6, 2], 6, 4, 5, 2, "meanmax", 3),
        case("mean and max in one direction", [5, 2, 1], 6, 4, 5, 1, "meanmax", 3),
        case("attention", [3, 0, 1, 6, 2], 6, 4, 5, 2, "attention", 3),
        case("attention in one direction", [5, 2, 1], 6, 4, 9, 1, "attention", 3),
        case("attention over two layers", [4, 2, 5], 6, 4, 3, 2, "attention", 3, layers=2,
             cell="gru"),
        case("smoothed labels", [3, 0, 1, 6, 2], 6, 4, 5, 2, "max", 3, smoothing=0.1),
    ],
    "truncated": [
        case("LSTM cut at each step", [3, 0, 5, 1], 6, 4, 5, 2, "last", 3, truncate=1),
        case("LSTM cut every three", [9, 3, 4, 0, 6], 6, 4, 5, 2, "mean", 3, truncate=3),
        case("GRU cut every two", [7, 2, 1, 5], 6, 4, 5, 2, "max", 3, truncate=2, cell="gru"),
        case("RNN cut every two", [7, 2, 1, 5], 6, 4, 5, 1, "last", 3, truncate=2, cell="rnn"),
        case("peepholes cut every four", [9, 4, 5], 6, 4, 5, 2, "mean", 3, truncate=4,
             cell="peephole"),
    ],
}


def draw_documents(case, generator):
    """Returns documents of the case's lengths, with every row at least once if the case covers the table."""
    count, rows = sum(case["lengths"]), list(range(case["rows"]))
    tokens = generator.sample(rows, len(rows)) if case["coversVectors"] else []
    assert len(tokens) <= count, case["name"]
    tokens += [generator.randrange(len(rows)) for _ in range(count - len(tokens))]
    generator.shuffle(tokens)
    return [[tokens.pop() for _ in range(length)] for length in case["lengths"]]


def draw_weights(network, size, generator):
    """Fills all parameters with multiples of 1/256 in -size...size."""
    bound = round(size * 256)
    with torch.no_grad():
        for parameter in network.parameters():
            values = [generator.randint(-bound, bound) / 256 for _ in range(parameter.numel())]
            parameter.copy_(torch.tensor(values).reshape(parameter.shape))


def tensors(named):
    return {
        name: {"shape": list(tensor.shape), "values": tensor.detach().reshape(-1).tolist()}
        for name, tensor in named}


def train(network, case, documents, labels):
    """Returns the mean loss before each step and, for a small network, the weights after the steps."""
    held = HELD_BIAS.get(case["cell"])
    for name, parameter in network.named_parameters():
        is_vectors = name == "embedding.weight"
        parameter.requires_grad = case["coversVectors"] if is_vectors else (
            held is None or held not in name)
    if case["cell"] == "gru":
        for name, parameter in network.named_parameters():
            if "bias_hh" in name:
                still = 2 * case["width"]
                parameter.register_hook(
                    lambda g: torch.cat([torch.zeros_like(g[:still]), g[still:]]))
    learning = [parameter for parameter in network.parameters() if parameter.requires_grad]
    rate = case["learningRate"]
    optimizer = (
        torch.optim.Adam(learning, lr=rate) if case["optimizer"] == "adam"
        else torch.optim.SGD(learning, lr=rate, momentum=case["momentum"]))
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(
            network(documents), labels, label_smoothing=case["smoothing"])
        losses.append(loss.item())
        loss.backward()
        if case["clip"]:
            torch.nn.utils.clip_grad_norm_(learning, case["clip"])
        optimizer.step()
    results = {"losses": losses}
    size = sum(parameter.numel() for parameter in network.parameters())
    if case["keepsWeights"] and size <= SMALL:
        results["weights"] = tensors(network.named_parameters())
    return results


def values(case):
    generator = random.Random(case["name"])
    documents = draw_documents(case, generator)
    targets = [number % case["labelCount"] for number in range(len(documents))]
    generator.shuffle(targets)
    network = Network(case)
    draw_weights(network, case["size"], generator)
    weights = tensors(network.named_parameters())
    labels = torch.tensor(targets)
    scores = network(documents)
    loss = torch.nn.functional.cross_entropy(
        scores, labels, reduction=case["reduction"], label_smoothing=case["smoothing"])
    loss.backward()
    gradients = tensors(
        (name, torch.zeros_like(p) if p.grad is None else p.grad)
        for name, p in network.named_parameters())
    left_out = ["lengths", "size", "keepsWeights"]
    left_out += [key for key in ("truncate", "smoothing") if not case[key]]
    return {key: case[key] for key in case if key not in left_out} | {
        "documents": documents, "labels": targets, "weights": weights,
        "probabilities": scores.softmax(dim=1).tolist(), "loss": loss.item(),
        "gradients": gradients, "training": train(network, case, documents, labels)}


def write(path, cases):
    """Writes each value and each tensor on a line: compact, and a diff shows what changed."""
    def lines(value, depth):
        if isinstance(value, dict) and value and depth < 5 and "shape" not in value:
            inner = (f"{json.dumps(key)}:{lines(value[key], depth + 1)}" for key in value)
            return "{\n" + ",\n".join(inner) + "}"
        return json.dumps(value, separators=(",", ":"), allow_nan=False)
    # Python writes the shortest decimal that is read back as the same float64.
    path.write_text("[\n" + ",\n".join(lines(case, 0) for case in cases) + "\n]\n")
    print(path.name, len(cases), "cases,", path.stat().st_size, "bytes")


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    for name, cases in CASES.items():
        write(pathlib.Path(__file__).with_name(name + ".json"), [values(case) for case in cases])
