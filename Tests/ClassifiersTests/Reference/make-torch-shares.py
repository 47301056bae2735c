#!/usr/bin/env python3
"""Computes integrated gradients with PyTorch: torch-shares.json, for IntegratedGradientsTests.swift.

    python make-torch-shares.py               # requires torch and safetensors; writes next to this script

The cases are those of shares.json, where NumPy computes the same with a complex step, and the model file
shares-model.safetensors, which docket trained:

    docket train shares-model.yaml --output shares-model.safetensors

The weights of a case have the names of a model file, so both are loaded in the same way: into PyTorch's own
modules, except peepholes and attention, which it lacks. The gradients are those of torch.autograd in float64. The
integral is a midpoint rule with many points, denser near zero, where large weights leave the linear range
of the gates first.
"""
import json
import pathlib
import re

import torch
from safetensors import safe_open

HERE = pathlib.Path(__file__).parent
MODEL = "shares-model"
# The number of points at first; four times as many until no share changes by more than CHANGE.
POINTS = 500
CHANGE = 1e-5
# The number of points that are computed together.
TOGETHER = 4000
MODULES = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}


class Peepholes(torch.nn.Module):
    """One layer of LSTM with peepholes: i and f see the old cell, o the new one."""

    def __init__(self, tensors, directions):
        super().__init__()
        self.tensors, self.directions = tensors, directions

    def forward(self, x):
        sides = [self.side(x, "_reverse" * reverse, reverse) for reverse in range(self.directions)]
        return torch.cat(sides, dim=2), None

    def side(self, x, suffix, reverse):
        w, u, b, c, v = (
            self.tensors[f"lstm.{name}_l0{suffix}"]
            for name in ["weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_peephole"])
        state = memory = torch.zeros(x.shape[1], u.shape[1], dtype=x.dtype)
        states = [None] * len(x)
        for token in reversed(range(len(x))) if reverse else range(len(x)):
            i, f, g, o = (x[token] @ w.T + b + state @ u.T + c).chunk(4, dim=1)
            i, f = torch.sigmoid(i + v[0] * memory), torch.sigmoid(f + v[1] * memory)
            memory = f * memory + i * torch.tanh(g)
            state = torch.sigmoid(o + v[2] * memory) * torch.tanh(memory)
            states[token] = state
        return torch.stack(states)


class Model:
    """A network from its tensors, which have PyTorch's names."""

    def __init__(self, tensors, pooling):
        self.tensors = {name: tensor.double() for name, tensor in tensors.items()}
        self.pooling = pooling
        prefix = next(name for name in MODULES if f"{name}.weight_ih_l0" in tensors)
        self.width = tensors[f"{prefix}.weight_hh_l0"].shape[1]
        self.directions = 1 + (f"{prefix}.weight_ih_l0_reverse" in tensors)
        if f"{prefix}.weight_peephole_l0" in tensors:
            self.recurrent = Peepholes(self.tensors, self.directions)
            return
        layers = sum(bool(re.fullmatch(prefix + r"\.weight_ih_l\d+", name)) for name in tensors)
        self.recurrent = MODULES[prefix](
            tensors[f"{prefix}.weight_ih_l0"].shape[1], self.width, num_layers=layers,
            bidirectional=self.directions == 2).double()
        own = {name[len(prefix) + 1:]: tensor for name, tensor in self.tensors.items()
               if name.startswith(prefix + ".")}
        self.recurrent.load_state_dict(own)

    def scores(self, x):
        """Returns the logits minus their mean, [N, C], for vectors [T, N, D]."""
        weight, bias = self.tensors["classifier.weight"], self.tensors["classifier.bias"]
        logits = bias[None] if len(x) == 0 else self.pool(self.recurrent(x)[0]) @ weight.T + bias
        return logits - logits.mean(dim=1, keepdim=True)

    def pool(self, steps):
        if self.pooling == "max":
            return steps.max(dim=0).values
        if self.pooling == "mean":
            return steps.mean(dim=0)
        if self.pooling == "meanmax":
            return torch.cat([steps.mean(dim=0), steps.max(dim=0).values], dim=1)
        if self.pooling == "attention":
            a, b, v = (self.tensors[f"attention.{name}"] for name in ["weight", "bias", "vector"])
            terms = (torch.tanh(steps @ a.T + b) @ v[0]).softmax(dim=0)
            return (terms[:, :, None] * steps).sum(dim=0)
        return torch.cat([steps[-1][:, :self.width], steps[0][:, self.width:]], dim=1)

    def integral(self, vectors, label, points):
        """Returns the integral of the gradient along each vector, [T]."""
        sums = torch.zeros(len(vectors), dtype=torch.float64)
        for part in ((torch.arange(points, dtype=torch.float64) + 0.5) / points).split(TOGETHER):
            x = (part[None, :, None] ** 3 * vectors[:, None]).requires_grad_()
            slopes, = torch.autograd.grad(self.scores(x)[:, label].sum(), x)
            sums += ((slopes * vectors[:, None]).sum(dim=2) * (3 * part ** 2)).sum(dim=1)
        return sums / points

    def shares(self, name, document, label):
        vectors = self.tensors["embedding.weight"][torch.tensor(document)]
        with torch.no_grad():
            end, neutral = (
                self.scores((scale * vectors)[:, None])[0, label].item() for scale in (1, 0))
            base = self.scores(vectors[:0, None])[0, label].item()
        points, change = POINTS, 1
        values = self.integral(vectors, label, points)
        while change > CHANGE:
            points *= 4
            assert points < 1e7, name
            last, values = values, self.integral(vectors, label, points)
            change = (values - last).abs().max().item()
        gap = values.sum().item() - (end - neutral)
        print(name, len(document), points, gap, flush=True)
        assert abs(gap) < 1e-4
        # Each token has an equal part of the difference between zero vectors and no tokens.
        values = (values + (neutral - base) / len(document)).tolist()
        return {"label": label, "shares": values, "score": end, "neutral": neutral, "base": base}


def cases():
    """Yields the name, the network and the documents of each case."""
    stored = {case["name"]: [document["document"] for document in case["documents"]]
              for case in json.loads((HERE / "shares.json").read_text())}
    for name in ["lstm", "gru", "rnn", "peephole", "layers", "pooling"]:
        for case in json.loads((HERE / f"{name}.json").read_text()):
            if case["name"] not in stored:
                continue
            tensors = {key: torch.tensor(value["values"], dtype=torch.float64).reshape(value["shape"])
                       for key, value in case["weights"].items()}
            yield case["name"], Model(tensors, case["pooling"]), [
                (number, case["documents"][number], case["labels"][number])
                for number in stored[case["name"]]]


def trained():
    """Returns the network of the model file, with documents of its words."""
    with safe_open(HERE / f"{MODEL}.safetensors", "pt") as file:
        pooling = re.search(r'pooling: "?(\w+)', file.metadata()["pipeline"]).group(1)
        tensors = {name: file.get_tensor(name) for name in file.keys()}
    weights = {name: tensor for name, tensor in tensors.items()
               if not name.startswith(("vocab.", "validation."))}
    count = len(weights["embedding.weight"])
    documents = [[1 + (3 * number + 5 * token) % (count - 1) for token in range(4 + 3 * number)]
                 for number in range(3)]
    labels = len(weights["classifier.bias"])
    return Model(weights, pooling), [
        (number, document, number % labels) for number, document in enumerate(documents)]


def record(name, network, documents):
    return {"name": name, "documents": [
        {"document": number} | network.shares(name, document, label)
        for number, document, label in documents]}


if __name__ == "__main__":
    torch.set_num_threads(1)
    network, documents = trained()
    last = record(MODEL, network, documents)
    for found, (_, document, _) in zip(last["documents"], documents):
        found["rows"] = document
    lines = [json.dumps(case, separators=(",", ":"), allow_nan=False)
             for case in [record(*case) for case in cases()] + [last]]
    path = HERE / "torch-shares.json"
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n")
    print(path.name, len(lines), "cases,", path.stat().st_size, "bytes")
