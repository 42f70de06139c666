using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Summaries;

/// <summary>
/// Which names stand in a text. Whoever calls a method or stores in a field writes its name, so a text without it need not be looked at
/// any closer, and a text is read far faster than the operations that it means. Comments and literals are text too: where it says yes,
/// it may be wrong.
/// </summary>
internal sealed class TreeWords
{
    // One bit of 8192 for each name: a text of 300 different names is taken for one with another name in 4 of 100 cases, and then searched.
    private const int Bits = 13;

    // A word before a name that is no type: what follows is no declaration.
    private static readonly HashSet<string> NoTypes =
        new(["return", "else", "do", "throw", "await", "in", "is", "as", "out", "ref", "case", "when", "and", "or", "not", "yield", "new"], StringComparer.Ordinal);

    private readonly ulong[] _bits = new ulong[(1 << Bits) / 64];
    private readonly string _text;

    private TreeWords(string text) => _text = text;

    /// <summary>Where <c>new(…)</c> stands, but not in a declaration that names its type: there it makes an object of a type that the text need not name.</summary>
    public List<int> BareNews { get; } = [];

    /// <summary>Whether a name may be written with an escape, so that no search finds it.</summary>
    public bool HasEscape { get; private set; }

    /// <summary>The names of a tree's text.</summary>
    public static TreeWords Of(SyntaxTree tree, CancellationToken cancellationToken) => Of(tree.GetText(cancellationToken).ToString());

    /// <summary>The names of a text.</summary>
    public static TreeWords Of(string text)
    {
        var words = new TreeWords(text);
        words.Read();
        return words;
    }

    /// <summary>What a name is looked for with: to be made once for many texts.</summary>
    public static int HashOf(string name)
    {
        var hash = 0;
        foreach (var character in name)
        {
            hash = Add(hash, character);
        }

        return hash;
    }

    /// <summary>Whether a name stands in the text.</summary>
    public bool Has(string name) => Has(name, HashOf(name));

    /// <summary>Whether a name with a hash stands in the text.</summary>
    public bool Has(string name, int hash) => MayHave(hash) && Find(name, 0) >= 0;

    /// <summary>Whether a name with a hash can stand in the text.</summary>
    public bool MayHave(int hash) => (_bits[Word(hash)] & Bit(hash)) != 0;

    /// <summary>Where a name stands in the text.</summary>
    public IEnumerable<int> PlacesOf(string name)
    {
        for (var at = Find(name, 0); at >= 0; at = Find(name, at + 1))
        {
            yield return at;
        }
    }

    private void Read()
    {
        HasEscape = _text.IndexOf("\\u", StringComparison.OrdinalIgnoreCase) >= 0;
        var at = 0;
        while (at < _text.Length)
        {
            if (!IsPartOfName(_text[at]))
            {
                at++;
                continue;
            }

            var start = at;
            var hash = 0;
            do
            {
                hash = Add(hash, _text[at]);
                at++;
            }
            while (at < _text.Length && IsPartOfName(_text[at]));

            _bits[Word(hash)] |= Bit(hash);
            if (at - start == 3 && _text[start] == 'n' && _text[start + 1] == 'e' && _text[start + 2] == 'w'
                && IsFollowedByArguments(at) && !IsInDeclaration(start))
            {
                BareNews.Add(start);
            }
        }
    }

    /// <summary>Where a name stands next; -1 where it does not.</summary>
    private int Find(string name, int from)
    {
        for (var at = IndexOf(name, from); at >= 0; at = IndexOf(name, at + 1))
        {
            var end = at + name.Length;
            if ((at == 0 || !IsPartOfName(_text[at - 1])) && (end == _text.Length || !IsPartOfName(_text[end])))
            {
                return at;
            }
        }

        return -1;
    }

    private int IndexOf(string name, int from) => from < _text.Length ? _text.IndexOf(name, from, StringComparison.Ordinal) : -1;

    private bool IsFollowedByArguments(int at)
    {
        while (at < _text.Length && char.IsWhiteSpace(_text[at]))
        {
            at++;
        }

        return at < _text.Length && _text[at] == '(';
    }

    /// <summary>Whether what stands before is <c>Type name =</c>, or the end of a property of a type that is named: <c>{ get; } =</c>.</summary>
    private bool IsInDeclaration(int start)
    {
        var equals = Before(start);
        if (equals < 1 || _text[equals] != '=')
        {
            return false;
        }

        var end = Before(equals);
        if (end >= 0 && _text[end] == '}')
        {
            return true;
        }

        var name = BeforeName(end);
        var type = Before(name + 1);
        if (name == end || type == name || type < 1)
        {
            return false;
        }

        return _text[type] switch
        {
            ']' => true,
            '>' => _text[type - 1] != '=',
            '?' => IsPartOfName(_text[type - 1]) || _text[type - 1] is '>' or ']',
            var last => IsPartOfName(last) && !NoTypes.Contains(_text.Substring(BeforeName(type) + 1, type - BeforeName(type))),
        };
    }

    /// <summary>The place of the last character before a place that is no white space; -1 where there is none.</summary>
    private int Before(int at)
    {
        do
        {
            at--;
        }
        while (at >= 0 && char.IsWhiteSpace(_text[at]));

        return at;
    }

    /// <summary>The place before the name that ends at a place.</summary>
    private int BeforeName(int at)
    {
        while (at >= 0 && IsPartOfName(_text[at]))
        {
            at--;
        }

        return at;
    }

    private static int Add(int hash, char character) => unchecked((hash * 31) + character);

    private static int Word(int hash) => (int)(unchecked((uint)hash * 0x9E3779B1u) >> (32 - Bits + 6));

    private static ulong Bit(int hash) => 1UL << (int)((unchecked((uint)hash * 0x9E3779B1u) >> (32 - Bits)) & 63);

    private static bool IsPartOfName(char character) =>
        character < 128
            ? (uint)((character | 0x20) - 'a') < 26 || (uint)(character - '0') < 10 || character == '_'
            : char.IsLetterOrDigit(character) || char.GetUnicodeCategory(character)
                is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark
                or System.Globalization.UnicodeCategory.ConnectorPunctuation or System.Globalization.UnicodeCategory.LetterNumber
                or System.Globalization.UnicodeCategory.Format;
}
