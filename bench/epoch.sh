#!/usr/bin/env bash
# One epoch of Fashion-MNIST here and in PyTorch, in turn, twice; prints a row for each network.
# epoch.sh [threads]; ADJOINT_DATA names the folder of the data, PY a Python that has torch.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
threads=${1:-2}
data=${ADJOINT_DATA:-../shared/data}
export ADJOINT_DATA=$data
python=${PY:-/usr/bin/python3}
if [ ! -d "$data/fashion-mnist" ] || ! "$python" -c 'import torch' 2>/dev/null; then
    echo "bench/epoch.sh: Fashion-MNIST or a Python with PyTorch is not on this machine, so nothing is compared." >&2
    exit 0
fi
./adjoint --version >/dev/null
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
best() { sort -n | head -n 1; }
printf '%-4s %8s %14s %14s %6s\n' net threads 'ours seconds' 'peer seconds' ratio
for net in mlp cnn; do
    : >"$scratch/ours"
    : >"$scratch/peer"
    for round in 1 2; do
        # The second epoch: the first compiles.
        ./adjoint train "fashion-$net" --set epochs=2 --threads "$threads" --out "$scratch/$net-$round" >/dev/null
        sed -n 's/.*"kind":"epoch".*"epoch":1,.*"seconds":\([0-9.]*\).*/\1/p' "$scratch/$net-$round/log.jsonl" >>"$scratch/ours"
        GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=68719476736 OMP_NUM_THREADS=$threads \
            "$python" bench/peers/epoch.py "$net" "$data/fashion-mnist" "$threads" | sed 's/.*"seconds": \([0-9.]*\).*/\1/' >>"$scratch/peer"
    done
    awk -v net="$net" -v threads="$threads" -v ours="$(best <"$scratch/ours")" -v peer="$(best <"$scratch/peer")" \
        'BEGIN { printf "%-4s %8d %14.2f %14.2f %6.2f\n", net, threads, ours, peer, peer / ours }'
done
