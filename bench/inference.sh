#!/usr/bin/env bash
# Measures the answers of `adjoint bench infer_` beside onnxruntime, in turn, and files them under this machine.
# inference.sh [filter]; ORT names a folder that has onnxruntime-node, PY the Python that has torch, which writes the models.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. bench/python.sh
modules=
for candidate in ${ORT:+"$ORT" "$ORT/node_modules"} ${NODE_PATH:+${NODE_PATH//:/ }}; do
    if [ -d "$candidate/onnxruntime-node" ]; then modules=$candidate; break; fi
done
if [ -z "$modules" ] || ! command -v node >/dev/null; then
    echo "bench/inference.sh: node with onnxruntime-node is not on this machine, so nothing is compared." >&2
    echo "Hint: npm install --ignore-scripts onnxruntime-node@1.17.3 in any folder, which ORT then names." >&2
    exit 0
fi
. bench/machine.sh
./adjoint --version >/dev/null
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$python" -B -W ignore bench/peers/export.py "$scratch"
NODE_PATH=$(cd "$modules" && pwd) "$python" -B bench/peers/inference.py artifacts/cli/app/Adjoint.Cli "$folder" "$cpu" "$scratch" "$@"
