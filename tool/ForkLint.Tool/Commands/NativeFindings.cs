using ForkLint.Heap;
using ForkLint.Linux;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Commands;

/// <summary>What can be freed in a program that has no managed heap to read: one that is not .NET, or is compiled ahead of time.</summary>
internal static class NativeFindings
{
    /// <summary>Whether a process has a managed heap that a reader could read; it has for all that is known where it cannot be told.</summary>
    public static bool HasHeap(int pid)
    {
        try
        {
            return HasHeap(DotNetProbe.Probe(pid));
        }
        catch (MeasureException)
        {
            return true;
        }
    }

    /// <summary>The savings, largest first, in the frozen copy of such a program; null for one whose heap can be read.</summary>
    /// <param name="child">The copy.</param>
    /// <param name="applicationPid">The program.</param>
    /// <param name="cancellation">Stops the read.</param>
    /// <exception cref="MeasureException">The program is gone.</exception>
    public static IReadOnlyList<Saving>? OfOther(FrozenChild child, int applicationPid, CancellationToken cancellation)
    {
        var facts = DotNetProbe.Probe(applicationPid);
        if (HasHeap(facts) || !new ProcessFiles(child.Pid).Mappings().TryGet(out var mappings))
        {
            return null;
        }

        return NativeSnapshot.Read(new FrozenProcess(child.Pid, applicationPid, child.MemoryHandle), mappings, new HeapReadOptions { IsDotNet = facts.IsDotNet, RuntimeMajor = facts.MajorVersion }, cancellation);
    }

    private static bool HasHeap(DotNetFacts facts) => facts is { IsDotNet: true, IsNativeAot: false };
}
