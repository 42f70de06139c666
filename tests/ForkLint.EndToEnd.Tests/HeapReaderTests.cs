using System.Text.Json;

namespace ForkLint.EndToEnd.Tests;

/// <summary>Which program reads a heap: the one that was compiled ahead of time, and the tool itself wherever that one cannot run.</summary>
[Collection(InstalledToolGroup.Name)]
public sealed class HeapReaderTests(InstalledTool tool)
{
    private const string Compiled = "forklint-heap-reader";

    [Fact]
    public void The_installed_tool_reads_with_the_compiled_program()
    {
        if (!InstalledTool.IsPrecompiled)
        {
            return;
        }

        using var target = new HeldMemory("cache");
        using var measuring = new Measuring(tool, "measure", target.PidText, "--trials", "1", "--format", "json");
        Assert.EndsWith("/" + Compiled, File.ResolveLinkTarget($"/proc/{measuring.Reader()}/exe", returnFinalTarget: false)!.FullName, StringComparison.Ordinal);
        Assert.Equal(1, SavingsReport.Of(measuring.Result()).GetProperty("heap").GetProperty("copies").GetInt32());
    }

    /// <summary>What the copy's holders keep is the same, whoever reads it. The scenarios are those with the most different roots.</summary>
    [Theory]
    [InlineData("cache")]
    [InlineData("service")]
    [InlineData("event")]
    [InlineData("pinned")]
    [InlineData("shared")]
    [InlineData("generic")]
    [InlineData("attached")]
    [InlineData("local")]
    [InlineData("owned")]
    public void It_says_what_the_tool_says_where_there_is_no_such_program(string scenario)
    {
        if (!InstalledTool.IsPrecompiled)
        {
            return;
        }

        var without = Copy();
        File.Delete(Path.Combine(without, Compiled));
        using var target = new HeldMemory(scenario);
        var compiled = Holders(tool.Run("measure", target.PidText, "--trials", "1", "--format", "json"));
        var managed = Holders(Run(without, "measure", target.PidText, "--trials", "1", "--format", "json"));
        Assert.NotEmpty(compiled);
        Assert.Equal(managed, compiled);
    }

    /// <summary>Compiled for another system, say: it ends before it says a word, and has done nothing to the copy.</summary>
    [Theory]
    [InlineData("#!/bin/sh\necho 'version GLIBC_2.99 not found' >&2\nexit 1\n", true)]
    [InlineData("#!/bin/sh\nkill -ILL $$\n", true)]
    [InlineData("not a program", true)]
    [InlineData("#!/bin/sh\nexit 1\n", false)]
    public void Where_it_cannot_run_the_tool_reads_the_same_copy_itself(string program, bool isExecutable)
    {
        var with = Copy();
        var path = Path.Combine(with, Compiled);
        File.WriteAllText(path, program);
        Assert.Equal(0, Command.Run("chmod", [isExecutable ? "500" : "400", path]).ExitCode);
        using var target = new HeldMemory("cache");
        var result = Run(with, "measure", target.PidText, "--trials", "1", "--format", "json");
        Assert.Equal("", result.Error);
        var heap = SavingsReport.Of(result).GetProperty("heap");
        Assert.Equal(1, heap.GetProperty("copies").GetInt32());
        Assert.True(heap.GetProperty("bytes").GetInt64() >= target.HeldBytes);
        Assert.Equal("", Measuring.ChildrenOf(target.Pid));
        Assert.Equal("pong", target.Tell("ping"));
    }

    // What malloc has in use is the application's own doing, and changes from one measurement to the next.
    private static string[] Holders(CommandResult result) =>
        [.. SavingsReport.Of(result).GetProperty("savings").EnumerateArray()
            .Where(saving => saving.GetProperty("holder") is not { ValueKind: JsonValueKind.String } holder || holder.GetString() != "native:malloc")
            .Where(saving => saving.GetProperty("holder").ValueKind == JsonValueKind.String || saving.GetProperty("jointlyHeldBy") is { ValueKind: JsonValueKind.Array })
            .Select(saving => $"{saving.GetProperty("what").GetString()} {saving.GetProperty("commitChargeBytes").GetInt64()}")];

    private static CommandResult Run(string folder, params string[] arguments) => Command.Run("dotnet", [Path.Combine(folder, "dotnet-forklint.dll"), .. arguments]);

    /// <summary>The files of the installed tool, in a folder to change things in.</summary>
    private string Copy()
    {
        var installed = Path.GetDirectoryName(Directory.EnumerateFiles(Path.GetDirectoryName(tool.Executable)!, "dotnet-forklint.dll", SearchOption.AllDirectories).First())!;
        var copy = tool.NewFolder();
        Assert.Equal(0, Command.Run("cp", ["-r", installed + "/.", copy]).ExitCode);
        return copy;
    }
}
