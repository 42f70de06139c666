using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Spawning;

/// <summary>What the words of a text say of spawning.</summary>
[Flags]
internal enum SpawnWords
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It names something that spawns.</summary>
    Spawn = 1,

    /// <summary>It names one of the C library's functions that create a process.</summary>
    Native = 2,

    /// <summary>It names a function of another library that creates a process, which may be imported under any name.</summary>
    Import = 4,

    /// <summary>A name begins as that of a method that starts a process.</summary>
    Start = 8,

    /// <summary>A name begins as that of a method that starts a process and waits for it (.NET 11 and later).</summary>
    Run = 16,

    /// <summary>What every text says.</summary>
    Any = 32,

    /// <summary>It has the name of such a function as a literal or in a <c>nameof</c>.</summary>
    Literal = 64,

    /// <summary>It says of an import that its function has another name.</summary>
    EntryPoint = 128,

    /// <summary>Any text.</summary>
    Every = Any | Spawn | Native | Import | Start | Run | Literal | EntryPoint,
}

/// <summary>
/// Whether any source names anything that spawns. <c>System.Diagnostics.Process</c> is referenced by every program, so
/// the references alone tell nothing; a word in the text does, and costs milliseconds where a walk over all bodies costs seconds.
/// </summary>
internal static class SpawnMentions
{
    private const string StartPrefix = "Start";
    private const string RunPrefix = "Run";

    // No members of a Process that start it, and in nearly every file of some programs.
    private static readonly string[] Harmless = ["StartsWith", "StartInfo", "StartTime", "StartIndex"];

    // Each word has one of these in it.
    private static readonly string[] Pieces =
        ["fork", "_Fork", "daemon", "spawn", "popen", "system", "clone", "yscall", "Process", "LibC", "Stdlib", "EntryPoint", StartPrefix, RunPrefix];

    private static readonly Word[]?[] Words = CreateWords();

    // A name may be written with escapes, "Proc\u0065ss".
    private static readonly Regex Escape = new(@"\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}", RegexOptions.CultureInvariant);

    // A tree never changes, and the IDE asks again with each key for all that did not.
    private static readonly ConditionalWeakTable<SyntaxTree, StrongBox<SpawnWords>> Known = new();

    /// <summary>Whether a tree of the compilation does.</summary>
    public static bool Any(Compilation compilation, CancellationToken cancellationToken) =>
        AnyTree(compilation, SpawnWords.Spawn, cancellationToken)
        || (AnyTree(compilation, SpawnWords.Start | SpawnWords.Run, cancellationToken) && ProcessReferences.Any(compilation, cancellationToken));

    /// <summary>Whether a tree names one of the C library's functions that create a process, or a reference imports one, which can then be called by any name.</summary>
    public static bool AnyNative(Compilation compilation, CancellationToken cancellationToken) =>
        AnyTree(compilation, SpawnWords.Native, cancellationToken) || ProcessReferences.AnyImport(compilation, cancellationToken);

    /// <summary>
    /// The words of a text that calls anything that spawns: those of <paramref name="methods"/> and of the functions that are imported, or all of
    /// them where a function may have been imported under any name.
    /// </summary>
    public static SpawnWords OfCallers(Compilation compilation, SpawnWords methods, CancellationToken cancellationToken) =>
        (AnyTree(compilation, SpawnWords.EntryPoint, cancellationToken) && AnyTree(compilation, SpawnWords.Literal, cancellationToken))
        || ProcessReferences.AnyImport(compilation, cancellationToken) ? SpawnWords.Every
        : methods | SpawnWords.Native | SpawnWords.Import;

    /// <summary>What the words of a tree say, all of them together.</summary>
    public static SpawnWords Of(SyntaxTree tree)
    {
        if (!Known.TryGetValue(tree, out var words))
        {
            words = Known.GetValue(tree, static key => new StrongBox<SpawnWords>(Of(key.GetText().ToString())));
        }

        return words.Value;
    }

    private static bool AnyTree(Compilation compilation, SpawnWords words, CancellationToken cancellationToken)
    {
        foreach (var tree in compilation.SyntaxTrees)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if ((Of(tree) & words) != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// What the words of a text say. The runtime finds a piece of text many characters at a time, and most texts have none of these: that is
    /// faster than one look at each character.
    /// </summary>
    internal static SpawnWords Of(string text) =>
        text.IndexOf("\\u", StringComparison.OrdinalIgnoreCase) < 0 ? Read(text) : Read(text) | Read(Escape.Replace(text, Unescaped));

    private static string Unescaped(Match escape) =>
        uint.Parse(escape.Value.Substring(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) is var code && code is > 0xFFFF or (>= 0xD800 and <= 0xDFFF) ? escape.Value : ((char)code).ToString();

    private static SpawnWords Read(string text)
    {
        var found = SpawnWords.Any;
        foreach (var piece in Pieces)
        {
            for (var at = text.IndexOf(piece, StringComparison.Ordinal); at >= 0; at = at < text.Length ? text.IndexOf(piece, at, StringComparison.Ordinal) : -1)
            {
                var start = at;
                while (start > 0 && IsPartOfName(text[start - 1]))
                {
                    start--;
                }

                at += piece.Length;
                while (at < text.Length && IsPartOfName(text[at]))
                {
                    at++;
                }

                if (text[start] < Words.Length && Words[text[start]] is { } candidates)
                {
                    found |= SaysOf(text, start, at - start, candidates);
                }
            }
        }

        return found;
    }

    private static SpawnWords SaysOf(string text, int start, int length, Word[] candidates)
    {
        foreach (var candidate in candidates)
        {
            if (candidate.IsPrefix
                ? length >= candidate.Text.Length && Is(text, start, candidate.Text) && !IsHarmless(text, start, length)
                : length == candidate.Text.Length && Is(text, start, candidate.Text))
            {
                return candidate.Says == SpawnWords.EntryPoint && IsOtherFunction(text, start + length) ? SpawnWords.None
                    : !candidate.IsPrefix && (candidate.Says & (SpawnWords.Native | SpawnWords.Import)) != 0 && IsText(text, start, length) ? candidate.Says | SpawnWords.Literal : candidate.Says;
            }
        }

        return SpawnWords.None;
    }

    /// <summary>Whether a word is a literal, or the last name of a <c>nameof</c>: what an import takes as the name of its function.</summary>
    private static bool IsText(string text, int start, int length)
    {
        const string Operator = "nameof(";
        if (start > 0 && text[start - 1] == '"')
        {
            return start + length < text.Length && text[start + length] == '"';
        }

        while (start > 0 && (IsPartOfName(text[start - 1]) || text[start - 1] == '.'))
        {
            start--;
        }

        return start >= Operator.Length && Is(text, start - Operator.Length, Operator);
    }

    /// <summary>Whether what follows is <c>= "…"</c>, with a function that creates no process.</summary>
    private static bool IsOtherFunction(string text, int at)
    {
        while (at < text.Length && (text[at] == ' ' || text[at] == '='))
        {
            at++;
        }

        if (at == text.Length || text[at] != '"')
        {
            return false;
        }

        var start = ++at;
        while (at < text.Length && IsPartOfName(text[at]))
        {
            at++;
        }

        // Of another kind of literal this says nothing.
        return at > start && at < text.Length && text[at] == '"'
            && !(Words[text[start] & 127] is { } candidates && (SaysOf(text, start, at - start, candidates) & (SpawnWords.Native | SpawnWords.Import)) != 0);
    }

    private static bool Is(string text, int start, string word) => string.CompareOrdinal(text, start, word, 0, word.Length) == 0;

    private static bool IsHarmless(string text, int start, int length) => Array.Exists(Harmless, word => word.Length == length && Is(text, start, word));

    private static bool IsPartOfName(char character) => character == '_' || char.IsLetterOrDigit(character);

    /// <summary>The words by their first character.</summary>
    private static Word[]?[] CreateWords()
    {
        var words = new Word[128][];
        foreach (var word in NativeSpawns.EntryPoints)
        {
            Add(new Word(word, SpawnWords.Spawn | SpawnWords.Native));
        }

        foreach (var word in new[] { "Process", "SafeProcessHandle", "LibC", "Syscall", "Stdlib" })
        {
            Add(new Word(word, SpawnWords.Spawn));
        }

        Add(new Word("SystemNative_ForkAndExecProcess", SpawnWords.Spawn | SpawnWords.Import));
        Add(new Word("EntryPoint", SpawnWords.EntryPoint));
        Add(new Word(StartPrefix, SpawnWords.Start, IsPrefix: true));
        Add(new Word(RunPrefix, SpawnWords.Run, IsPrefix: true));
        return words;

        void Add(Word word) => words[word.Text[0]] = [.. words[word.Text[0]] ?? [], word];
    }

    private sealed record Word(string Text, SpawnWords Says, bool IsPrefix = false);
}
