using System.Runtime.InteropServices;

namespace PackagedAnalyzer;

/// <summary>Forks with a table in hand, through a helper.</summary>
internal static class Forking
{
    public static void Split()
    {
        var table = new byte[100_000_000];
        Array.Fill(table, (byte)1);
        Launch();
        Console.WriteLine(table[^1]);
    }

    private static void Launch() => Console.WriteLine(Fork());

    [DllImport("libc", EntryPoint = "fork")]
    private static extern int Fork();
}
