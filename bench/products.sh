#!/usr/bin/env bash
# Measures matrix products on one and on two threads and files them under this machine. Where libdnnl is installed, each
# row is run in turn with its sgemm, whose threads must not hold a core while they wait. Two threads need a quiet machine:
# THREADS=1 leaves them out.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. bench/machine.sh
dotnet build bench/Adjoint.Bench -c Release -v quiet -nologo >/dev/null
bench=(dotnet artifacts/bin/Adjoint.Bench/release/Adjoint.Bench.dll products "$@")
{
    echo "# Matrix products"
    echo
    echo "\`bench/products.sh\` on $cpu, .NET $(dotnet --version), load before the run $(cut -d ' ' -f 1 /proc/loadavg)."
    echo "Medians; ratio: the peer's time by ours, run by run in turn. One thread in processor time, two in wall time."
    for threads in ${THREADS:-1 2}; do
        echo
        echo '```text'
        OMP_WAIT_POLICY=passive ADJOINT_THREADS=$threads DNNL_NUM_THREADS=$threads OMP_NUM_THREADS=$threads "${bench[@]}"
        echo '```'
    done
} >"$folder/products.md.new"
mv "$folder/products.md.new" "$folder/products.md"
cat "$folder/products.md"
