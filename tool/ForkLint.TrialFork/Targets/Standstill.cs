using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>Why a process does not run now, and what lets it run again.</summary>
/// <param name="State">The end of a sentence, such as <c>is stopped by a signal</c>.</param>
/// <param name="Remedy">What to do, such as <c>let it run (kill -CONT 42)</c>.</param>
internal sealed record Standstill(string State, string Remedy)
{
    /// <summary>Of a process in this condition; null where it runs.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="condition">Its condition.</param>
    /// <param name="tracer">The process that traces it; 0 for none.</param>
    public static Standstill? Of(int pid, ProcessCondition condition, int tracer = 0) => condition switch
    {
        ProcessCondition.Stopped => new("is stopped by a signal", string.Create(CultureInfo.InvariantCulture, $"let it run (kill -CONT {pid})")),
        ProcessCondition.Traced => new("is stopped by a debugger", "let it run, or detach the debugger"),
        ProcessCondition.Frozen => new("is frozen by its cgroup", "thaw the cgroup (docker unpause, for example)"),
        ProcessCondition.CoreDumping => new("is writing a core dump", "start it again: it ends when the dump is written"),
        _ when tracer > 0 => new(string.Create(CultureInfo.InvariantCulture, $"is traced by process {tracer}"), "detach the debugger"),
        _ => null,
    };
}
