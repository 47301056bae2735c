#!/usr/bin/env python3
"""Where the time of a training goes, measured with perf: one thread, one epoch.

    python3 Benchmarks/profile.py TRAIN.tsv TEST.tsv [options of docket-bench train]

TRAIN and TEST are `label<TAB>tokens`, as `docket tokenize --labelled` writes them. Needs perf.
"""
import re, subprocess, sys, tempfile

GROUPS = [  # the first pattern that matches a symbol names its part
    ("products on tiles", r"^(many_rows|few_rows|tile_rows|vk_tiles_product)"),
    ("splitting and packing for tiles", r"^(split_|vk_tiles_)"),
    ("products on vectors (validation, output layer)", r"^(product_|transposed_product_|single_row)"),
    ("packing for vectors", r"^pack_"),
    ("gates forward", r"^(lstm|gru|elman)_forward"),
    ("gates backward", r"^(lstm|gru|elman)_backward"),
    ("pooling", r"^max_"),
    ("adding gradients up", r"^(add_|squares_)|GradientReduction"),
    ("optimizer", r"^(adam|sgd)_|Optimizer"),
    ("batching", r"RaggedSteps|DistinctWords|BatchSampler|SeededGenerator"),
    ("copies and zeros", r"mem(move|set|cpy)"),
    ("memory management", r"swift_(retain|release|alloc|dealloc)|malloc|free"),
    ("the system", r"\[k\]"),
]

with tempfile.NamedTemporaryFile(suffix=".perf") as data:
    subprocess.run(["perf", "record", "-q", "-o", data.name, ".build/release/docket-bench", "train",
                    *sys.argv[1:], "--threads", "1", "--epochs", "1"], check=True)
    report = subprocess.run(["perf", "report", "-i", data.name, "--no-children", "--stdio"],
                            capture_output=True, text=True, check=True).stdout
shares = {}
for line in report.splitlines():
    found = re.match(r"\s*([\d.]+)%\s+\S+\s+\S+\s+\[(.)\] (.*)", line)
    if not found:
        continue
    share, kind, symbol = float(found[1]), found[2], found[3]
    where = symbol if kind == "." else "[k]"
    part = next((name for name, pattern in GROUPS if re.search(pattern, where)), "everything else")
    shares[part] = shares.get(part, 0) + share
print("| part | share |\n| --- | --- |")
for part, share in sorted(shares.items(), key=lambda pair: -pair[1]):
    print(f"| {part} | {share:.1f} % |")
