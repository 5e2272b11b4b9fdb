#!/usr/bin/env bash
# Trains lead-scoring with one command: makes the pinned Python environment if it is not there, then runs train.py.
#   models/lead-scoring/training/train.sh --data PATH/bank_marketing.csv.gz
# PYTHON names another Python 3.11; all arguments go to train.py.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/../../.." && pwd)"
venv="$root/.signalbox/venv"
python="${PYTHON:-python3.11}"

command -v "$python" >/dev/null || { echo "train.sh: no $python on this machine; install Python 3.11 or set PYTHON to one" >&2; exit 2; }
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt"
exec "$venv/bin/python" "$here/train.py" --out "$here/.." "$@"
