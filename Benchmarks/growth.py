#!/usr/bin/env python3
"""How the cost of training grows with hidden width, batch, document length and threads.

    python3 Benchmarks/growth.py --build .build/release --runs 3

needs docket-bench only. Makes a corpus of Zipf-distributed words, trains on it in one process per
measurement, and writes growth.svg and growth.json beside itself: medians of tokens per second, and the peak
memory of the whole process. Beyond the number of processors, tokens per second are computed, not measured:

    t(n) = s + p / n + r log2 n      seconds per step, batch 32 n so that every thread has a shard of 32

with the serial part s and the parallel part p from one and two threads, and r, the time to add the
gradients of two shards, from the profile of one thread (--reduction, a share).
"""
import argparse, json, math, os, random, statistics, subprocess, sys, tempfile

p = argparse.ArgumentParser()
p.add_argument("--build", default=".build/release")
p.add_argument("--runs", type=int, default=3)
p.add_argument("--tokens", type=int, default=250_000, help="tokens in each measurement")
p.add_argument("--reduction", type=float, default=0.01,
               help="share of one thread's time that adding two shards' gradients takes")
p.add_argument("--output", default=os.path.dirname(os.path.abspath(__file__)))
a = p.parse_args()
work = tempfile.mkdtemp(prefix="docket-growth-")


def corpus(length, documents):
    """`label<TAB>tokens`: two labels, words by Zipf's law over 20,000."""
    path = os.path.join(work, f"{length}-{documents}.tsv")
    if not os.path.exists(path):
        chance = random.Random(length)
        weights = [1 / (k + 10) for k in range(20_000)]
        with open(path, "w") as out:
            for number in range(documents):
                words = chance.choices(range(20_000), weights, k=length)
                out.write(f"label{number % 2}\t{' '.join(f'w{k}' for k in words)}\n")
    return path


def measure(hidden=128, batch=64, length=40, threads=2):
    train = corpus(length, max(a.tokens // length, 2 * batch))
    command = [f"{a.build}/docket-bench", "train", train, corpus(length, 64), "--epochs", "2",
               "--hidden", str(hidden), "--batch", str(batch), "--threads", str(threads),
               "--maximum-tokens", str(max(length, 400))]
    runs = [json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            for _ in range(a.runs)]
    point = {"tokensPerSecond": int(statistics.median(r["train_tokens_per_s"] for r in runs)),
             "peakMegabytes": int(statistics.median(r["peak_mb"] for r in runs))}
    print(f"hidden {hidden} batch {batch} length {length} threads {threads}: {point}", flush=True)
    return point


def sweep(name, values):
    return [{name: value, **measure(**{name: value})} for value in values]


def model(one, two, counts):
    """Tokens per second for more threads, from those of one and two (batch 64: two shards of 32)."""
    step = 64 * 40
    t1, t2 = step / one, step / two
    serial = max(0.0, 2 * t2 - t1)
    parallel = (t1 - serial) / 2          # one shard on one thread
    reduction = a.reduction * t1
    return [{"threads": n, "tokensPerSecond":
             int(32 * n * 40 / (serial + parallel + reduction * math.log2(n)))} for n in counts]


def panel(x0, y0, title, points, key, unit, value):
    """One plot: both axes logarithmic, measured points filled, computed ones hollow."""
    width, height = 300, 170
    xs, ys = [q[key] for q in points], [q[value] for q in points]
    low, high = min(ys), max(ys)
    low, high = 10 ** math.floor(math.log10(low)), 10 ** math.ceil(math.log10(high * 1.001))
    fx = lambda v: x0 + width * (math.log(v / xs[0]) / math.log(xs[-1] / xs[0]))
    fy = lambda v: y0 + height - height * (math.log(v / low) / math.log(high / low))
    out = [f'<text x="{x0}" y="{y0 - 12}" class="t">{title}</text>',
           f'<rect x="{x0}" y="{y0}" width="{width}" height="{height}" class="f"/>']
    grid = low
    while grid <= high:
        out.append(f'<path d="M{x0} {fy(grid):.1f}h{width}" class="g"/>'
                   f'<text x="{x0 - 6}" y="{fy(grid) + 4:.1f}" class="y">{grid:,.0f}</text>')
        grid *= 10
    out.append('<polyline class="l" points="' + " ".join(f"{fx(x):.1f},{fy(y):.1f}" for x, y in zip(xs, ys)) + '"/>')
    for q, x, y in zip(points, xs, ys):
        kind = "c" if q.get("computed") else "m"
        out.append(f'<circle cx="{fx(x):.1f}" cy="{fy(y):.1f}" r="3.5" class="{kind}"/>'
                   f'<text x="{fx(x):.1f}" y="{fy(y) - 8:.1f}" class="v">{y:,}</text>'
                   f'<text x="{fx(x):.1f}" y="{y0 + height + 15}" class="x">{x}</text>')
    out.append(f'<text x="{x0 + width / 2}" y="{y0 + height + 31}" class="x">{unit}</text>')
    return "\n".join(out)


results = {
    "hidden": sweep("hidden", [32, 64, 128, 256, 512]),
    "batch": sweep("batch", [16, 32, 64, 128, 256]),
    "length": sweep("length", [10, 20, 40, 80, 160, 320, 640]),
    "threads": sweep("threads", [1, 2]),
}
one, two = (q["tokensPerSecond"] for q in results["threads"])
computed = [dict(q, computed=True) for q in model(one, two, [4, 8, 16, 32, 64])]
results["threadsComputed"] = computed
with open(os.path.join(a.output, "growth.json"), "w") as out:
    json.dump(results, out, indent=1)
    out.write("\n")

units = {"hidden": "hidden width, each direction", "batch": "documents a batch", "length": "tokens a document",
         "threads": "threads (hollow: computed, batch 32 a thread)"}
svg = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 1010" font-family="sans-serif" font-size="11">',
       '<style>.t{font-size:13px;font-weight:bold}.f{fill:none;stroke:#888}.g{stroke:#ddd}.l{fill:none;stroke:#2463a8;'
       'stroke-width:1.5}.m{fill:#2463a8}.c{fill:#fff;stroke:#2463a8}.y{text-anchor:end;fill:#555}'
       '.x,.v{text-anchor:middle;fill:#555}.v{font-size:9px}</style>',
       '<rect width="800" height="1010" fill="#fff"/>']
for row, key in enumerate(["hidden", "batch", "length", "threads"]):
    y = 40 + row * 245
    speed = results[key] + (computed if key == "threads" else [])
    svg.append(panel(70, y, "tokens a second, training", speed, key, units[key], "tokensPerSecond"))
    svg.append(panel(470, y, "peak memory, MB", results[key], key, units[key].split(" (")[0], "peakMegabytes"))
with open(os.path.join(a.output, "growth.svg"), "w") as out:
    out.write("\n".join(svg + ["</svg>", ""]))
