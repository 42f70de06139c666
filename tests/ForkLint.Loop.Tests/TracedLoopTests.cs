using System.Globalization;
using System.Text.Json;
using ForkLint.CodeFixes;
using ForkLint.Fixing;
using ForkLint.Verification;

namespace ForkLint.WholeLoop;

/// <summary>
/// The second loop: what a service really starts is traced, the analyzer warns with the peak of the child, the fix takes the memory from
/// beside the child, and the next trace shows it. As root, like all tests of tracepoints.
/// </summary>
public sealed class TracedLoopTests : IDisposable
{
    private const string Site = "M:Traced.Encoder.Run";
    private const long FrameBytes = 240_000_000;
    private const long ChildBytes = 150_000_000;

    private const string Source = """
        using System.Diagnostics;
        using System.Runtime.InteropServices;

        namespace Traced;

        internal static class Encoder
        {
            internal static unsafe int Run(string program)
            {
                void* frame = NativeMemory.Alloc(240_000_000);
                new Span<byte>(frame, 240_000_000).Fill(1);
                using var child = Process.Start(program, "encode");
                child.WaitForExit();
                NativeMemory.Free(frame);
                return child.ExitCode;
            }
        }

        internal static class Program
        {
            private static int Main(string[] args)
            {
                if (args is not ["encode"])
                {
                    return Encoder.Run(Environment.ProcessPath!);
                }

                var picture = new byte[150_000_000];
                picture.AsSpan().Fill(1);
                // As long as it takes, on a machine with other work, until the stack that started it has its names: they are read from the living service.
                Thread.Sleep(8000);
                return picture[^1] - 1;
            }
        }
        """;

    private readonly UsersTree _tree = new("");

    public void Dispose() => _tree.Dispose();

    [Fact]
    public async Task A_child_is_traced_warned_about_with_its_peak_and_no_longer_beside_what_was_freed()
    {
        Directory.CreateDirectory(_tree["Traced"]);
        File.WriteAllText(_tree["Traced/Traced.csproj"], "<Project Sdk=\"Microsoft.NET.Sdk\" />");
        File.WriteAllText(_tree["Traced/Program.cs"], Source);

        // From the source alone nobody knows which child it is.
        var finding = Assert.Single(Check("before.sarif"));
        Assert.Equal("FORK004", finding.GetProperty("ruleId").GetString());
        Assert.DoesNotContain("peaked", MessageOf(finding), StringComparison.Ordinal);

        // Traced and written.
        _tree.Build("Traced", "-o", _tree["built"]);
        var before = Trace("before.json", "--write-measured", _tree["sizes.txt"]);
        var peak = SpawnOf(before).GetProperty("peakResidentBytes").GetInt64();
        Assert.InRange(peak, ChildBytes, ChildBytes + 100_000_000);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"\n{Site}; starts=1; peak={peak}; program=Traced\n"), File.ReadAllText(_tree["sizes.txt"]), StringComparison.Ordinal);

        // Warned with the peak: by the file of measured sizes, and by the trace itself.
        foreach (var options in new[] { ["--measured", "sizes.txt"], ["--traced", "sizes.txt"], new[] { "--traced", "before.json" } })
        {
            var warned = Assert.Single(Check("warned.sarif", options));
            Assert.Contains("may be held beside 'Traced', which peaked at ", MessageOf(warned), StringComparison.Ordinal);
            Assert.Equal(peak, warned.GetProperty("properties").GetProperty("childPeakBytes").GetInt64());
        }

        // Fixed as the light bulb does it.
        var code = Lint.CSharp(Source).AdditionalFile("ForkLint.Measured.txt", File.ReadAllText(_tree["sizes.txt"]));
        File.WriteAllText(_tree["Traced/Program.cs"], await code.After<MoveReleaseCodeFixProvider>());
        Assert.Empty(Check("after.sarif", "--traced", "before.json"));

        // Traced again: the child is as large as before, and no longer beside the frame.
        _tree.Build("Traced", "-o", _tree["built"]);
        var after = Trace("after.json");
        Assert.InRange(SpawnOf(after).GetProperty("peakResidentBytes").GetInt64(), ChildBytes, ChildBytes + 100_000_000);
        Assert.InRange(BesideBytes(before), FrameBytes, long.MaxValue);
        Assert.InRange(BesideBytes(before) - BesideBytes(after), FrameBytes * 9 / 10, long.MaxValue);
    }

    private JsonElement[] Check(string log, params string[] options)
    {
        _tree.Tool(["check", "Traced", "--format", "sarif", "--output", log, .. options]);
        return [.. SarifResults.Read(_tree[log])];
    }

    private JsonElement Trace(string file, params string[] options)
    {
        _tree.Tool(["trace", "--output", _tree[file], .. options, "--", _tree["built/Traced"]]);
        using var document = JsonDocument.Parse(File.ReadAllText(_tree[file]));
        return document.RootElement.Clone();
    }

    private static JsonElement SpawnOf(JsonElement trace)
    {
        var spawn = Assert.Single(trace.GetProperty("spawns").EnumerateArray());
        Assert.Equal(Site, spawn.GetProperty("members")[0].GetString());
        return spawn;
    }

    /// <summary>What the service held at the moment at which it and its child were largest, the child there.</summary>
    private static long BesideBytes(JsonElement trace)
    {
        var service = trace.GetProperty("process").GetProperty("pid").GetInt32();
        var members = trace.GetProperty("tree").GetProperty("members").EnumerateArray().ToDictionary(static member => member.GetProperty("pid").GetInt32(), static member => member.GetProperty("residentBytes").GetInt64());
        return members.Count == 2 ? members[service] : 0;
    }

    private static string MessageOf(JsonElement finding) => finding.GetProperty("message").GetProperty("text").GetString()!;
}
