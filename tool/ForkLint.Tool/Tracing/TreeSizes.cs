using ForkLint.Linux;
using ForkLint.Tool.Processes;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Tracing;

/// <summary>Looks at a tree of processes now and then, and keeps its largest moment.</summary>
internal sealed class TreeSizes
{
    private readonly Dictionary<int, string> _names = [];

    /// <summary>The largest moment so far.</summary>
    public TreePeak Peak { get; private set; } = new(null, []);

    /// <summary>Reads the resident sets of these processes, which costs each of them nothing: no lock of theirs is taken.</summary>
    public void Look(IEnumerable<int> processes)
    {
        var members = new List<TreeMember>();
        foreach (var pid in processes)
        {
            var files = new ProcessFiles(pid);
            if (files.Status().TryGet(out var status) && status.ResidentBytes is { } resident)
            {
                members.Add(new TreeMember(pid, NameOf(files, status), resident));
            }
        }

        var sum = members.Sum(static member => member.ResidentBytes);
        if (members.Count > 0 && sum > (Peak.PeakResidentBytes ?? 0))
        {
            Peak = new TreePeak(sum, [.. members.OrderByDescending(static member => member.ResidentBytes)]);
        }
    }

    // A process that has not started its program yet still has its parent's name: the kernel's name of it changes with the program.
    private string NameOf(ProcessFiles files, ProcessStatus status)
    {
        var key = status.Name;
        if (!_names.TryGetValue(files.Pid, out var known) || !known.StartsWith(key + '\0', StringComparison.Ordinal))
        {
            known = key + '\0' + ProcessName.Of(files);
            _names[files.Pid] = known;
        }

        return known[(key.Length + 1)..];
    }
}
