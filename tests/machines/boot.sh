#!/bin/bash
# boot.sh [--kernel 6.1] [--mem 512] [--swap 0] [--limit 600] CHECK [ARGUMENT…]
# Boots a machine and runs guest/checks/CHECK in it. Prints what it prints; ends with 0 where the check ended, whatever it found. Changes to the disk are dropped.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need qemu-system-x86_64=qemu-system-x86
kernel=6.1 mem=512 swap=0 limit=600
while [[ ${1:-} == --* ]]; do
    case $1 in
        --kernel) kernel=$2 ;; --mem) mem=$2 ;; --swap) swap=$2 ;; --limit) limit=$2 ;;
        *) say "unknown option: $1"; exit 1 ;;
    esac
    shift 2
done
check=${1:?a check}; shift
folder=$("$HERE/kernel.sh" "$kernel")
[ -e "$CACHE/root.ext4" ] || { say "there is no root disk: run disk.sh first"; exit 3; }
work=$(mktemp -d "${TMPDIR:-/tmp}/forklint-machine.XXXXXX"); trap 'rm -rf "$work"' EXIT
mkdir "$work/job"
cp "$HERE/guest/checks/$check" "$work/job/check"; cp "$HERE/guest/lib.sh" "$work/job/"
printf 'SWAP_MB=%d\nARGUMENTS="%s"\n' "$swap" "$*" >"$work/job/settings"
tar -c -f "$work/job.tar" -C "$work/job" .

# Software emulation, whatever the host: a host that allows virtual machines is nothing to depend on. On a busy one the emulated timer comes too late for the
# kernel's test of it (no_timer_check).
emulate() {
    timeout -k 5 "$limit" qemu-system-x86_64 -M q35 -cpu max,la57=off -accel tcg,thread=multi,tb-size=256 -smp 2 -m "$mem" \
        -display none -monitor none -nic none -no-reboot -serial "file:$work/console" -serial "file:$work/result" \
        -kernel "$folder/vmlinuz" -initrd "$folder/initrd" -append "console=ttyS0 quiet loglevel=3 panic=-1 random.trust_cpu=on mitigations=off nokaslr no_timer_check" \
        -drive "file=$CACHE/root.ext4,if=virtio,format=raw,snapshot=on" -drive "file=$work/job.tar,if=virtio,format=raw,readonly=on" </dev/null >&2
}

# While it boots, a kernel rewrites its own code on two processors at once, which the emulation does not always follow: the kernel then panics before the check
# has printed a word. Such a machine is started again. One that has begun its check is not, whatever becomes of it.
for start in 1 2 3; do
    status=0; emulate || status=$?
    touch "$work/result"
    if [ -s "$work/result" ] || ! grep -q 'Kernel panic' "$work/console"; then break; fi
    say "the kernel panicked while it booted (start $start of 3): $(grep -m1 -o 'RIP: .*' "$work/console" || true)"
done
tr -d '\r' <"$work/result" | grep -v '^end [0-9]*$' || true
if ! grep -q '^end [0-9]' "$work/result"; then
    say "the machine did not end its check within $limit s (qemu ended with $status); the last of its console:"
    tail -n 12 "$work/console" >&2 || true
    exit 1
fi
