#!/usr/bin/env bash
# The suite reports three runs with the published plugin: two good ones, then one of a broken release.
#   report.sh URL TOKEN PROJECT          (prints the ids of the runs, oldest first)
set -euo pipefail
cd "$(dirname "$0")"
venv=${E2E_VENV:-../../.venv-e2e}
[ -x "$venv/bin/pytest" ] || { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --requirement requirements.txt; }
for build in 40 41 42; do
  id=$(python3 -c 'import uuid; print(uuid.uuid4())')
  SHOP_RELEASE=$build PYTHONDONTWRITEBYTECODE=1 "$venv/bin/pytest" suite --rootdir suite --quiet \
    --ibutsu "$1" --ibutsu-token "$2" --ibutsu-project "$3" --ibutsu-run-id "$id" --ibutsu-no-archive --ibutsu-source nightly \
    --ibutsu-data component=shop --ibutsu-data env=stage --ibutsu-data "build=$build" --ibutsu-data branch=main \
    --ibutsu-data "commit=$(sha1sum <<<"$build" | cut -d" " -f1)" >&2 || [ "$build" = 42 ]
  echo "$id"
done
