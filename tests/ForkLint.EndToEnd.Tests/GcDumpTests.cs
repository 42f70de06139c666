using System.Globalization;

namespace ForkLint.EndToEnd.Tests;

/// <summary><c>dump --gcdump</c> against the tool whose format it writes: that tool reads the file, and says of it what it says of its own.</summary>
[Collection(InstalledToolGroup.Name)]
public sealed class GcDumpTests(InstalledTool tool) : IDisposable
{
    private const string ReaderVersion = "10.0.750501";

    private readonly string _folder = tool.NewFolder();

    [Theory]
    [InlineData("cache", "System.Byte[] (Bytes > 100K)")]
    [InlineData("generic", "System.Byte[] (Bytes > 10M)")]
    [InlineData("event", "System.Byte[] (Bytes > 1M)")]
    public void Types_and_counts_are_those_that_dotnet_gcdump_collects(string scenario, string held)
    {
        var reader = Reader();
        using var target = new HeldMemory(scenario);
        var ours = Path.Combine(_folder, "ours.gcdump");
        var theirs = Path.Combine(_folder, "theirs.gcdump");
        var result = tool.Run("dump", target.PidText, "--gcdump", "--output", ours);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("the application was stopped for", result.Output, StringComparison.Ordinal);
        Assert.StartsWith("600 ", Command.Run("stat", ["-c", "%a %n", ours]).Output, StringComparison.Ordinal);
        Run(reader, "collect", "-p", target.PidText, "-o", theirs);

        var (ourBytes, ourTypes) = Report(reader, ours);
        var (theirBytes, theirTypes) = Report(reader, theirs);
        SavingsReport.Within(0.01, theirBytes, ourBytes);
        Assert.True(theirTypes.ContainsKey(held), string.Join('\n', theirTypes.Keys.Take(10)));
        Assert.Equal(theirTypes[held], ourTypes.GetValueOrDefault(held));

        // Nested types are named otherwise there, and the application goes on between the two: what both name is all but the same.
        var both = theirTypes.Keys.Where(ourTypes.ContainsKey).ToList();
        Assert.True(both.Count >= theirTypes.Count * 0.7, $"{both.Count} of {theirTypes.Count} types are in both.");
        var same = both.Count(type => Math.Abs(ourTypes[type] - theirTypes[type]) <= 2 + (theirTypes[type] / 20));
        Assert.True(same >= both.Count * 0.9, $"{same} of {both.Count} types have the same counts.");
    }

    [Fact]
    public void A_full_disk_leaves_nothing_and_says_so()
    {
        using var target = new HeldMemory("cache");
        var small = Directory.CreateDirectory(Path.Combine(_folder, "small")).FullName;
        string[] arguments = ["-m", "--propagation=private", "sh", "-c", $"mount -t tmpfs -o size=16k forklint-test {small} && '{tool.Executable}' dump {target.PidText} --gcdump -o {small}/heap.gcdump; code=$?; ls -A {small}; exit $code"];
        var result = Command.Run("unshare", arguments);
        Assert.Equal(7, result.ExitCode);
        Assert.Contains("No space left on device", result.Error, StringComparison.Ordinal);
        Assert.Equal("", result.Output);
    }

    [Fact]
    public void A_symbolic_link_stays_and_what_it_leads_to_is_written()
    {
        using var target = new HeldMemory("cache");
        var (link, file) = (Path.Combine(_folder, "link.gcdump"), Path.Combine(_folder, "file.gcdump"));
        File.CreateSymbolicLink(link, file);
        var result = tool.Run("dump", target.PidText, "--gcdump", "-o", link);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(file, new FileInfo(link).LinkTarget);
        Assert.True(new FileInfo(file).Length > 0);
    }

    [Fact]
    public void What_has_no_managed_heap_is_refused()
    {
        using var other = Command.Start("sleep", ["600"]);
        var result = tool.Run("dump", other.Id.ToString(CultureInfo.InvariantCulture), "--gcdump", "-o", Path.Combine(_folder, "none.gcdump"));
        other.Kill();
        Assert.Equal(5, result.ExitCode);
        Assert.Contains("has no managed heap", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // The bytes of the heap, and how many objects each type has.
    private static (long Bytes, Dictionary<string, long> Types) Report(string reader, string file)
    {
        Dictionary<string, long> types = new(StringComparer.Ordinal);
        long bytes = 0;
        foreach (var line in Run(reader, "report", file).Output.Split('\n'))
        {
            // "        100,024     2,000  System.Byte[] (Bytes > 100K)  [System.Private.CoreLib.dll]"
            var parts = line.Trim().Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (parts is [var total, "GC Heap bytes"])
            {
                bytes = Number(total);
            }
            else if (parts is [_, var count, var type, ..] && char.IsAsciiDigit(count[0]))
            {
                types[type] = types.GetValueOrDefault(type) + Number(count);
            }
        }

        Assert.NotEmpty(types);
        return (bytes, types);
    }

    private static long Number(string text) => long.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    private static CommandResult Run(string reader, params string[] arguments)
    {
        var result = Command.Run(reader, arguments, new Dictionary<string, string?> { ["DOTNET_ROLL_FORWARD"] = "Major" });
        Assert.True(result.ExitCode == 0, result.ToString());
        return result;
    }

    private static string Reader()
    {
        var folder = Path.Combine(Repository.Root, "artifacts", "targets", "dotnet-gcdump");
        var program = Path.Combine(folder, "dotnet-gcdump");
        if (!File.Exists(program))
        {
            var result = Command.Run("dotnet", ["tool", "install", "dotnet-gcdump", "--tool-path", folder, "--version", ReaderVersion]);
            Assert.True(result.ExitCode == 0, result.ToString());
        }

        return program;
    }
}
