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
for folder in src/*/ src/Adjoint/*/; do
    printf '%6d  %s\n' "$(find "$folder" -name '*.cs' -not -path '*/obj/*' -exec cat {} + | wc -l)" "$folder"
done
find src -name '*.cs' -not -path '*/obj/*' -exec wc -l {} + | grep -v ' total$' | sort -rn | head -10
echo "== tests"
exec artifacts/bin/Adjoint.Tests/release/Adjoint.Tests -showLiveOutput off
