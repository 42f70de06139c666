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
    private const long AddressSpaceBytes = 256L << 20;
    private const long DataBytes = 64L << 20;

    /// <inheritdoc/>
    public Refusal? Examine(PreflightSubject subject)
    {
        var target = subject.Target;
        var limits = Measurement.Require(target.Files.Limits(), target.Pid);
        var status = Measurement.Require(target.Files.Status(), target.Pid);
        return Lacking(target, limits, "Max address space", "RLIMIT_AS", status.VirtualBytes, AddressSpaceBytes)
            ?? Lacking(target, limits, "Max data size", "RLIMIT_DATA", status.DataBytes, DataBytes);
    }

    private static Refusal? Lacking(Target target, IReadOnlyDictionary<string, ResourceLimit> limits, string key, string name, long? usedBytes, long neededBytes)
    {
        if (!limits.TryGetValue(key, out var limit) || limit.Soft is not { } soft || usedBytes is not { } used || soft - used >= neededBytes)
        {
            return null;
        }

        return new Refusal(
            ExitReason.RefusedForSafety,
            $"{target.Title} may map {ByteSize.Format(Math.Max(0, soft - used))} more ({name}), and the agent could need {ByteSize.Format(neededBytes)}: a runtime that cannot map memory ends the application",
            $"raise the limit (prlimit --pid {target.Pid}), or use --engine estimate")
        { AllowsEstimate = true };
    }
}
