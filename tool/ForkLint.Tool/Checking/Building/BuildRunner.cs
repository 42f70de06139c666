using System.Diagnostics;
using System.Text;

namespace ForkLint.Tool.Checking.Building;

/// <summary>How to build.</summary>
internal sealed record BuildSettings
{
    /// <summary>The configuration; null for the project's default.</summary>
    public string? Configuration { get; init; }

    /// <summary>The one target framework to build; null for all of them.</summary>
    public string? Framework { get; init; }

    /// <summary>Further properties, as <c>Name=Value</c>.</summary>
    public IReadOnlyList<string> Properties { get; init; } = [];

    /// <summary>Whether the packages were restored before.</summary>
    public bool SkipsRestore { get; init; }

    /// <summary>The measured sizes that the compiler is to see; null without.</summary>
    public string? MeasuredFile { get; init; }

    /// <summary>What the application was seen to start, for the compiler to see beside them; null without.</summary>
    public string? TracedFile { get; init; }
}

/// <summary>How a build ended.</summary>
/// <param name="Succeeded">Whether its exit code was 0.</param>
/// <param name="Errors">The errors it printed.</param>
/// <param name="Output">All that it printed.</param>
internal sealed record BuildOutcome(bool Succeeded, IReadOnlyList<BuildError> Errors, string Output);

/// <summary>
/// Runs <c>dotnet build</c> with check's own files hooked in by environment variables, which MSBuild takes for properties of the
/// lowest rank: nothing that the project or its command line sets is overruled by name.
/// </summary>
/// <param name="projects">What to build.</param>
/// <param name="work">Where everything goes.</param>
/// <param name="settings">How.</param>
internal sealed class BuildRunner(ProjectSet projects, WorkFolder work, BuildSettings settings)
{
    private const string HookVariable = "CustomBeforeDirectoryBuildProps";

    /// <summary>Where the files that are hooked in lie: beside the tool.</summary>
    public static string InjectionFolder { get; } = Path.Combine(AppContext.BaseDirectory, "injected");

    /// <summary>Builds.</summary>
    /// <param name="skipped">Projects that are to be compiled without the analyzer, because they have their result.</param>
    /// <param name="cancellation">Ends the build and everything it started.</param>
    public BuildOutcome Run(IReadOnlyCollection<string> skipped, CancellationToken cancellation)
    {
        using var process = Process.Start(StartInfo(skipped)) ?? throw new IOException("dotnet could not be started");
        using var registration = cancellation.Register(() => Kill(process));
        var output = new StringBuilder();
        void Collect(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is not null)
            {
                lock (output)
                {
                    output.Append(line.Data).Append('\n');
                }
            }
        }

        process.OutputDataReceived += Collect;
        process.ErrorDataReceived += Collect;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        var text = output.ToString();
        return new BuildOutcome(process.ExitCode == 0, BuildError.Parse(text), text);
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has just ended.
        }
    }

    private ProcessStartInfo StartInfo(IReadOnlyCollection<string> skipped)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet")
        {
            // The SDK is chosen by the global.json that is found from here.
            WorkingDirectory = Path.GetDirectoryName(projects.BuildFile)!,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in Arguments())
        {
            start.ArgumentList.Add(argument);
        }

        // A tool that was itself started by a build inherits that build's idea of where the SDK is.
        foreach (var name in new[] { "MSBUILD_EXE_PATH", "MSBuildSDKsPath", "MSBuildExtensionsPath", "MSBuildLoadMicrosoftTargetsReadOnly" })
        {
            start.Environment.Remove(name);
        }

        var hook = Path.Combine(InjectionFolder, "ForkLint.Check.props");
        start.Environment[HookVariable] = Environment.GetEnvironmentVariable(HookVariable) is { Length: > 0 } other ? $"{other};{hook}" : hook;
        start.Environment["ForkLintWork"] = work.Path;
        start.Environment["ForkLintProjects"] = projects.IsWholeBuild ? "*" : Joined(projects.Projects);
        start.Environment["ForkLintSkippedProjects"] = skipped.Count == 0 ? "" : Joined(skipped);
        start.Environment["ForkLintMeasured"] = settings.MeasuredFile ?? "";
        start.Environment["ForkLintRestores"] = settings.SkipsRestore ? "" : "true";

        // Errors are parsed.
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";
        return start;
    }

    private IEnumerable<string> Arguments()
    {
        yield return "build";
        yield return projects.BuildFile;
        yield return "-nologo";
        yield return "-verbosity:quiet";
        yield return "-consoleLoggerParameters:ErrorsOnly;NoSummary;ForceNoAlign;DisableConsoleColor";
        yield return "-terminalLogger:off";
        if (settings.Configuration is { } configuration)
        {
            yield return "--configuration";
            yield return configuration;
        }

        if (settings.Framework is { } framework)
        {
            yield return "--framework";
            yield return framework;
        }

        if (settings.SkipsRestore)
        {
            yield return "--no-restore";
        }

        foreach (var property in settings.Properties)
        {
            yield return $"-property:{property}";
        }
    }

    private static string Joined(IEnumerable<string> paths) => $"|{string.Join('|', paths)}|";
}
