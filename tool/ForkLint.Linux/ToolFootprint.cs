using System.Globalization;

namespace ForkLint.Linux;

/// <summary>
/// What this process and its helper processes take up, so that a verdict can be that of the machine without them. A program that this process
/// started in order to measure it is no helper.
/// </summary>
public sealed record ToolFootprint
{
    /// <summary>Its part of Committed_AS: accounted mappings in full, left out of a fork or not, and pages of its memfds.</summary>
    public required long ChargeBytes { get; init; }

    /// <summary>What it has in memory that is no page cache: anonymous and shared memory, and page tables.</summary>
    public required long ResidentBytes { get; init; }

    /// <summary>The processes: this one and its helpers.</summary>
    public IReadOnlyList<int> Pids { get; init; } = [];

    /// <summary>The memory cgroup that this is charged to, as <see cref="MemoryCgroup.Group"/>; null where it is not known.</summary>
    public string? Group { get; init; }

    /// <summary>How much of what is charged to a cgroup is this tool's.</summary>
    public long BytesIn(MemoryCgroup cgroup)
    {
        ArgumentNullException.ThrowIfNull(cgroup);
        return Contains(cgroup) ? Math.Min(ResidentBytes, cgroup.UnreclaimableBytes) : 0;
    }

    /// <summary>Whether this tool is in a cgroup or below it, seen from here or not.</summary>
    public bool Contains(MemoryCgroup cgroup)
    {
        ArgumentNullException.ThrowIfNull(cgroup);
        return Group is { } own && cgroup.Group is { } other && CgroupPath.RelativeTo(other, own) is not null;
    }

    /// <summary>Reads it. A helper that ends meanwhile is left out.</summary>
    /// <param name="measuredPid">The process that is measured: neither it nor what it started, nor a shell that started it for us, counts.</param>
    /// <param name="procRoot">Where procfs is mounted.</param>
    public static ToolFootprint Read(int measuredPid, string procRoot = "/proc")
    {
        long charge = 0;
        long resident = 0;
        var pids = Helpers(Environment.ProcessId, measuredPid, procRoot);
        foreach (var pid in pids)
        {
            var process = new ProcessFiles(pid, procRoot);
            if (process.Mappings().TryGet(out var mappings) && process.Status().TryGet(out var status))
            {
                charge += ChargeOf(mappings) + (status.SharedMemoryBytes ?? 0);
                resident += (status.AnonymousBytes ?? MemoryRollup.Sum(mappings).AnonymousBytes) + (status.SharedMemoryBytes ?? 0) + (status.PageTableBytes ?? 0);
            }
        }

        var own = new ProcessFiles(Environment.ProcessId, procRoot).Cgroup();
        return new ToolFootprint
        {
            ChargeBytes = charge,
            ResidentBytes = resident,
            Pids = pids,
            Group = own.TryGet(out var memberships) ? CgroupLocator.Membership(memberships, "memory")?.Membership.Path : null,
        };
    }

    /// <summary>Reads it together with the machine, which it changes with every allocation: again until it held still in between.</summary>
    public static Reading<(HostMemory Host, ToolFootprint Tool)> ReadWithHost(int measuredPid)
    {
        const int mostAttempts = 4;
        var before = Read(measuredPid);
        for (var attempt = 1; ; attempt++)
        {
            var host = HostMemory.Read();
            if (!host.TryGet(out var memory))
            {
                return host.FailAs<(HostMemory, ToolFootprint)>();
            }

            var after = Read(measuredPid);
            if (after.ChargeBytes == before.ChargeBytes || attempt == mostAttempts)
            {
                return Reading<(HostMemory, ToolFootprint)>.Ok((memory, after));
            }

            before = after;
        }
    }

    // MADV_DONTFORK changes what a fork charges, not what was charged already.
    private static long ChargeOf(IReadOnlyList<Mapping> mappings)
    {
        long sum = 0;
        for (var index = 0; index < mappings.Count; index++)
        {
            sum += (mappings[index].Flags & (VmFlags.Accounted | VmFlags.Shared)) == VmFlags.Accounted ? mappings[index].SizeBytes : 0;
        }

        return sum;
    }

    private static List<int> Helpers(int pid, int measuredPid, string procRoot)
    {
        List<int> helpers = [pid];
        foreach (var child in Children(pid, procRoot))
        {
            if (child != measuredPid && !Descends(measuredPid, child, procRoot))
            {
                helpers.AddRange(Helpers(child, measuredPid, procRoot));
            }
        }

        return helpers;
    }

    private static bool Descends(int pid, int ancestor, string procRoot)
    {
        for (var depth = 0; depth < 64 && pid > 1; depth++)
        {
            if (!new ProcessFiles(pid, procRoot).Status().TryGet(out var status))
            {
                return false;
            }

            if (status.ParentPid == ancestor)
            {
                return true;
            }

            pid = status.ParentPid;
        }

        return false;
    }

    // A child stands in the list of the thread that made it (CONFIG_PROC_CHILDREN).
    private static IEnumerable<int> Children(int pid, string procRoot)
    {
        if (!new ProcessFiles(pid, procRoot).Threads().TryGet(out var threads))
        {
            yield break;
        }

        foreach (var thread in threads)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{procRoot}/{pid}/task/{thread}/children");
            if (ProcFile.ReadTrimmed(path).TryGet(out var text))
            {
                foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var child))
                    {
                        yield return child;
                    }
                }
            }
        }
    }
}
