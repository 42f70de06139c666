#!/bin/bash
# Whether a child fits beside an application, and whom the kernel kills if not: the verdict of 'measure --child-size' against what the kernel then does, in a
# memory cgroup of its own (version 1 or 2, as this machine has it). Needs root, gcc and jq. The tool is TOOL, the application APP (forklint-testapp.dll).
#   beside.sh [-p "PARENT:CHILD:EDGE …"] [-n CHILDREN]
#   -p points: managed memory of the application and size of the child in MiB, and how far the limit is from the sum, in percent of it
#   -n how many children to start, one after the other, with the advised setting, and with the advised saving applied
# Within 2 % of the limit the verdict must be "uncertain"; outside of it, what it says must happen. Ends with a count; 1 if anything differed.
set -u
POINTS=; N=200
while getopts "p:n:" flag; do case $flag in p) POINTS=$OPTARG ;; n) N=$OPTARG ;; *) exit 2 ;; esac; done
[ -n "$POINTS" ] || for pair in 40:150 40:400 250:60 250:240 400:300; do for edge in -10 -4 4 25; do POINTS="$POINTS $pair:$edge"; done; done
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
APP=${APP:-$ROOT/tests/TestApps/bin/Release/net10.0/forklint-testapp.dll}
TOOL=${TOOL:-dotnet $ROOT/tool/ForkLint.Tool/bin/Release/net8.0/dotnet-forklint.dll}
if [ -d /sys/fs/cgroup/memory ]; then V=1; BASE=/sys/fs/cgroup/memory; LIMIT=memory.limit_in_bytes; USAGE=memory.usage_in_bytes; EVENTS=memory.oom_control
else V=2; BASE=/sys/fs/cgroup; LIMIT=memory.max; USAGE=memory.current; EVENTS=memory.events; echo +memory >$BASE/cgroup.subtree_control; fi
G=$BASE/forklint-beside-$$; WORK=$(mktemp -d); mkdir "$G" || exit 2
P=
stop() { exec 9>&- 2>/dev/null; [ -n "$P" ] && kill -9 "$P" 2>/dev/null; for _ in $(seq 50); do rmdir "$G" 2>/dev/null && break; sleep 0.1; done; rm -rf "$WORK"; }
trap stop EXIT
trap "" PIPE
gcc -O1 -o "$WORK/eat" "$ROOT/tests/LiveTargets/Confinement/eat.c" || exit 2
finish() { [ -n "$P" ] && { exec 9>&-; kill -9 "$P"; wait "$P"; P=; sleep 0.2; } 2>/dev/null; }
begin() { # arguments of the application; variables before it in ENVIRONMENT
    finish
    rm -f "$WORK/in"; mkfifo "$WORK/in"
    sh -c "echo \$\$ >$G/cgroup.procs; exec env ${ENVIRONMENT:-} dotnet $APP $*" <"$WORK/in" >"$WORK/out" 2>"$WORK/err" &
    P=$!; exec 9>"$WORK/in"
    for _ in $(seq 300); do grep -q Ready "$WORK/out" && return; kill -0 "$P" 2>/dev/null || return 1; sleep 0.1; done
    return 1
}
unlimited() { [ $V = 1 ] && echo -1 >$G/$LIMIT || echo max >$G/$LIMIT; }
used() { echo $(( $(cat $G/$USAGE) - $(awk -v v=$V '(v==1 && /^total_(in)?active_file/) || (v==2 && /^(in)?active_file/) {t+=$2} END {print t+0}' $G/memory.stat) )); }
kills() { awk '/^oom_kill / {print $2}' $G/$EVENTS; }
child() { sh -c "echo \$\$ >$G/cgroup.procs; exec $WORK/eat $1" </dev/null >/dev/null 2>&1; } 2>/dev/null
ask() { $TOOL measure "$P" --child-size "$1B" --format json --max-stall 5s $2 2>"$WORK/said" | jq -c '.beside.children[0]'; }
right=0; wrong=0; within=0
for point in $POINTS; do
    IFS=: read -r parent size edge <<<"$point"
    bytes=$((size * 1048576))
    unlimited; begin hold managed=$((parent * 1048576)) || { echo "the application did not start: $(cat "$WORK/err")"; exit 2; }
    sleep 0.5
    sum=$(( $(used) + bytes + bytes / 512 + 131072 ))
    echo $(( sum * 100 / (100 - edge) )) >$G/$LIMIT || { echo "$point: the limit is refused"; continue; }
    verdict=$(ask $bytes "--engine estimate --no-heap")
    fits=$(jq -r .fits <<<"$verdict"); victim=$(jq -r 'if .killedFirst == null then "nobody" elif .killedOtherwise != null then "either" elif .killedFirst.pid == null then "child" else "application" end' <<<"$verdict")
    before=$(kills); child $bytes; code=$?
    sleep 0.2
    if kill -0 "$P" 2>/dev/null; then happened=nobody; [ "$code" = 137 ] && happened=child; else happened=application; fi
    case $fits in
        yes) [ $happened = nobody ] && ok=right || ok=WRONG ;;
        no) { [ $happened = "$victim" ] || { [ "$victim" = either ] && [ $happened != nobody ]; }; } && ok=right || ok=WRONG ;;
        uncertain) [ "$edge" -ge -2 ] && [ "$edge" -le 2 ] && ok=within || ok=WRONG ;;
        *) ok=WRONG ;;
    esac
    case $ok in right) right=$((right + 1)) ;; within) within=$((within + 1)) ;; *) wrong=$((wrong + 1)) ;; esac
    echo "application $parent MiB, child $size MiB, limit $edge % from the sum: fits $fits, kills $victim; killed $happened ($(( $(kills) - before )) kills): $ok"
done
echo "$right right, $within within the band, $wrong wrong"
many() { local before i; before=$(kills); for i in $(seq "$N"); do child "$1" || true; done; echo $(( $(kills) - before )); }
if [ "$N" -gt 0 ]; then
    say() { local lines; lines=$(wc -l <"$WORK/out"); echo "$1" >&9; for _ in $(seq 300); do [ "$(wc -l <"$WORK/out")" -gt "$lines" ] && return 0; sleep 0.1; done; return 1; }
    start() { finish; unlimited; echo $limit >$G/$LIMIT; begin "$@" || { echo "no start with $ENVIRONMENT: $(cat "$WORK/err")"; exit 2; }; }
    run() { local k before; before=$(kills); for _ in $(seq "$N"); do child $size; done; k=$(( $(kills) - before )); kill -0 "$P" 2>/dev/null || k="$k, and the application is dead"
        echo "$1: $k kills in $N children"; [ "$k" = 0 ] || wrong=$((wrong + 1)); }
    size=$((150 * 1048576)); limit=$((220 * 1048576)); ENVIRONMENT=; start garbage bytes=80000000; say Go; verdict=$(ask $size "")
    echo "80 MB of garbage: fits $(jq -r .fits <<<"$verdict"), free $(jq -r '[.savings[].what] | join("; ")' <<<"$verdict")"
    [ "$(jq -r .fits <<<"$verdict")" = no ] && [ "$(jq -r .savingsSuffice <<<"$verdict")" = true ] || wrong=$((wrong + 1))
    say Collect; run "collected"
    # What fills its cache up to 80 % of what the collector may take leaves no room by default, and enough with the setting.
    limit=$((300 * 1048576)); start hold fill=80; verdict=$(ask $size ""); percent=$(jq -r .heapHardLimitPercent <<<"$verdict")
    echo "a cache that is empty yet: fits $(jq -r .fits <<<"$verdict"), at its ceiling $(jq -r .fitsAtCeiling <<<"$verdict"), advised at most $percent %"
    [ "$(jq -r '.fits + .fitsAtCeiling' <<<"$verdict")" = yesno ] && [ "$percent" != null ] || wrong=$((wrong + 1))
    say Go; before=$(kills); child $size; echo "full: $(( $(kills) - before )) kills for one child"; [ "$(kills)" -gt "$before" ] || wrong=$((wrong + 1))
    ENVIRONMENT="DOTNET_GCHeapHardLimitPercent=$(printf %x "$percent")"; start hold fill=80; say Go; run "full with $ENVIRONMENT"
fi
[ $wrong -eq 0 ]
