using System.Diagnostics;
using System.Globalization;
using ForkLint.Linux;
using Microsoft.Win32.SafeHandles;

namespace ForkLint.TrialFork;

/// <summary>A child of the application, held by its pidfd. It sleeps in libc and ends by itself.</summary>
internal sealed class TrialChild : IDisposable
{
    private readonly Descriptor _descriptor;
    private readonly long _forkedAt = Stopwatch.GetTimestamp();

    public TrialChild(Descriptor descriptor, Descriptor? memory)
    {
        _descriptor = descriptor;
        Memory = memory == null ? null : new SafeFileHandle(memory.Detach(), ownsHandle: true);
        Pid = PidOf(descriptor);
        Files = new ProcessFiles(Pid);
    }

    /// <summary>Its id in our pid namespace, where the application's own number for it means nothing.</summary>
    public int Pid { get; }

    /// <summary>Its files below /proc.</summary>
    public ProcessFiles Files { get; }

    /// <summary>Its memory; null if not asked for, or not even its ancestor may open it.</summary>
    public SafeFileHandle? Memory { get; }

    /// <summary>When it was forked.</summary>
    public DateTimeOffset ForkedAt { get; } = DateTimeOffset.UtcNow;

    /// <summary>How long ago.</summary>
    public TimeSpan Age => Stopwatch.GetElapsedTime(_forkedAt);

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => _descriptor.IsReadable(0);

    /// <summary>Ends it at once, even if the application is dead. The agent, or init, reaps it.</summary>
    public void Kill()
    {
        if (_descriptor.Value >= 0)
        {
            Target.Kill(_descriptor);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        Memory?.Dispose();
        _descriptor.Dispose();
    }

    /// <summary>The kernel prints the process of a pidfd as this process's /proc numbers it (pidfd_show_fdinfo).</summary>
    private static int PidOf(Descriptor descriptor)
    {
        foreach (string line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fdinfo/{descriptor.Value}")))
        {
            if (line.StartsWith("Pid:", StringComparison.Ordinal) && int.TryParse(line.AsSpan(4), NumberStyles.Integer, CultureInfo.InvariantCulture, out int pid) && pid > 0)
            {
                return pid;
            }
        }

        throw new MeasureException(ExitReason.MeasurementFailed, "the child cannot be seen from here: it is in another pid namespace or ended at once", "run the tool on the host, or in a namespace that holds the application's");
    }
}
