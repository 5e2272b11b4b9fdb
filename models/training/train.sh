#!/usr/bin/env bash
# Trains a model with one command: makes the pinned Python environment if it is not there, then runs the model's train.py.
# `retrain`, `adapt`, `curve` and `groups` are the scripts of this folder by those names.
#   models/training/train.sh NAME --data FILE        e.g. models/training/train.sh churn --data PATH/telco_churn.csv
# PYTHON names another Python 3.11; all further arguments go to train.py.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/../.." && pwd)"
venv="$root/.signalbox/venv"
python="${PYTHON:-python3.11}"

name="${1:-}"
script="$root/models/$name/training/train.py"
case "$name" in retrain | adapt | curve | groups) script="$here/$name.py" ;; esac
if [ ! -f "$script" ] || [ -z "$name" ]; then
  echo "train.sh: ${name:+no model \"$name\"; }name one of $(cd "$root/models" && ls -d */training/train.py | cut -d/ -f1 | paste -sd' ')" >&2
  exit 2
fi
shift
command -v "$python" >/dev/null || { echo "train.sh: no $python on this machine; install Python 3.11 or set PYTHON to one" >&2; exit 2; }
mkdir -p "$root/.signalbox"
exec 9> "$root/.signalbox/venv.lock"
# Two trainings begun at once make one environment, where the machine can lock a file.
if command -v flock >/dev/null; then flock 9; fi
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
installed="$venv/requirements.txt"
if ! cmp --silent "$here/requirements.txt" "$installed"; then
  # Python compiles the modules that it comes to use; pip would compile all, for half a minute.
  "$venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check -r "$here/requirements.txt"
  cp "$here/requirements.txt" "$installed"
fi
exec 9>&-
# What Python compiles is kept out of the sources, and for the next run.
unset PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX="$root/.signalbox/pycache"
PYTHONPATH="$here" exec "$venv/bin/python" "$script" "$@"
