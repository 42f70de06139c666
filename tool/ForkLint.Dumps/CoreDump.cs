using ForkLint.Dumps.Core;
using ForkLint.Linux;

namespace ForkLint.Dumps;

/// <summary>How a dump is stored.</summary>
public enum DumpCompression
{
    /// <summary>As it is, with holes where pages are zero.</summary>
    None,

    /// <summary>Compressed with gzip: it is unpacked before it is opened.</summary>
    Gzip,
}

/// <summary>A dump that is about to be written: what it holds is known, and how large it becomes.</summary>
public sealed class CoreDump
{
    private readonly CoreContents _contents;

    private CoreDump(CoreContents contents)
    {
        _contents = contents;
        MemoryBytes = contents.Regions.Sum(static region => region.SizeBytes);
        DiskBytes = contents.Notes.Length + contents.Regions.Sum(Touched);
    }

    /// <summary>The bytes of memory that the file describes.</summary>
    public long MemoryBytes { get; }

    /// <summary>An upper bound of what the file takes on a disk: pages that were never touched become holes.</summary>
    public long DiskBytes { get; }

    /// <summary>Decides what is written.</summary>
    /// <param name="type">How much.</param>
    /// <param name="process">The process and its threads.</param>
    /// <param name="maps">The mappings of the process that stands still.</param>
    /// <param name="memory">Its memory.</param>
    /// <param name="collector">Where the collector's heap lies; only a mini dump leaves it out.</param>
    public static CoreDump Plan(DumpType type, CoreProcess process, IReadOnlyList<MapRegion> maps, FrozenMemory memory, IReadOnlyList<(ulong Start, ulong End)> collector)
    {
        ArgumentNullException.ThrowIfNull(process);
        ArgumentNullException.ThrowIfNull(maps);
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(collector);
        var pointers = process.Threads.Select(thread => StackPointer(process, thread)).ToList();
        var regions = CorePlan.Make(type, maps, pointers, collector, new ModuleParts(memory));
        return new CoreDump(new CoreContents(process, CoreNotes.Write(process, maps), DiagnosticsRegion.Of(maps) is { } page ? [.. regions, page] : regions, memory));
    }

    /// <summary>Writes the file: whole and under its name, or not at all. Only its owner may read it.</summary>
    /// <param name="path">The name; a file that has it is replaced.</param>
    /// <param name="compression">Whether it is compressed.</param>
    /// <param name="written">Called when all memory has been read and written, before the file gets its name: the process is no longer needed.</param>
    /// <param name="advanced">Told how many bytes of memory are done, now and then.</param>
    /// <param name="cancellation">The user's interruption.</param>
    /// <returns>The length of the file in bytes.</returns>
    /// <exception cref="DumpException">The disk is full, the folder cannot be written to, or the process is gone.</exception>
    /// <exception cref="OperationCanceledException">The user interrupted; nothing is left.</exception>
    public long Write(string path, DumpCompression compression, Action written, Action<long> advanced, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(written);
        ArgumentNullException.ThrowIfNull(advanced);
        using var file = PendingFile.Create(path);
        long length = compression == DumpCompression.Gzip ? WriteCompressed(file, advanced, cancellation) : CoreWriter.Write(file, _contents, advanced, cancellation);
        written();
        file.Publish();
        return length;
    }

    private long WriteCompressed(PendingFile file, Action<long> advanced, CancellationToken cancellation)
    {
        using var compressing = new CompressingFile(file);
        _ = CoreWriter.Write(compressing, _contents, advanced, cancellation);
        return compressing.CompressedBytes;
    }

    /// <summary>The stack pointer among the general registers (struct user_regs_struct, struct user_pt_regs).</summary>
    private static ulong StackPointer(CoreProcess process, CoreThread thread) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(thread.General.Span[((process.IsArm64 ? 31 : 19) * sizeof(ulong))..]);

    private long Touched(CoreRegion region) =>
        region.IsAnonymous && _contents.Memory.Pages?.Count(region.Start, region.End) is { IsOk: true, Value: var count }
            ? (count.Present + count.Swapped) * Environment.SystemPageSize
            : region.SizeBytes;
}
