#!/usr/bin/env bash
# Measures the steps of `adjoint bench` beside the same steps in PyTorch, in turn, and files them under this machine.
# peers.sh [filter] [--threads n] [--again] [--json] [--table]; PY names the Python that has torch.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. bench/python.sh
. bench/machine.sh
./adjoint doctor >&2
exec "$python" -B bench/peers/compare.py artifacts/cli/app/Adjoint.Cli "$python" "$folder" "$cpu" "$@"
