using System.Globalization;

namespace ForkLint.Linux;

/// <summary>Other processes: those that share the tightest limit with a process, and those that it has started.</summary>
public sealed record Surroundings
{
    /// <summary>No process is known.</summary>
    public static Surroundings Unknown { get; } = new();

    /// <summary>
    /// The processes below the limit with the least room at which the kernel kills, the process itself among them and this tool left out, the largest first.
    /// </summary>
    public IReadOnlyList<ProcessMemory> Processes { get; init; } = [];

    /// <summary>What the process and its descendants have started and still runs, each in a program of its own, the largest first.</summary>
    public IReadOnlyList<ProcessMemory> Descendants { get; init; } = [];

    /// <summary>Reads them. What ends meanwhile, or may not be read, is left out.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="situation">The limits over it.</param>
    /// <param name="tool">This tool.</param>
    /// <param name="procRoot">Where procfs is mounted.</param>
    public static Surroundings Read(int pid, ForkSituation situation, ToolFootprint tool, string procRoot = "/proc")
    {
        ArgumentNullException.ThrowIfNull(situation);
        ArgumentNullException.ThrowIfNull(tool);
        var all = ProcessDiscovery.Pids(procRoot);
        var tightest = MemoryRoom.Over(situation).Where(static room => room.Rule != AdmissionRule.MemoryHigh).MinBy(static room => room.Bytes)!;
        var sharing = tightest.Path is { } directory ? InCgroup(directory) : all;
        return new Surroundings
        {
            Processes = LargestFirst(sharing.Append(pid).Distinct().Except(tool.Pids), procRoot),
            Descendants = [.. LargestFirst(DescendantsOf(pid, all, procRoot).Except(tool.Pids), procRoot).Where(IsOtherProgram(pid, procRoot))],
        };
    }

    private static List<ProcessMemory> LargestFirst(IEnumerable<int> pids, string procRoot) =>
        [.. pids.Select(pid => ProcessMemory.Read(new ProcessFiles(pid, procRoot))).Where(static read => read.IsOk).Select(static read => read.Value).OrderByDescending(static process => process.ResidentBytes)];

    // What a fork has resident it shares with its parent: only a program of its own adds what it shows. execve draws a new address for the stack.
    private static Func<ProcessMemory, bool> IsOtherProgram(int pid, string procRoot)
    {
        var own = new ProcessFiles(pid, procRoot).Stat() is { IsOk: true } stat ? stat.Value.StackStart : 0;
        return process => own == 0 || process.StackStart != own;
    }

    private static IEnumerable<int> DescendantsOf(int root, IReadOnlyList<int> all, string procRoot) =>
        ProcessDiscovery.Descendants(root, all.Select(pid => new ProcessFiles(pid, procRoot).Stat()).Where(static stat => stat.IsOk).Select(static stat => stat.Value)).Select(static stat => stat.Pid);

    // A process of another pid namespace is printed as 0.
    private static List<int> InCgroup(string directory)
    {
        List<int> pids = [];
        if (ProcFile.ReadTrimmed($"{directory}/cgroup.procs").TryGet(out var text))
        {
            foreach (var line in text.Split('\n'))
            {
                if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && pid > 0)
                {
                    pids.Add(pid);
                }
            }
        }

        try
        {
            foreach (var inner in Directory.EnumerateDirectories(directory))
            {
                pids.AddRange(InCgroup(inner));
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The cgroup was removed meanwhile, or may not be listed.
        }

        return pids;
    }
}
