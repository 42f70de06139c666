#!/bin/bash
# Every head-room with every option, beside a control: an application under load in a memory cgroup of its own (version 1 or 2, as this machine has it) is
# measured, and must live. Needs root. The tool is TOOL (a command, such as "dotnet …/dotnet-forklint.dll"), the application APP (forklint-testapp.dll).
#   sweep.sh [-i] [-r "ROOMS in MiB"] [-o "OPTION; OPTION; …"] [-a "scenario and its options"]
#   -i runs the tool inside the application's own cgroup, as 'docker exec' does
# An option is compared with the last control before it: at a room at which that one died, too, the application needs more by itself.
# Each line: the room, the option, the exit code, what the kernel killed, and whether the application answers. Ends with a count; 1 if any was harmed.
set -u
ROOMS=$(seq 0 8 64; seq 80 20 200); INSIDE=; SCENARIO="busy allocators=1 starters=1"
OPTIONS="control; --no-heap; --no-heap --hold 1s; --no-heap --child-writes 8MiB; --no-heap --verify; heap; --what-if-freed F:ForkLint.TestApps.Scenarios.BusyScenario.Kept"
while getopts "ir:o:a:" flag; do case $flag in i) INSIDE=1 ;; r) ROOMS=$OPTARG ;; o) OPTIONS=$OPTARG ;; a) SCENARIO=$OPTARG ;; *) exit 2 ;; esac; done
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
APP=${APP:-$ROOT/tests/TestApps/bin/Release/net10.0/forklint-testapp.dll}
TOOL=${TOOL:-dotnet $ROOT/tool/ForkLint.Tool/bin/Release/net8.0/dotnet-forklint.dll}
if [ -d /sys/fs/cgroup/memory ]; then V=1; BASE=/sys/fs/cgroup/memory; LIMIT=memory.limit_in_bytes; USAGE=memory.usage_in_bytes; EVENTS=memory.oom_control
else V=2; BASE=/sys/fs/cgroup; LIMIT=memory.max; USAGE=memory.current; EVENTS=memory.events; echo +memory >$BASE/cgroup.subtree_control; fi
G=$BASE/forklint-sweep-$$; WORK=$(mktemp -d); mkdir "$G" || exit 2
stop() { exec 9>&-; [ -n "${P:-}" ] && kill -9 "$P" 2>/dev/null; for _ in $(seq 50); do rmdir "$G" 2>/dev/null && break; sleep 0.1; done; rm -rf "$WORK"; }
trap stop EXIT
P=
begin() {
    [ $V = 1 ] && echo -1 >$G/$LIMIT || echo max >$G/$LIMIT
    rm -f "$WORK/in"; mkfifo "$WORK/in"
    sh -c "echo \$\$ >$G/cgroup.procs; exec dotnet $APP $SCENARIO" <"$WORK/in" >"$WORK/out" 2>"$WORK/err" &
    P=$!; exec 9>"$WORK/in"
    for _ in $(seq 300); do grep -q Ready "$WORK/out" && return; sleep 0.1; done
    echo "the application did not start: $(cat "$WORK/err")"; exit 2
}
used() { echo $(( $(cat $G/$USAGE) - $(awk -v v=$V '(v==1 && /^total_(in)?active_file/) || (v==2 && /^(in)?active_file/) {t+=$2} END {print t+0}' $G/memory.stat) )); }
kills() { awk '/^oom_kill / {print $2}' $G/$EVENTS; }
alive() { local lines; lines=$(wc -l <"$WORK/out"); echo Ping >&9 2>/dev/null || return 1; for _ in $(seq 100); do [ "$(wc -l <"$WORK/out")" -gt "$lines" ] && return 0; kill -0 "$P" 2>/dev/null || return 1; sleep 0.1; done; return 1; }
trap "" PIPE
harmed=0; refused=0; measured=0; controls=0; lost=0; alike=0; last=
IFS=';' read -ra options <<<"$OPTIONS"
for room in $ROOMS; do for option in "${options[@]}"; do
    option=$(echo $option)
    [ -n "$P" ] && kill -0 "$P" 2>/dev/null || begin
    [ $V = 1 ] && echo -1 >$G/$LIMIT || echo max >$G/$LIMIT
    sleep 0.5; most=0; for _ in $(seq 20); do u=$(used); [ "$u" -gt "$most" ] && most=$u; sleep 0.02; done
    before=$(kills)
    echo $((most + room * 1048576)) >$G/$LIMIT 2>/dev/null || { echo "room $room MiB: the limit is refused"; continue; }
    run=(); [ -n "$INSIDE" ] && run=(sh -c "echo \$\$ >$G/cgroup.procs; exec \"\$@\"" sh)
    said=
    if [ "$option" = control ]; then sleep 2; code=-; else
        [ "$option" = heap ] && arguments= || arguments=$option
        timeout 120 "${run[@]}" $TOOL measure "$P" $arguments --max-stall 5s --format json >"$WORK/json" 2>"$WORK/said"; code=$?
        said=$(tail -c 300 "$WORK/said" | tr '\r' '\n' | tail -n 1)
    fi
    if alive; then live=yes; else live=NO; fi
    echo "room $room MiB, $option: exit $code, killed $(( $(kills) - before )), alive $live $([ "$code" != 0 ] && echo "$said")"
    case $option in
        control) controls=$((controls + 1)); last=$live; [ $live = NO ] && lost=$((lost + 1)) ;;
        *) [ $live = NO ] && { if [ "$last" = NO ]; then alike=$((alike + 1)); else harmed=$((harmed + 1)); fi; }; [ "$code" = 6 ] && refused=$((refused + 1)); [ "$code" = 0 ] && measured=$((measured + 1)) ;;
    esac
    [ $live = NO ] && { exec 9>&-; kill -9 "$P" 2>/dev/null; wait "$P" 2>/dev/null; P=; }
done; done
echo "$measured measured, $refused refused, $harmed harmed; $alike died at a room at which the control died, too; $lost of $controls controls died"
[ $harmed -eq 0 ]
