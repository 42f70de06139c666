using ForkLint.Heap.Graph;
using Microsoft.Diagnostics.Runtime;

namespace ForkLint.Heap.Roots;

/// <summary>Handles, the finalizer queue and dependent handles (the edges of a ConditionalWeakTable).</summary>
internal static class HandleRoots
{
    /// <summary>Adds the strong ones to the roots and returns what the others mean: edges, and which objects do not move.</summary>
    public static (List<(int From, int To)> Dependent, HashSet<int> Pinned) AddTo(
        RootSet roots, HeapGraph graph, TypeTable types, ClrRuntime runtime, IReadOnlyCollection<int> storage)
    {
        List<(int, int)> dependent = [];
        HashSet<int> pinned = [];
        foreach (ClrHandle handle in runtime.EnumerateHandles())
        {
            int target = graph.Find(handle.Object.Address);
            if (target < 0)
            {
                continue;
            }

            if (handle.HandleKind == ClrHandleKind.Dependent)
            {
                if (graph.Find(handle.Dependent.Address) is >= 0 and int to)
                {
                    dependent.Add((target, to));
                }

                continue;
            }

            if (handle.HandleKind is ClrHandleKind.Pinned or ClrHandleKind.AsyncPinned)
            {
                pinned.Add(target);
            }

            bool isCounted = handle.HandleKind == ClrHandleKind.RefCounted && handle.ReferenceCount > 0;
            if ((handle.IsStrong || isCounted) && !storage.Contains(target))
            {
                string type = types.Types[graph.TypeIndexes[target]].Runtime.Name ?? "an unknown type";
                roots.Add(new Holder(HolderKind.Handle, $"{Describe(handle.HandleKind)} handles to {type}", null), target);
            }
        }

        Holder queue = new(HolderKind.FinalizerQueue, "the finalizer queue", null);
        foreach (ClrRoot root in runtime.Heap.EnumerateFinalizerRoots())
        {
            if (graph.Find(root.Object.Address) is >= 0 and int target)
            {
                roots.Add(queue, target);
            }
        }

        return (dependent, pinned);
    }

    /// <summary>The objects whose finalizer is still to run, dead ones included.</summary>
    public static HashSet<int> Finalizable(HeapGraph graph, ClrRuntime runtime)
    {
        HashSet<int> finalizable = [];
        foreach (ClrSubHeap heap in runtime.Heap.SubHeaps)
        {
            foreach (ulong address in Addresses(heap.FinalizerQueueObjects))
            {
                if (runtime.DataTarget.DataReader.ReadPointer(address, out ulong value) && graph.Find(value) is >= 0 and int index)
                {
                    finalizable.Add(index);
                }
            }
        }

        return finalizable;
    }

    private static IEnumerable<ulong> Addresses(MemoryRange range)
    {
        for (ulong address = range.Start; address + 8 <= range.End; address += 8)
        {
            yield return address;
        }
    }

    private static string Describe(ClrHandleKind kind) => kind switch
    {
        ClrHandleKind.Pinned => "pinned",
        ClrHandleKind.AsyncPinned => "asynchronously pinned",
        ClrHandleKind.RefCounted => "reference-counted",
        ClrHandleKind.SizedRef => "sized",
        _ => "strong",
    };
}
