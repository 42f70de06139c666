using System.Globalization;
using ForkLint.Heap.Child;
using ForkLint.Linux;

namespace ForkLint.Heap.Savings;

/// <summary>What is charged and is no managed object: the collector's free memory, malloc, stacks, private pages of files.</summary>
internal sealed class NativeSavings(HeapData data, HeapReadOptions options, IReadOnlyList<Mapping> mappings, NativeOwners owners)
{
    private readonly NativeRanges _ranges = new(mappings, data.Threads);

    /// <summary>
    /// What a heap keeps committed however empty it is: a first piece of a region (GC_INITIAL_COMMIT and the allocation contexts made at once)
    /// for each of generation 0, 1, 2, the large and the pinned heap. Measured on .NET 10 after an Aggressive collection.
    /// </summary>
    private const long KeptPerHeapBytes = 5 * 0x21000;

    private const ulong PageBytes = 4096;

    /// <summary>Room left above the deepest stack seen, and the least that .NET threads run well with.</summary>
    private const long SmallestStackBytes = 256 * 1024;

    public IEnumerable<Saving> Find(ManagedSavings.Result managed) =>
        ((IEnumerable<Saving?>)[GcFree(managed), MallocFree(), FilePrivate()])
            .OfType<Saving>()
            .Concat(Stacks())
            .Concat(Blocks())
            .Where(saving => saving.WeightBytes > 0);

    /// <summary>Mappings of the collector's heap: their length is its share of the charge, to the page.</summary>
    private Saving? GcFree(ManagedSavings.Result managed)
    {
        Mapping[] heap = [.. mappings.Where(mapping => data.Ranges.IsHeap(mapping.Start, mapping.End))];
        long charged = heap.Where(mapping => mapping.IsCharged).Sum(mapping => mapping.SizeBytes);
        long holes = managed.Kept.Where(kept => kept.What.StartsWith("holes", StringComparison.Ordinal)).Sum(kept => kept.Bytes);
        long free = Math.Max(0, charged - managed.ObjectBytes - holes - (KeptPerHeapBytes * data.Ranges.HeapCount));
        long resident = Math.Clamp(heap.Sum(mapping => mapping.ResidentBytes) - managed.ResidentObjectBytes, 0, free);
        return Make(
            SavingKind.GcFree,
            "memory the collector has committed and has no objects in",
            free,
            resident,
            Remedies.Collect,
            Confidence.Estimated);
    }

    private IEnumerable<Saving> Stacks()
    {
        Mapping[] all = [.. mappings.Where(mapping => mapping is { IsCharged: true, IsFile: false, Path.Length: 0 } && _ranges.IsStack(mapping))];
        Mapping[] managed = [.. all.Where(_ranges.IsManagedStack)];
        Mapping[] others = [.. all.Except(managed)];
        if (managed.Length > 0)
        {
            yield return Stacks(managed, "stacks of .NET threads");
        }

        if (others.Length > 0)
        {
            yield return Stacks(others, "stacks of native threads (the runtime's own among them)");
        }
    }

    private Saving Stacks(Mapping[] stacks, string what)
    {
        long touched = stacks.Max(stack => stack.ResidentBytes);
        long enough = Math.Max(SmallestStackBytes, (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)touched * 4));
        long charged = stacks.Sum(stack => stack.SizeBytes);
        return Make(
            SavingKind.ThreadStacks,
            string.Create(CultureInfo.InvariantCulture, $"{stacks.Length} {what}: {charged:N0} bytes charged, at most {touched:N0} bytes touched in any"),
            stacks.Sum(stack => Math.Max(0, stack.SizeBytes - enough)),
            0,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Start the application with DOTNET_Thread_DefaultStackSize={enough:X} (hexadecimal: {enough / 1024} KiB), or give new Thread(…, maxStackSize) that size; or end threads that idle, each {charged / stacks.Length:N0} bytes."),
            Confidence.Estimated);
    }

    private Saving? MallocFree()
    {
        long pages = data.MallocHeaps.Sum(heap => heap.FreePageBytes);
        long top = data.MallocHeaps.Sum(heap => heap.TopBytes);
        long free = data.MallocHeaps.Sum(heap => heap.FreeBytes);
        long resident = Math.Min(pages + top, data.MallocHeaps.Sum(heap => MappingAt(heap.Start)?.ResidentBytes ?? 0));
        return Make(
            SavingKind.Native,
            string.Create(CultureInfo.InvariantCulture, $"malloc's heaps: {free:N0} bytes free between blocks in use, {top:N0} at their ends"),
            top,
            resident,
            "Call malloc_trim(0) before the fork. It takes the ends off the commit charge; what is free between blocks leaves the resident set only, and stays charged until the blocks behind it are freed.",
            Confidence.Estimated);
    }

    private IEnumerable<Saving> Blocks()
    {
        foreach (NativeRange range in data.NativeBlocks.Where(range => range.Bytes >= options.SmallestSavingBytes))
        {
            // A block of malloc's begins behind its header: that is the address the application knows.
            ulong address = range.IsMalloc ? range.Start + 16 : range.Start;
            NativeOwner? owner = owners.Of(range);
            string known = owner is null ? "" : $"; its address is in {owner.Display}, which may own it";
            yield return Make(
                SavingKind.Native,
                range.IsMalloc
                    ? string.Create(CultureInfo.InvariantCulture, $"one native block of {range.Bytes - (long)PageBytes:N0} bytes or a little more (malloc, at 0x{address:x}){known}")
                    : string.Create(CultureInfo.InvariantCulture, $"an anonymous mapping of {range.Bytes:N0} bytes at 0x{address:x}{known}"),
                range.Mapping.IsCharged ? range.Bytes : 0,
                range.IsMalloc ? (long)((double)range.Mapping.ResidentBytes * range.Bytes / range.Mapping.SizeBytes) : range.Mapping.ResidentBytes,
                (range.IsMalloc
                    ? "Free it before the fork (NativeMemory.Free, Marshal.FreeHGlobal): it goes at once, no collection needed."
                    : "Unmap it before the fork if it is yours.")
                    + " If it must stay and the child does not need it, madvise(…, MADV_DONTFORK) takes it out of the fork.",
                range.IsMalloc ? Confidence.Exact : Confidence.Estimated,
                string.Create(CultureInfo.InvariantCulture, $"native:0x{address:x}"),
                owner?.Key);
        }
    }

    private Saving? FilePrivate()
    {
        Mapping[] files = [.. mappings.Where(mapping => mapping.IsFile && mapping.IsPrivate && mapping.IsCharged)];
        return Make(
            SavingKind.FilePrivate,
            string.Create(CultureInfo.InvariantCulture, $"private writable pages of {files.Select(file => file.Path).Distinct(StringComparer.Ordinal).Count()} files"),
            files.Sum(file => file.SizeBytes),
            files.Sum(file => file.AnonymousBytes),
            "Load fewer native libraries, or map files read-only or shared where they are not written.",
            Confidence.Estimated);
    }

    private Mapping? MappingAt(ulong address) => mappings.FirstOrDefault(mapping => address >= mapping.Start && address < mapping.End);

    private Saving Make(SavingKind kind, string what, long charge, long resident, string action, Confidence confidence, string? holder = null, string? owner = null) => new()
    {
        What = what,
        Kind = kind,
        CommitChargeBytes = charge,
        ChildResidentBytes = resident,
        LatencySavedMicroseconds = Remedies.Latency(resident, options.MicrosecondsPerPage),
        ExposureBytes = resident,
        Action = action,
        Confidence = confidence,
        Holder = holder,
        PossibleOwner = owner,
    };
}
