namespace ForkLint.Docs.Tests;

/// <summary>Every command that a page prints is run, in a scene like the one that the page speaks of; the few that are not say why.</summary>
[Collection(InstalledToolGroup.Name)]
public sealed class PrintedCommandTests(InstalledTool tool)
{
    /// <summary>What is not run here.</summary>
    private static readonly (string Start, string Why)[] NotRun =
    [
        ("docker ", "needs a container engine"),
        ("kubectl ", "needs a cluster"),
        ("sudo dotnet-forklint trace", "needs the initial pid namespace, and the scene has its own; TraceTests watch real processes"),
        ("dotnet-forklint export --listen", "answers until it is ended; EndpointTests and PrometheusTests ask it"),
        ("dotnet-forklint export -o /var/lib/", "writes there until it is ended; FileTests do it elsewhere"),
        ("dotnet-forklint export --otlp", "needs a collector; OtlpTests have one"),
        ("dotnet-forklint watch", "goes on until a key is pressed; WatchTests do that in a terminal"),
        ("docs/costs/measure", "takes minutes, and means something on an idle machine only; CostPageTests draw what it measured"),
        ("dotnet run docs/costs/draw.cs", "CostPageTests run it, into a folder of their own"),
        ("dotnet run -c Release --project samples/", "the tests of the samples run each"),
        ("dotnet run -c Release --project tool/ForkLint.Tool -- demo", "the same demo is run as the installed command; .ci/run runs this line"),
        ("dotnet test ForkLint.sln", "it is what runs this"),
        ("dotnet add package ", "it needs the package on a feed; the tests of the package reference it from a folder"),
        ("dotnet tool install --global", "it changes the user's own folder; the tool of these tests was installed from its package with --tool-path"),
        ("dotnet build samples/MeasuredCache -o built", "this one and the next three are the loop that WholeLoopTests go"),
        ("built/MeasuredCache", "see above"),
        ("dotnet-forklint measure --name MeasuredCache", "see above"),
        ("dotnet-forklint check samples/MeasuredCache --measured", "see above"),
        ("dotnet pack analyzer/ForkLint.Package", "writes into the repository; the tests of the package run it with a folder of their own"),
        ("dotnet build samples/PackagedAnalyzer", "needs that package in the repository; the tests of the package build it with one of their own"),
    ];

    /// <summary>Those that end with 2 in the scene, because what they look for is there and was not accepted before on the same page.</summary>
    private static readonly PrintedCommand[] Shut =
    [
        new("docs/commands/check.md", "dotnet-forklint check App.csproj --fail-on warning"),
        new("docs/commands/gate.md", "dotnet-forklint gate --sarif findings.sarif"),
        new("docs/guides/build.md", "dotnet-forklint gate --sarif findings.sarif"),
    ];

    [Fact]
    public void Every_printed_command_does_what_its_page_says()
    {
        var commands = Pages.Commands().Where(command => !NotRun.Any(entry => command.Command.StartsWith(entry.Start, StringComparison.Ordinal))).ToArray();
        Assert.True(commands.Length >= 25, $"only {commands.Length} commands were found");
        using var scene = new Scene(tool);
        var failures = new List<string>();
        foreach (var group in commands.GroupBy(command => command.Page))
        {
            // In the order of the page: what one writes, the next reads.
            scene.Reset();
            foreach (var command in group.Distinct())
            {
                var result = scene.Run(command.Command);
                var expected = Shut.Contains(command) ? 2 : 0;
                if (result.ExitCode != expected)
                {
                    failures.Add($"{command}\nexpected {expected}, {result}");
                }
            }
        }

        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
    }

    [Fact]
    public void What_is_not_run_is_printed_somewhere() =>
        Assert.All(NotRun, entry => Assert.Contains(Pages.Commands(), command => command.Command.StartsWith(entry.Start, StringComparison.Ordinal)));
}
