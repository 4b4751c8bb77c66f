"""Runs a workload here and there in turn, and files one row for it.

compare.py APP PYTHON FOLDER CPU [FILTER] [--threads N] [--again] [--json] [--table]
FOLDER holds peers.jsonl, a row for each workload and number of threads, and peers.md, the same as a table.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import sides
import table

ROUNDS, STARTS = 2, 5
PEER = str(Path(__file__).with_name("workloads.py"))
START = "start"  # a row that no process can measure of itself beside others


def mebibytes(run):
    return run["peakResidentBytes"] >> 20


def common(name, threads, ours, peer, torch):
    return {
        "workload": name, "threads": threads, "oursMilliseconds": round(ours, 4), "peerMilliseconds": round(peer, 4),
        "ratio": round(peer / ours, 3), "load": round(os.getloadavg()[0], 1), "torch": sides.torch_version(torch),
    }


def measure(app, python, name, threads):
    ours, theirs = [], []
    kinds = (False, True) if sides.has_avx512() else (False,)
    for _ in range(ROUNDS):
        mine = sides.ours(app, name, threads)
        if mine is None:
            return None
        ours.append({**mine.pop("benchmarks")[0], **mine})
        for is_wide in kinds:
            found = sides.run([python, PEER, name, str(threads)], threads, sides.environment(threads, is_wide))
            if found is None:
                return None
            theirs.append({**found, "isWide": is_wide})
        kinds = (sides.fastest(theirs)["isWide"],)  # the better one runs again
    best, peer = sides.fastest(ours), sides.fastest(theirs)
    return {
        **common(name, threads, best["medianMilliseconds"], peer["medianMilliseconds"], peer["torch"]),
        "operations": best["operations"], "bytes": best["bytes"], "oursPeakMiB": mebibytes(best),
        "peerPeakMiB": mebibytes(peer), "allocatedBytes": best["allocatedBytes"],
        "firstMilliseconds": round(best["firstMilliseconds"]), "peerHasAvx512": peer["isWide"],
        "operationsPerSecond": best["operationsPerSecond"], "copiedBytesPerSecond": best["copiedBytesPerSecond"],
    }


# Of so many starts the middle one counts; the peer's with its heap as it is or told to keep it, whichever is faster.
def measure_start(app, python, threads):
    ours, theirs = [], {True: [], False: []}
    for _ in range(STARTS):
        mine = sides.ours(app, "gpt", threads, "--once")
        if mine is None:
            return None
        ours.append(mine["starts"][0])
        for keeps, runs in theirs.items():
            found = sides.run([python, PEER, "gpt", str(threads), "--once"], threads,
                              sides.environment(threads, keeps_heap=keeps))
            if found is None:
                return None
            runs.append(found)

    def middle(runs, field="startToFirstMilliseconds"):
        return statistics.median(r[field] for r in runs)

    peer = min(theirs.values(), key=middle)
    return {
        **common(START, threads, middle(ours), middle(peer), peer[0]["torch"]),
        "overheadMilliseconds": round(middle(ours, "overheadMilliseconds")),
        "peerOverheadMilliseconds": round(middle(peer, "overheadMilliseconds")),
        "oursPeakMiB": max(map(mebibytes, ours)), "peerPeakMiB": max(map(mebibytes, peer)),
    }


# The median of two is their mean.
def measured_again(before, row):
    means = {k: round((before[k] + row[k]) / 2, 4) for k in row if k.endswith("Milliseconds") or k == "ratio"}
    most = {k: max(before[k], row[k]) for k in row if k.endswith("PeakMiB") or k == "allocatedBytes"}
    return {**row, **means, **most, "ratios": [before["ratio"], row["ratio"]]}


def main():
    parser = argparse.ArgumentParser(prog="bench/peers.sh")
    parser.add_argument("app"), parser.add_argument("python"), parser.add_argument("folder", type=Path)
    parser.add_argument("cpu"), parser.add_argument("filter", nargs="?", default="")
    parser.add_argument("--threads", type=int, action="append", help="1, 2 or both; one thread if not given")
    parser.add_argument("--again", action="store_true", help="a second pass: medians of it and of the row on file")
    parser.add_argument("--json", action="store_true", help="print a JSON object for each row")
    parser.add_argument("--table", action="store_true", help="measure nothing, write the table of the rows on file")
    options = parser.parse_args()
    known = subprocess.run([options.app, "bench", "--list"], capture_output=True, text=True, check=True).stdout.split()
    known.append(START)
    theirs = subprocess.run([options.python, PEER, "--list"], capture_output=True, text=True, check=True).stdout.split()
    names = [n for n in known if n in theirs or n == START]
    names = [options.filter] if options.filter in names else [n for n in names if options.filter in n]
    if not names:
        sys.exit(f"bench/peers.sh: no workload of both sides has '{options.filter}' in its name.")
    file = options.folder / "peers.jsonl"
    rows = {(r["workload"], r["threads"]): r for r in sides.read(file) if r["workload"] in known}

    def save():
        kept = sorted(rows.values(), key=lambda r: (r["threads"], known.index(r["workload"])))
        (options.folder / "peers.md").write_text(table.document(kept, options.cpu, os.cpu_count()))
        sides.write(file, kept)

    if options.table:
        save()
        return
    if not options.json:
        print(table.TITLE, flush=True)
    for threads in options.threads or [1]:
        for name in names:
            row = (measure_start(options.app, options.python, threads) if name == START
                   else measure(options.app, options.python, name, threads))
            if row is None:
                continue
            before = rows.get((name, threads))
            rows[name, threads] = row = measured_again(before, row) if options.again and before else row
            save()
            print(json.dumps(row) if options.json else table.line(row), flush=True)


main()
