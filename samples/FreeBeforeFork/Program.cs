// The third program of the tutorial: a configuration of 100 MB is freed before the fork. Which way of freeing it works?
// Each way runs in a process of its own, once in optimised and once in unoptimised code.
using System.Diagnostics;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ForkLint.Samples;

const int ConfigurationLengthBytes = 100_000_000;

(string Name, string Title)[] ways =
[
    ("keep", "keep it"),
    ("null", "set it to null"),
    ("collect", "set it to null, GC.Collect()"),
    ("compact", "… and compact the large object heap"),
    ("aggressive", "set it to null, Aggressive collection"),
    ("method", "a method of its own, Aggressive collection"),
    ("native", "native memory, freed"),
];

if (args is [var way, var code])
{
    var charge = code == "optimised" ? Ways.Optimised(way, ConfigurationLengthBytes) : Ways.Unoptimised(way, ConfigurationLengthBytes);
    Console.WriteLine(charge);
    return;
}

Console.WriteLine("Charge of the fork, MB                         optimised   unoptimised");
var charges = new Dictionary<(string, string), long>();
foreach (var (name, title) in ways)
{
    foreach (var kind in (string[])["optimised", "unoptimised"])
    {
        charges[(name, kind)] = await ChargeAsync(name, kind);
    }

    Console.WriteLine($"{title,-46}{Memory.Megabytes(charges[(name, "optimised")]),10}{Memory.Megabytes(charges[(name, "unoptimised")]),14}");
}

Console.WriteLine($"""

    Myth: set it to null and call GC.Collect(), and the fork is cheaper.
    Fact: that saved {Saved("collect", "optimised")} MB in optimised code and {Saved("collect", "unoptimised")} MB in unoptimised code.
          The Aggressive collection saved {Saved("aggressive", "optimised")} MB and {Saved("aggressive", "unoptimised")} MB:
          in unoptimised code a temporary of the compiler may still hold what the local no longer does.
          What works in both: allocate and use it in a method that returns before the fork, then the Aggressive
          collection ({Saved("method", "optimised")} MB and {Saved("method", "unoptimised")} MB).
    """);

string Saved(string name, string kind) => Memory.Megabytes(charges[("keep", kind)] - charges[(name, kind)]);

static async Task<long> ChargeAsync(string way, string code)
{
    var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, ArgumentList = { way, code } };
    using var process = Process.Start(start)!;
    var output = await process.StandardOutput.ReadToEndAsync();
    await process.WaitForExitAsync();
    return long.Parse(output, System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>One way of freeing, then the fork; compiled twice.</summary>
internal static class Ways
{
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static long Optimised(string way, int lengthBytes)
    {
        List<byte>? configuration = way is "method" or "native" ? null : Load(lengthBytes);
        if (way == "keep")
        {
            var kept = ForkCharge();
            GC.KeepAlive(configuration);
            return kept;
        }

        configuration = null;
        Free(way, lengthBytes);
        var charge = ForkCharge();
        GC.KeepAlive(configuration);
        return charge;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)]
    internal static long Unoptimised(string way, int lengthBytes)
    {
        List<byte>? configuration = way is "method" or "native" ? null : Load(lengthBytes);
        if (way == "keep")
        {
            var kept = ForkCharge();
            GC.KeepAlive(configuration);
            return kept;
        }

        configuration = null;
        Free(way, lengthBytes);
        var charge = ForkCharge();
        GC.KeepAlive(configuration);
        return charge;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Free(string way, int lengthBytes)
    {
        switch (way)
        {
            case "collect":
                GC.Collect();
                break;
            case "compact":
                GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
                GC.Collect();
                break;
            case "aggressive":
                GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                break;
            case "method":
                UseConfiguration(lengthBytes);
                GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                break;
            case "native":
                UseNative(lengthBytes);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void UseConfiguration(int lengthBytes)
    {
        var configuration = Load(lengthBytes);
        configuration[0]++;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe void UseNative(int lengthBytes)
    {
        var configuration = (byte*)NativeMemory.Alloc((nuint)lengthBytes);
        new Span<byte>(configuration, lengthBytes).Fill(1);
        NativeMemory.Free(configuration);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<byte> Load(int lengthBytes)
    {
        var configuration = new List<byte>(lengthBytes);
        CollectionsMarshal.SetCount(configuration, lengthBytes);
        CollectionsMarshal.AsSpan(configuration).Fill(1);
        return configuration;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long ForkCharge()
    {
        using var child = FrozenChild.TryFork(out var errorNumber)
            ?? throw new InvalidOperationException($"The kernel refused the fork: errno {errorNumber}.");
        return Memory.Of(child.Pid.ToString(System.Globalization.CultureInfo.InvariantCulture)).CommitChargeBytes;
    }
}
