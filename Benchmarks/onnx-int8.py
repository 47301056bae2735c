#!/usr/bin/env python3
"""Classifying with the network of `docket-bench classify` in ONNX Runtime, with 32-bit floats and
with its dynamically quantized LSTM: tokens/s by batch size, from word numbers.

    pip install torch onnx onnxruntime
    python Benchmarks/onnx-int8.py --threads 2 --batch 1 64

Prints a JSON line. The quantized network has 8-bit weights (DynamicQuantizeLSTM) and vectors.
"""
import argparse
import json
import os
import tempfile
import time
import warnings

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

warnings.filterwarnings("ignore")
p = argparse.ArgumentParser()
for name, value in dict(dim=100, hidden=128, steps=40, classes=4, vocabulary=20000, threads=2).items():
    p.add_argument("--" + name, type=int, default=value)
p.add_argument("--batch", type=int, nargs="+", default=[1, 16, 64, 256])
a = p.parse_args()


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(a.vocabulary, a.dim)
        self.lstm = torch.nn.LSTM(a.dim, a.hidden, bidirectional=True)
        self.linear = torch.nn.Linear(2 * a.hidden, a.classes)

    def forward(self, ids):
        y, _ = self.lstm(self.embedding(ids))
        return self.linear(y.max(0).values)


def rate(run, tokens, seconds=2.0):
    run()
    best = 0.0
    for _ in range(3):
        count, started = 0, time.perf_counter()
        while time.perf_counter() - started < seconds / 3:
            run()
            count += 1
        best = max(best, count * tokens / (time.perf_counter() - started))
    return round(best)


folder = tempfile.mkdtemp()
paths = {name: os.path.join(folder, name + ".onnx") for name in ("float32", "int8")}
torch.onnx.export(Network().eval(), (torch.zeros(a.steps, 8, dtype=torch.long),), paths["float32"],
                  input_names=["ids"], output_names=["scores"],
                  dynamic_axes={"ids": {0: "steps", 1: "batch"}}, dynamo=False, opset_version=17)
quantize_dynamic(paths["float32"], paths["int8"], weight_type=QuantType.QInt8)
operators = sorted({node.op_type for node in onnx.load(paths["int8"]).graph.node})
result = {"bench": "onnx", "threads": a.threads, "quantized_operators": operators}
for name, path in paths.items():
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = a.threads
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    for batch in a.batch:
        ids = np.random.randint(0, a.vocabulary, (a.steps, batch))
        result[f"{name}_batch_{batch}"] = rate(lambda: session.run(None, {"ids": ids}), ids.size)
print(json.dumps(result))
