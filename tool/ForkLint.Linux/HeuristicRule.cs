using System.Globalization;

namespace ForkLint.Linux;

/// <summary>
/// <c>overcommit_memory=0</c>: each mapping is judged alone. Since Linux 5.2 it fails only if it is larger than RAM and swap together
/// (commit 8c7829b04c52, "mm: fix false-positive OVERCOMMIT_GUESS failures"); before, it was compared with what was free or reclaimable at that moment.
/// </summary>
internal static class HeuristicRule
{
    public static ForkVerdict Judge(string where, HostMemory host, ForkCandidate candidate)
    {
        var largest = CommitCharge.LargestCharged(candidate.Mappings);
        if (largest is null)
        {
            return new ForkVerdict { Rule = AdmissionRule.Heuristic, Where = where, Succeeds = Answer.Yes, Reason = "no mapping is charged" };
        }

        var total = host.TotalBytes + host.SwapTotalBytes;
        var size = ByteSize.Format(largest.SizeBytes);
        if (largest.SizeBytes > total)
        {
            return new ForkVerdict
            {
                Rule = AdmissionRule.Heuristic,
                Where = where,
                Succeeds = Answer.No,
                Reason = $"one mapping of {size} ({Describe(largest)}) is larger than RAM + swap, {ByteSize.Format(total)}: ENOMEM, however much is free",
                ShortfallBytes = largest.SizeBytes - total,
                Culprit = largest,
            };
        }

        if (host.KernelVersion() is { } version && version.CompareTo((5, 2)) < 0 && largest.SizeBytes >= host.AvailableBytes)
        {
            return new ForkVerdict
            {
                Rule = AdmissionRule.Heuristic,
                Where = where,
                Succeeds = Answer.Uncertain,
                Reason = $"kernel {host.Kernel} compares the largest mapping, {size} ({Describe(largest)}), with what is free or reclaimable at that moment, about {ByteSize.Format(host.AvailableBytes)}",
                ShortfallBytes = largest.SizeBytes - host.AvailableBytes,
                Culprit = largest,
            };
        }

        return new ForkVerdict
        {
            Rule = AdmissionRule.Heuristic,
            Where = where,
            Succeeds = Answer.Yes,
            Reason = $"the largest charged mapping, {size} ({Describe(largest)}), fits into RAM + swap, {ByteSize.Format(total)}, and mode 0 looks at each alone",
            MarginBytes = total - largest.SizeBytes,
        };
    }

    private static string Describe(Mapping mapping) =>
        string.Create(CultureInfo.InvariantCulture, $"{mapping.Start:x}-{mapping.End:x} {(mapping.Path.Length == 0 ? "anonymous" : mapping.Path)}");
}
