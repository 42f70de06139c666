using System.Runtime.InteropServices;

namespace ForkLint.Samples;

/// <summary>
/// A fork of this process that runs no managed code: its only function is the C library's <c>sleep</c>, so it stays as it
/// was at the fork, and it ends by itself.
/// Managed code in a forked child is unsafe: only the calling thread survives there, and the memory of compiled code is
/// shared with the parent (dotnet/runtime#95890).
/// </summary>
internal sealed unsafe class FrozenChild : IDisposable
{
    private const int SleepSeconds = 30;
    private const int StackLengthBytes = 64 * 1024;

    private FrozenChild(int pid) => Pid = pid;

    /// <summary>The process id of the child.</summary>
    internal int Pid { get; }

    /// <summary>Forks. Returns the child, or null with the error number of the C library where the kernel refuses.</summary>
    internal static FrozenChild? TryFork(out int errorNumber)
    {
        var sleep = NativeLibrary.GetExport(NativeLibrary.Load("libc.so.6"), "sleep");
        var stack = (byte*)NativeMemory.AlignedAlloc(StackLengthBytes, 16);

        // A signal that arrives in the child would run the runtime's handler there, so none is let through.
        var all = stackalloc ulong[16];
        var old = stackalloc ulong[16];
        new Span<ulong>(all, 16).Fill(ulong.MaxValue);
        _ = LibC.SetSignalMask(2, all, old);
        var pid = LibC.Clone(sleep, (nint)(stack + StackLengthBytes), LibC.CloneFiles, SleepSeconds);
        errorNumber = pid < 0 ? Marshal.GetLastPInvokeError() : 0;
        _ = LibC.SetSignalMask(2, old, null);

        // The child has a copy of its stack: ours is not needed any more.
        NativeMemory.AlignedFree(stack);
        return pid < 0 ? null : new FrozenChild(pid);
    }

    /// <summary>
    /// Makes the child write each page of a range once. The kernel does what it does when the child's own code writes:
    /// it copies the page for the child (<c>access_remote_vm</c>, mm/memory.c).
    /// </summary>
    internal void WritePages(nint address, long lengthBytes)
    {
        using var memory = File.OpenHandle($"/proc/{Pid}/mem", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        Span<byte> one = stackalloc byte[1];
        for (long offset = 0; offset < lengthBytes; offset += Environment.SystemPageSize)
        {
            RandomAccess.Read(memory, one, address + offset);
            RandomAccess.Write(memory, one, address + offset);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        int status;
        _ = LibC.SendSignal(Pid, LibC.Kill);
        _ = LibC.WaitPid(Pid, &status, LibC.WaitForAnyChild);
    }
}
