#!/usr/bin/env python3
"""Measures what a continued model forgets; prints a table of little-data.md.

    python Benchmarks/forgetting.py CORPUS FOLDER [DOCKET]

CORPUS is a folder with train.tsv and test.tsv. The first model never sees one of the labels; the new
documents are all of that label and a tenth of the others. Three labels are left out in turn, one per seed.
FOLDER gets the parts and the runs; DOCKET is the command (default .build/release/docket).
"""
import json, os, random, statistics, subprocess, sys

corpus, folder = sys.argv[1:3]
docket = sys.argv[3] if len(sys.argv) > 3 else ".build/release/docket"
os.makedirs(folder, exist_ok=True)


def read(name):
    with open(f"{corpus}/{name}", encoding="utf-8") as lines:
        return [line.rstrip("\n").split("\t", 1) for line in lines]


def write(name, rows):
    with open(f"{folder}/{name}", "w", encoding="utf-8") as out:
        out.writelines("\t".join(row) + "\n" for row in rows)


def run(*command):
    subprocess.run([docket, *command, "--quiet", "--threads", "1"], check=True, stdout=subprocess.DEVNULL)


def report(output):
    with open(f"{folder}/{output}/report.json", encoding="utf-8") as file:
        return json.load(file)


rows = {}
# The last row of a label deletes the old corpus; the next label writes another.
for seed, label in enumerate(["khel", "business", "education"], 1):
    train, test = read("train.tsv"), read("test.tsv")
    random.Random(seed).shuffle(train)
    others = [row for row in train if row[0] != label]
    cut = len(others) * 9 // 10
    write("old.tsv", others[:cut])
    write("new.tsv", [row for row in train if row[0] == label] + others[cut:])
    write("all.tsv", train)
    write("old-test.tsv", [row for row in test if row[0] != label])
    write("test.tsv", test)
    common = ["--seed", str(seed)]
    tests = lambda name: ["--set", f"corpus.test={folder}/{name}"]
    run("run", "pipelines/indicnews.yaml", *common, "--set", f"corpus.train={folder}/old.tsv",
        *tests("old-test.tsv"), "--output", f"{folder}/base")
    run("run", "pipelines/indicnews.yaml", *common, "--set", f"corpus.train={folder}/all.tsv",
        *tests("test.tsv"), "--output", f"{folder}/whole")
    rows.setdefault("trained anew on all documents", []).append(
        (None, None, report("whole")["accuracy"], None))
    for name, replay in [("replay 0", 0), ("replay 1", 1), ("replay 4", 4), ("old corpus gone", None)]:
        if replay is None:
            os.rename(f"{folder}/old.tsv", f"{folder}/away.tsv")
        run("run", "--from", f"{folder}/base/model.docket", *common, "--set", f"corpus.train={folder}/new.tsv",
            *tests("test.tsv"), "--set", f"training.replay={replay or 0}", "--output", f"{folder}/grown")
        got = report("grown")
        new = next(entry for entry in got["labels"] if entry["label"] == label)
        growth = got["growth"]
        rows.setdefault(name, []).append(
            (growth["oldTestBefore"]["accuracy"], growth["oldTestAfter"]["accuracy"], got["accuracy"], new["f1"]))
print("| | old test before | old test after | new test | F1 of the new label |")
print("| --- | --- | --- | --- | --- |")
for name, figures in rows.items():
    cells = [f"{100 * statistics.mean(column):.1f}" if column[0] is not None else "" for column in zip(*figures)]
    print(f"| {name} | " + " | ".join(cells) + " |")
