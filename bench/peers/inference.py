"""Runs the answers of a model here and in onnxruntime in turn, twice, on one pinned thread, and files one row for each.

inference.py APP FOLDER CPU MODELS [FILTER]
MODELS holds what export.py wrote; FOLDER gets inference.jsonl and inference.md.
"""
import argparse
import os
import subprocess
from pathlib import Path

import sides

ROUNDS = 2
PEER = str(Path(__file__).with_name("infer.js"))
# onnxruntime is the bar: nothing is to be slower than it.
TARGET, STRETCH = 1.0, 1.2
HEADER = """# Answers beside onnxruntime

`bench/inference.sh` on {cpu}. The peer is onnxruntime-node {version} on the models that PyTorch exports, all of its
optimizations on. Ours are captured steps in evaluation mode, without gradients: `infer_gpt` reads 128 letters,
`infer_lstm` (1 layer of 256) 32 texts of 128, `infer_cnn` and `infer_mlp` 64 images, `infer_speech` (the encoder) 500
frames. Both run in turn, twice, pinned to one core and timed by the processor's clock; of each the better median counts.
Ratio: the peer's time by ours, to be at least {target}. MiB: the most that was resident. Bytes: allocated on the managed heap
by one of our steps. Load: processes that ran or waited; above the number of cores others shared the caches.

"""
TITLE = (f"{'workload':<14} {'ours ms':>9} {'peer ms':>9} {'ratio':>6} {'target':<9} {'ours MiB':>9} {'peer MiB':>9} "
         f"{'bytes':>8} {'load':>5}")


def line(row):
    target = f"{TARGET:.2f}" + (" miss" if row["ratio"] < TARGET else "")
    return (f"{row['workload']:<14} {row['oursMilliseconds']:>9.3f} {row['peerMilliseconds']:>9.3f} {row['ratio']:>6.2f} "
            f"{target:<9} {row['oursPeakMiB']:>9} {row['peerPeakMiB']:>9} {row['allocatedBytes']:>8} {row['load']:>5.1f}")


def measure(app, models, name):
    ours, theirs = [], []
    for _ in range(ROUNDS):
        mine = sides.ours(app, name, 1)
        peer = sides.run(["node", PEER, str(models), name], 1, sides.environment(1, keeps_heap=False))
        if mine is None or peer is None:
            return None
        ours.append(mine["benchmarks"][0]), theirs.append(peer)
    best, peer = sides.fastest(ours), sides.fastest(theirs)
    return {
        "workload": name, "threads": 1, "oursMilliseconds": round(best["medianMilliseconds"], 4),
        "peerMilliseconds": round(peer["medianMilliseconds"], 4),
        "ratio": round(peer["medianMilliseconds"] / best["medianMilliseconds"], 3),
        "oursPeakMiB": best["peakResidentBytes"] >> 20, "peerPeakMiB": peer["peakResidentBytes"] >> 20,
        "allocatedBytes": best["allocatedBytes"], "load": round(os.getloadavg()[0], 1), "onnxruntime": peer["version"],
    }


def main():
    parser = argparse.ArgumentParser(prog="bench/inference.sh")
    parser.add_argument("app"), parser.add_argument("folder", type=Path), parser.add_argument("cpu")
    parser.add_argument("models", type=Path), parser.add_argument("filter", nargs="?", default="")
    options = parser.parse_args()
    listed = subprocess.run([options.app, "bench", "infer_", "--list"], capture_output=True, text=True, check=True)
    known = [n for n in listed.stdout.split() if (options.models / f"{n}.onnx").exists()]
    file = options.folder / "inference.jsonl"
    rows = {r["workload"]: r for r in sides.read(file) if r["workload"] in known}
    print(TITLE, flush=True)
    for name in known:
        row = measure(options.app, options.models, name) if options.filter in name else None
        if row is None:
            continue
        rows[name] = row
        kept = [rows[n] for n in known if n in rows]
        sides.write(file, kept)
        text = HEADER.format(cpu=options.cpu, version=row["onnxruntime"], target=TARGET)
        text += "```text\n" + TITLE + "\n" + "".join(line(r) + "\n" for r in kept) + "```\n"
        (options.folder / "inference.md").write_text(text)
        print(line(row), flush=True)


main()
