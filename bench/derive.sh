#!/usr/bin/env bash
# Measures parse, reverse and cost of single ops and of a program of 200, warm, and files the result under this machine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. bench/machine.sh
{
    echo "# Deriving: parse, reverse and cost"
    echo
    echo "\`bench/derive.sh\` on $cpu, .NET $(dotnet --version), load before the run $(cut -d ' ' -f 1 /proc/loadavg)."
    echo "Targets: 5 ms for an op, 200 ms for the program of 200 ops."
    echo
    echo '```text'
    ./adjoint bench derive_
    echo '```'
} >"$folder/derive.md.new"
mv "$folder/derive.md.new" "$folder/derive.md"
cat "$folder/derive.md"
