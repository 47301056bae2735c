#!/usr/bin/env python3
"""Trains each cell, two layers, attention and truncation with `docket run` and compares with recorded scores.

    python3 Benchmarks/cells.py                         on newsdesk, in the repository
    python3 Benchmarks/cells.py --shared ../shared      on AG News too
    python3 Benchmarks/cells.py --record                writes the results as the new record

The record is cells.json beside this file. Exits with 1 if a score is more than half a point below its
record; the different last digits of other processors have changed less so far.
"""
import argparse, json, os, subprocess, sys, tempfile

VARIANTS = {
    "lstm": [], "gru": ["cell=gru"], "rnn": ["cell=rnn"], "peephole": ["cell=peephole"],
    "lstm, two layers": ["layers=2"], "lstm, attention": ["pooling=attention"],
    "lstm, mean and max": ["pooling=meanmax"], "lstm, truncate 10": ["truncate=10"],
}
p = argparse.ArgumentParser()
p.add_argument("--shared", help="the folder that holds data/")
p.add_argument("--build", default=".build/release")
p.add_argument("--record", action="store_true")
a = p.parse_args()
here = os.path.dirname(os.path.abspath(__file__))
path = os.path.join(here, "cells.json")
record = json.load(open(path)) if os.path.exists(path) else {}

corpora = {"newsdesk": []}
if a.shared:
    data = os.path.join(a.shared, "data", "en-agnews")
    name = lambda part: next(f for f in (f"{data}/{part}.tsv", f"{data}/{part}.tsv.gz") if os.path.exists(f))
    corpora["agnews"] = [f"corpus.train={name('train')}", f"corpus.test={name('test')}"]

missed = 0
print("| corpus | classifier | accuracy | recorded | seconds of training |\n| --- | --- | --- | --- | --- |")
for corpus, files in corpora.items():
    for variant, settings in VARIANTS.items():
        changes = ["classifier.stage=recurrent.v1", *(f"classifier.{s}" for s in settings), *files]
        with tempfile.TemporaryDirectory() as output:
            command = [f"{a.build}/docket", "run", f"pipelines/{corpus}.yaml", "--output", output + "/run",
                       "--progress", "json"]
            for change in changes:
                command += ["--set", change]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                sys.exit(done.stderr)
            accuracy = json.load(open(output + "/run/report.json"))["accuracy"]
        seconds = sum(json.loads(line)["seconds"] for line in done.stderr.splitlines()
                      if line.startswith('{"event":"epoch"'))
        known = record.get(corpus, {}).get(variant)
        missed += known is not None and accuracy < known - 0.005
        record.setdefault(corpus, {})
        if a.record:
            record[corpus][variant] = round(accuracy, 4)
        print(f"| {corpus} | {variant} | {accuracy:.4f} | {known or ''} | {seconds:.0f} |", flush=True)
if a.record:
    with open(path, "w") as out:
        json.dump(record, out, indent=1)
        out.write("\n")
sys.exit(1 if missed else 0)
