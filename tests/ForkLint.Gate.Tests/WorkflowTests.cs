using YamlDotNet.RepresentationModel;

namespace ForkLint.Gate.Tests;

/// <summary>The workflow that users copy: it is parsed as GitHub would, and its commands are run in their order.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class WorkflowTests : IDisposable
{
    private const string InstallCommand = "dotnet tool install --global ForkLint.Tool";

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    private static YamlMappingNode Workflow()
    {
        using var reader = File.OpenText(Repository.PathOf("docs/guides/github-actions.yml"));
        var yaml = new YamlStream();
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents.Single().RootNode;
    }

    private static YamlMappingNode[] Steps() => [.. ((YamlSequenceNode)Workflow()["jobs"]["gate"]["steps"]).Cast<YamlMappingNode>()];

    private static string Command(string step) => Steps().Single(candidate => candidate.Children.TryGetValue("name", out var name) && name.ToString() == step)["run"].ToString();

    [Fact]
    public void It_may_do_what_it_does_and_no_more()
    {
        var permissions = (YamlMappingNode)Workflow()["permissions"];
        Assert.Equal(["contents: read", "security-events: write"], permissions.Select(permission => $"{permission.Key}: {permission.Value}"));

        // Code scanning compares a pull request with the default branch, so that is analysed as well.
        Assert.Equal(["pull_request", "push"], ((YamlMappingNode)Workflow()["on"]).Children.Keys.Select(key => key.ToString()));
        Assert.Equal("main", Workflow()["on"]["push"]["branches"][0].ToString());

        // The log names its category itself, and the action leaves that alone: another one here would have no effect.
        var upload = Steps().Single(step => step.Children.TryGetValue("uses", out var action) && action.ToString().StartsWith("github/codeql-action/upload-sarif", StringComparison.Ordinal));
        Assert.Equal(["sarif_file"], ((YamlMappingNode)upload["with"]).Children.Keys.Select(key => key.ToString()));
        Assert.All(Steps(), step => Assert.True(step.Children.ContainsKey("run") != step.Children.ContainsKey("uses")));
        Assert.Equal(InstallCommand, Command("Install"));

        // Whatever the gate decided, the summary and the findings are shown.
        Assert.All(Steps().Where(step => step.Children.TryGetValue("name", out var name) && name.ToString() is "Summary" or "Code scanning"), step => Assert.Equal("always()", step["if"].ToString()));
    }

    [Fact]
    public void Its_commands_gate_a_project()
    {
        _workspace.Project("App", "<TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType>")
            .Write("App/Program.cs", "System.Console.WriteLine(\"ready\"); System.Threading.Thread.Sleep(System.Threading.Timeout.Infinite);");

        // The tool as it would be installed, under its own name on the path.
        _workspace.Write("bin/dotnet-forklint", $"#!/bin/sh\nexec dotnet exec '{Cli.ToolPath}' \"$@\"\n");
        File.SetUnixFileMode(_workspace["bin/dotnet-forklint"], UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);

        AssertSucceeds(Run(Command("Check")));
        AssertSucceeds(Run(Command("Build")));
        AssertSucceeds(Run(Command("Measure")));
        AssertSucceeds(Run("dotnet-forklint gate --sarif findings.sarif --measurement cost.json --update-baseline"));
        AssertSucceeds(Run(Command("Gate")));
        AssertSucceeds(Run(Command("Summary")));
        Assert.StartsWith("## ForkLint: ✅ passed (nothing new)", File.ReadAllText(_workspace["step-summary.md"]), StringComparison.Ordinal);
        Assert.Contains("| App | commit charge |", File.ReadAllText(_workspace["step-summary.md"]), StringComparison.Ordinal);

        _workspace.Write("App/Fork.cs", "static class Spawner { [System.Runtime.InteropServices.DllImport(\"libc\")] static extern int fork(); public static int Go() => fork(); }");
        AssertSucceeds(Run(Command("Check")));
        Assert.Equal(2, Run(Command("Gate")).ExitCode);
        AssertSucceeds(Run(Command("Summary")));
        Assert.Contains("## ForkLint: ❌ failed (1 new warning)", File.ReadAllText(_workspace["step-summary.md"]), StringComparison.Ordinal);
        Assert.Contains("FORK007", File.ReadAllText(_workspace["step-summary.md"]), StringComparison.Ordinal);
    }

    private static void AssertSucceeds(CliResult result) => Assert.True(result.ExitCode == 0, result.Error + result.Output);

    private CliResult Run(string command)
    {
        var environment = ((YamlMappingNode)Workflow()["env"]).ToDictionary(variable => variable.Key.ToString(), variable => (string?)variable.Value.ToString());
        environment["PATH"] = $"{_workspace["bin"]}:{Environment.GetEnvironmentVariable("PATH")}";
        environment["GITHUB_STEP_SUMMARY"] = _workspace["step-summary.md"];

        // As the runner starts a step (docs.github.com, "jobs.<job_id>.steps[*].shell").
        return Cli.Run(_workspace.Path, environment, "bash", ["-e", "-c", command]);
    }
}
