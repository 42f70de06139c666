namespace ForkLint.TrialFork;

/// <summary>
/// One measurement per target at a time. The lock lies on the target's directory below /proc: it leaves no file behind, and the kernel
/// releases it when its holder dies, however it dies.
/// </summary>
internal static class MeasurementLock
{
    private const int ExclusiveWithoutWaiting = 2 | 4;
    private const int PollMilliseconds = 20;

    /// <summary>Takes the lock; disposing the descriptor releases it.</summary>
    /// <exception cref="MeasureException">Another process holds it.</exception>
    public static Descriptor Take(Target target, TimeSpan patience, CancellationToken cancellation)
    {
        int opened = Libc.OpenAt(Libc.CurrentDirectory, target.Files.PathOf(""), Libc.ReadOnly | Libc.DirectoryOnly | Libc.CloseOnExec, 0);
        if (opened < 0)
        {
            throw Measurement.Gone(target.Pid);
        }

        var descriptor = new Descriptor(opened);
        try
        {
            var deadline = new Deadline(patience, target.PidDescriptor.Value, cancellation);
            while (Libc.Lock(descriptor.Value, ExclusiveWithoutWaiting) != 0)
            {
                int error = Libc.LastError;
                if (error is not (Libc.ErrorAgain or Libc.ErrorInterrupted))
                {
                    throw target.HasEnded ? Measurement.Gone(target.Pid) : new MeasureException(
                        ExitReason.MeasurementFailed,
                        $"flock is refused here ({Libc.Message(error)}), and without it two measurements could run in the application at once",
                        "run the tool where flock is allowed, or use --engine estimate")
                    { AllowsEstimate = true };
                }

                if (!deadline.Pause(PollMilliseconds))
                {
                    throw target.HasEnded ? Measurement.Gone(target.Pid) : new MeasureException(
                        ExitReason.RefusedForSafety,
                        $"another measurement of {target.Title} is under way",
                        "wait until it is done");
                }
            }

            return descriptor;
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }
}
