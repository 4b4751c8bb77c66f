# Sourced by the scripts beside it, in the root of the repository: `cpu` is what this processor is called, `folder` where figures of
# this machine are filed. Generations share a name, so family and model are a part of both.
field() { sed -n "/^$1[[:space:]]*:/ { s/^[^:]*: *//p; q }" /proc/cpuinfo 2>/dev/null || true; }
name=$(field 'model name')
family=$(field 'cpu family')
model=$(field model)
cpu=${name:-an unknown processor}${family:+, family $family}${model:+, model $model}
folder=bench/results/$(printf '%s' "${name:-unknown}${family:+-$family}${model:+-$model}" | tr -c 'A-Za-z0-9' '-' | tr -s '-' | sed 's/-$//')
mkdir -p "$folder"
