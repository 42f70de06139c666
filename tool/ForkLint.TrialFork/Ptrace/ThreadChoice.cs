using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>A thread that waits in a call that stands a stop.</summary>
/// <param name="Id">Its id, as this process sees it.</param>
/// <param name="Call">The call.</param>
internal sealed record WaitingThread(int Id, WaitingCall Call);

/// <summary>Which threads of a target a trial may stop for a moment.</summary>
internal static class ThreadChoice
{
    /// <summary>Of hundreds of threads that all wait the first few are enough.</summary>
    private const int Enough = 8;

    /// <summary>The threads that will do, those in which nothing shows first.</summary>
    /// <param name="files">The target.</param>
    /// <param name="startedByUs">Whether this process started it, and so waits for its end on a thread of its own runtime.</param>
    /// <param name="stackBytes">What is going to be written below a stack pointer.</param>
    /// <param name="why">What the threads do instead, for an error message.</param>
    public static IReadOnlyList<WaitingThread> Find(ProcessFiles files, bool startedByUs, int stackBytes, out string why)
    {
        var found = new List<WaitingThread>();
        var reasons = new Dictionary<string, int>(StringComparer.Ordinal);
        IReadOnlyList<MapRegion>? maps = null;
        foreach (int thread in files.Threads().ValueOr([]))
        {
            string? objection = null;
            if (startedByUs && thread == files.Pid)
            {
                // The runtime asks waitpid for its children whenever one of them may have ended, and a stop of a traced main thread is an
                // answer to that: it would take the program for ended, and the tracer would never learn of the stop.
                objection = "is the main thread of a program that this tool started";
            }
            else if (Read(files, thread) is not { } call)
            {
                objection = "runs";
            }
            else if (call.Tolerance == StopTolerance.Visible)
            {
                objection = call.CallName.Length > 0 ? $"waits in {call.CallName}, which a stop would show in" : string.Create(CultureInfo.InvariantCulture, $"waits in system call {call.Number}, which a stop could show in");
            }
            else if (!StackPlace.HasRoom(maps ??= files.CoarseMaps().ValueOr([]), call.StackPointer, stackBytes))
            {
                objection = "has a stack that is small or of an unknown kind";
            }
            else
            {
                found.Add(new WaitingThread(thread, call));
            }

            if (objection is not null)
            {
                reasons[objection] = reasons.GetValueOrDefault(objection) + 1;
            }

            if (found.Count(static one => one.Call.Tolerance == StopTolerance.Invisible) >= Enough)
            {
                break;
            }
        }

        why = string.Join(", ", reasons.OrderByDescending(static reason => reason.Value).Select(static reason => string.Create(CultureInfo.InvariantCulture, $"{reason.Value} {reason.Key}")));
        return [.. found.OrderByDescending(static one => one.Call.Tolerance)];
    }

    /// <summary>The call that a thread waits in; null where it runs or is gone.</summary>
    public static WaitingCall? Read(ProcessFiles files, int thread)
    {
        try
        {
            return WaitingCall.Parse(File.ReadAllText(files.PathOf(string.Create(CultureInfo.InvariantCulture, $"task/{thread}/syscall"))));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
