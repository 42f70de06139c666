// A service with a cache that is filled at run time: how large it gets no compiler can see, and a measurement can.
// The first argument is the length of the cache in bytes; with "wait" as the second it stays, so that it can be measured.
using System.Diagnostics;
using System.Globalization;

namespace MeasuredCache;

internal static class Prices
{
    internal static byte[]? Table;

    internal static int Check(string lengthBytes)
    {
        Table ??= Load(lengthBytes);
        return Table.Count(price => price == 0);
    }

    private static byte[] Load(string lengthBytes)
    {
        var table = new byte[int.Parse(lengthBytes, CultureInfo.InvariantCulture)];
        table.AsSpan().Fill(1);
        return table;
    }
}

internal static class Export
{
    internal static int Run()
    {
        using var export = Process.Start("true");
        export.WaitForExit();
        return export.ExitCode;
    }
}

internal static class Program
{
    private static int Main(string[] args)
    {
        Console.WriteLine($"Prices without a value: {Prices.Check(args.FirstOrDefault() ?? "200000000")}");

        // From here on the prices are not needed any more, and nothing says so.
        var exitCode = Export.Run();
        Console.WriteLine($"Resident after the export, MB: {Environment.WorkingSet / 1_000_000}");
        if (args is [_, "wait"])
        {
            Console.WriteLine("Waiting for a line on standard input.");
            _ = Console.In.ReadLine();
        }

        return exitCode;
    }
}
