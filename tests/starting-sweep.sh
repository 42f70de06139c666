#!/bin/bash
# Measurements that begin with the application itself: COUNT starts under a processor quota of PERCENT, each measured from the moment its
# diagnostics socket is there. A hook that comes too early ends the application with SIGSEGV.
#   tests/starting-sweep.sh [COUNT] [PERCENT]     needs root and a Release build of tests/MeasureHost and tests/TestApps (net10.0)
set -u
count=${1:-50} percent=${2:-20}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
app=$root/tests/TestApps/bin/Release/net10.0/forklint-testapp.dll
host=$root/tests/MeasureHost/bin/Release/net10.0/forklint-measurehost.dll
work=$(mktemp -d); group=forklint-starting-$$
if [ -d /sys/fs/cgroup/cpu ]; then
    cgroup=/sys/fs/cgroup/cpu/$group; mkdir "$cgroup"; echo 100000 >"$cgroup/cpu.cfs_period_us"; echo $((percent * 1000)) >"$cgroup/cpu.cfs_quota_us"
else
    cgroup=/sys/fs/cgroup/$group; mkdir "$cgroup"; echo "$((percent * 1000)) 100000" >"$cgroup/cpu.max"
fi
trap 'rmdir "$cgroup"; rm -rf "$work"' EXIT
measured=0 refused=0 died=0
for _ in $(seq "$count"); do
    mkfifo "$work/in"; sh -c 'echo $$ >"$1/cgroup.procs"; exec dotnet "$2" hold' sh "$cgroup" "$app" <"$work/in" >"$work/out" 2>&1 & pid=$!
    exec 9>"$work/in"
    until compgen -G "/tmp/dotnet-diagnostic-$pid-*-socket" >/dev/null; do sleep 0.01; done
    timeout 180 dotnet "$host" "$pid" trials=1 start=90 patience=60 >"$work/report" 2>&1; code=$?
    echo Ping >&9; for _ in $(seq 300); do grep -q '^Pong' "$work/out" && break; [ -d /proc/$pid ] || break; sleep 0.1; done
    if ! grep -q '^Pong' "$work/out"; then died=$((died + 1)); echo "died: $(head -c 200 "$work/report")"
    elif [ $code = 0 ]; then measured=$((measured + 1))
    else refused=$((refused + 1)); echo "refused: $(head -c 200 "$work/report")"; fi
    exec 9>&-; kill -9 $pid 2>/dev/null; wait $pid 2>/dev/null; rm -f "$work/in"
done
echo "$measured measured, $refused refused, $died died"
[ $died = 0 ]
