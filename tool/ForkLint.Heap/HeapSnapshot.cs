using System.Diagnostics;
using ForkLint.Heap.Graph;
using ForkLint.Heap.Savings;

namespace ForkLint.Heap;

/// <summary>Reads the managed heap and the native mappings of a frozen copy, and says who holds the memory.</summary>
public static class HeapSnapshot
{
    /// <summary>
    /// Reads a copy. The application it was made from is not touched: nothing is attached to, and only the copy's memory is read.
    /// The graph takes 16 bytes of this process's memory an object, 6 a reference and a 32nd of the heap; to work out who holds what takes
    /// another 28 an object, and 12 an object and 4 a reference where references lead back over what was met before, given back after. So a million
    /// objects with three references each take about 80 MB at the peak, beside some 50 MB that do not depend on the heap.
    /// </summary>
    /// <param name="process">The copy.</param>
    /// <param name="options">What to do beside.</param>
    /// <param name="progress">Told of each step; on any thread.</param>
    /// <param name="cancellation">Stops the read.</param>
    /// <exception cref="HeapReadException">It could not be read; <see cref="HeapReadException.IsSnapshotUnusable"/> says whether another copy may.</exception>
    public static HeapReport Read(
        FrozenProcess process, HeapReadOptions options, IProgress<HeapReadProgress>? progress = null, CancellationToken cancellation = default)
    {
        long begun = Stopwatch.GetTimestamp();
        HeapData data = HeapCopyReader.Read(process, options.RuntimeFolder, progress, cancellation);
        double read = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        options.CopyIsRead?.Invoke();

        // What the walkers grew and outgrew is as large as the graph itself: it goes before the analysis takes as much again.
        LargeArrays.GiveBack(data.Graph.Count);

        progress?.Report(new HeapReadProgress(HeapReadStep.Retained, 0, 0));
        options = options with { RuntimeMajor = data.RuntimeMajor };
        HeapModel model = HeapModel.Build(data, cancellation);
        Task<IReadOnlyList<MemberSize>> members = Task.Run(model.Members, CancellationToken.None);
        ManagedSavings.Result managed = ManagedSavings.Find(model, options, cancellation);
        IReadOnlyList<Saving> savings = data.Layout is { } layout
            ? NativeSavings.All(new SavingsContext { Layout = layout, Options = options, Managed = managed, HeapCount = data.HeapCount, Owners = new NativeOwners(model) })
            : [.. managed.Savings.Where(saving => saving.WeightBytes >= options.SmallestSavingBytes)];
        return new HeapReport(new HeapAnswers(model))
        {
            Objects = data.Graph.Count,
            Bytes = managed.AllBytes,
            UnreadableObjects = data.UnreadableObjects,
            IsServerGC = data.IsServerGC,
            ReadMilliseconds = read,
            TotalMilliseconds = Stopwatch.GetElapsedTime(begun).TotalMilliseconds,
            Savings = savings,
            IsOfRunningProcess = process.IsRunning,
            Kept = managed.Kept,
            Members = members.GetAwaiter().GetResult(),
        };
    }
}
