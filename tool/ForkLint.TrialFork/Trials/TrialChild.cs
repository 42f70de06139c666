using System.Diagnostics;
using ForkLint.Linux;
using Microsoft.Win32.SafeHandles;

namespace ForkLint.TrialFork;

/// <summary>A child of the application, held by its pidfd. It sleeps in libc and ends by itself.</summary>
internal sealed class TrialChild : IDisposable
{
    private readonly Descriptor _descriptor;
    private readonly long _forkedAt = Stopwatch.GetTimestamp();

    private TrialChild(int pid, Descriptor descriptor, SafeFileHandle? memory)
    {
        _descriptor = descriptor;
        Memory = memory;
        Pid = pid;
        Files = new ProcessFiles(pid);
    }

    /// <summary>Takes the child that an answer brings, once it is proven to be the application's and made for this request.</summary>
    /// <exception cref="MeasureException">It is not: nothing was done to it, and its descriptors are closed.</exception>
    public static TrialChild Take(AgentAnswer answer, Target target)
    {
        try
        {
            int pid = ChildProof.Require(answer.ChildDescriptor!, target, answer.Reply.ChildPid, answer.AskedTicks);
            return new TrialChild(pid, answer.ChildDescriptor!, ChildMemory.Open(target, pid, answer.ChildMemory));
        }
        catch
        {
            answer.ChildDescriptor!.Dispose();
            answer.ChildMemory?.Dispose();
            throw;
        }
    }

    /// <summary>Takes the child that a tracer made: the kernel named it, and its number cannot be given away before the tracer has waited for it.</summary>
    /// <param name="pid">The child.</param>
    /// <param name="needsMemory">Whether its memory is opened.</param>
    /// <exception cref="MeasureException">It cannot be held.</exception>
    public static TrialChild Of(int pid, bool needsMemory)
    {
        int descriptor = (int)Libc.SystemCall(Libc.PidfdOpenCall, pid, 0, 0, 0);
        if (descriptor < 0)
        {
            throw new MeasureException(ExitReason.MeasurementFailed, $"the child of the trial cannot be held: {Libc.Message(Libc.LastError)}", "try again; look for out-of-memory kills (dmesg) if it happens again");
        }

        int memory = needsMemory ? Libc.OpenAt(Libc.CurrentDirectory, new ProcessFiles(pid).PathOf("mem"), Libc.ReadWrite | Libc.CloseOnExec, 0) : -1;
        return new TrialChild(pid, new Descriptor(descriptor), memory < 0 ? null : new SafeFileHandle(memory, ownsHandle: true));
    }

    /// <summary>Its id in our pid namespace, where the application's own number for it means nothing.</summary>
    public int Pid { get; }

    /// <summary>Its files below /proc.</summary>
    public ProcessFiles Files { get; }

    /// <summary>Its memory; null if not asked for, or not even its ancestor may open it.</summary>
    public SafeFileHandle? Memory { get; }

    /// <summary>How long ago it was forked.</summary>
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
}
