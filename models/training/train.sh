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
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt"
PYTHONPATH="$here" exec "$venv/bin/python" "$script" "$@"
