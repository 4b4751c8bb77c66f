#!/usr/bin/env bash
# The only gate: format, build with warnings as errors, all tests. --slow adds the long runs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
slow=
for argument in "$@"; do
    case $argument in
        --slow) slow=1 ;;
        *) echo "check.sh: unknown argument '$argument'. Known: --slow" >&2; exit 2 ;;
    esac
done
if [ -z "${ADJOINT_DATA:-}" ] && [ -d ../shared/data ]; then
    ADJOINT_DATA=$(cd ../shared/data && pwd)
    export ADJOINT_DATA
fi
[ -z "$slow" ] || export ADJOINT_SLOW=1

echo "== format"
dotnet restore Adjoint.slnx -v quiet
dotnet format Adjoint.slnx --no-restore --verify-no-changes
echo "== build"
dotnet build Adjoint.slnx -c Release --no-restore -v quiet
echo "== size (lines of each folder, then the ten largest files)"
sources() { find "$1" -name '*.cs' -print0; }
for folder in src/*/ src/Adjoint/*/; do
    printf '%6d  %s\n' "$(sources "$folder" | xargs -0 -r cat | wc -l)" "${folder%/}"
done
# awk reads to the end: with 'head', sort would die of a closed pipe and fail the gate
sources src | xargs -0 wc -l | grep -v ' total$' | sort -rn | awk 'NR <= 10 { printf "%6d  %s\n", $1, $2 }'
echo "== tests"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
artifacts/bin/Adjoint.Tests/release/Adjoint.Tests -noLogo -noColor -noAutoReporters | tee "$log" || status=$?
# Skipped tests, counted by the reason they give: the line after "[SKIP]".
awk '/\[SKIP\]$/ { getline; sub(/^ +/, ""); count[$0]++ } END { for (why in count) printf "skipped %d: %s\n", count[why], why }' \
    "$log" | sort -k 3
exit "$status"
