namespace ForkLint.Linux;

/// <summary>
/// <c>overcommit_memory=2</c>: the mappings are charged one after the other, so what counts is the sum: the fork succeeds while
/// committed + charge stays below the limit less the reserves.
/// </summary>
internal static class StrictRule
{
    /// <summary>Judges a fork under mode 2.</summary>
    /// <param name="where">The verdict's name.</param>
    /// <param name="host">The machine.</param>
    /// <param name="candidate">The process.</param>
    /// <param name="madeUnder">The mode under which the mappings were made: under another one than 2, MAP_NORESERVE kept some of them uncharged.</param>
    /// <param name="asIf">The other machine that it is worked out for, null for this one: to what it gives as committed nothing may be added.</param>
    public static ForkVerdict Judge(string where, HostMemory host, ForkCandidate candidate, int madeUnder, AsIf? asIf = null)
    {
        var noReserve = madeUnder == 2 ? 0 : CommitCharge.NoReserveBytes(candidate.Mappings);
        var charge = CommitCharge.PredictBytes(candidate.Mappings) + noReserve;

        // In mode 2 the process itself would have been charged for them already.
        var committed = host.CommittedBytes + (asIf?.CommittedBytes is null ? noReserve : 0);
        var limit = StrictLimit.For(host, candidate.VirtualBytes, candidate.Privileged ?? false);
        var margin = limit.AllowedBytes - committed - charge;
        var error = host.CounterErrorBytes;

        // Where the capability could not be read, the answer is only certain if it is the same with and without.
        var marginIfPrivileged = margin + (candidate.Privileged is null ? limit.AdminReserveBytes : 0);
        var answer = margin > error ? Answer.Yes : marginIfPrivileged <= -error ? Answer.No : Answer.Uncertain;
        var reserves = limit.AdminReserveBytes > 0
            ? $"admin reserve {ByteSize.Format(limit.AdminReserveBytes)} − user reserve {ByteSize.Format(limit.UserReserveBytes)}"
            : $"user reserve {ByteSize.Format(limit.UserReserveBytes)}";
        var reason = $"{ByteSize.Format(committed)} committed + {ByteSize.Format(charge)} for the fork, {ByteSize.Format(limit.AllowedBytes)} allowed (CommitLimit {ByteSize.Format(limit.CommitLimitBytes)} − {reserves})";
        if (noReserve > 0)
        {
            reason += $"; {ByteSize.Format(noReserve)} of it are MAP_NORESERVE mappings, which mode 2 charges and this host does not";
        }

        if (answer == Answer.Uncertain)
        {
            reason += $"; too close to tell: the kernel's counter may be off by {ByteSize.Format(error)}";
        }

        return new ForkVerdict
        {
            Rule = AdmissionRule.Strict,
            Where = where,
            Succeeds = answer,
            Reason = reason,
            MarginBytes = margin > 0 ? margin : null,
            ShortfallBytes = margin > 0 ? null : -margin,
        };
    }
}
