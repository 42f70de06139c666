using System.Runtime.InteropServices;

namespace ForkLint.Spawns.Tracing;

/// <summary>The part of struct perf_event_attr that is used here (include/uapi/linux/perf_event.h, PERF_ATTR_SIZE_VER7).</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct PerfAttributes
{
    /// <summary>PERF_ATTR_SIZE_VER5: known to every kernel since 4.1.</summary>
    public const int SizeBytes = 112;

    public const uint TypeSoftware = 1;
    public const uint TypeTracepoint = 2;

    /// <summary>PERF_COUNT_SW_DUMMY: an event that never happens, for the records that come with it.</summary>
    public const ulong CountsNothing = 9;
    public const ulong SampleThread = 2;
    public const ulong SampleTime = 4;
    public const ulong SampleCallChain = 32;
    public const ulong SampleRaw = 1024;
    public const ulong SampleUserRegisters = 4096;
    public const ulong SampleUserStack = 8192;
    public const ulong SampleIdentifier = 65536;
    public const ulong Disabled = 1;
    public const ulong Inherit = 1UL << 1;
    public const ulong ExcludeKernel = 1UL << 5;
    public const ulong ExcludeHypervisor = 1UL << 6;
    public const ulong Names = 1UL << 9;
    public const ulong Tasks = 1UL << 13;
    public const ulong Watermark = 1UL << 14;
    public const ulong SampleEveryRecord = 1UL << 18;
    public const ulong ExcludeKernelCallChain = 1UL << 21;
    public const ulong NamesByProgram = 1UL << 24;
    public const ulong UseClock = 1UL << 25;
    public const int ClockMonotonic = 1;

    [FieldOffset(0)]
    public uint Type;

    [FieldOffset(4)]
    public uint Size;

    [FieldOffset(8)]
    public ulong Config;

    [FieldOffset(16)]
    public ulong Period;

    [FieldOffset(24)]
    public ulong SampleType;

    [FieldOffset(40)]
    public ulong Flags;

    /// <summary>Events, or with <see cref="Watermark"/> bytes, after which the reader is woken.</summary>
    [FieldOffset(48)]
    public uint Wakeup;

    /// <summary>With <see cref="SampleUserRegisters"/>: a bit for each register.</summary>
    [FieldOffset(80)]
    public ulong UserRegisters;

    /// <summary>With <see cref="SampleUserStack"/>: how many bytes of the stack.</summary>
    [FieldOffset(88)]
    public uint UserStackBytes;

    [FieldOffset(92)]
    public int Clock;

    [FieldOffset(108)]
    public ushort MostFrames;
}
