using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ForkLint.Heap.Child;

/// <summary>
/// Reads the memory of a frozen process in bulk through a descriptor of its <c>/proc/PID/mem</c>.
/// Positional reads only, so several threads may share one instance.
/// </summary>
internal sealed unsafe class ChildMemory : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly bool _ownsHandle;
    private readonly int _descriptor;

    private ChildMemory(SafeFileHandle handle, bool ownsHandle)
    {
        _handle = handle;
        _ownsHandle = ownsHandle;
        _descriptor = (int)handle.DangerousGetHandle();
    }

    /// <summary>
    /// Uses the descriptor the agent handed over, or opens the file itself, which needs the right to attach
    /// (kernel: <c>mm_access(PTRACE_MODE_ATTACH)</c> in fs/proc/base.c).
    /// </summary>
    public static ChildMemory Open(FrozenProcess process) =>
        process.Memory is { } handed
            ? new ChildMemory(handed, ownsHandle: false)
            : new ChildMemory(
                File.OpenHandle($"/proc/{process.Pid}/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite),
                ownsHandle: true);

    /// <summary>How many bytes from <paramref name="address"/> on could be read; 0 where nothing is mapped.</summary>
    public int Read(ulong address, Span<byte> buffer)
    {
        if (address > long.MaxValue || buffer.IsEmpty)
        {
            return 0;
        }

        int done = 0;
        fixed (byte* target = &MemoryMarshal.GetReference(buffer))
        {
            while (done < buffer.Length)
            {
                nint got = NativeMethods.PRead(_descriptor, target + done, (nuint)(buffer.Length - done), (long)address + done);
                if (got <= 0)
                {
                    break;
                }

                done += (int)got;
            }
        }

        return done;
    }

    /// <summary>Reads one value; false where it is not fully readable.</summary>
    public bool TryRead<T>(ulong address, out T value)
        where T : unmanaged
    {
        Unsafe.SkipInit(out value);
        return Read(address, MemoryMarshal.AsBytes(new Span<T>(ref value))) == sizeof(T);
    }

    public void Dispose()
    {
        if (_ownsHandle)
        {
            _handle.Dispose();
        }
    }
}
