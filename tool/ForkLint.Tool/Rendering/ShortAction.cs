using System.Globalization;
using ForkLint.Heap;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Rendering;

/// <summary>What realises a saving, in a few words: the whole of it is in the details.</summary>
internal static class ShortAction
{
    /// <summary>Stands for an Aggressive collection; the screen explains it where it is used.</summary>
    public const string Collect = "collect";

    /// <summary>What that word stands for.</summary>
    /// <param name="runtime">The version of the application's runtime.</param>
    public static string ToCollect(string? runtime) => $"To collect is {RuntimeAdvice.Collection(RuntimeAdvice.MajorOf(runtime))}.";

    /// <summary>Whether it takes a collection, so that the word needs explaining.</summary>
    public static bool Collects(SavingSection saving) => Of(saving, null).EndsWith(Collect, StringComparison.Ordinal);

    /// <summary>The words: at most 36 characters for less than a hundred holders.</summary>
    /// <param name="saving">The saving.</param>
    /// <param name="runtime">The version of the application's runtime.</param>
    public static string Of(SavingSection saving, string? runtime) => saving switch
    {
        { JointlyHeldBy: { Count: > 1 } holders } => string.Create(CultureInfo.InvariantCulture, $"let go in all {holders.Count} holders and {Collect}"),
        { Kind: SavingKind.Managed, Confidence: Confidence.Possible } => $"return from its method and {Collect}",
        { Kind: SavingKind.Managed } => $"set it to null and {Collect}",
        { Means: SavingMeans.Collect } => Collect,
        { Means: SavingMeans.Trim } => "malloc_trim(0)",
        { Kind: SavingKind.Native or SavingKind.FilePrivate, Means: SavingMeans.Nothing } => "shrink its static arrays",
        { Kind: SavingKind.ThreadStacks, Means: SavingMeans.Restart } => RuntimeAdvice.Variable(runtime, "Thread_DefaultStackSize=40000"),
        { Kind: SavingKind.ThreadStacks } => "end idle threads, or smaller stacks",

        // Libraries are one saving, without a holder; a data file or a deleted one is a saving of its own, by its path.
        { Kind: SavingKind.FilePrivate, Holder: null } => "load fewer native libraries",
        { Kind: SavingKind.FilePrivate } => "unmap it, or map it read-only",
        _ => "free it, or what owns it",
    };
}
