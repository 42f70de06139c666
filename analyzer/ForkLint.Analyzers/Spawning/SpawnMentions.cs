using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Spawning;

/// <summary>
/// Whether any source names anything that spawns. <c>System.Diagnostics.Process</c> is referenced by every program, so
/// the references alone tell nothing; a word in the text does, and costs milliseconds where a walk over all bodies costs seconds.
/// </summary>
internal static class SpawnMentions
{
    private static readonly string[] NativeWords = [.. NativeSpawns.EntryPoints];

    private static readonly string[] Words =
    [
        .. NativeWords, "Process", "SafeProcessHandle", "LibC", "Syscall", "Stdlib", "SystemNative_ForkAndExecProcess",
    ];

    // How the members of a Process begin that start it: one that a library hands out is never named by its type.
    private static readonly string[] Starts = [".Start", ".Run"];

    // A tree never changes, and the IDE asks again with each key for all that did not.
    private static readonly ConditionalWeakTable<SyntaxTree, StrongBox<bool>> Known = new();
    private static readonly ConditionalWeakTable<SyntaxTree, StrongBox<bool>> KnownStarts = new();
    private static readonly ConditionalWeakTable<SyntaxTree, StrongBox<bool>> KnownNatives = new();

    /// <summary>Whether a tree of the compilation does.</summary>
    public static bool Any(Compilation compilation, CancellationToken cancellationToken) =>
        AnyTree(compilation, Known, Mentions, cancellationToken)
        || (AnyTree(compilation, KnownStarts, MentionsStart, cancellationToken) && ProcessReferences.Any(compilation, cancellationToken));

    /// <summary>
    /// Whether a tree names one of the C library's functions that create a process, or a reference imports one, which can then be called by
    /// any name.
    /// </summary>
    public static bool AnyNative(Compilation compilation, CancellationToken cancellationToken) =>
        AnyTree(compilation, KnownNatives, MentionsNative, cancellationToken) || ProcessReferences.AnyImport(compilation, cancellationToken);

    /// <summary>Whether a text names one of the C library's functions that create a process.</summary>
    internal static bool MentionsNative(string text) => Mentions(text, NativeWords);

    private static bool AnyTree(
        Compilation compilation, ConditionalWeakTable<SyntaxTree, StrongBox<bool>> known, Func<string, bool> mentions, CancellationToken cancellationToken)
    {
        foreach (var tree in compilation.SyntaxTrees)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (known.GetValue(tree, key => new StrongBox<bool>(mentions(key.ToString()))).Value)
            {
                return true;
            }
        }

        return false;
    }

    private static bool MentionsStart(string text) => Starts.Any(member => text.IndexOf(member, StringComparison.Ordinal) >= 0);

    /// <summary>Whether a text has one of the words, whole.</summary>
    internal static bool Mentions(string text) => Mentions(text, Words);

    private static bool Mentions(string text, string[] words)
    {
        foreach (var word in words)
        {
            for (var at = text.IndexOf(word, StringComparison.Ordinal); at >= 0; at = text.IndexOf(word, at + 1, StringComparison.Ordinal))
            {
                if (!IsPart(text, at - 1) && !IsPart(text, at + word.Length))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsPart(string text, int index) =>
        index >= 0 && index < text.Length && (char.IsLetterOrDigit(text[index]) || text[index] == '_');
}
