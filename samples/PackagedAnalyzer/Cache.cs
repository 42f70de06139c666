namespace PackagedAnalyzer;

/// <summary>Holds memory in a static field, at every spawn of the program.</summary>
internal static class Cache
{
    private static byte[] _table = new byte[64_000_000];

    public static void Fill(int first)
    {
        _table[0] = (byte)first;
        Console.WriteLine(_table.Length);
    }
}
