#!/bin/bash
# Trial forks by ptrace of every kind of program, and kills of the tool at random instants:
#   tests/ptrace-sweep.sh [TRIALS [KILLS]]     in all, shared out evenly over the kinds; 10,000 and 1,000
# It takes root, redis-server, PostgreSQL, Python and gcc. Each line of the output is one attack (tests/Attacks/README.md).
set -u
cd "$(dirname "$0")/.."
trials=${1:-10000} kills=${2:-1000} failed=0
kinds=(c threads redis postgres python dotnet aot single)
dotnet build tests/Attacks -c Release -v q --nologo || exit 1
attack() { dotnet tests/Attacks/bin/Release/net10.0/forklint-attacks.dll "$@" || failed=$((failed + 1)); }
for kind in "${kinds[@]}"; do
  attack ptrace "$kind" $(((trials + ${#kinds[@]} - 1) / ${#kinds[@]}))
done
for kind in "${kinds[@]}"; do
  attack ptrace-kills "$kind" $(((kills + ${#kinds[@]} - 1) / ${#kinds[@]}))
done
attack ptrace-latency c 20
echo "$failed failed"
[ "$failed" = 0 ]
