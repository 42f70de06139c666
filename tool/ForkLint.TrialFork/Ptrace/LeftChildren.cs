using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>
/// Children of earlier measurements whose tool was killed. They have ended, but only the application can collect them, and it does not know of
/// them: they stay in the process table until the next measurement makes it.
/// </summary>
internal static class LeftChildren
{
    /// <summary>One less than the most: no program sets it by chance, and the kernel still kills such a process first.</summary>
    private const string MarkText = "999";
    private const int ExitCodeField = 52; // proc_pid_stat(5)
    private const int KilledStatus = 9;

    /// <summary>Marks a child: it is the first that the kernel kills when memory runs out.</summary>
    public static void Mark(int child)
    {
        try
        {
            File.WriteAllText(ScoreOf(child), MarkText);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It has ended, or /proc is read-only: it lives for seconds.
        }
    }

    /// <summary>The zombies below a process that a trial has made and no tool has collected.</summary>
    public static IReadOnlyList<int> Of(int pid) =>
        [.. ProcessDiscovery.Children(pid).Where(child => IsLeft(pid, child))];

    private static bool IsLeft(int parent, int pid)
    {
        // What fork, vfork and posix_spawn make announces its end with a signal; a trial's clone does not.
        if (!new ProcessFiles(pid).Stat().TryGet(out var stat) || stat.ParentPid != parent || !stat.IsZombie || stat.ExitSignal != 0)
        {
            return false;
        }

        int? status = ExitStatus(pid);
        return status == InjectionPlan.ExitCode << 8 || (status == KilledStatus && Read(ScoreOf(pid)) == MarkText);
    }

    private static int? ExitStatus(int pid)
    {
        string text = Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
        string[] fields = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > ExitCodeField - 3 && int.TryParse(fields[ExitCodeField - 3], NumberStyles.None, CultureInfo.InvariantCulture, out int status) ? status : null;
    }

    private static string ScoreOf(int pid) => string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/oom_score_adj");

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path).TrimEnd('\n');
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
