"""Runs one side of a comparison as a process of its own."""
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HEAP = ("glibc.malloc.hugetlb=1:glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=68719476736"
        ":glibc.malloc.top_pad=67108864")


def processor(field):
    for text in open("/proc/cpuinfo"):
        name, _, value = text.partition(":")
        if name.strip() == field:
            return value.strip()
    return None


def has_avx512():
    return "avx512f" in (processor("flags") or "").split()


def environment(threads, has_wide_kernels=False, keeps_heap=True):
    # A shell may hold the peer's libraries to an older processor than this one.
    env = {k: v for k, v in os.environ.items() if not k.startswith(("OPENBLAS_", "OMP_", "ATEN_", "DNNL_", "MKL_"))}
    env.update(OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads), PYTHONDONTWRITEBYTECODE="1")
    if keeps_heap:
        env["GLIBC_TUNABLES"] = HEAP
    if threads > 1:
        for library in Path("/usr/lib").glob("*/openblas-openmp"):
            env["LD_LIBRARY_PATH"] = str(library)
    if has_wide_kernels:
        env["ATEN_CPU_CAPABILITY"] = "avx512"
    return env


def run(command, threads, env):
    """What the process printed as JSON; None, with the reason on the error stream, where it failed."""
    if threads == 1 and shutil.which("taskset"):
        command = ["taskset", "-c", str(max(os.sched_getaffinity(0))), *command]
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    if done.returncode != 0:
        print(f"{' '.join(command)}: {(done.stderr.strip() or 'no answer').splitlines()[-1]}", file=sys.stderr)
        return None
    return json.loads(done.stdout)


def ours(app, name, threads, *more):
    return run([app, "bench", name, "--threads", str(threads), "--json", *more], threads, dict(os.environ))


def fastest(runs):
    return min(runs, key=lambda r: r["medianMilliseconds"])


# A distribution's build of a release calls itself by the version under development.
def torch_version(found):
    if not shutil.which("dpkg-query"):
        return found
    package = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "python3-torch"], capture_output=True, text=True)
    return package.stdout.split("+")[0] if package.returncode == 0 else found


def read(file):
    return [json.loads(text) for text in file.read_text().splitlines()] if file.exists() else []


def write(file, rows):
    file.write_text("".join(json.dumps(r) + "\n" for r in rows))
