using ForkLint.Linux;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Processes;

/// <summary>What is asked of a list of processes.</summary>
internal readonly record struct ListOptions
{
    /// <summary>Reads no mappings: USS, charge and verdict stay null.</summary>
    public bool IsFast { get; init; }

    /// <summary>Lists programs that are not .NET as well; not what belongs to the kernel, and not what has ended.</summary>
    public bool IsAll { get; init; }
}

/// <summary>Finds the .NET processes and reads what <c>ps</c> shows of each. A process that ends meanwhile is left out.</summary>
internal static class ProcessListing
{
    /// <summary>Every .NET process that this user may see, by id.</summary>
    /// <param name="options">Which, and how much of each.</param>
    public static IReadOnlyList<ProcessListEntry> List(ListOptions options)
    {
        var host = options.IsFast ? null : HostLook.Read();
        var withSocket = RuntimeSight.WithSocket();

        // This tool is a .NET process as well, and the only one that is left out.
        var pids = ProcessDiscovery.Pids();
        var entries = new ProcessListEntry?[pids.Count];
        EveryCore.Run(pids.Count, index => entries[index] = pids[index] == Environment.ProcessId ? null : Describe(new ProcessFiles(pids[index]), withSocket, options, host));
        return entries.OfType<ProcessListEntry>().ToList();
    }

    private static ProcessListEntry? Describe(ProcessFiles process, HashSet<ProcessIdentity> withSocket, ListOptions options, HostLook? host)
    {
        var isDotNet = RuntimeSight.IsDotNet(process, withSocket, out var version);
        if ((!isDotNet && !options.IsAll) || !process.Status().TryGet(out var status) || (!isDotNet && status.VirtualBytes is null))
        {
            return null;
        }

        var entry = new ProcessListEntry
        {
            Pid = process.Pid,
            Name = ProcessName.Of(process),
            Runtime = version,
            CommandLine = CommandText.Of(process),
            IsDotNet = isDotNet,
            ResidentBytes = status.ResidentBytes,
        };
        return options.IsFast ? entry : WithMappings(entry, process, host);
    }

    private static ProcessListEntry? WithMappings(ProcessListEntry entry, ProcessFiles process, HostLook? host)
    {
        var mappings = process.Mappings();
        if (!mappings.TryGet(out var list))
        {
            // Another user's process is still worth a line; one that has ended is not.
            return mappings.Failure == ReadFailure.ProcessGone ? null : entry;
        }

        var outlook = host is null ? null : ForkOutlook.Of(process, list, host);
        return entry with
        {
            UniqueBytes = MemoryRollup.Sum(list).UniqueBytes,
            CommitChargeBytes = CommitCharge.PredictBytes(list),
            ForkSucceeds = outlook?.Verdict.Succeeds switch
            {
                Answer.Yes => true,
                Answer.No => false,
                _ => null,
            },
            RoomBytes = outlook?.Tightest?.Bytes,
        };
    }
}
