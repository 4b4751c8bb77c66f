#!/usr/bin/env bash
# Measures the steps of `adjoint bench` beside the same steps in PyTorch, in turn, and files them under this machine.
# peers.sh [filter] [--threads n] [--json]; PY names the Python that has torch.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
python=
for candidate in ${PY:-} python3 /usr/bin/python3; do
    if "$candidate" -c 'import torch' 2>/dev/null; then python=$candidate; break; fi
done
if [ -z "$python" ]; then
    echo "bench/peers.sh: no Python with PyTorch is on this machine, so nothing is compared." >&2
    echo "Hint: Debian has it as python3-torch; PY names another Python." >&2
    exit 0
fi
. bench/machine.sh
./adjoint doctor >&2
exec "$python" bench/peers/compare.py artifacts/cli/app/Adjoint.Cli "$python" "$folder" "$@"
