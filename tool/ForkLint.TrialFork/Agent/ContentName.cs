using System.Buffers;
using System.Text;

namespace ForkLint.TrialFork;

/// <summary>
/// The name of the shim's assembly, which is the hash of the file with zeros in place of the name (tool/ForkLint.Agent/Shim/Naming.targets).
/// Two files of one name with other bytes would end the application that loads the second, so no file is used whose name is not its own.
/// </summary>
internal static class ContentName
{
    /// <summary>What each name begins with.</summary>
    public const string Prefix = "ForkLint.Shim.";

    private const int HashCharacters = 32;
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    /// <summary>The hash in a name; null where it is no such name.</summary>
    public static string? HashOf(string name) => name.Length == Prefix.Length + HashCharacters && name.StartsWith(Prefix, StringComparison.Ordinal)
        && !name.AsSpan(Prefix.Length).ContainsAnyExcept(Hexadecimal)
            ? name[Prefix.Length..]
            : null;

    /// <summary>Whether these bytes have this name: they hold it, and it is their hash.</summary>
    /// <param name="name">The name, without an extension.</param>
    /// <param name="bytes">The whole file.</param>
    public static bool Covers(string name, ReadOnlySpan<byte> bytes)
    {
        if (HashOf(name) is not { } hash)
        {
            return false;
        }

        byte[] unnamed = bytes.ToArray();
        byte[] sought = Encoding.ASCII.GetBytes(name);
        int found = 0;
        for (int at = 0; unnamed.AsSpan(at).IndexOf(sought) is var next and >= 0; at += next + sought.Length)
        {
            unnamed.AsSpan(at + next + Prefix.Length, HashCharacters).Fill((byte)'0');
            found++;
        }

        return found > 0 && Convert.ToHexString(ContentHash.Compute(unnamed)).StartsWith(hash, StringComparison.OrdinalIgnoreCase);
    }
}
