using ForkLint.Heap.Roots;

namespace ForkLint.Heap.Savings;

/// <summary>The sentences that say what to do: only what was seen to work.</summary>
internal static class Remedies
{
    /// <summary>A plain collection keeps what it frees committed for a long time; this one gives it back at once (.NET 7 and later).</summary>
    public const string Collect =
        "Call GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true) before the fork: a plain GC.Collect() gives nothing back.";

    public static double? Latency(long residentBytes, double? microsecondsPerPage) => residentBytes / Environment.SystemPageSize * microsecondsPerPage;

    public static string For(HolderKind kind, string key, string display, IReadOnlyList<string> joint)
    {
        if (joint.Count > 0)
        {
            return $"Remove it from all of {string.Join(", ", joint)}: one alone frees none of it. {Collect}";
        }

        if (key.Contains("System.Buffers.SharedArrayPool", StringComparison.Ordinal) || key.Contains("System.Buffers.ArrayPool`1", StringComparison.Ordinal))
        {
            return "These arrays were returned to ArrayPool<T>.Shared, which keeps them: no collection gives them back. "
                + "Allocate large arrays directly, or from an ArrayPool<T>.Create() of your own that you drop before the fork. Then: " + Collect;
        }

        return kind switch
        {
            HolderKind.Stack =>
                $"A local on {display} seems to hold it. Allocate and use it in a method of its own that returns before the fork: setting the local to null is not enough. {Collect}",
            HolderKind.Handle => $"Free the {display} (GCHandle.Free, or what made them). {Collect}",
            HolderKind.FinalizerQueue => $"They wait for their finalizers: call GC.WaitForPendingFinalizers() first. {Collect}",
            _ when key.StartsWith("E:", StringComparison.Ordinal) => $"Unsubscribe the handlers of {display} that are not needed any more. {Collect}",
            _ => $"Set {display} to null, or clear what it refers to. {Collect}",
        };
    }
}
