using ForkLint.Linux;

namespace ForkLint.Spawns;

/// <summary>The command lines of processes, from /proc.</summary>
internal static class CommandLines
{
    /// <summary>
    /// The program's name for itself and its arguments, of a process that may have just started its program: null where it has ended, or has no
    /// command line yet (fs/exec.c, begin_new_exec).
    /// </summary>
    public static (string Name, IReadOnlyList<string> Arguments)? Of(int pid) =>
        new ProcessFiles(pid).CommandLine().TryGet(out var line) && line.Count > 0 ? (line[0], [.. line.Skip(1)]) : null;
}
