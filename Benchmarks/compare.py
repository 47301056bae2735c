#!/usr/bin/env python3
"""Docket beside PyTorch and ONNX Runtime, in alternating runs on the same tokens.

    python Benchmarks/compare.py --shared ../shared --runs 5

needs a Python with torch, numpy, onnx, onnxscript and onnxruntime, and the folder with `data/` and
`peers/`. Tokens are made once by `docket tokenize`. Prints each run as it ends, then a table of medians.
"""
import argparse, json, os, statistics, subprocess, sys, tempfile

CORPORA = {"agnews": "en-agnews", "ttc3600": "tr-ttc3600", "thucnews": "zh-thucnews-titles",
           "isna": "fa-isna", "indicnews": "hi-indicnews-shc"}

p = argparse.ArgumentParser()
p.add_argument("--shared", required=True, help="the folder that holds data/ and peers/")
p.add_argument("--build", default=".build/release")
p.add_argument("--corpora", nargs="*", default=["agnews"], choices=CORPORA)
p.add_argument("--runs", type=int, default=5)
p.add_argument("--threads", type=int, default=2)
p.add_argument("--epochs", type=int, default=2, help="epochs per run; the faster one counts, for both sides")
p.add_argument("--tokens", type=int, default=0, help="train on about this many tokens; 0 for all")
p.add_argument("--dimensions", type=int, default=100)
p.add_argument("--freeze", action="store_true", help="freeze the vectors")
p.add_argument("--packed", action="store_true", help="also measure PyTorch's packed sequences")
p.add_argument("--classify", action="store_true", help="also measure classifying from word numbers")
a = p.parse_args()
work = tempfile.mkdtemp(prefix="docket-bench-")


def output(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def tokens(pipeline, part):
    """The corpus as `label<TAB>tokens`, made by the pipeline's normalizers and tokenizer."""
    folder = os.path.join(a.shared, "data", CORPORA[pipeline])
    source = os.path.join(folder, part + ".tsv")
    reader = ["cat", source] if os.path.exists(source) else ["gzip", "-dc", source + ".gz"]
    path = os.path.join(work, f"{pipeline}-{part}.tsv")
    with open(path, "wb") as out:
        cat = subprocess.Popen(reader, stdout=subprocess.PIPE)
        subprocess.run([f"{a.build}/docket", "tokenize", f"pipelines/{pipeline}.yaml", "--labelled"],
                       stdin=cat.stdout, stdout=out, check=True)
    return shortened(path) if part == "train" and a.tokens else path


def shortened(path):
    """The first documents that have about `--tokens` tokens."""
    with open(path, encoding="utf-8") as source, open(path + ".short", "w", encoding="utf-8") as out:
        left = a.tokens
        for line in source:
            out.write(line)
            left -= len(line.split()) - 1
            if left <= 0:
                break
    return path + ".short"


def compare(name, commands):
    """Runs the commands in turn; each returns a number of which higher is better."""
    figures = {label: [] for label, _, _ in commands}
    memory = {label: [] for label, _, _ in commands}
    for run in range(a.runs):
        for label, command, figure in commands:
            lines = output(command)
            figures[label].append(figure(lines))
            memory[label].append(lines[-1].get("peak_mb", 0))
        print(f"{name} run {run + 1}: " + ", ".join(f"{k} {v[-1]:,.0f}" for k, v in figures.items()), flush=True)
    ours = statistics.median(figures["docket"])
    for label, values in figures.items():
        median = statistics.median(values)
        peak = statistics.median(memory[label])
        print(f"| {name} | {label} | {median:,.0f} | {ours / median:.2f} | {peak or ''} |", flush=True)


peers = os.path.join(a.shared, "peers")
for pipeline in a.corpora:
    train, test = tokens(pipeline, "train"), tokens(pipeline, "test")
    speed = lambda lines: lines[-1]["train_tokens_per_s"]
    frozen = ["--freeze"] if a.freeze else []
    torch = [sys.executable, os.path.join(peers, "pytorch_bilstm.py"), "--train", train, "--test", test,
             "--epochs", str(a.epochs), "--threads", str(a.threads), "--dim", str(a.dimensions), *frozen]
    commands = [
        ("docket", [f"{a.build}/docket-bench", "train", train, test, "--epochs", str(a.epochs),
                    "--threads", str(a.threads), "--dimensions", str(a.dimensions), *frozen], speed),
        ("PyTorch padded", torch, speed)]
    if a.packed:
        commands.append(("PyTorch packed", torch + ["--layout", "packed"], speed))
    vectors = f"{a.dimensions} dimensions {'frozen' if a.freeze else 'trained along'}"
    compare(f"training {pipeline}, {vectors}, tokens/s", commands)

if a.classify:
    for batch, threads in ((64, a.threads), (1, 1)):
        ours = lambda lines: next(l["tokens_per_s"] for l in lines if l["batch"] == batch)
        best = lambda lines: max(lines[-1][f"batch_{batch}"].values())
        compare(f"classifying, batches of {batch}, {threads} threads, tokens/s", [
            ("docket", [f"{a.build}/docket-bench", "classify", "--threads", str(threads)], ours),
            ("faster of ONNX Runtime and PyTorch",
             [sys.executable, os.path.join(peers, "onnxruntime_classify.py"), "--threads", str(threads)], best)])
