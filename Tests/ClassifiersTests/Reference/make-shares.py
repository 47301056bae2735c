#!/usr/bin/env python3
"""Computes the reference values for IntegratedGradientsTests.swift: shares.json.

    python make-shares.py               # requires numpy; writes next to this script

The weights and documents are those of the other files in this folder. Nothing here is differentiated by
hand: the derivative of the score along the vector of a token is computed with a complex step,
Im F(x + i h d) / h with h = 1e-20, which is exact to float64. The network is therefore written in complex
numbers, and only forward. The integral is a midpoint rule with many points, denser near zero, where large
weights leave the linear range of the gates first.
"""
import json
import pathlib

import numpy

# The number of points at first; four times as many until no share changes by more than CHANGE.
POINTS = 500
CHANGE = 1e-5
STEP = 1e-20
LISTS = ["lstm", "gru", "rnn", "peephole", "layers", "pooling"]
# The documents of each case, and the longest document of a case of which the others are cut off.
DOCUMENTS = 2
LONGEST = 12
LONG_CASES = ["a long document"]
# Its gates turn over on so short parts of the path that the integral would need far more points.
LEFT_OUT = ["large weights"]


def sigmoid(x):
    return (1 + numpy.tanh(x / 2)) / 2


def direction(case, weights, inputs, layer, reverse):
    """Returns the states [T][N, H] for inputs [T][N, D], by token."""
    cell, width = case["cell"], case["width"]
    prefix = "lstm" if cell == "peephole" else cell
    suffix = f"_l{layer}" + ("_reverse" if reverse else "")

    def tensor(name):
        found = weights[f"{prefix}.{name}{suffix}"]
        return numpy.array(found["values"]).reshape(found["shape"])

    w, u, b, c = (tensor(name) for name in ["weight_ih", "weight_hh", "bias_ih", "bias_hh"])
    peepholes = tensor("weight_peephole") if cell == "peephole" else numpy.zeros((3, width))
    count = inputs[0].shape[0]
    state, memory = (numpy.zeros((count, width), complex) for _ in range(2))
    states = [None] * len(inputs)
    for token in reversed(range(len(inputs))) if reverse else range(len(inputs)):
        x, h = inputs[token] @ w.T + b, state @ u.T + c
        if cell == "rnn":
            state = numpy.tanh(x + h)
        elif cell == "gru":
            (xr, xz, xn), (hr, hz, hn) = numpy.split(x, 3, axis=1), numpy.split(h, 3, axis=1)
            update = sigmoid(xz + hz)
            state = (1 - update) * numpy.tanh(xn + sigmoid(xr + hr) * hn) + update * state
        else:
            i, f, g, o = numpy.split(x + h, 4, axis=1)
            i, f = sigmoid(i + peepholes[0] * memory), sigmoid(f + peepholes[1] * memory)
            memory = f * memory + i * numpy.tanh(g)
            state = sigmoid(o + peepholes[2] * memory) * numpy.tanh(memory)
        states[token] = state
    return states


def pool(case, weights, steps):
    """Pools [T, N, n H] into [N, ...]; `last` is the last state that each direction computes."""
    width, pooling = case["width"], case["pooling"]
    largest = numpy.take_along_axis(steps, steps.real.argmax(axis=0)[None], axis=0)[0]
    if pooling == "max":
        return largest
    if pooling == "mean":
        return steps.mean(axis=0)
    if pooling == "meanmax":
        return numpy.concatenate([steps.mean(axis=0), largest], axis=1)
    if pooling == "attention":
        a, b, v = (
            numpy.array(weights[name]["values"]).reshape(weights[name]["shape"])
            for name in ["attention.weight", "attention.bias", "attention.vector"])
        scores = (numpy.tanh(steps @ a.T + b) @ v[0])
        terms = numpy.exp(scores - scores.real.max(axis=0))
        return ((terms / terms.sum(axis=0))[:, :, None] * steps).sum(axis=0)
    return numpy.concatenate([steps[-1][:, :width], steps[0][:, width:]], axis=1)


def scores(case, inputs):
    """Returns the logits minus their mean, [N, C], for inputs [T][N, D]."""
    weights = case["weights"]
    w = numpy.array(weights["classifier.weight"]["values"]).reshape(
        weights["classifier.weight"]["shape"])
    b = numpy.array(weights["classifier.bias"]["values"])
    if inputs:
        for layer in range(case["layers"]):
            directions = [
                direction(case, weights, inputs, layer, reverse)
                for reverse in [False, True][: case["directions"]]]
            inputs = [numpy.concatenate(states, axis=1) for states in zip(*directions)]
        logits = pool(case, weights, numpy.stack(inputs)) @ w.T + b
    else:
        logits = b[None]
    return logits - logits.mean(axis=1, keepdims=True)


def integral(case, vectors, label, points):
    """Returns the integral of each token's derivative, [T]."""
    sums = numpy.zeros(len(vectors))
    for part in numpy.split((numpy.arange(points) + 0.5) / points, points // POINTS):
        at, density = part ** 3, 3 * part ** 2
        for token in range(len(vectors)):
            inputs = [at[:, None] * vector + 0j for vector in vectors]
            inputs[token] = inputs[token] + 1j * STEP * vectors[token]
            sums[token] += (scores(case, inputs)[:, label].imag / STEP * density).sum()
    return sums / points


def shares(case, document, label):
    rows = numpy.array(case["weights"]["embedding.weight"]["values"]).reshape(
        case["rows"], case["vectorWidth"])
    vectors = rows[document]
    end, neutral = (
        scores(case, [numpy.array([scale * vector + 0j]) for vector in vectors])[0, label].real
        for scale in (1, 0))
    base = scores(case, [])[0, label].real
    points, change = POINTS, 1
    values = integral(case, vectors, label, points)
    while change > CHANGE:
        points *= 4
        assert points < 1e7, case["name"]
        last, values = values, integral(case, vectors, label, points)
        change = abs(values - last).max()
    gap = values.sum() - (end - neutral)
    print(case["name"], len(document), points, gap, flush=True)
    assert abs(gap) < 1e-4
    # Each token has an equal part of the difference between zero vectors and no tokens.
    values = (values + (neutral - base) / len(document)).tolist()
    return {"label": label, "shares": values, "score": end, "neutral": neutral, "base": base}


def results():
    here = pathlib.Path(__file__)
    for name in LISTS:
        for case in json.loads(here.with_name(name + ".json").read_text()):
            if case["name"] in LEFT_OUT:
                continue
            longest = 60 if case["name"] in LONG_CASES else LONGEST
            chosen = [
                number for number, document in enumerate(case["documents"])
                if 0 < len(document) <= longest][:DOCUMENTS]
            yield {"name": case["name"], "documents": [
                {"document": number}
                | shares(case, case["documents"][number], case["labels"][number])
                for number in chosen]}


if __name__ == "__main__":
    lines = [json.dumps(case, separators=(",", ":"), allow_nan=False) for case in results()]
    path = pathlib.Path(__file__).with_name("shares.json")
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n")
    print(path.name, len(lines), "cases,", path.stat().st_size, "bytes")
