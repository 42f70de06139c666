#!/bin/bash
# Every system call that a measurement makes in the application, one at a time: refused (EPERM, ENOSYS), trapped and killed by a filter.
# The calls are listed by strace of a measurement, so that a new one is swept as soon as it is made. After each: does the application live,
# has it no child left, and is the answer one of those that are documented?
#   tests/seccomp-sweep.sh [CALL…]        needs root, strace, gcc and a Release build of tests/MeasureHost and tests/TestApps (net10.0)
set -u; trap "" PIPE
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
app=$root/tests/TestApps/bin/Release/net10.0/forklint-testapp.dll
host=$root/tests/MeasureHost/bin/Release/net10.0/forklint-measurehost.dll
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
gcc -O1 -o "$work/seccomp" "$root/tests/LiveTargets/Confinement/seccomp.c" || exit 1

start() { # LAUNCHER…: starts the application, sets pid
    mkfifo "$work/in"; "$@" dotnet "$app" hold managed=10000000 <"$work/in" >"$work/out" 2>&1 & job=$!
    exec 9>"$work/in"
    for _ in $(seq 200); do grep -q '^Ready' "$work/out" && break; sleep 0.05; done
    pid=$(sed -n 's/^Ready \([0-9]*\).*/\1/p' "$work/out"); pid=${pid:-0}
}
stop() { exec 9>&-; kill -9 "$job" 2>/dev/null; wait "$job" 2>/dev/null; rm -f "$work/in" "$work/out"; }

if [ $# -gt 0 ]; then calls=$*; else
    start env
    mkfifo "$work/go"; dotnet "$host" "$pid" trials=2 heap hold=0.2 verify pause=ApplyHook <"$work/go" >"$work/measured" & tool=$!
    exec 8>"$work/go"; for _ in $(seq 200); do grep -q '^At' "$work/measured" && break; sleep 0.05; done
    strace -f -p "$pid" -o "$work/trace" 2>/dev/null & tracer=$!
    sleep 1; echo >&8; wait $tool; exec 8>&-; kill $tracer; wait $tracer 2>/dev/null; stop
    calls=$(sed -E 's/^[0-9]+ +//; s/^<\.\.\. ([a-z0-9_]+) resumed.*/\1/; s/\(.*//' "$work/trace" | grep -E '^[a-z0-9_]+$' | sort -u)
fi

# dies_by_itself ACTION NUMBER: whether the application under this filter ends although nobody measures it.
dies_by_itself() {
    stop; start "$work/seccomp" "$1" "$2" --
    for _ in $(seq 15); do sleep 1; kill -0 "$job" 2>/dev/null || return 0; done
    return 1
}

passed=0 failed=0 entered=0 own=0
for call in $calls; do
    number=$(printf '#include <sys/syscall.h>\nSYS_%s\n' "$call" | gcc -E -P - 2>/dev/null | tail -1)
    [[ $number =~ ^[0-9]+$ ]] || { echo "$call: unknown here"; continue; }
    for action in 1 38 trap kill; do
        start "$work/seccomp" "$action" "$number" --
        # What the application itself needs in order to start cannot be taken from it.
        if [ "$pid" = 0 ]; then stop; continue; fi
        # Nor what it calls a moment later by itself (sched_yield).
        sleep 1.5; kill -0 "$job" 2>/dev/null || { stop; continue; }
        timeout 120 dotnet "$host" "$pid" trials=2 patience=10 >"$work/report" 2>&1; code=$?
        sleep 0.3; echo Ping >&9; sleep 0.2
        alive=no; grep -q '^Pong' "$work/out" && alive=yes
        children=$(cat /proc/"$pid"/task/*/children 2>/dev/null | tr -d ' \n')
        [ $code = 0 ] && entered=$((entered + 1))
        if [ $alive = yes ] && [ -z "$children" ] && [[ $code =~ ^(0|5|6|7)$ ]] && ! grep -q unharmed "$work/report"; then
            passed=$((passed + 1))
        elif [ $alive = no ] && dies_by_itself "$action" "$number"; then
            # Such as the end of a thread that is not needed any more, some seconds after the start (exit).
            own=$((own + 1))
        else
            failed=$((failed + 1)); echo "FAILED $call, $action: exit $code, alive $alive, children '$children': $(head -c 200 "$work/report")"
        fi
        stop
    done
done
echo "$passed passed, $failed failed; $entered were entered, $own applications ended by themselves"
[ $failed = 0 ]
