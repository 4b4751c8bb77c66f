# Sourced: `python` is one that has torch; without any nothing is compared, which the script says.
python=
for candidate in ${PY:-} python3 /usr/bin/python3; do
    if "$candidate" -c 'import torch' 2>/dev/null; then python=$candidate; break; fi
done
if [ -z "$python" ]; then
    echo "$0: no Python with PyTorch is on this machine, so nothing is compared." >&2
    echo "Hint: Debian has it as python3-torch; PY names another Python." >&2
    exit 0
fi
