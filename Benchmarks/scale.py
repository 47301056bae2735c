#!/usr/bin/env python3
"""Measures docket-mpi on hosts of this machine: network namespaces, joined by a bridge whose ports
have a limited bandwidth (and a delay, if the kernel has netem). Compares the time of a step with
the formula of scale.md and prints a table. Needs root, Open MPI, and the products docket and
docket-mpi.

    Benchmarks/scale.py --rates 100 1000 --ranks 1 2 3 4 --plot Benchmarks/scale.svg

--plot needs matplotlib.
"""
import argparse, json, math, os, subprocess, sys, tempfile

root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
bridge = "docket-br"
PIECE = 32 * 1024
# Of a frame of 1,514 bytes on the wire, 1,448 are data of TCP.
GOODPUT = 1448 / 1514


def run(*words, **options):
    return subprocess.run(words, check=True, **options)


def remove_hosts(count):
    for k in range(count):
        subprocess.run(["ip", "netns", "del", f"docket-{k}"], stderr=subprocess.DEVNULL)
    subprocess.run(["ip", "link", "del", bridge], stderr=subprocess.DEVNULL)


def make_hosts(count, megabits, delay):
    """Hosts 10.77.0.1, ...; both directions of each port have the bandwidth."""
    run("ip", "link", "add", bridge, "type", "bridge")
    run("ip", "link", "set", bridge, "up")
    for k in range(count):
        name, inside, outside = f"docket-{k}", "eth0", f"docket-v{k}"
        run("ip", "netns", "add", name)
        run("ip", "link", "add", outside, "type", "veth", "peer", "name", inside, "netns", name)
        run("ip", "link", "set", outside, "master", bridge, "up")
        for words in (["addr", "add", f"10.77.0.{k + 1}/24", "dev", inside],
                      ["link", "set", inside, "up"], ["link", "set", "lo", "up"]):
            run("ip", "-n", name, *words)
        # Packets of several frames would not fit into the bucket of the limit.
        for words in (["ethtool", "-K", outside, "tso", "off", "gso", "off"],
                      ["ip", "netns", "exec", name, "ethtool", "-K", inside, "tso", "off", "gso",
                       "off"]):
            try:
                subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            except FileNotFoundError:
                pass
        if megabits:
            # Half a millisecond: a larger bucket would fill while the ranks compute.
            burst = max(16_000, megabits * 1000 // 16)
            limit = ["tbf", "rate", f"{megabits}mbit", "burst", str(burst), "latency", "200ms"]
            run("tc", "qdisc", "add", "dev", outside, "root", *limit)
            run("tc", "-n", name, "qdisc", "add", "dev", inside, "root", *limit)
        if delay:
            run("tc", "-n", name, "qdisc", "add", "dev", inside, "root", "netem", "delay",
                f"{delay}ms")


def sent_bytes(count):
    total = 0
    for k in range(count):
        text = run("ip", "-n", f"docket-{k}", "-s", "-j", "link", "show", "eth0",
                   capture_output=True).stdout
        total += json.loads(text)[0]["stats64"]["tx"]["bytes"]
    return total


def train(ranks, pipeline, settings, folder, agent, programs):
    """Returns the seconds of each epoch, the bytes that all hosts sent, and the model's digest."""
    words = ["--progress", "json", "--threads", "1", "--output", f"{folder}/model.docket"]
    for setting in settings:
        words += ["--set", setting]
    hosts = ",".join(f"10.77.0.{k + 1}:1" for k in range(ranks))
    before = sent_bytes(ranks)
    command = [
        "ip", "netns", "exec", "docket-0", "unshare", "--uts", "sh", "-c",
        'hostname 10.77.0.1; exec "$@"', "-", "mpirun", "--allow-run-as-root", "--bind-to", "none",
        "--host", hosts, "-n", str(ranks), "--mca", "plm_rsh_agent", agent, "--mca", "btl",
        "tcp,self", "--mca", "btl_tcp_if_include", "10.77.0.0/24", "--mca", "oob_tcp_if_include",
        "10.77.0.0/24", f"{programs}/docket-mpi", "train", pipeline] + words
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stderr[-3000:]}")
    events = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    epochs = [e for e in events if e.get("event") == "epoch"]
    digest = next(e["text"].rsplit(" ", 1)[1] for e in events if "SHA-256" in e.get("text", ""))
    return [e["seconds"] for e in epochs], sent_bytes(ranks) - before, digest


def predicted(ranks, shards, shard_time, step_time, size, megabits, delay, cores):
    """The formula of scale.md, in seconds."""
    # Ranks without a processor of their own take turns.
    compute = (max(math.ceil(shards / ranks), shards / cores if ranks > cores else 0) * shard_time
               + max(1, ranks / cores) * step_time)
    if ranks == 1:
        return compute
    latency = 2 * (ranks - 1) * (delay / 1000 + 0.0002)
    if not megabits:
        return compute + latency
    rate = megabits * 1e6 / 8 * GOODPUT
    piece = min(PIECE, size)
    sent = max(min(ranks - 1, 2) * size + piece, size + (2 * ranks - 3) * piece)
    return compute + sent / rate + latency


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2, 3, 4])
    parser.add_argument("--rates", type=int, nargs="+", default=[0, 1000, 100],
                        help="Mbit/s; 0 for no limit")
    parser.add_argument("--delay", type=float, default=0, help="milliseconds; needs netem")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch", type=int, default=60)
    parser.add_argument("--shard", type=int, default=15)
    parser.add_argument("--hidden", type=int, default=128)
    parser.add_argument("--tune", action="store_true", help="train the word vectors too")
    parser.add_argument("--pipeline", default=f"{root}/pipelines/newsdesk.yaml")
    parser.add_argument("--programs", default=f"{root}/.build/release")
    parser.add_argument("--plot", metavar="FILE", help="also draw the table, as SVG")
    options = parser.parse_args()
    rows = []
    cores = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as folder:
        agent = f"{folder}/agent"
        with open(agent, "w") as file:
            file.write('#!/bin/sh\nhost=$1; shift\n'
                       'exec ip netns exec "docket-$((${host##*.} - 1))" unshare --uts sh -c '
                       '"hostname $host; $*"\n')
        os.chmod(agent, 0o755)
        settings = ["classifier.ngrams=0", f"classifier.hidden={options.hidden}",
                    f"training.epochs={options.epochs}", "training.patience=0",
                    f"training.shard={options.shard}",
                    f"embedding.tune={'true' if options.tune else 'false'}"]

        def measure(ranks, megabits, batch):
            remove_hosts(8)
            make_hosts(ranks, megabits, options.delay)
            found = [train(ranks, options.pipeline, settings + [f"training.batch={batch}"], folder,
                           agent, options.programs) for _ in range(options.repeats)]
            remove_hosts(8)
            # An epoch is the same work in each run, so the fastest is the least disturbed.
            steps = math.ceil(documents / batch) * options.epochs
            time = sum(min(times) for times in zip(*(f[0] for f in found)))
            return time / steps, min(f[1] for f in found) / steps, {f[2] for f in found}

        try:
            documents = training_documents(options.pipeline, options.programs, settings, folder)
            shards = math.ceil(options.batch / options.shard)
            size = parameter_bytes(folder)
            # A step with S shards takes S * shard + step: two sizes of batches give both.
            one, _, digests = measure(1, 0, options.batch)
            half, _, _ = measure(1, 0, options.batch // 2)
            shard_time = (one - half) / (shards - shards // 2)
            step_time = max(one - shards * shard_time, 0)
            print(f"{documents} documents, batch {options.batch}, {shards} shards, {cores} cores, "
                  f"{size / 1e6:.2f} MB of parameters; a shard takes {shard_time * 1e3:.1f} ms, "
                  f"the rest of a step {step_time * 1e3:.1f} ms\n")
            print("| Mbit/s | ranks | MB per step | ms per step | formula | difference | speedup | "
                  "efficiency |\n|" + " ---: |" * 8)
            for megabits in options.rates:
                for ranks in options.ranks:
                    time, sent, other = ((one, 0, digests) if ranks == 1
                                         else measure(ranks, megabits, options.batch))
                    digests |= other
                    formula = predicted(ranks, shards, shard_time, step_time, size, megabits,
                                        options.delay, cores)
                    rows.append((megabits, ranks, time * 1e3, formula * 1e3))
                    print(f"| {megabits or 'no limit'} | {ranks} | {sent / 1e6:.2f} "
                          f"| {time * 1e3:.1f} | {formula * 1e3:.1f} "
                          f"| {(formula / time - 1) * 100:+.0f} % | {one / time:.2f} "
                          f"| {one / time / min(ranks, cores) * 100:.0f} % |", flush=True)
            print(f"\n{len(digests)} model(s): " + ", ".join(d[:12] for d in sorted(digests)))
            if options.plot:
                plot(rows, options.plot)
        finally:
            remove_hosts(8)


def plot(rows, path):
    """Draws the milliseconds per step: measured ones as points, those of the formula as lines."""
    import matplotlib
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "scale"
    from matplotlib import pyplot
    figure, axes = pyplot.subplots(figsize=(6, 4))
    for number, rate in enumerate(dict.fromkeys(row[0] for row in rows)):
        ranks, measured, formula = zip(*(row[1:] for row in rows if row[0] == rate))
        name = f"{rate} Mbit/s" if rate else "no limit"
        axes.plot(ranks, formula, color=f"C{number}", label=f"{name}, formula")
        axes.plot(ranks, measured, "o", color=f"C{number}", label=f"{name}, measured")
    axes.set(xlabel="ranks", ylabel="milliseconds per step", ylim=(0, None))
    axes.set_xticks(sorted({row[1] for row in rows}))
    axes.legend(fontsize="small")
    figure.savefig(path, metadata={"Date": None}, bbox_inches="tight")


def training_documents(pipeline, programs, settings, folder):
    """Trains an epoch alone, and returns the number of documents that are trained on."""
    words = [f"{programs}/docket", "train", pipeline, "--output", f"{folder}/one.docket"]
    for setting in settings:
        words += ["--set", "training.epochs=1" if "epochs=" in setting else setting]
    text = run(*words, capture_output=True, text=True).stderr
    return int(text.split("training on ")[1].split(" ")[0].replace(",", ""))


def parameter_bytes(folder):
    """The size of all weights of the model except the vectors."""
    with open(f"{folder}/one.docket", "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    return sum(4 * math.prod(entry["shape"]) for name, entry in header.items()
               if name.split(".")[0] not in ("__metadata__", "embedding", "vocab", "validation"))


if __name__ == "__main__":
    main()
