using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>
/// The process's own limits on its memory (setrlimit(2)). A runtime that cannot map what it needs to load or compile the agent ends the
/// application.
/// </summary>
internal sealed class LimitCheck : IPreflightCheck
{
    /// <summary>
    /// Measured: a visit raises the virtual size by up to 132 MiB, most of it the heaps that glibc reserves for two new threads, and the
    /// private writable part by up to 4 MiB. The application's own threads allocate meanwhile.
    /// </summary>
    private static readonly Need AddressSpace = new("Max address space", "RLIMIT_AS", 256L << 20);
    private static readonly Need Data = new("Max data size", "RLIMIT_DATA", 64L << 20);

    /// <inheritdoc/>
    public Refusal? Examine(PreflightSubject subject)
    {
        var target = subject.Target;
        var limits = Measurement.Require(target.Files.Limits(), target.Pid);
        var status = Measurement.Require(target.Files.Status(), target.Pid);
        return Lacking(target, limits, AddressSpace, status.VirtualBytes)
            ?? Lacking(target, limits, Data, status.DataBytes);
    }

    private static Refusal? Lacking(Target target, IReadOnlyDictionary<string, ResourceLimit> limits, Need need, long? usedBytes)
    {
        if (!limits.TryGetValue(need.Key, out var limit) || limit.Soft is not { } soft || usedBytes is not { } used || soft - used >= need.Bytes)
        {
            return null;
        }

        return new Refusal(
            ExitReason.RefusedForSafety,
            $"{target.Title} may map {ByteSize.Format(Math.Max(0, soft - used))} more ({need.Name}), and the agent could need {ByteSize.Format(need.Bytes)}: a runtime that cannot map memory ends the application",
            $"raise the limit (prlimit --pid {target.Pid}), or use --engine estimate")
        { AllowsEstimate = true };
    }

    /// <summary>What a visit may take below one limit.</summary>
    /// <param name="Key">The limit's name in <c>/proc/PID/limits</c>.</param>
    /// <param name="Name">Its name in setrlimit(2).</param>
    /// <param name="Bytes">How many bytes.</param>
    private sealed record Need(string Key, string Name, long Bytes);
}
