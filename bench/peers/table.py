"""Rows of a comparison as a table, misses included."""
import targets

HEADER = """# Steps beside PyTorch

`bench/peers.sh` on {cpu}: {cores} cores, {peak} GFLOP/s in float32 on one of them, {copy} GB/s copied by it.
The peer is PyTorch {torch}, in the best of its configurations for each row: glibc's heap told to keep its memory and
to use huge pages, torch's kernels as it chooses them and, where the processor has it, with AVX-512; on two threads
OpenBLAS on torch's OpenMP pool. Ours and the peer's processes run in turn, twice; of each the better median counts. Where
two ratios stand at the end, all was run twice (`--again`) and the row is the median of both. One thread is pinned and timed
by the processor's clock, two threads by the wall's.

Ratio: the peer's time by ours. Target: the ratio that was to be reached (bench/peers/targets.py); for causal attention,
forward and backward, the one at which it takes {causal} of the full step. Share: the least time that operations at the
peak, or operands and results at the speed of a copy, allow, by our time; above 100 % data stays in the caches or
changes in place, which is cheaper than a copy. Bytes: allocated on the managed heap by one of our steps. MiB: the most
that was resident. Load: processes that ran or waited. Above the number of cores others had a part of the machine:
caches and memory were shared, and two threads wait for each other, so their rows say little.

"""

TITLE = (f"{'workload':<26} {'ours ms':>9} {'peer ms':>9} {'ratio':>6} {'target':<9} {'share':>6} {'ours MiB':>9} "
         f"{'peer MiB':>9} {'bytes':>8} {'load':>5}")
SPEEDUP = " by 1 thread"


# A machine that others use is at its best only now and then: of all its rows the best speeds are the bound.
def bound(rows):
    for threads in {r["threads"] for r in rows}:
        group = [r for r in rows if r["threads"] == threads and "operations" in r]
        for row in group:
            least = max(row["operations"] / max(r["operationsPerSecond"] for r in group),
                        row["bytes"] / max(r["copiedBytesPerSecond"] for r in group)) * 1e3
            row["leastMilliseconds"] = round(least, 4)
            row["share"] = round(least / row["oursMilliseconds"], 3)


def judge(rows):
    """Gives each row its target, its speed-up over one thread, and what it misses."""
    times = {(r["workload"], r["threads"]): r["oursMilliseconds"] for r in rows}
    for row in rows:
        same = {name: time for (name, threads), time in times.items() if threads == row["threads"]}
        wanted, misses = targets.target(row, same), []
        if wanted is not None:
            row["target"] = round(wanted, 2)
            misses += ["ratio"] if row["ratio"] < row["target"] else []
        if row["threads"] > 1 and (row["workload"], 1) in times and row["workload"] != "start":
            row["speedup"] = round(times[row["workload"], 1] / row["oursMilliseconds"], 2)
            misses += ["speedup"] if row["workload"] in targets.SPED_UP and row["speedup"] < targets.SPEEDUP else []
        if "overheadMilliseconds" in row:
            misses += ["overhead"] if row["overheadMilliseconds"] > targets.OVERHEAD_MILLISECONDS else []
            misses += ["memory"] if row["oursPeakMiB"] > targets.START_MIB else []
        row["misses"] = misses


def line(row):
    def missed(text, what):
        return text + (" miss" if what in row.get("misses", ()) else "")

    wanted = missed(f"{row['target']:.2f}", "ratio") if "target" in row else "-"
    share = f"{row['share']:.0%}" if "share" in row else "-"
    allocated = row["allocatedBytes"] if "allocatedBytes" in row else "-"
    text = (f"{row['workload']:<26} {row['oursMilliseconds']:>9.3f} {row['peerMilliseconds']:>9.3f} {row['ratio']:>6.2f} "
            f"{wanted:<9} {share:>6} {row['oursPeakMiB']:>9} {row['peerPeakMiB']:>9} {allocated:>8} {row['load']:>5.1f}")
    text += "  " + missed(f"{row['speedup']:.2f}", "speedup") if "speedup" in row else ""
    return text + ("  " + ", ".join(f"{r:.2f}" for r in row["ratios"]) if "ratios" in row else "")


def started(row):
    def held(what, limit, unit):
        return f"at most {limit} {unit}" + (": missed" if what in row["misses"] else "")

    return (f"`start` is from the start of the process to the end of its first step of `gpt`; ours takes "
            f"{row['overheadMilliseconds']} ms more than a later step, the peer's {row['peerOverheadMilliseconds']} "
            f"(target {held('overhead', targets.OVERHEAD_MILLISECONDS, 'ms')}), and has {row['oursPeakMiB']} MiB at the "
            f"peak (target {held('memory', targets.START_MIB, 'MiB')}).\n\n")


def of_threads(threads, rows):
    is_sped_up = any("speedup" in r for r in rows)
    text = f"## {threads} thread{'s' if threads > 1 else ''}\n\n"
    aimed = [r for r in rows if "target" in r]
    missing = [r["workload"] for r in aimed if "ratio" in r["misses"]]
    text += f"{len(aimed) - len(missing)} of {len(aimed)} ratios reach their target"
    text += f"; not {', '.join(missing)}.\n" if missing else ".\n"
    slow = [r["workload"] for r in rows if "speedup" in r["misses"]]
    if is_sped_up:
        text += (f"By 1 thread: our time on one thread by ours on {threads}; steps of training on sequences and of two players are to reach "
                 f"{targets.SPEEDUP}" + (f", not {', '.join(slow)}.\n" if slow else ".\n"))
    text += "\n```text\n" + TITLE + (SPEEDUP if is_sped_up else "") + "\n" + "".join(line(r) + "\n" for r in rows) + "```\n\n"
    return text + "".join(started(r) for r in rows if "overheadMilliseconds" in r)


def document(rows, cpu, cores):
    bound(rows)
    judge(rows)
    measured = [r for r in rows if "operations" in r]
    single = [r for r in measured if r["threads"] == 1] or measured

    def most(field, by=lambda r: 1):
        return round(max(r[field] / by(r) for r in single) / 1e9) if single else "unknown"

    text = HEADER.format(cpu=cpu, cores=cores, torch=rows[0]["torch"], causal=targets.CAUSAL_SHARE,
                         peak=most("operationsPerSecond", lambda r: r["threads"]), copy=most("copiedBytesPerSecond"))
    for threads in sorted({r["threads"] for r in rows}):
        text += of_threads(threads, [r for r in rows if r["threads"] == threads])
    return text.rstrip("\n") + "\n"
