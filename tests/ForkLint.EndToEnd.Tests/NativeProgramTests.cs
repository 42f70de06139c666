namespace ForkLint.EndToEnd.Tests;

/// <summary>The installed command becomes the program that needs no runtime, and is the same command wherever that cannot run.</summary>
[Collection(InstalledToolGroup.Name)]
public sealed class NativeProgramTests(InstalledTool tool)
{
    private const string Program = "native/dotnet-forklint";

    /// <summary>What a command that it starts sees of it: its program, what its runtime left in the temporary folder, the signals that it inherits as ignored.</summary>
    private const string Look = "readlink /proc/$PPID/exe; key=$PPID-$(cut -d ' ' -f 22 /proc/$PPID/stat); ls ${TMPDIR:-/tmp} | grep -c -e dotnet-diagnostic-$key- -e clr-debug-pipe-$key-; grep SigIgn /proc/self/status; env | grep -c FORKLINT_ORIGIN";

    [Fact]
    public void The_command_becomes_the_program_and_leaves_nothing_of_a_runtime()
    {
        if (!InstalledTool.IsPrecompiled)
        {
            return;
        }

        var seen = Seen(tool.Run("measure", "--", "sh", "-c", Look));
        Assert.EndsWith("/" + Program, seen[0], StringComparison.Ordinal);
        Assert.Equal("0", seen[1]);
        Assert.Equal("0", seen[3]);

        // The runtime's own way of starting a process gives back what it ignores itself, a broken pipe above all.
        Assert.Equal(Seen(Command.Run(tool.Executable, ["measure", "--", "sh", "-c", Look], new Dictionary<string, string?> { ["FORKLINT_NATIVE"] = "0" }))[2], seen[2]);
    }

    [Fact]
    public void Asked_not_to_it_stays_what_it_is()
    {
        var seen = Seen(Command.Run(tool.Executable, ["measure", "--", "sh", "-c", Look], new Dictionary<string, string?> { ["FORKLINT_NATIVE"] = "0" }));
        Assert.DoesNotContain(Program, seen[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ps", "--bogus")]
    [InlineData("--help")]
    [InlineData("measure", "--help")]
    [InlineData("--version")]
    [InlineData("measure", "1", "--engine", "estimate")]
    [InlineData("measure", "4194999")]
    public void Both_say_the_same(params string[] arguments)
    {
        var native = tool.Run(arguments);
        var managed = Command.Run(tool.Executable, arguments, new Dictionary<string, string?> { ["FORKLINT_NATIVE"] = "0" });
        Assert.Equal(managed, native);
    }

    [Theory]
    [InlineData("not a program", "755")]
    [InlineData("#!/bin/sh\nexit 1\n", "644")]
    [InlineData(null, null)]
    public void Where_it_cannot_run_the_runtime_runs_the_command(string? content, string? mode)
    {
        var installed = Path.GetDirectoryName(Directory.EnumerateFiles(Path.GetDirectoryName(tool.Executable)!, "dotnet-forklint.dll", SearchOption.AllDirectories).First())!;
        var copy = tool.NewFolder();
        Assert.Equal(0, Command.Run("cp", ["-r", installed + "/.", copy]).ExitCode);
        File.Delete(Path.Combine(copy, Program));
        if (content is not null)
        {
            Directory.CreateDirectory(Path.Combine(copy, "native"));
            File.WriteAllText(Path.Combine(copy, Program), content);
            Assert.Equal(0, Command.Run("chmod", [mode!, Path.Combine(copy, Program)]).ExitCode);
        }

        var result = Command.Run("dotnet", [Path.Combine(copy, "dotnet-forklint.dll"), "ps", "--bogus"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("--bogus", result.Error, StringComparison.Ordinal);
    }

    private static string[] Seen(CommandResult result)
    {
        // The command has ended before it could be measured; its output is above that line.
        Assert.Equal(7, result.ExitCode);
        var lines = result.Error.Split('\n');
        Assert.True(lines.Length >= 5, result.ToString());
        return lines;
    }
}
