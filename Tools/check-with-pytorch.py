#!/usr/bin/env python3
"""Loads a model into torch.nn.LSTM and compares its probabilities with docket's own.

    python Tools/check-with-pytorch.py MODEL DOCUMENTS [DOCKET]

DOCUMENTS contains one document per line; DOCKET is the command (default .build/release/docket).
Needs torch and safetensors; works for bilstm.v1 with pooling max, mean or last. Prints the largest
difference and fails if it is above 1e-5.
"""
import json, re, subprocess, sys

import torch
from safetensors import safe_open
from safetensors.numpy import load_file

model, documents = sys.argv[1:3]
docket = sys.argv[3] if len(sys.argv) > 3 else ".build/release/docket"
tensors = load_file(model)
with safe_open(model, "np") as file:
    metadata = file.metadata()
labels = json.loads(metadata["labels"])
pooling = re.search(r'pooling: "(\w+)"', metadata["pipeline"]).group(1)

offsets, storage = tensors["vocab.offsets"], tensors["vocab.bytes"].tobytes()
rows = {storage[a:b]: k + 1 for k, (a, b) in enumerate(zip(offsets, offsets[1:]))}
embedding = torch.from_numpy(tensors["embedding.weight"])
hidden = tensors["lstm.weight_hh_l0"].shape[1]
lstm = torch.nn.LSTM(embedding.shape[1], hidden, bidirectional=True)
lstm.load_state_dict({k[5:]: torch.from_numpy(v) for k, v in tensors.items() if k.startswith("lstm.")})
weight, bias = (torch.from_numpy(tensors["classifier." + k]) for k in ("weight", "bias"))


def run(*command):
    with open(documents, "rb") as text:
        done = subprocess.run([docket, *command], stdin=text, stdout=subprocess.PIPE, check=True)
    return done.stdout.split(b"\n")[:-1]


worst = 0.0
tokens = run("tokenize", model)
answers = run("classify", model, "--json", "--top", str(len(labels)))
for line, answer in zip(tokens, answers):
    ids = [rows.get(word, 0) for word in line.split(b" ")] if line else []
    pooled = torch.zeros(2 * hidden)
    if ids:
        y, (h, _) = lstm(embedding[torch.tensor(ids)][:, None])
        pooled = {"max": y[:, 0].max(0).values, "mean": y[:, 0].mean(0), "last": h[:, 0].flatten()}[pooling]
    expected = torch.softmax(weight @ pooled + bias, -1)
    given = {pair["label"]: pair["probability"] for pair in json.loads(answer)["top"]}
    worst = max([worst] + [abs(given[label] - float(p.detach())) for label, p in zip(labels, expected)])
print(f"{len(answers)} documents, {len(labels)} labels: largest difference {worst:.2e}")
sys.exit(worst > 1e-5)
