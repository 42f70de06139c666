using Microsoft.Win32.SafeHandles;

namespace ForkLint.Heap;

/// <summary>A frozen copy of an application, made by a fork, that nothing in it runs on.</summary>
/// <param name="Pid">The copy, in the pid namespace of this process.</param>
/// <param name="ApplicationPid">The application it was copied from, whose threads give the stacks their names.</param>
/// <param name="Memory">
/// An open descriptor of the copy's <c>/proc/PID/mem</c>, handed over by someone allowed to attach to it; null to open it here.
/// </param>
public sealed record FrozenProcess(int Pid, int ApplicationPid, SafeFileHandle? Memory = null);
