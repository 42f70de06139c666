using System.Globalization;
using Microsoft.Diagnostics.Runtime;

namespace ForkLint.Dumps.Tests;

/// <summary>What a debugger reads from a dump.</summary>
/// <param name="Threads">Of each managed thread its id and its frames, the innermost first.</param>
/// <param name="Objects">Of each type how many objects, and their bytes.</param>
/// <param name="Statics">The values of static fields of the test program.</param>
internal sealed record DumpContents(IReadOnlyDictionary<uint, string> Threads, IReadOnlyDictionary<string, (int Count, ulong Bytes)> Objects, string Statics)
{
    /// <summary>Reads a dump.</summary>
    /// <param name="path">The file.</param>
    /// <param name="hasObjects">Whether objects are looked at.</param>
    public static DumpContents Read(string path, bool hasObjects = true)
    {
        using var target = DataTarget.LoadDump(path);
        // What the version of the runtime is, a dump with heap does not say; it is that of the folder.
        using var runtime = Assert.Single(target.ClrVersions).CreateRuntime(Path.Combine(Programs.RuntimeFolder, "libmscordaccore.so"), ignoreMismatch: true);
        var threads = runtime.Threads.Where(static thread => thread.IsAlive && thread.OSThreadId != 0).ToDictionary(
            static thread => thread.OSThreadId,
            static thread => string.Join('\n', thread.EnumerateStackTrace().Where(static frame => frame.Method is not null).Select(static frame => frame.Method!.Signature)));
        var objects = new Dictionary<string, (int Count, ulong Bytes)>(StringComparer.Ordinal);
        if (!hasObjects)
        {
            return new DumpContents(threads, objects, "");
        }

        Assert.True(runtime.Heap.CanWalkHeap);
        foreach (var found in runtime.Heap.EnumerateObjects().Where(static found => found.IsValid && !found.IsFree))
        {
            string type = found.Type?.Name ?? "?";
            var sum = objects.GetValueOrDefault(type);
            objects[type] = (sum.Count + 1, sum.Bytes + found.Size);
        }

        return new DumpContents(threads, objects, Holdings(runtime));
    }

    private static string Holdings(ClrRuntime runtime)
    {
        var module = runtime.EnumerateModules().Single(static module => module.Name?.EndsWith("forklint-testapp.dll", StringComparison.Ordinal) == true);
        var domain = runtime.AppDomains.First(static domain => domain.Modules.Any());
        var held = module.GetTypeByName("ForkLint.TestApps.Scenarios.HoldScenario")!.GetStaticFieldByName("Managed")!.ReadObject(domain);
        var first = held.ReadObjectField("_items").AsArray().GetObjectValue(0).AsArray();
        return string.Create(CultureInfo.InvariantCulture, $"{held.ReadField<int>("_size")} array of {first.Length} bytes: {string.Join(' ', first.ReadValues<byte>(0, 3)!)}");
    }
}
