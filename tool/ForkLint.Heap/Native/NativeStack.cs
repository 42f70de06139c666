using ForkLint.Heap.Child;
using ForkLint.Heap.Roots;
using ForkLint.Linux;

namespace ForkLint.Heap.Native;

/// <summary>Whose stack it is.</summary>
internal enum StackOwner
{
    /// <summary>A thread that runs managed code.</summary>
    Managed,

    /// <summary>Any other thread: the runtime's own, or a native library's.</summary>
    Native,

    /// <summary>A thread that has ended; the C library keeps its stack for the next one.</summary>
    Ended,
}

/// <summary>A thread's stack.</summary>
/// <param name="Low">The lowest address that is not guard.</param>
/// <param name="High">Behind the highest, thread-local storage included.</param>
/// <param name="Owner">Whose it is.</param>
internal sealed record NativeStack(ulong Low, ulong High, StackOwner Owner);

/// <summary>Finds the stacks: by what the runtime says of its threads, the kernel of all threads, and the C library of each stack.</summary>
internal static class NativeStacks
{
    /// <summary>More is no stack but what a stack has been mapped beside.</summary>
    private const ulong MostUnknownBytes = 64UL << 20;

    /// <summary>The stacks of a process, ascending. The initial thread's, which the kernel grows, is not among them.</summary>
    /// <param name="memory">The process or its copy.</param>
    /// <param name="mappings">Its mappings, ascending.</param>
    /// <param name="managed">The stacks that the runtime knows; empty where it was not asked.</param>
    /// <param name="threads">The threads of the application.</param>
    /// <param name="isOthers">Whether an address is the collector's.</param>
    public static IReadOnlyList<NativeStack> Find(
        ChildMemory memory, IReadOnlyList<Mapping> mappings, IReadOnlyList<ThreadStack> managed, IReadOnlyList<ThreadPointer> threads, Func<ulong, bool> isOthers)
    {
        SortedList<ulong, NativeStack> found = [];
        foreach (ThreadStack stack in managed)
        {
            // What the runtime knows begins at the guard and ends at the thread-local storage, or there: the C library knows the whole.
            if (MappingOf(mappings, stack.High - 1) is { } mapping && IsCandidate(mapping))
            {
                (ulong low, ulong high) = StackBlock.Find(memory, stack.High - 8, mapping.End) ?? (stack.Low, stack.High);
                Add(found, Within(mapping, low, high, StackOwner.Managed));
            }
        }

        foreach (ulong pointer in threads.Select(static thread => thread.StackPointer).OfType<ulong>())
        {
            if (!IsIn(found, pointer) && MappingOf(mappings, pointer) is { } mapping && IsCandidate(mapping) && !isOthers(pointer))
            {
                (ulong low, ulong high) = StackBlock.Find(memory, pointer, mapping.End) ?? (mapping.Start, Math.Min(mapping.End, mapping.Start + MostUnknownBytes));
                if (low <= pointer && pointer < high)
                {
                    Add(found, Within(mapping, low, high, StackOwner.Native));
                }
            }
        }

        AddEnded(found, memory, mappings, isOthers);
        return [.. found.Values];
    }

    /// <summary>
    /// A stack without a thread still has its control block, and a guard below. Where it ends is not seen: what is mapped right above it with the same permissions is in
    /// the same mapping. So it is looked for at that mapping's end and where the stacks of this process that are known would end.
    /// </summary>
    private static void AddEnded(SortedList<ulong, NativeStack> found, ChildMemory memory, IReadOnlyList<Mapping> mappings, Func<ulong, bool> isOthers)
    {
        ulong[] sizes = [.. found.Values.Select(static stack => stack.High - stack.Low).Distinct()];
        for (int i = 1; i < mappings.Count; i++)
        {
            Mapping mapping = mappings[i];
            Mapping guard = mappings[i - 1];
            bool isGuarded = guard.End == mapping.Start && guard.Permissions.StartsWith("---", StringComparison.Ordinal);
            if (!isGuarded || !IsCandidate(mapping) || isOthers(mapping.Start) || IsIn(found, mapping.Start))
            {
                continue;
            }

            foreach (ulong end in sizes.Select(size => mapping.Start + size).Where(end => end < mapping.End).Prepend(mapping.End))
            {
                // What the thread left behind says the same of the stack with its guard, or of a smaller guard than the processor's pages make it.
                bool IsThis(ulong low, ulong high) => low == mapping.Start || (low >= guard.Start && low < mapping.Start && high == end);
                if (BlockBelow(memory, mapping.Start, end, IsThis) is { } stack)
                {
                    Add(found, Within(mapping, mapping.Start, stack.High, StackOwner.Ended));
                    break;
                }
            }
        }
    }

    private static (ulong Low, ulong High)? BlockBelow(ChildMemory memory, ulong start, ulong end, Func<ulong, ulong, bool> isPossible)
    {
        const ulong blockWithinBytes = 64 * 1024;
        return StackBlock.Find(memory, end - Math.Min(blockWithinBytes, end - start), end, isPossible);
    }

    private static void Add(SortedList<ulong, NativeStack> found, NativeStack stack)
    {
        if (stack.Low < stack.High && !found.Values.Any(other => other.Low < stack.High && stack.Low < other.High))
        {
            found[stack.Low] = stack;
        }
    }

    private static NativeStack Within(Mapping mapping, ulong low, ulong high, StackOwner owner)
    {
        // Whole pages: musl's limits are none.
        ulong page = (ulong)Environment.SystemPageSize;
        ulong start = Math.Max(low & ~(page - 1), mapping.Start);

        // The lowest pages may be what the runtime keeps as a guard of its own, in the same mapping.
        return new NativeStack(start < mapping.Start + (4 * page) ? mapping.Start : start, Math.Min((high + page - 1) & ~(page - 1), mapping.End), owner);
    }

    private static bool IsIn(SortedList<ulong, NativeStack> stacks, ulong address) =>
        stacks.Values.Any(stack => address >= stack.Low && address < stack.High);

    private static bool IsCandidate(Mapping mapping) =>
        mapping is { IsFile: false, IsPrivate: true } && mapping.Permissions.StartsWith("rw", StringComparison.Ordinal) && mapping.Path != "[stack]" && mapping.Path != "[heap]";

    private static Mapping? MappingOf(IReadOnlyList<Mapping> mappings, ulong address) => Sorted.Containing(mappings, address);
}
