using ForkLint.Heap.Roots;

namespace ForkLint.Heap.Savings;

/// <summary>The sentences that say what to do: only what was seen to work.</summary>
internal static class Remedies
{
    public static double? Latency(long residentBytes, double? microsecondsPerPage) => residentBytes / Environment.SystemPageSize * microsecondsPerPage;

    public static string For(HolderKind kind, string key, string display, IReadOnlyList<string> joint, string collect)
    {
        if (joint.Count > 0)
        {
            return $"Remove it from all of {string.Join(", ", joint)}: one alone frees none of it. {collect}";
        }

        if (key.Contains("System.Buffers.SharedArrayPool", StringComparison.Ordinal) || key.Contains("System.Buffers.ArrayPool`1", StringComparison.Ordinal))
        {
            return "These arrays were returned to ArrayPool<T>.Shared, which keeps them: no collection gives them back. "
                + "Allocate large arrays directly, or from an ArrayPool<T>.Create() of your own that you drop before the fork. Then: " + collect;
        }

        return kind switch
        {
            HolderKind.Stack =>
                $"A local on {display} seems to hold it. Allocate and use it in a method of its own that returns before the fork: setting the local to null is not enough. {collect}",
            HolderKind.Handle => $"Free the {display} (GCHandle.Free, or what made them). {collect}",
            HolderKind.FinalizerQueue => $"They wait for their finalizers: call GC.WaitForPendingFinalizers() first. {collect}",
            _ when key.StartsWith("E:", StringComparison.Ordinal) => $"Unsubscribe the handlers of {display} that are not needed any more. {collect}",
            _ => $"Set {display} to null, or clear what it refers to. {collect}",
        };
    }
}
