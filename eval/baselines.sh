#!/usr/bin/env bash
# Adds every baseline to the boards of the present corpus, split by split, each with its last card, and builds the boards.
# It needs `pip install 'khabar[dateparser,tagger]'`; Maha gets an environment of its own in .cache/mahad. The articles
# of splits news and dev are fetched where they are not here yet: KHABAR_NTREX names a folder that has them.
set -euo pipefail
cd "$(dirname "$0")/.."

khabar corpus fetch corpus ${KHABAR_NTREX:+--from "$KHABAR_NTREX"} >/dev/null

mahad=.cache/mahad
if ! [ -e "$mahad/installed" ]; then
  python3 -m venv --clear "$mahad"
  "$mahad/bin/python" -m pip install --quiet --disable-pip-version-check -r eval/environments/mahad/requirements.txt
  touch "$mahad/installed"
fi
khabar leaderboard add mahad --run "cmd:$mahad/bin/python eval/environments/mahad/system.py" \
  --split news,test,dev --replace >/dev/null

khabar leaderboard add rules empty digits digits-multipliers dateparser quote-marks value-mismatch denial-cue \
  --split news,test,dev --replace >/dev/null
khabar leaderboard add rules empty value-mismatch denial-cue \
  --split contrast_news,contrast,contrast_dev --replace >/dev/null
khabar leaderboard add tagger --split news --replace >/dev/null # it has seen the gold of test and dev
khabar leaderboard build
