using System.Diagnostics;

namespace PackagedAnalyzer;

/// <summary>Starts a process as another user: with musl a full fork, with glibc not.</summary>
internal static class UnderAnotherName
{
    public static void Print(string user)
    {
        var table = new byte[200_000_000];
        Process.Start(new ProcessStartInfo("lpr") { UserName = user });
        Console.WriteLine(table.Length);
    }
}
