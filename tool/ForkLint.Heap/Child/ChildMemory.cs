using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ForkLint.Heap.Interop;
using ForkLint.Linux;
using Microsoft.Win32.SafeHandles;

namespace ForkLint.Heap.Child;

/// <summary>
/// Reads the memory of a process in bulk through a descriptor of its <c>/proc/PID/mem</c>, or of its core file.
/// Positional reads only, so several threads may share one instance.
/// </summary>
internal sealed unsafe class ChildMemory : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly bool _ownsHandle;
    private readonly int _descriptor;
    private readonly MemoryReader _now;
    private readonly CoreMemory? _core;
    private SharedMemory _shared = SharedMemory.None;
    private UntouchedPages? _untouched;

    private ChildMemory(SafeFileHandle handle, bool ownsHandle)
    {
        _handle = handle;
        _ownsHandle = ownsHandle;
        _descriptor = (int)handle.DangerousGetHandle();
        _now = ReadLive;
    }

    private ChildMemory(SafeFileHandle file, CoreMemory core)
        : this(file, ownsHandle: false)
    {
        _core = core;
        _now = core.Read;
    }

    /// <summary>
    /// Uses the descriptor the agent handed over, or opens the file itself, which needs the right to attach
    /// (kernel: <c>mm_access(PTRACE_MODE_ATTACH)</c> in fs/proc/base.c).
    /// </summary>
    /// <exception cref="HeapReadException">It is a core file that cannot be read.</exception>
    public static ChildMemory Open(FrozenProcess process) => process.IsCore
        ? new ChildMemory(process.Memory!, new CoreMemory(process.Memory!, CoreView.Read(process)))
        : process.Memory is { } handed
            ? new ChildMemory(handed, ownsHandle: false)
            : new ChildMemory(
                File.OpenHandle($"/proc/{process.Pid}/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite),
                ownsHandle: true);

    /// <summary>Freezes what the application shares with the copy too: to be called before any read.</summary>
    /// <param name="regions">The regions of the copy.</param>
    public void Freeze(IEnumerable<MapRegion> regions) => _shared = SharedMemory.Copy(regions, _now);

    /// <summary>
    /// From here on, pages of anonymous memory that the process never wrote to are not read but known to be zero: reading one through its <c>mem</c> would make the kernel map it
    /// into the process. For one that runs on.
    /// </summary>
    /// <param name="pid">The process.</param>
    /// <param name="regions">Its regions, ascending.</param>
    public void LeaveUntouched(int pid, IReadOnlyList<MapRegion> regions) => _untouched = UntouchedPages.Open(pid, regions);

    /// <summary>How many bytes from <paramref name="address"/> on could be read; 0 where nothing is mapped.</summary>
    public int Read(ulong address, Span<byte> buffer)
    {
        int done = 0;
        while (done < buffer.Length)
        {
            int got;
            Span<byte> rest = buffer[done..];
            if (_shared.TryGet(address + (ulong)done, out ReadOnlySpan<byte> bytes, out ulong next))
            {
                got = Math.Min(bytes.Length, rest.Length);
                bytes[..got].CopyTo(rest);
            }
            else
            {
                Span<byte> here = rest[..(int)Math.Min((ulong)rest.Length, next - address - (ulong)done)];
                got = _untouched is { } untouched ? untouched.Read(address + (ulong)done, here, _now) : _now(address + (ulong)done, here);
            }

            if (got == 0)
            {
                break;
            }

            done += got;
        }

        return done;
    }

    private int ReadLive(ulong address, Span<byte> buffer)
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
                nint got = Libc.ReadAt(_descriptor, target + done, (nuint)(buffer.Length - done), (long)address + done);
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
        _untouched?.Dispose();
        _core?.Dispose();
        if (_ownsHandle)
        {
            _handle.Dispose();
        }
    }
}
