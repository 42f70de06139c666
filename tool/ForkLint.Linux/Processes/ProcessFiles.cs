using System.Globalization;
using System.Text;

namespace ForkLint.Linux;

/// <summary>The files of one process below /proc. Each member reads when it is called; nothing is kept.</summary>
/// <param name="pid">The process id, in the pid namespace of that /proc.</param>
/// <param name="procRoot">Where procfs is mounted.</param>
public sealed class ProcessFiles(int pid, string procRoot = "/proc")
{
    // A second of 1 ms waits.
    private const int ReadsBetweenPrograms = 1000;

    private readonly string _directory = string.Create(CultureInfo.InvariantCulture, $"{procRoot}/{pid}");

    /// <summary>The process id.</summary>
    public int Pid => pid;

    /// <summary>The path of one of its files, such as <c>/proc/7/root</c>.</summary>
    public string PathOf(string file) => $"{_directory}/{file}";

    /// <summary>
    /// Every mapping with its flags and what is resident of it, from smaps. It takes the process's mmap lock for about 14 ms a GB of
    /// resident memory. A process that ends half-way is <see cref="ReadFailure.ProcessGone"/>: the kernel then just ends the file, and a
    /// shortened list would look like a small process. One that replaces its image (execve) is read again when it has done so.
    /// </summary>
    public Reading<IReadOnlyList<Mapping>> Mappings() => Whole("smaps", SmapsParser.Parse);

    /// <summary>The mappings as text, to be kept: what <see cref="SmapsParser"/> needs of smaps.</summary>
    public Reading<byte[]> MappingsText() => Whole("smaps", static text => Reading<IReadOnlyList<byte>>.Ok(ShortSmaps.Of(text))).Select(static text => (byte[])text);

    /// <summary>The mappings without what is resident, from maps. The kernel reads no pages for it, so it is cheap.</summary>
    public Reading<IReadOnlyList<MapRegion>> CoarseMaps() => Whole("maps", MapsParser.Parse);

    /// <summary>How many mappings there are: the lines of maps, read piece by piece.</summary>
    public Reading<int> CountMappings() => ProcFile.CountLines(PathOf("maps"));

    /// <summary>The sums over all mappings, from smaps_rollup; it costs as much of the mmap lock as smaps.</summary>
    public Reading<MemoryRollup> Rollup()
    {
        var rollup = ProcFile.Parse(PathOf("smaps_rollup"), SmapsRollupParser.Parse);

        // Of a kernel thread the file says "no such process".
        return rollup.Failure == ReadFailure.ProcessGone && Stat() is { IsOk: true, Value.IsKernelThread: true }
            ? NoMappings<MemoryRollup>("smaps_rollup")
            : rollup;
    }

    /// <summary>The status: sizes and identities, without any lock worth mentioning.</summary>
    public Reading<ProcessStatus> Status() => ProcFile.Parse(PathOf("status"), StatusParser.Parse);

    /// <summary>The stat line: state, start time, parent.</summary>
    public Reading<ProcessStat> Stat() => ProcFile.Parse(PathOf("stat"), StatParser.Parse);

    /// <summary>The arguments; empty for a kernel thread and a zombie. A process may overwrite them.</summary>
    public Reading<IReadOnlyList<string>> CommandLine() =>
        ProcFile.Parse(PathOf("cmdline"), static text => Reading<IReadOnlyList<string>>.Ok(SplitAtNul(text)));

    /// <summary>The environment as it was when the program started. Later changes by the program do not show.</summary>
    public Reading<IReadOnlyDictionary<string, string>> Environment() =>
        ProcFile.Parse(PathOf("environ"), static text => Reading<IReadOnlyDictionary<string, string>>.Ok(ParseEnvironment(text)));

    /// <summary>The program's file, as the target's mount namespace names it; ends in <c> (deleted)</c> if it is gone. A kernel thread has none.</summary>
    public Reading<string> ExecutablePath() => ProcFile.ReadLink(PathOf("exe"));

    /// <summary>The cgroups it is in, one for each hierarchy.</summary>
    public Reading<IReadOnlyList<CgroupMembership>> Cgroup() => ProcFile.Parse(PathOf("cgroup"), CgroupParser.Parse);

    /// <summary>Its id in each pid namespace from ours inward; one number where it shares ours.</summary>
    public Reading<IReadOnlyList<int>> NamespacePids() => Status().Then(static status =>
        status.NamespacePids.Count > 0
            ? Reading<IReadOnlyList<int>>.Ok(status.NamespacePids)
            : Reading<IReadOnlyList<int>>.Fail(ReadFailure.NotAvailable, "this kernel does not print NSpid"));

    /// <summary>The resource limits, by the names the kernel prints.</summary>
    public Reading<IReadOnlyDictionary<string, ResourceLimit>> Limits() => ProcFile.Parse(PathOf("limits"), LimitsParser.Parse);

    /// <summary>The mounts of its mount namespace that it can reach.</summary>
    public Reading<IReadOnlyList<Mount>> Mounts() => ProcFile.Parse(PathOf("mountinfo"), MountInfoParser.Parse);

    /// <summary>The mounts that this process can reach.</summary>
    /// <param name="procRoot">Where procfs is mounted. Its <c>self</c> is asked for, because the process may have another id there.</param>
    public static Reading<IReadOnlyList<Mount>> OwnMounts(string procRoot) => ProcFile.Parse($"{procRoot}/self/mountinfo", MountInfoParser.Parse);

    /// <summary>The files of one of its threads (<c>/proc/PID/task/TID</c>), which are shaped like those of a process.</summary>
    public ProcessFiles Thread(int thread) => new(thread, PathOf("task"));

    /// <summary>The ids of its threads.</summary>
    public Reading<IReadOnlyList<int>> Threads()
    {
        try
        {
            var threads = new List<int>();
            foreach (var path in Directory.EnumerateDirectories(PathOf("task")))
            {
                if (int.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var thread))
                {
                    threads.Add(thread);
                }
            }

            return Reading<IReadOnlyList<int>>.Ok(threads);
        }
        catch (UnauthorizedAccessException)
        {
            return Reading<IReadOnlyList<int>>.Fail(ReadFailure.NotPermitted, $"{PathOf("task")}: permission denied");
        }
        catch (IOException)
        {
            return Reading<IReadOnlyList<int>>.Fail(ReadFailure.ProcessGone, $"{PathOf("task")}: no such process");
        }
    }

    // An execve takes milliseconds, more where the program comes from a slow disk; what waits longer has something else to say.
    private Reading<IReadOnlyList<T>> Whole<T>(string file, ProcFile.Parser<IReadOnlyList<T>> parser)
    {
        for (int tried = 1; ; tried++)
        {
            var list = Once(file, parser, out bool isBetweenPrograms);
            if (!isBetweenPrograms || tried == ReadsBetweenPrograms)
            {
                return list;
            }

            System.Threading.Thread.Sleep(TimeSpan.FromMilliseconds(1));
        }
    }

    // The kernel reports the end of a dying process's mappings as the end of the file (fs/proc/task_mmu.c, m_start), so what was read
    // is only worth something if the process is still there, with the same image, afterwards.
    private Reading<IReadOnlyList<T>> Once<T>(string file, ProcFile.Parser<IReadOnlyList<T>> parser, out bool isBetweenPrograms)
    {
        isBetweenPrograms = false;
        var before = Stat();
        if (!before.TryGet(out var first))
        {
            return before.FailAs<IReadOnlyList<T>>();
        }

        if (first.IsKernelThread)
        {
            return NoMappings<IReadOnlyList<T>>(file);
        }

        var list = ProcFile.Parse(PathOf(file), parser);
        if (!list.IsOk && list.Failure is not (ReadFailure.Malformed or ReadFailure.ProcessGone))
        {
            return list;
        }

        var after = Stat();
        if (!after.TryGet(out var second))
        {
            return after.FailAs<IReadOnlyList<T>>();
        }

        // A process has no memory from some point of its exit on, and no stack yet from some point of an execve on; both look alive.
        if (second.IsZombie || second.StartTimeTicks != first.StartTimeTicks || second.VirtualBytes == 0)
        {
            return Reading<IReadOnlyList<T>>.Fail(ReadFailure.ProcessGone, $"{PathOf(file)}: the process ended while it was read");
        }

        isBetweenPrograms = second.StackStart == 0 || second.StackStart != first.StackStart;
        return isBetweenPrograms
            ? Reading<IReadOnlyList<T>>.Fail(ReadFailure.ProcessGone, $"{PathOf(file)}: the process was starting another program while it was read")
            : list;
    }

    private Reading<T> NoMappings<T>(string file) => Reading<T>.Fail(ReadFailure.NotAvailable, $"{PathOf(file)}: a kernel thread has no mappings");

    private static List<string> SplitAtNul(ReadOnlySpan<byte> text)
    {
        var parts = new List<string>();
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)0);
            parts.Add(Encoding.UTF8.GetString(end < 0 ? text : text[..end]));
            text = end < 0 ? default : text[(end + 1)..];
        }

        return parts;
    }

    private static Dictionary<string, string> ParseEnvironment(ReadOnlySpan<byte> text)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in SplitAtNul(text))
        {
            var equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                // The first of two equal names is the one that getenv finds.
                variables.TryAdd(entry[..equals], entry[(equals + 1)..]);
            }
        }

        return variables;
    }
}
