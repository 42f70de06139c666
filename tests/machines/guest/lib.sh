# What the checks share. A check prints "ok …" or "FAIL …" for each thing it looked at.
trap '' PIPE
export DOTNET_ROOT=/dotnet DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 NO_COLOR=1
TOOL=/tool/native/dotnet-forklint
# A package of another version may hold no such program; the bound of the check "cost" is then passed.
[ -x $TOOL ] || TOOL="/dotnet/dotnet /tool/dotnet-forklint.dll"
ok() { echo "ok   $*"; }
bad() { echo "FAIL $*"; }
#   that CONDITION-STATUS TEXT…      an "ok" line where the status is 0, and a "FAIL" line elsewhere
that() { status=$1; shift; if [ "$status" -eq 0 ]; then ok "$*"; else bad "$*"; fi; }

#   start_app [USER]: starts the application; APP is its id. ask COMMAND… sends it a command and leaves its answer in ANSWER.
start_app() {
    rm -f /run/questions; mkfifo /run/questions; : >/run/answers
    if [ -n "$1" ]; then set -- setpriv --reuid "$1" --regid "$1" --clear-groups; fi
    "$@" /dotnet/dotnet /app/holder.dll </run/questions >/run/answers 2>&1 &
    exec 9>/run/questions
    await '^ready' || { echo "the application did not start: $(cat /run/answers)"; return 1; }
    APP=$(sed -n 's/^ready //p' /run/answers)
}
await() {
    tries=0
    until grep -q "$1" /run/answers; do
        tries=$((tries + 1)); [ $tries -lt 1200 ] || return 1
        [ -z "$APP" ] || alive || return 1
        sleep 0.05
    done
}
ask() {
    : >/run/answers; echo "$*" >&9
    if await ':'; then ANSWER=$(cat /run/answers); else ANSWER="no answer"; fi
}
alive() { [ -d "/proc/$APP" ] && ! grep -q 'State:.*Z' "/proc/$APP/status"; }
stop_app() { echo quit >&9 2>/dev/null; exec 9>&-; wait; APP=; }

kilobytes() { sed -n "s/^$1: *\([0-9]*\) kB/\1/p" /proc/meminfo; }
set_vm() { echo "$2" >"/proc/sys/vm/$1"; }
oom_kills() { sed -n 's/^oom_kill //p' /proc/vmstat; }
#   charge: what a fork of the application is charged, in kB: every mapping that is accounted and not left out (ac, not dc)
charge() { awk '/^Size:/ { size = $2 } /^VmFlags:/ { if (/ ac/ && !/ dc/) sum += size } END { print sum }' "/proc/$APP/smaps"; }
#   reserve: what overcommit_memory=2 keeps back from the application
reserve() {
    address_space=$(sed -n 's/^VmSize:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$APP/status"); kept=$(cat /proc/sys/vm/user_reserve_kbytes)
    [ $((address_space / 32)) -ge "$kept" ] || kept=$((address_space / 32))
    [ "$(sed -n 's/^Uid:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$APP/status")" = 0 ] || kept=$((kept + $(cat /proc/sys/vm/admin_reserve_kbytes)))
    echo "$kept"
}
#   shortfall: how many kB a fork of the application is short of, with nothing else running; negative where there is room
shortfall() { echo $(($(kilobytes Committed_AS) + $(charge) + $(reserve) - $(kilobytes CommitLimit))); }
#   the band of the kernel's counter: it is kept for each processor in batches of RAM/256 (mm/mm_init.c, mm_compute_batch, mode 2: /4)
band() { echo $(($(kilobytes MemTotal) / 256 + 4096)); }
last_error() { tail -c 300 /run/error | tr '\r' '\n' | tail -n 1; }
