#!/bin/sh
# A line for each utterance, with affectctl and jq: time, label, per cent.
#
# Usage: utterances.sh; $AFFECT_SOCKET names another socket.
# Goes on when the daemon restarts. Needs the group affect.
set -u

trap 'exit 0' INT TERM
while :; do
    affectctl watch --json | jq --unbuffered --raw-output '
        select(.event == "utterance")
        | (.wallClockMicroseconds / 1000000 | floor | strflocaltime("%H:%M:%S"))
            + " \(.label) \(.confidencePermille / 10)"'
    # affectctl has said why it ended.
    sleep 2
done
