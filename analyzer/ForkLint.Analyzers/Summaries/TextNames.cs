using System.Globalization;
using Microsoft.CodeAnalysis.CSharp;

namespace ForkLint.Analyzers.Summaries;

/// <summary>Which names a text may have in it. The answer "no" is certain; comments and literals are text too, and two names can share a bit, so "yes" is not.</summary>
internal sealed class TextNames
{
    // One bit of 8192 for each name: a text of 300 different names is taken for one with another name in 4 of 100 cases.
    private const int Bits = 13;

    private readonly ulong[] _bits = new ulong[(1 << Bits) / 64];

    /// <summary>Reads the names of a text.</summary>
    public TextNames(string text)
    {
        Text = text;
        IsOpaque = text.IndexOf("\\u", StringComparison.OrdinalIgnoreCase) >= 0;
        for (var at = 0; at < text.Length;)
        {
            var hash = 0;
            for (; at < text.Length && IsPartOfName(text[at]); at++)
            {
                hash = Add(hash, text[at]);

                // The compiler leaves these out of a name.
                IsOpaque |= text[at] >= 128 && CharUnicodeInfo.GetUnicodeCategory(text[at]) == UnicodeCategory.Format;
            }

            var bit = Hash(hash);
            _bits[bit / 64] |= 1UL << (bit % 64);
            at++;
        }
    }

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <summary>Whether a name may be written in another way than it is: with an escape, or with characters that do not count.</summary>
    public bool IsOpaque { get; }

    /// <summary>Whether a name may stand in the text.</summary>
    public bool MayHave(string name)
    {
        var hash = 0;
        foreach (var character in name)
        {
            hash = Add(hash, character);
        }

        // Files are much alike: a bit that two of their names share would be shared in all of them.
        var bit = Hash(hash);
        return IsOpaque || name.Length == 0 || ((_bits[bit / 64] & (1UL << (bit % 64))) != 0 && PlacesOf(name).Any());
    }

    /// <summary>Where a word stands in the text, as a name of its own.</summary>
    public IEnumerable<int> PlacesOf(string word)
    {
        for (var at = Text.IndexOf(word, StringComparison.Ordinal); at >= 0;)
        {
            var end = at + word.Length;
            if ((at == 0 || !IsPartOfName(Text[at - 1])) && (end == Text.Length || !IsPartOfName(Text[end])))
            {
                yield return at;
            }

            at = end < Text.Length ? Text.IndexOf(word, end, StringComparison.Ordinal) : -1;
        }
    }

    private static int Add(int hash, char character) => unchecked((hash * 31) + character);

    private static int Hash(int hash) => (int)(unchecked((uint)hash * 0x9E3779B1u) >> (32 - Bits));

    private static bool IsPartOfName(char character) =>
        character < 128
            ? (uint)((character | 0x20) - 'a') < 26 || (uint)(character - '0') < 10 || character == '_'
            : SyntaxFacts.IsIdentifierPartCharacter(character);
}
