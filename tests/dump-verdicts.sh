#!/bin/bash
# The verdict of 'dump --check' in limited situations, each of which is then really tried: the program aborts, and its runtime starts createdump.
# A verdict is wrong where it says yes and there is no whole dump, or no and there is one. What it calls uncertain is listed.
# The sizes that were predicted are compared with those of the files.
#   tests/dump-verdicts.sh [NAME…]        needs root, gcc, a Release build of tool/ForkLint.Tool and tests/TestApps (net10.0), and for some situations strace, mkfs.ext4, loop devices
set -u; trap "" PIPE
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
apps=${TEST_APPS:-$root/tests/TestApps/bin/Release/net10.0}
tool=${FORKLINT_TOOL:-$root/tool/ForkLint.Tool/bin/Release/net8.0/dotnet-forklint.dll}
runtime=$(dirname "$(dotnet --list-runtimes | sed -n 's/^Microsoft.NETCore.App \(10[^ ]*\) \[\(.*\)\]$/\2\/\1/p' | tail -1)/x")
work=$(mktemp -d); chmod 755 "$work"
cgroup=/sys/fs/cgroup/forklint-verdicts; [ -d /sys/fs/cgroup/memory ] && cgroup=/sys/fs/cgroup/memory/forklint-verdicts
cleanup() { for m in $(grep -o " $work[^ ]*" /proc/mounts | sort -r); do umount -l "$m"; done; rmdir "$cgroup" 2>/dev/null; rm -rf "$work"; }
trap cleanup EXIT
gcc -O1 -o "$work/seccomp" "$root/tests/LiveTargets/Confinement/seccomp.c" || exit 1
chmod 755 "$work/seccomp"

only=$* right=0 wrong=0 uncertain=0 skipped=0 worst=0
wanted() { [ -z "$only" ] || [[ " $only " == *" $1 "* ]]; }
skip() { wanted "$1" && { skipped=$((skipped + 1)); echo "skipped    $1: $2"; }; }

# start NAME FOLDER TYPE LAUNCHER…: sets job and pid. app, scenario, hold, pattern and before are settings of a situation.
start() {
    local name=$1 folder=$2 type=$3; shift 3
    mkfifo "$work/in"
    env HOME=/tmp DOTNET_ROOT="$(dirname "$(dirname "$(dirname "$runtime")")")" DOTNET_DbgEnableMiniDump=1 DOTNET_DbgMiniDumpType=$type DOTNET_DbgMiniDumpName="$folder/${pattern:-core.%p}" \
        "$@" ${app:-dotnet "$apps/forklint-testapp.dll"} ${scenario:-hold} ${hold:-managed=40000000} <"$work/in" >"$work/out" 2>&1 & job=$!
    exec 9>"$work/in"
    for _ in $(seq 400); do grep -q '^Ready' "$work/out" && break; kill -0 $job 2>/dev/null || break; sleep 0.05; done
    pid=$job
    while child=$(cat /proc/"$pid"/task/"$pid"/children 2>/dev/null) && [ -n "$child" ]; do pid=${child%% *}; done
    grep -q '^Ready' "$work/out"
}

# attempt NAME FOLDER TYPE(2 heap, 1 mini, 4 full) LAUNCHER…
attempt() {
    wanted "$1" || return 0
    local name=$1 folder=$2; local verdict size reason made=no actual=0
    if start "$@"; then
        ${before:-true}
        dotnet exec "$tool" dump "$pid" --check --format json >"$work/check" 2>"$work/error"
        verdict=$(sed -n 's/^  "fits": "\(.*\)".*/\1/p' "$work/check"); size=$(sed -n 's/^  "sizeBytes": \([0-9]*\).*/\1/p' "$work/check")
        reason=$(sed -n 's/^      "text": "\(.*\)",$/\1/p' "$work/check" | head -1)
        if [ -z "$verdict" ]; then reason=$(head -c 200 "$work/error"); fi
        # A signal from outside makes the runtime start createdump, and lets the program live on.
        kill -ABRT "$pid"
        for _ in $(seq 600); do kill -0 $job 2>/dev/null || break; grep -qE 'Dump successfully written|createdump\] (Failure|FAILED)|Writing dump FAILED|crash report|Crash dump' "$work/out" && break; pgrep -f "createdump.* $pid\b" >/dev/null || quiet=$((${quiet:-0} + 1)); [ "${quiet:-0}" -gt 30 ] && break; sleep 0.1; done; unset quiet
        exec 9>&-
        kill -9 $job 2>/dev/null; wait $job 2>/dev/null
        if grep -q 'Dump successfully written' "$work/out"; then
            made=yes; actual=$(find "$folder" -type f -printf '%s\n' 2>/dev/null | sort -n | tail -1)
        fi
    else
        verdict=; reason="the program does not start: $(tail -c 200 "$work/out")"; kill -9 $job 2>/dev/null; exec 9>&-; wait $job 2>/dev/null
    fi
    ${after:-true}
    case $verdict/$made in
        yes/yes | no/no) right=$((right + 1)); echo "right      $name: $verdict" ;;
        uncertain/*) uncertain=$((uncertain + 1)); echo "uncertain  $name: $reason (dump: $made)" ;;
        /*) skipped=$((skipped + 1)); echo "skipped    $name: $reason" ;;
        *) wrong=$((wrong + 1)); echo "WRONG      $name: $verdict, but a dump: $made; $reason; $(grep createdump "$work/out" | tail -2 | tr '\n' ' ')" ;;
    esac
    if [ $made = yes ] && [ "${3}" != 1 ] && [ -n "${actual:-}" ] && [ "$actual" -gt 0 ]; then
        local off=$(( (size > actual ? size - actual : actual - size) * 100000 / actual ))
        [ $off -gt $worst ] && worst=$off
        echo "           size $size predicted, $actual written ($(printf '%d.%03d' $((off / 1000)) $((off % 1000))) %)"
    fi
    find "$folder" -maxdepth 1 -type f -name '*core*' -delete 2>/dev/null
    rm -f "$work/in" "$work/out"; unset app scenario hold pattern before after
}

folder() { mkdir -p "$work/$1"; chmod "${2:-755}" "$work/$1"; echo "$work/$1"; }
memory() { mkdir -p "$work/$1"; mount -t tmpfs -o "$2" forklint-test "$work/$1"; echo "$work/$1"; }
size_of() { # TYPE: what is predicted for the program of these situations
    start size "$work" "$1" env; dotnet exec "$tool" dump "$pid" --check --format json 2>/dev/null | sed -n 's/^  "sizeBytes": \([0-9]*\).*/\1/p'; kill -9 $job; exec 9>&-; wait $job 2>/dev/null; rm -f "$work/in" "$work/out"
}
user="setpriv --reuid=65534 --regid=65534 --clear-groups"
heap=2 mini=1 full=4
disk=$(folder disk 777)
mib=$((1 << 20)); sizes_heap=$(size_of $heap) sizes_full=$(size_of $full)

# Directories
attempt disk-heap "$disk" $heap env
attempt disk-mini "$disk" $mini env
attempt disk-full "$disk" $full env
attempt missing "$work/missing" $heap env
touch "$work/afile"; attempt file-for-directory "$work/afile" $heap env
attempt read-only "$(memory ro size=500m,ro)" $heap env
ln -s "$work/nowhere" "$work/dangling"; attempt dangling-link "$work/dangling" $heap env
ln -s "$disk" "$work/link"; attempt link "$work/link" $heap env
pattern='%e.%p.core' attempt name-with-patterns "$disk" $heap env
pattern='core%%of.%h.%t' attempt name-with-more-patterns "$disk" $heap env
pattern="core$(printf 'x%.0s' $(seq 260))" attempt name-too-long "$disk" $heap env
mkdir "$disk/coredir"; pattern=coredir attempt name-of-a-directory "$disk" $heap env; rmdir "$disk/coredir"
attempt no-inodes "$(memory inodes size=500m,nr_inodes=1)" $heap env

# Around the edge of a file system
for more in -20 -4 -1 1 6 24; do
    attempt tmpfs-heap$more "$(memory "heap$more" size=$(((sizes_heap / mib + more) * mib)))" $heap env
    attempt tmpfs-full$more "$(memory "full$more" size=$(((sizes_full / mib + more) * mib)))" $full env
done
if command -v mkfs.ext4 >/dev/null && [ -e /dev/loop-control ]; then
    for more in -30 -5 60; do
        truncate -s $(((sizes_heap / mib + more + 16) * mib)) "$work/image$more"; mkfs.ext4 -q -m 0 -O ^has_journal "$work/image$more"
        mkdir -p "$work/ext4$more"
        if mount -o loop "$work/image$more" "$work/ext4$more" 2>/dev/null; then attempt ext4-heap$more "$work/ext4$more" $heap env; else skip ext4-heap$more "no loop device"; fi
    done
else
    for more in -30 -5 60; do skip ext4-heap$more "no mkfs.ext4 or no loop devices"; done
fi

# Users and rights
attempt other-user-closed "$(folder closed 755)" $heap $user
attempt other-user-open "$disk" $heap $user
attempt other-user-no-search "$(folder nosearch 776)" $heap $user
mkdir -p "$work/above/below"; chmod 777 "$work/above/below"; chmod 700 "$work/above"; attempt other-user-above "$work/above/below" $heap $user
attempt other-user-sticky "$(folder sticky 1777)" $heap $user
of_group=$(folder ofgroup 770); chgrp 1234 "$of_group"; attempt group "$of_group" $heap setpriv --reuid=65534 --regid=65534 --groups=1234
attempt not-group "$of_group" $heap setpriv --reuid=65534 --regid=65534 --groups=1235
theirs=$(folder theirs 700); chown 65533 "$theirs"
attempt root-overrides "$theirs" $heap env
attempt root-without-override "$theirs" $heap setpriv --bounding-set=-dac_override --inh-caps=-dac_override
attempt no-ptrace-capability "$disk" $heap setpriv --bounding-set=-sys_ptrace --inh-caps=-sys_ptrace
attempt no-capabilities "$disk" $heap setpriv --bounding-set=-all --inh-caps=-all
cp -r "$apps" "$work/hidden"; chmod 755 "$work/hidden"; chmod 711 "$work/hidden/forklint-testapp" 2>/dev/null
app="$work/hidden/forklint-testapp" attempt not-dumpable "$disk" $heap $user

# Limits
attempt fsize-below "$disk" $heap prlimit --fsize=20000000
attempt fsize-above "$disk" $heap prlimit --fsize=$((sizes_heap + 50 * mib))
attempt core-zero "$disk" $heap prlimit --core=0
attempt nofile "$disk" $heap prlimit --nofile=256

# Memory cgroups
if mkdir -p "$cgroup" 2>/dev/null && [ -e "$cgroup/memory.max" -o -e "$cgroup/memory.limit_in_bytes" ]; then
    limit() { local at; if [ -e "$cgroup/memory.max" ]; then at=$(($(cat "$cgroup/memory.current") - $(sed -n 's/^file //p' "$cgroup/memory.stat"))); echo $((at + $1 * mib)) >"$cgroup/memory.max"
        else at=$(($(cat "$cgroup/memory.usage_in_bytes") - $(sed -n 's/^cache //p' "$cgroup/memory.stat"))); echo $((at + $1 * mib)) >"$cgroup/memory.limit_in_bytes"; fi; }
    unlimit() { sleep 0.2; if [ -e "$cgroup/memory.max" ]; then echo max >"$cgroup/memory.max"; else echo -1 >"$cgroup/memory.limit_in_bytes"; fi; }
    inside=(sh -c "echo \$\$ >$cgroup/cgroup.procs && exec \"\$@\"" sh)
    for room in 3 6 60; do before="limit $room" after=unlimit attempt cgroup-disk+$room "$disk" $heap "${inside[@]}"; done
    ram=$(memory ram size=2g)
    for room in 60 $((sizes_heap / mib - 20)) $((sizes_heap / mib + 80)); do before="limit $room" after=unlimit attempt cgroup-tmpfs+$room "$ram" $heap "${inside[@]}"; done
else
    for room in disk+3 disk+6 disk+60 tmpfs-a tmpfs-b tmpfs-c; do skip cgroup-$room "no memory cgroup can be made"; done
fi

# createdump itself
cover=(unshare -m --propagation=private sh -c)
touch "$work/nothing"
attempt no-createdump "$disk" $heap "${cover[@]}" "mount --bind /dev/null $runtime/createdump && exec \"\$@\"" sh
attempt createdump-not-runnable "$disk" $heap "${cover[@]}" "mount --bind $work/nothing $runtime/createdump && exec \"\$@\"" sh

# seccomp: refused with EPERM, with ENOSYS
for call in ptrace:101 process_vm_readv:310 fork:57 vfork:58 clone3:435 wait4:61 pread64:17 prctl:157 pipe2:293 getdents64:217; do
    for errno in 1 38; do attempt seccomp-${call%%:*}-$errno "$disk" $heap "$work/seccomp" $errno ${call##*:} --; done
done

# Namespaces and tracers
attempt mount-namespace "$disk" $heap "${cover[@]}" "mount -t tmpfs -o size=30m forklint-test $disk && exec \"\$@\"" sh
attempt pid-namespace "$disk" $heap unshare -p -f --mount-proc
attempt user-namespace "$disk" $heap $user unshare -U -r
if command -v strace >/dev/null; then
    trace() { strace -f -p "$pid" -o /dev/null 2>/dev/null & tracer=$!; sleep 0.5; }
    untrace() { kill "$tracer"; wait "$tracer" 2>/dev/null; }
    before=trace after=untrace attempt traced "$disk" $heap env
else
    skip traced "no strace"
fi

# Other programs, for the sizes
hold='managed=120000000' attempt size-managed "$disk" $heap env
hold='managed=10000000 native=50000000' attempt size-native "$disk" $heap env
hold='managed=10000000 threads=60' attempt size-threads "$disk" $heap env
hold='managed=120000000' attempt size-full-managed "$disk" $full env
hold='managed=10000000 threads=60' attempt size-full-threads "$disk" $full env
for type in heap full; do
    hold='managed=60000000' attempt size-$type-server-gc "$disk" ${!type} env DOTNET_gcServer=1
    hold='managed=60000000' attempt size-$type-no-w^x "$disk" ${!type} env DOTNET_EnableWriteXorExecute=0
    hold='managed=60000000' attempt size-$type-interpreted-late "$disk" ${!type} env DOTNET_TieredCompilation=0 DOTNET_ReadyToRun=0
    scenario=garbage hold='bytes=60000000' attempt size-$type-garbage "$disk" ${!type} env
    scenario=mappings hold='count=5000' attempt size-$type-mappings "$disk" ${!type} env
    scenario=address-space hold='bytes=500000000' attempt size-$type-address-space "$disk" ${!type} env
done

echo "$right right, $wrong wrong, $uncertain uncertain, $skipped skipped; sizes within $(printf '%d.%03d' $((worst / 1000)) $((worst % 1000))) %"
[ $wrong = 0 ]
