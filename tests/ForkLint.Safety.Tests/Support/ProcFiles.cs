using System.Globalization;

namespace ForkLint.Safety.Tests.Support;

/// <summary>What /proc shows of a process that others change meanwhile: what vanishes while it is read counts as gone.</summary>
internal static class ProcFiles
{
    /// <summary>The children of all threads, zombies included.</summary>
    public static List<int> Children(int pid) =>
        [.. Tasks(pid)
            .SelectMany(static task => Text($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(static child => int.Parse(child, CultureInfo.InvariantCulture))];

    /// <summary>
    /// The children that the agent made. A child carries the name of the thread that forked it (kernel/fork.c copies comm), so those
    /// that the application itself starts are told apart even before their exec.
    /// </summary>
    public static List<int> AgentChildren(int pid) => [.. Children(pid).Where(static child => Name(child).StartsWith("forklint", StringComparison.Ordinal))];

    /// <summary>The names of the agent's threads.</summary>
    public static List<string> AgentThreads(int pid) =>
        [.. Tasks(pid).Select(static task => Text($"{task}/comm").Trim()).Where(static name => name.StartsWith("forklint", StringComparison.Ordinal))];

    /// <summary>How many threads there are.</summary>
    public static int ThreadCount(int pid) => Tasks(pid).Length;

    /// <summary>What each open descriptor leads to, sorted; numbers are left out, because they are reused.</summary>
    public static List<string> Descriptors(int pid)
    {
        var links = new List<string>();
        foreach (string path in List($"/proc/{pid}/fd"))
        {
            try
            {
                if (new FileInfo(path).LinkTarget is { } link)
                {
                    links.Add(link);
                }
            }
            catch (IOException)
            {
            }
        }

        links.Sort(StringComparer.Ordinal);
        return links;
    }

    /// <summary>The addresses of Unix sockets that are the agent's, in the network namespace of a process.</summary>
    public static List<string> AgentSockets(int pid) =>
        [.. Text($"/proc/{pid}/net/unix").Split('\n')
            .Select(static line => line[(line.LastIndexOf(' ') + 1)..])
            .Where(path => path.Contains($"/forklint-{pid}-", StringComparison.Ordinal))];

    /// <summary>One letter: R, S, T, Z …; "" when it is gone.</summary>
    public static string State(int pid)
    {
        string stat = Text($"/proc/{pid}/stat");
        return stat.Length == 0 ? "" : stat.Substring(stat.LastIndexOf(')') + 2, 1);
    }

    /// <summary>Whether it is gone, or only its entry waits for whoever inherited it.</summary>
    public static bool IsDead(int pid) => State(pid) is "" or "Z" or "X";

    /// <summary>A number of /proc/PID/status, such as "SigBlk" or "FDSize".</summary>
    public static string StatusField(int pid, string field) =>
        Text($"/proc/{pid}/status").Split('\n').First(line => line.StartsWith(field + ":", StringComparison.Ordinal))[(field.Length + 1)..].Trim();

    /// <summary>The text of a file; "" when it is gone.</summary>
    public static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static string Name(int pid) => Text($"/proc/{pid}/comm").Trim();

    private static string[] Tasks(int pid) => List($"/proc/{pid}/task");

    private static string[] List(string folder)
    {
        try
        {
            return Directory.GetFileSystemEntries(folder);
        }
        catch (IOException)
        {
            return [];
        }
    }
}
