using Microsoft.Win32.SafeHandles;

namespace ForkLint.Heap;

/// <summary>A process whose memory is read: a frozen copy of an application, made by a fork, that nothing in it runs on; the application itself; or a core file.</summary>
/// <param name="Pid">The process, in the pid namespace of this process.</param>
/// <param name="ApplicationPid">The application it was copied from, whose threads give the stacks their names and their places.</param>
/// <param name="Memory">
/// An open descriptor of its <c>/proc/PID/mem</c>, or of the core file, handed over by someone allowed to attach to it; null to open it here.
/// </param>
public sealed record FrozenProcess(int Pid, int ApplicationPid, SafeFileHandle? Memory = null)
{
    /// <summary>The application itself, where the kernel refuses it a copy: it runs on while it is read, and what was read is checked against what it is afterwards.</summary>
    public static FrozenProcess Running(int pid, SafeFileHandle? memory = null) => new(pid, pid, memory);

    /// <summary>A process that has ended, as a core file has it.</summary>
    /// <param name="file">The open file: a regular one that a <c>CoreFile</c> can be read from.</param>
    public static FrozenProcess OfCore(SafeFileHandle file) => new(0, 0, file) { IsCore = true };

    /// <summary>Whether <see cref="Memory"/> is a core file.</summary>
    public bool IsCore { get; private init; }

    /// <summary>Whether the process runs on.</summary>
    public bool IsRunning => !IsCore && Pid == ApplicationPid;
}
