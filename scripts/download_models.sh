#!/bin/sh
# Fetches models: scripts/download_models.sh [what `companion models get --help` names]
set -eu
exec "$(dirname -- "$0")/companion" models get "$@"
