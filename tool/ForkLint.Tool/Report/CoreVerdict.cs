using ForkLint.Linux;
using ForkLint.Tool.CommandLine;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Report;

/// <summary>Whether a fork of a dumped process would succeed on a machine that is described: only what the description and the dump say is used.</summary>
internal static class CoreVerdict
{
    /// <summary>Judges.</summary>
    /// <param name="situation">The process, on a machine of which nothing is known.</param>
    /// <param name="knowsMemory">Whether the dump says how much anonymous memory was resident.</param>
    /// <param name="asIf">The machine.</param>
    /// <exception cref="ToolException">The description lacks what the verdict needs.</exception>
    public static ForkVerdict Judge(ForkSituation situation, bool knowsMemory, AsIf asIf)
    {
        Check(asIf);
        var verdict = ForkAdmission.JudgeAsIf(situation, asIf with { MemoryLimitBytes = knowsMemory ? asIf.MemoryLimitBytes : null });
        if (verdict.Succeeds != Answer.Yes)
        {
            return verdict;
        }

        if (asIf.MemoryLimitBytes is not null && !knowsMemory)
        {
            return Uncertain(verdict, $"memory-limit={ByteSize.FormatGiven(asIf.MemoryLimitBytes.Value)}: this dump does not say how much of the process was in memory");
        }

        return asIf is { OvercommitMode: 2, CommittedBytes: null }
            ? Uncertain(verdict, $"{verdict.Reason}; what other processes have committed is not known: committed= says it")
            : verdict;
    }

    private static void Check(AsIf asIf)
    {
        const string advice = "write for example --as-if ram=2GiB,swap=0,overcommit=2,committed=1GiB, or --as-if memory-limit=512MiB";
        if (asIf is { OvercommitMode: null, MemoryLimitBytes: null })
        {
            throw new ToolException(ExitReason.Usage, "--as-if needs overcommit= or memory-limit= with --from: a dump says nothing of its machine", advice);
        }

        if ((asIf.OvercommitMode == 0 && asIf.RamBytes is null) || (asIf is { OvercommitMode: 2, RamBytes: null, OvercommitKbytes: null }))
        {
            throw new ToolException(ExitReason.Usage, $"--as-if needs ram={(asIf.OvercommitMode == 2 ? " or kbytes=" : "")} for that overcommit mode with --from: a dump says nothing of its machine", advice);
        }
    }

    private static ForkVerdict Uncertain(ForkVerdict verdict, string reason) => verdict with { Succeeds = Answer.Uncertain, Reason = reason, MarginBytes = null };
}
