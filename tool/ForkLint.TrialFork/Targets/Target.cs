using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>The process to measure: who it is does not change under our hands, because a pidfd holds it.</summary>
internal sealed class Target : IDisposable
{
    private const int KillSignal = 9;

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

    /// <summary>Readable when it has ended.</summary>
    public Descriptor PidDescriptor { get; }

    /// <summary>As it was when it was opened.</summary>
    public ProcessStat Stat { get; }

    /// <summary>As it was when it was opened.</summary>
    public ProcessStatus Status { get; }

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => PidDescriptor.IsReadable(0);

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
            var files = new ProcessFiles(pid);
            var stat = Measurement.Require(files.Stat(), pid);
            if (stat.IsKernelThread)
            {
                throw new MeasureException(ExitReason.NotDotNet, $"{stat.Comm} (pid {pid}) is a kernel thread", "name a .NET process: dotnet forklint ps lists them");
            }

            if (stat.IsZombie)
            {
                throw Measurement.Gone(pid);
            }

            return new Target(pid, descriptor, stat, Measurement.Require(files.Status(), pid));
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
        throw error switch
        {
            Libc.ErrorNoProcess => Measurement.Gone(pid),
            22 => new MeasureException(ExitReason.NoSuchProcess, $"{pid} is the id of a thread, not of a process", "give the id of the process"),
            _ => new MeasureException(ExitReason.MeasurementFailed, $"process {pid} cannot be opened: {Libc.Message(error)}", "the tool needs Linux 5.3 or later"),
        };
    }
}
