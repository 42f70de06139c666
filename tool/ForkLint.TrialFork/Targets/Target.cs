using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>The process to measure: who it is does not change under our hands, because a pidfd holds it.</summary>
internal sealed class Target : IDisposable
{
    private const int KillSignal = 9;
    private const int InvalidArgument = 22;
    private const int NotImplemented = 38;

    private Target(int pid, Descriptor descriptor, ProcessStat stat, ProcessStatus status)
    {
        Pid = pid;
        Files = new ProcessFiles(pid);
        PidDescriptor = descriptor;
        Stat = stat;
        Status = status;
    }

    /// <summary>Its id in our pid namespace.</summary>
    public int Pid { get; }

    /// <summary>Its id in its own pid namespace: the names of its sockets carry it.</summary>
    public int NamespacePid => Status.NamespacePids.Count > 0 ? Status.NamespacePids[^1] : Pid;

    /// <summary>Its files below /proc.</summary>
    public ProcessFiles Files { get; }

    /// <summary>Readable when it has ended; without a number where the kernel gives none, see <see cref="HasPidDescriptor"/>.</summary>
    public Descriptor PidDescriptor { get; }

    /// <summary>Whether a pidfd holds it. Without one it can be looked at, and not entered.</summary>
    public bool HasPidDescriptor => PidDescriptor.Value >= 0;

    /// <summary>As it was when it was opened.</summary>
    public ProcessStat Stat { get; }

    /// <summary>As it was when it was opened.</summary>
    public ProcessStatus Status { get; }

    /// <summary>How many mappings it has, counted without looking at any page; null where they cannot be read.</summary>
    public int? MappingCount => Files.CountMappings() is { IsOk: true } count ? count.Value : null;

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => HasPidDescriptor
        ? PidDescriptor.IsReadable(0)
        : !Files.Stat().TryGet(out var now) || now.IsZombie || now.StartTimeTicks != Stat.StartTimeTicks;

    /// <summary>Whether it runs another program by now: execve draws a new address for the stack, and ends the agent's thread.</summary>
    public bool RunsAnotherProgram => Stat.StackStart != 0 && Files.Stat().TryGet(out var now) && now.StackStart != 0 && now.StackStart != Stat.StackStart;

    /// <summary>"name (pid 7)".</summary>
    public string Title => string.Create(CultureInfo.InvariantCulture, $"{Stat.Comm} (pid {Pid})");

    /// <summary>Opens a process.</summary>
    /// <exception cref="MeasureException">There is none, it has ended, or it belongs to the kernel.</exception>
    public static Target Open(int pid)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new MeasureException(ExitReason.MeasurementFailed, "a fork can be measured on Linux only", "run it on Linux, or in a Linux container");
        }

        var descriptor = OpenPidDescriptor(pid);
        try
        {
            var (stat, status) = NamedProcess.Require(pid);
            return new Target(pid, descriptor, stat, status);
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>Ends a process through its pidfd, which cannot hit another one; nothing happens if it is gone.</summary>
    public static void Kill(Descriptor pidDescriptor) => _ = Libc.SystemCall(Libc.PidfdSendSignalCall, pidDescriptor.Value, KillSignal, 0, 0);

    /// <inheritdoc/>
    public void Dispose() => PidDescriptor.Dispose();

    private static Descriptor OpenPidDescriptor(int pid)
    {
        if (pid <= 0)
        {
            throw Measurement.Gone(pid);
        }

        int descriptor = (int)Libc.SystemCall(Libc.PidfdOpenCall, pid, 0, 0, 0);
        if (descriptor >= 0)
        {
            return new Descriptor(descriptor);
        }

        int error = Libc.LastError;
        return error switch
        {
            Libc.ErrorNoProcess => throw Measurement.Gone(pid),
            InvalidArgument or Libc.ErrorNoEntry when new ProcessFiles(pid).Status().TryGet(out var status) && status.Pid != pid => throw NamedProcess.IsThread(pid, status),

            // Not in Linux before 5.3, and refused by the seccomp filters of older container engines.
            NotImplemented or Libc.ErrorNotPermitted => new Descriptor(-1),
            _ => throw new MeasureException(ExitReason.MeasurementFailed, $"process {pid} cannot be opened: {Libc.Message(error)}", "raise the tool's limits (ulimit -n), or try again"),
        };
    }
}
