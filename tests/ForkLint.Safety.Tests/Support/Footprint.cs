namespace ForkLint.Safety.Tests.Support;

/// <summary>All that a measurement could leave in or around an application, at one moment.</summary>
internal sealed record Footprint
{
    private const string ShimPrefix = "forklint-shim-";

    /// <summary>What the open descriptors lead to.</summary>
    public required IReadOnlyList<string> Descriptors { get; init; }

    /// <summary>The files of its temporary folder.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>The signals that the main thread blocks, the process ignores and catches.</summary>
    public required string Signals { get; init; }

    /// <summary>Looks.</summary>
    public static Footprint Of(int pid, string temporaryFolder) => new()
    {
        Descriptors = ProcFiles.Descriptors(pid),
        Files = [.. Directory.GetFileSystemEntries(temporaryFolder).Order(StringComparer.Ordinal)],
        Signals = string.Join(' ', new[] { "SigBlk", "SigIgn", "SigCgt" }.Select(field => ProcFiles.StatusField(pid, field))),
    };

    /// <summary>What is left of a measurement now that was not there at the time of this; "" when there is nothing.</summary>
    public string Left(int pid, string temporaryFolder)
    {
        var now = Of(pid, temporaryFolder);
        var left = new List<string>();
        left.AddRange(ProcFiles.AgentChildren(pid).Select(static child => $"child {child} in state {ProcFiles.State(child)}"));
        left.AddRange(ProcFiles.AgentThreads(pid).Select(static name => $"thread {name}"));
        left.AddRange(ProcFiles.AgentSockets(pid).Select(static path => $"socket {path}"));
        left.AddRange(Added(Descriptors, now.Descriptors).Where(static link => !IsAssembly(link)).Select(static link => $"descriptor of {link}"));
        left.AddRange(now.Files.Except(Files).Where(static path => !IsShim(path)).Select(static path => $"file {path}"));
        if (now.Signals != Signals)
        {
            left.Add($"signals {now.Signals}, not {Signals}");
        }

        return string.Join("; ", left);
    }

    /// <summary>What is there more often than before, as often as it is.</summary>
    public static IEnumerable<string> Added(IEnumerable<string> before, IEnumerable<string> now)
    {
        var counts = before.GroupBy(static link => link).ToDictionary(static group => group.Key, static group => group.Count());
        return now.GroupBy(static link => link).SelectMany(group => group.Skip(counts.GetValueOrDefault(group.Key)));
    }

    /// <summary>The runtime may keep the file of an assembly that it loaded open, as it does for the application's own.</summary>
    private static bool IsAssembly(string link) => link.StartsWith('/') && link.EndsWith(".dll", StringComparison.Ordinal);

    /// <summary>The one file that may stay: read-only and named by its content.</summary>
    private static bool IsShim(string path) =>
        Path.GetFileName(path).StartsWith(ShimPrefix, StringComparison.Ordinal)
        && Path.GetExtension(path) == ".dll"
        && File.GetUnixFileMode(path) == (UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
}
