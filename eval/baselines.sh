#!/usr/bin/env bash
# Adds every baseline to the board of the present corpus, each with its last card, and builds the board.
# It needs `pip install 'khabar[dateparser,tagger]'`; Maha gets an environment of its own in .cache/mahad.
set -euo pipefail
cd "$(dirname "$0")/.."

mahad=.cache/mahad
if ! [ -e "$mahad/installed" ]; then
  python3 -m venv --clear "$mahad"
  "$mahad/bin/python" -m pip install --quiet --disable-pip-version-check -r eval/environments/mahad/requirements.txt
  touch "$mahad/installed"
fi

predictions=$(mktemp -d)
trap 'rm -r "$predictions"' EXIT
khabar run "cmd:$mahad/bin/python eval/environments/mahad/system.py" --out "$predictions/mahad.jsonl" >/dev/null
khabar leaderboard add mahad --from "$predictions/mahad.jsonl" --replace >/dev/null

khabar leaderboard add --replace rules empty digits digits-multipliers dateparser quote-marks value-mismatch \
  denial-cue in-story-tagger >/dev/null
khabar leaderboard build
