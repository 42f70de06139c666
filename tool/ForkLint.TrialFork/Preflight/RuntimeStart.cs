using System.Globalization;

namespace ForkLint.TrialFork;

/// <summary>
/// Whether a runtime has started. A hook that comes while it starts runs managed code on the diagnostics thread before the main thread has
/// set up what that code needs: the application then dies of SIGSEGV, in particular as long as libSystem.Native is not loaded
/// (dotnet/runtime#54083). All of it is seen from outside, in maps and in the state of the threads.
/// </summary>
internal sealed class RuntimeStart(Target target)
{
    /// <summary>A start is one stretch of computing: a main thread that sleeps this often in a row is past it.</summary>
    private const int SleepingLooks = 4;
    private const int PauseMilliseconds = 15;

    /// <summary>A main thread that never sleeps has computed this much since the runtime's libraries were there.</summary>
    private const long ComputedTicks = 30;

    private int _sleeping;
    private long? _computedBefore;

    /// <summary>What a process shows of its runtime, once that has started where it is just starting: before, its socket may not be there yet.</summary>
    /// <param name="subject">The process, and what it shows now.</param>
    /// <returns>The same where nothing has to be waited for, or the patience was not enough: the checks say so.</returns>
    /// <exception cref="MeasureException">The target is gone or may not be read.</exception>
    public static DotNetFacts Settled(PreflightSubject subject)
    {
        var (target, facts) = (subject.Target, subject.Facts);
        bool hasStartToWaitFor = subject.Request.Engine is EngineKind.Auto or EngineKind.Agent && facts is { IsDotNet: true, IsNativeAot: false, IsMono: false };
        var start = new RuntimeStart(target);
        if (!hasStartToWaitFor || start.HasLoadedLibraries() || RuntimePause.AskedBy(subject.Environment) != null)
        {
            return facts;
        }

        return start.Await(new Deadline(subject.Request.StartPatience, target.PidDescriptor.Value, subject.Cancellation))
            ? DotNetProbe.Probe(target.Files, target.Stat, target.Status)
            : facts;
    }

    /// <summary>Looks until it has started.</summary>
    /// <returns>False when the patience is over, or the target is dead.</returns>
    /// <exception cref="MeasureException">The target is gone or may not be read.</exception>
    public bool Await(Deadline deadline)
    {
        while (!Look())
        {
            if (!deadline.Pause(PauseMilliseconds))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the runtime has loaded what managed code needs: what a suspended one has not.</summary>
    /// <exception cref="MeasureException">The target is gone or may not be read.</exception>
    public bool HasLoadedLibraries()
    {
        var maps = Measurement.Require(target.Files.CoarseMaps(), target.Pid);
        return maps.Any(static map => map.Path.EndsWith("/libcoreclr.so", StringComparison.Ordinal))
            ? maps.Any(static map => map.Path.EndsWith("/libSystem.Native.so", StringComparison.Ordinal)) && maps.Any(static map => map.Path.EndsWith("/System.Private.CoreLib.dll", StringComparison.Ordinal))
            : HasFinalizer(); // A single file holds the libraries itself: the finalizer's thread comes after CoreLib.
    }

    private bool Look()
    {
        if (!HasLoadedLibraries())
        {
            return false;
        }

        var (state, computed) = MainThread();
        _computedBefore ??= computed;
        _sleeping = state is 'S' or 'Z' ? _sleeping + 1 : 0;
        return _sleeping >= SleepingLooks || computed - _computedBefore >= ComputedTicks;
    }

    private bool HasFinalizer() =>
        target.Files.Threads().TryGet(out var threads) && threads.Any(thread => DotNetProbe.ReadThreadName(target.Files, thread).StartsWith(".NET Finalizer", StringComparison.Ordinal));

    /// <summary>The main thread's state and the processor time that it has had, in the kernel's ticks of 10 ms (proc_pid_stat(5)).</summary>
    private (char State, long Ticks) MainThread()
    {
        try
        {
            string stat = File.ReadAllText(target.Files.PathOf(string.Create(CultureInfo.InvariantCulture, $"task/{target.Pid}/stat")));
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (fields[0][0], long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return ('?', 0);
        }
    }
}
