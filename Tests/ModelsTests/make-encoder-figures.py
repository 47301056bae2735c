#!/usr/bin/env python3
"""Writes Fixtures/encoder-*.safetensors and Fixtures/encoders.json: weights of torch.nn.LSTM, GRU and RNN
as PyTorch saves them, and the states that PyTorch computes with them, for EncoderTests.

    python Tests/ModelsTests/make-encoder-figures.py          # write the files
    python Tests/ModelsTests/make-encoder-figures.py --check  # compare them with the installed PyTorch

Requires torch and safetensors; written with torch 2.13.
"""
import json, os, sys

import torch
from safetensors.torch import load_file, save_file

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "Fixtures")
WIDTH, HIDDEN, ROWS = 5, 4, 9
DOCUMENTS = [[1, 2, 3, 4, 5, 6, 7, 8], [3], [], [8, 8, 1], [2, 7, 1, 8, 2, 8]]
# name, module, layers, both directions, bias, prefix of the names, type
CASES = [
    ("lstm", torch.nn.LSTM, 2, True, True, "encoder.rnn.", torch.float32),
    ("gru", torch.nn.GRU, 1, True, True, "", torch.float64),
    ("rnn", torch.nn.RNN, 2, False, False, "rnn.", torch.float16),
    ("lstm-bf16", torch.nn.LSTM, 1, False, True, "", torch.bfloat16),
]


def module(case, weights=None):
    name, kind, layers, both, bias, prefix, dtype = case
    network = kind(WIDTH, HIDDEN, num_layers=layers, bidirectional=both, bias=bias)
    if weights is None:
        # Larger than the initial weights of PyTorch, whose gates are all near 0.5.
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.uniform_(-1, 1)
        return {prefix + k: v.to(dtype).contiguous() for k, v in network.state_dict().items()}
    ours = {k[len(prefix):]: v.float() for k, v in weights.items() if k.startswith(prefix)}
    network.load_state_dict({k: v for k, v in ours.items() if k.startswith(("weight_", "bias_"))})
    return network


def pooled(network, vectors, both):
    """The largest state of each unit over the steps; zeros for a document without words."""
    rows = []
    for document in DOCUMENTS:
        if not document:
            rows.append([0.0] * HIDDEN * (2 if both else 1))
            continue
        states, _ = network(vectors[torch.tensor(document)][:, None])
        rows.append(states[:, 0].max(0).values.tolist())
    return rows


check = "--check" in sys.argv
path = os.path.join(FOLDER, "encoders.json")
stored = {case["name"]: case for case in json.load(open(path))} if check else {}
torch.manual_seed(5)
cases, worst = [], 0.0
for case in CASES:
    name, kind, layers, both, bias, prefix, dtype = case
    file = f"encoder-{name}.safetensors"
    if check:
        vectors = torch.tensor(stored[name]["vectors"]).reshape(ROWS, WIDTH)
    else:
        weights = module(case)
        # Other tensors of a PyTorch checkpoint, one of them a scalar.
        weights["head.weight"] = torch.zeros(2, 3)
        weights["steps"] = torch.tensor(7)
        save_file(weights, os.path.join(FOLDER, file), metadata={"format": "pt"})
        vectors = torch.empty(ROWS, WIDTH).uniform_(-1, 1)
    with torch.no_grad():
        states = pooled(module(case, load_file(os.path.join(FOLDER, file))), vectors, both)
    if check:
        for row, expected in zip(states, stored[name]["states"]):
            worst = max([worst] + [abs(a - b) for a, b in zip(row, expected)])
        continue
    cases.append({
        "name": name, "file": file, "cell": name.split("-")[0], "layers": layers, "both": both,
        "hidden": HIDDEN, "width": WIDTH, "vectors": vectors.flatten().tolist(), "documents": DOCUMENTS,
        "states": states,
    })
if check:
    print(f"torch {torch.__version__}, {len(CASES)} encoders: largest difference {worst:.2e}")
    sys.exit(worst > 1e-5)
with open(path, "w") as out:
    out.write("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
