"""Runs a workload here and there in turn, twice, and files one row for it.

compare.py APP PYTHON FOLDER [FILTER] [--threads N] [--json]
FOLDER holds peers.jsonl, a row for each workload and number of threads, and peers.md, the same as a table.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROUNDS = 2
HEAP = ("glibc.malloc.hugetlb=1:glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=68719476736"
        ":glibc.malloc.top_pad=67108864")
PEER = Path(__file__).with_name("workloads.py")
HEADER = """# Steps beside PyTorch

`bench/peers.sh` on {cpu}: {cores} cores, {peak} GFLOP/s in float32 on one of them, {copy} GB/s copied by it.
The peer is PyTorch {torch}, in the best of its configurations for each row: glibc's heap told to keep its memory and
to use huge pages, torch's kernels as it chooses them and with AVX-512; on two threads OpenBLAS on torch's OpenMP pool.
Ours and the peer's processes run in turn, twice; of each the better median counts. One thread is pinned and timed by
the processor's clock, two threads by the wall's. Ratio: the peer's time by ours. Share: the least time that operations
at the peak, or operands and results at the speed of a copy, allow, by our time; above 100 % data stays in the caches or
changes in place, which is cheaper than a copy. Load: processes that ran or waited. Above the number of cores others had
a part of the machine: caches and memory were shared, and two threads wait for each other, so their rows say little.

"""


def environment(threads, has_wide_kernels):
    # A shell may hold the peer's libraries to an older processor than this one.
    env = {k: v for k, v in os.environ.items() if not k.startswith(("OPENBLAS_", "OMP_", "ATEN_", "DNNL_", "MKL_"))}
    env.update(GLIBC_TUNABLES=HEAP, OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads))
    if threads > 1:
        for library in Path("/usr/lib").glob("*/openblas-openmp"):
            env["LD_LIBRARY_PATH"] = str(library)
    if has_wide_kernels:
        env["ATEN_CPU_CAPABILITY"] = "avx512"
    return env


def run(command, threads, env):
    if threads == 1 and shutil.which("taskset"):
        command = ["taskset", "-c", str(max(os.sched_getaffinity(0))), *command]
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    if done.returncode != 0:
        print(f"{' '.join(command)}: {(done.stderr.strip() or 'no answer').splitlines()[-1]}", file=sys.stderr)
        return None
    return json.loads(done.stdout)


def measure(app, python, name, threads):
    ours, theirs, kinds = [], [], (False, True)
    for _ in range(ROUNDS):
        mine = run([app, "bench", name, "--threads", str(threads), "--json"], threads, dict(os.environ))
        if mine is None:
            return None
        ours.append((mine["benchmarks"][0], mine))
        for has_wide_kernels in kinds:
            found = run([python, str(PEER), name, str(threads)], threads, environment(threads, has_wide_kernels))
            if found is None:
                return None
            theirs.append((found, has_wide_kernels))
        kinds = (min(theirs, key=lambda t: t[0]["medianMilliseconds"])[1],)  # the better one runs again
    best, machine = min(ours, key=lambda o: o[0]["medianMilliseconds"])
    peer, is_wide = min(theirs, key=lambda t: t[0]["medianMilliseconds"])
    return {
        "workload": name, "threads": threads, "oursMilliseconds": round(best["medianMilliseconds"], 4),
        "peerMilliseconds": round(peer["medianMilliseconds"], 4),
        "ratio": round(peer["medianMilliseconds"] / best["medianMilliseconds"], 3),
        "operations": best["operations"], "bytes": best["bytes"],
        "oursPeakMiB": best["peakResidentBytes"] >> 20, "peerPeakMiB": peer["peakResidentBytes"] >> 20,
        "allocatedBytes": best["allocatedBytes"], "firstMilliseconds": round(best["firstMilliseconds"]),
        "peerHasAvx512": is_wide, "load": round(os.getloadavg()[0], 1), "torch": version(peer["torch"]),
        "operationsPerSecond": machine["operationsPerSecond"], "copiedBytesPerSecond": machine["copiedBytesPerSecond"],
    }


# A distribution's build of a release calls itself by the version under development.
def version(found):
    if not shutil.which("dpkg-query"):
        return found
    package = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "python3-torch"], capture_output=True, text=True)
    return package.stdout.split("+")[0] if package.returncode == 0 else found


def line(row):
    return (f"{row['workload']:<26} {row['threads']:>7} {row['oursMilliseconds']:>9.3f} "
            f"{row['peerMilliseconds']:>9.3f} {row['ratio']:>6.2f} {row['share']:>6.0%} {row['oursPeakMiB']:>9} "
            f"{row['peerPeakMiB']:>9} {row['load']:>5.1f}")


TITLE = (f"{'workload':<26} {'threads':>7} {'ours ms':>9} {'peer ms':>9} {'ratio':>6} {'share':>6} {'ours MiB':>9} "
         f"{'peer MiB':>9} {'load':>5}")


def cpu():
    for text in open("/proc/cpuinfo"):
        if text.startswith("model name"):
            return text.split(":", 1)[1].strip()
    return "an unknown processor"


# A machine that others use is at its best only now and then: of all its rows the best speeds are the bound.
def bound(rows):
    for threads in {r["threads"] for r in rows}:
        group = [r for r in rows if r["threads"] == threads]
        operations = max(r["operationsPerSecond"] for r in group)
        copied = max(r["copiedBytesPerSecond"] for r in group)
        for row in group:
            least = max(row["operations"] / operations, row["bytes"] / copied) * 1e3
            row["leastMilliseconds"] = round(least, 4)
            row["share"] = round(least / row["oursMilliseconds"], 3)


def write(folder, rows):
    bound(rows)
    (folder / "peers.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    single = [r for r in rows if r["threads"] == 1] or rows
    text = HEADER.format(
        cpu=cpu(), cores=os.cpu_count(), torch=rows[0]["torch"],
        peak=round(max(r["operationsPerSecond"] / r["threads"] for r in single) / 1e9),
        copy=round(max(r["copiedBytesPerSecond"] for r in single) / 1e9))
    for threads in sorted({r["threads"] for r in rows}):
        text += "```text\n" + TITLE + "\n"
        text += "".join(line(r) + "\n" for r in rows if r["threads"] == threads) + "```\n\n"
    (folder / "peers.md").write_text(text.rstrip("\n") + "\n")


def main():
    parser = argparse.ArgumentParser(prog="bench/peers.sh")
    parser.add_argument("app"), parser.add_argument("python"), parser.add_argument("folder", type=Path)
    parser.add_argument("filter", nargs="?", default="")
    parser.add_argument("--threads", type=int, action="append", help="1, 2 or both; one thread if not given")
    parser.add_argument("--json", action="store_true", help="print a JSON object for each row")
    options = parser.parse_args()
    ours = subprocess.run([options.app, "bench", "--list"], capture_output=True, text=True, check=True).stdout.split()
    theirs = subprocess.run([options.python, str(PEER), "--list"], capture_output=True, text=True, check=True)
    names = [n for n in ours if n in theirs.stdout.split()]
    names = [options.filter] if options.filter in names else [n for n in names if options.filter in n]
    if not names:
        sys.exit(f"bench/peers.sh: no workload of both sides has '{options.filter}' in its name.")
    file = options.folder / "peers.jsonl"
    kept = [json.loads(text) for text in file.read_text().splitlines()] if file.exists() else []
    rows = {(r["workload"], r["threads"]): r for r in kept}
    if not options.json:
        print(TITLE, flush=True)
    for threads in options.threads or [1]:
        for name in names:
            row = measure(options.app, options.python, name, threads)
            if row is None:
                continue
            rows[name, threads] = row
            known = [r for r in rows.values() if r["workload"] in ours]
            write(options.folder, sorted(known, key=lambda r: (r["threads"], ours.index(r["workload"]))))
            print(json.dumps(row) if options.json else line(row), flush=True)


main()
