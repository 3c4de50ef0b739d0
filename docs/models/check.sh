#!/bin/bash
# Checks the models in this directory with Spin, and shows that mistakes built into them are found.
#
#   check.sh          some two minutes on one core
#   check.sh --full   larger bounds: some ten minutes and 4 GB
#
# One line for each check: model, options, states, seconds, and whether it went as expected. Exits 1 if one did not.
set -u

here=$(cd "$(dirname "$0")" && pwd)
full=false
case "${1:-}" in
    '') ;;
    --full) full=true ;;
    *) echo "usage: check.sh [--full]" >&2; exit 2 ;;
esac

compiler=${CC:-gcc}
for tool in spin "$compiler"; do
    command -v "$tool" > /dev/null || {
        echo "check.sh: $tool is missing; on Debian and Ubuntu: apt-get install spin gcc" >&2
        exit 2
    }
done

work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
failed=0

# check MODEL EXPECTED OPTION...   where EXPECTED is `holds` or `fails`
check() {
    local model=$1 expected=$2
    shift 2
    local options=() option
    for option in "$@"; do
        options+=("-D$option")
    done
    # What fails does so early, and needs a quick compiler more than a quick program.
    local optimize=-O1
    [ "$expected" = fails ] && optimize=-O0
    local began=$SECONDS found
    rm -rf "$work/run" && mkdir "$work/run" && cd "$work/run" || exit 2
    if spin "${options[@]}" -a "$here/$model.pml" > spin.out 2>&1 \
            && "$compiler" "$optimize" -w -DSAFETY -DNOCLAIM -DCOLLAPSE -DMEMLIM=3800 -o pan pan.c > cc.out 2>&1; then
        ./pan -m50000 -n > pan.out 2>&1
    else
        : > pan.out
    fi
    if grep -q 'errors: 0' pan.out \
            && ! grep -qE 'max search depth too small|Search not completed|out of memory' pan.out; then
        found=holds
    elif grep -qE '^pan:1: (assertion violated|invalid end state)' pan.out; then
        found=fails
    else
        found=broken
    fi
    local states verdict='as expected'
    states=$(sed -nE 's/^ *([0-9.e+]+) states, stored.*/\1/p' pan.out | head -1)
    if [ "$found" != "$expected" ]; then
        verdict="NOT AS EXPECTED: should be '$expected'"
        failed=1
    fi
    printf '%-10s %-62s %9s states %4d s  %-6s %s\n' \
        "$model" "$*" "${states:-no}" $((SECONDS - began)) "$found" "$verdict"
    if [ "$found" = broken ]; then
        tail -n 5 spin.out cc.out pan.out 2> /dev/null
    fi
}

# The lock. Without deaths it needs no slices.
check lock holds N=3 SLICE=0
check lock holds N=3 SLICE=0 GIVEUPS=1 HEIRS=1
# With deaths of processes and of their cleaners, at every step.
check lock holds N=2 ROUNDS=2 CRASHES=1 CLEANERS=1 GIVEUPS=1
check lock holds N=2 ROUNDS=2 CRASHES=2 CLEANERS=1
check lock holds N=2 ROUNDS=2 CRASHES=1 CLEANERS=1 GIVEUPS=1 POLICY=1
check lock holds N=3 CRASHES=1 HEIRS=0 VICTIMS=2
# What slices are for: a killed waiter takes the call with it, and a killed caller takes the mark.
check lock fails N=3 SLICE=0 CRASHES=1 VICTIMS=1 HEIRS=0
check lock fails N=2 SLICE=0 JANITOR=1 CRASHES=1
# A holder's death needs no slices if somebody looks; nobody's would, if recovery called the kernel in any case.
check lock holds N=2 SLICE=0 JANITOR=1 CRASHES=1 VICTIMS=2
check lock holds N=2 SLICE=0 JANITOR=1 CRASHES=2 UNPARK=1
# Mistakes.
check lock fails MUT=1 N=2 SLICE=0 JANITOR=1 CRASHES=1 VICTIMS=2
check lock fails MUT=2 N=2 CRASHES=1
check lock fails MUT=3 N=3 SLICE=0
check lock fails MUT=4 N=3 SLICE=0 HEIRS=0
check lock fails MUT=5 N=3 SLICE=0 GIVEUPS=1
check lock fails MUT=6 N=2 GIVEUPS=1
check lock fails MUT=7 N=2 CRASHES=1
check lock fails MUT=8 N=3 SLICE=0 HEIRS=1 LATE=1
check lock fails MUT=9 N=2 ROUNDS=2 CRASHES=2

# The conditions.
check condition holds WAITERS=2 SLICE=0
check condition holds WAITERS=3 SIGNALS=2 SLICE=0
check condition holds WAITERS=2 CRASHES=1 CLEANERS=1 TIMEOUTS=1
check condition holds WAITERS=2 CRASHES=1 TIMEOUTS=1 REFUSALS=1
check condition fails WAITERS=2 CRASHES=1 SLICE=0 JANITOR=1
check condition holds WAITERS=2 CRASHES=1 SLICE=0 JANITOR=1 UNPARK=1
check condition fails MUT=1 WAITERS=2 CRASHES=1
check condition fails MUT=2 WAITERS=2 CRASHES=1 CLEANERS=1
check condition fails MUT=3 WAITERS=3 COARSE=1
check condition fails MUT=4 WAITERS=2 CRASHES=1 SLICE=0 JANITOR=1 UNPARK=1
check condition fails MUT=5 WAITERS=2 REFUSALS=1
check condition fails MUT=6 WAITERS=2 CRASHES=1
check condition fails MUT=7 WAITERS=2 CRASHES=1 TIMEOUTS=1 REFUSALS=1

# The permits.
check semaphore holds N=3
check semaphore holds N=2 ROUNDS=2 CRASHES=2 CLEANERS=1
check semaphore holds N=3 CRASHES=1
check semaphore holds N=3 SCENE=1 CRASHES=1
check semaphore holds N=3 SCENE=2 CRASHES=1
check semaphore holds N=2 SCENE=2 PERMITS=2 WANT=2 ROUNDS=2 CRASHES=1 CLEANERS=1
check semaphore fails MUT=1 N=2 ROUNDS=2 CRASHES=1
check semaphore fails MUT=2 N=2 ROUNDS=2
check semaphore fails MUT=3 N=2 CRASHES=1
check semaphore fails MUT=4 N=2 ROUNDS=2 CRASHES=1
check semaphore fails MUT=5 N=2 CRASHES=1
check semaphore fails MUT=6 N=2 ROUNDS=2

# The barrier.
check barrier holds N=3 RESETS=3
check barrier holds N=2 RESETS=2 CRASHES=1 CLEANERS=1
check barrier fails MUT=1 N=2
check barrier fails MUT=2 N=2 CRASHES=1
check barrier fails MUT=3 N=2 CRASHES=1
check barrier fails MUT=4 N=2 RESETS=2
# Recovery object by object.
check cleaner holds USERS=1 CRASHES=1 STOPS=1
check cleaner holds USERS=2 CRASHES=1 STOPS=1
check cleaner holds USERS=2 CRASHES=2 STOPS=1
check cleaner fails MUT=1 USERS=1 STOPS=1
check cleaner fails MUT=2 USERS=1 RECLAIMERS=2
check cleaner fails MUT=3 USERS=1 CRASHES=1
check cleaner fails MUT=4 USERS=1 STOPS=1
check cleaner fails MUT=5 USERS=1
# The bias, with a store buffer.
check bias holds
check bias holds STOPS=2
check bias holds CRASHES=1
check bias fails MUT=1
check bias fails MUT=2
check bias fails MUT=3
check bias fails MUT=4
check bias fails MUT=5
check bias fails MUT=6 CRASHES=1
# Messages that come back.
check giveback holds N=2
check giveback holds N=1 THREADS=2
check giveback holds N=2 RETURNS=1 CRASHES=1 CLEANERS=1
check giveback fails N=2 BITS=1
check giveback fails MUT=1 N=2
check giveback fails MUT=2 N=2
check giveback fails MUT=3 N=2 CRASHES=1
# The calls of a service.
check call holds GIVEUPS=1
check call holds CALLS=2 GIVEUPS=1
check call holds CRASHES=1
check call holds CRASHES=1 CLEANERS=1 GIVEUPS=1
check call fails MUT=1 CRASHES=1 GIVEUPS=1
check call fails MUT=2 CRASHES=1 GIVEUPS=1
check call fails MUT=3 CRASHES=1 GIVEUPS=1
check call fails MUT=4 CRASHES=1 GIVEUPS=1
check call fails MUT=5 CRASHES=1 GIVEUPS=1

if $full; then
    check giveback holds N=2 CRASHES=1
    check lock holds N=3 SLICE=0 GIVEUPS=1
    check lock holds N=3 CRASHES=1 HEIRS=0
    check lock holds N=3 CRASHES=1 HEIRS=1
    check lock holds N=3 CRASHES=1 CLEANERS=1
    check lock holds N=3 SLICE=0 HEIRS=1 LATE=1
    check lock holds N=3 SLICE=0 JANITOR=1 CRASHES=1 UNPARK=1
    check condition holds WAITERS=2 CRASHES=1 CLEANERS=1 TIMEOUTS=1 REFUSALS=1
    check condition holds WAITERS=3 CRASHES=1 COARSE=1
    check semaphore holds N=3 CRASHES=1 CLEANERS=1
    check semaphore holds N=3 PERMITS=2 WANT=2 CRASHES=1
    check barrier holds N=3 CRASHES=1 CLEANERS=1
fi

exit $failed
