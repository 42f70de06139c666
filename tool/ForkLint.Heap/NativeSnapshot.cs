using ForkLint.Heap.Child;
using ForkLint.Heap.Native;
using ForkLint.Heap.Savings;
using ForkLint.Linux;

namespace ForkLint.Heap;

/// <summary>
/// What can be freed of a process's native memory: stacks, allocators, mappings, pages of files. It needs no managed heap, no runtime and no library of the application's,
/// so it is there for any program and whatever made the heap unreadable.
/// </summary>
public static class NativeSnapshot
{
    /// <summary>Reads the native memory of a process that runs, or of a frozen copy.</summary>
    /// <param name="process">The process.</param>
    /// <param name="mappings">Its mappings, ascending.</param>
    /// <param name="options">What to list.</param>
    /// <param name="cancellation">Stops the read.</param>
    /// <returns>The savings, largest first; the last is what no other explains. Where the memory may not be read, they rest on the mappings alone.</returns>
    public static IReadOnlyList<Saving> Read(FrozenProcess process, IReadOnlyList<Mapping> mappings, HeapReadOptions options, CancellationToken cancellation = default)
    {
        using ChildMemory? memory = Open(process);
        if (process.IsRunning)
        {
            memory?.LeaveUntouched(process.Pid, mappings);
        }

        NativeLayout layout = NativeLayout.Read(ProcessView.Of(process), memory, mappings, options.IsDotNet ? RuntimeMemory.Unasked : RuntimeMemory.None, cancellation);
        return NativeSavings.All(new SavingsContext { Layout = layout, Options = options, Managed = null });
    }

    private static ChildMemory? Open(FrozenProcess process)
    {
        try
        {
            return ChildMemory.Open(process);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
