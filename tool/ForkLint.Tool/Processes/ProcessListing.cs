using ForkLint.Linux;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Processes;

/// <summary>Finds the .NET processes and reads what <c>ps</c> shows of each. A process that ends meanwhile is left out.</summary>
internal static class ProcessListing
{
    /// <summary>Every .NET process that this user may see, by id.</summary>
    /// <param name="isFast">Reads no mappings: USS, charge and verdict stay null.</param>
    public static IReadOnlyList<ProcessListEntry> List(bool isFast)
    {
        var host = isFast ? default : HostMemory.Read();
        var withSocket = RuntimeSight.WithSocket();

        // This tool is a .NET process as well, and the only one that nobody asks about.
        var pids = ProcessDiscovery.Pids();
        var entries = new ProcessListEntry?[pids.Count];
        OnEveryCore(pids.Count, index => entries[index] = pids[index] == Environment.ProcessId ? null : Describe(new ProcessFiles(pids[index]), withSocket, isFast, host));
        return entries.OfType<ProcessListEntry>().ToList();
    }

    /// <summary>The .NET processes that have a name, without regard to case.</summary>
    public static IReadOnlyList<ProcessListEntry> Named(string name) =>
        List(isFast: true).Where(entry => string.Equals(entry.Name, name, StringComparison.OrdinalIgnoreCase)).ToList();

    // A pool and a parallel query would take longer to be compiled and to grow than the whole list takes to be read.
    private static void OnEveryCore(int count, Action<int> action)
    {
        var next = -1;
        void Work()
        {
            for (var index = Interlocked.Increment(ref next); index < count; index = Interlocked.Increment(ref next))
            {
                action(index);
            }
        }

        var helpers = new Thread[Math.Min(Environment.ProcessorCount, 4) - 1];
        for (var index = 0; index < helpers.Length; index++)
        {
            helpers[index] = new Thread(Work);
            helpers[index].Start();
        }

        Work();
        foreach (var helper in helpers)
        {
            helper.Join();
        }
    }

    private static ProcessListEntry? Describe(ProcessFiles process, HashSet<ProcessIdentity> withSocket, bool isFast, Reading<HostMemory> host)
    {
        if (!RuntimeSight.IsDotNet(process, withSocket, out var version) || !process.Status().TryGet(out var status))
        {
            return null;
        }

        var entry = new ProcessListEntry
        {
            Pid = process.Pid,
            Name = ProcessName.Of(process),
            Runtime = version,
            ResidentBytes = status.ResidentBytes,
        };
        return isFast ? entry : WithMappings(entry, process, host);
    }

    private static ProcessListEntry? WithMappings(ProcessListEntry entry, ProcessFiles process, Reading<HostMemory> host)
    {
        var mappings = process.Mappings();
        if (!mappings.TryGet(out var list))
        {
            // Another user's process is still worth a line; one that has ended is not.
            return mappings.Failure == ReadFailure.ProcessGone ? null : entry;
        }

        return entry with
        {
            UniqueBytes = MemoryRollup.Sum(list).UniqueBytes,
            CommitChargeBytes = CommitCharge.PredictBytes(list),
            ForkSucceeds = Judge(process, list, host),
        };
    }

    private static bool? Judge(ProcessFiles process, IReadOnlyList<Mapping> mappings, Reading<HostMemory> host)
    {
        if (!host.TryGet(out var memory) || !ForkCandidate.Read(process, mappings).TryGet(out var candidate))
        {
            return null;
        }

        var cgroup = MemoryCgroup.ForProcess(process.Pid).ValueOr(null);
        var pids = PidLimits.Read(process.Pid);
        return ForkAdmission.JudgeHere(memory, candidate, cgroup, pids.IsOk ? pids.Value : null).Succeeds switch
        {
            Answer.Yes => true,
            Answer.No => false,
            _ => null,
        };
    }
}
