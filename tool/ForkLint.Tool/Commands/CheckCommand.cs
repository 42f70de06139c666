using System.CommandLine;
using System.ComponentModel;
using ForkLint.Tool.Checking;
using ForkLint.Tool.Checking.Building;
using ForkLint.Tool.Checking.Output;
using ForkLint.Tool.Checking.Sarif;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Findings;
using ForkLint.Tool.Rendering;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Commands;

/// <summary>The form of the findings.</summary>
internal enum CheckFormat
{
    /// <summary>For people, with the source.</summary>
    Text,

    /// <summary>For programs.</summary>
    Json,

    /// <summary>For code scanning and for <c>gate</c>.</summary>
    Sarif,

    /// <summary>Annotations of a GitHub Actions job.</summary>
    GitHub,

    /// <summary>For a pull request or a job summary.</summary>
    Markdown,

    /// <summary>A report of GitLab Code Quality.</summary>
    GitLab,

    /// <summary>Logging commands of Azure Pipelines.</summary>
    Azure,

    /// <summary>A JUnit report.</summary>
    JUnit,

    /// <summary>For reviewdog: rdjson.</summary>
    Rdjson,
}

/// <summary><c>check</c>: runs the analyzer over a build that the project knows nothing of.</summary>
internal static class CheckCommand
{
    private const int MaximumErrorLines = 20;

    private const string Examples = """
        dotnet-forklint check                                           the project or solution in this folder
        dotnet-forklint check App.sln --format sarif -o findings.sarif  for code scanning, or for 'gate'
        dotnet-forklint check App.csproj --fail-on warning              exit code 2 when there is a warning
        dotnet-forklint check App.sln --rule FORK005 --rule FORK007     only these rules
        dotnet-forklint check App.csproj --measured sizes.txt           with the sizes that 'measure --write-measured' saw
        dotnet-forklint check App.csproj --traced trace.json            with the peaks of the processes that 'trace' saw
        """;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var path = new Argument<string>("PROJECT|SOLUTION") { Description = "A .csproj, .sln, .slnx, .slnf or dirs.proj file, the .cs file of a file-based app, or a folder with one project or solution.", DefaultValueFactory = _ => "." };
        var format = OptionFactory.Choice<CheckFormat>("--format", "The format of the findings. Without this option, a .json, .sarif, .md or .xml file in --output chooses json, sarif, markdown or junit.");
        var output = OptionFactory.Output("the findings");
        var failOn = OptionFactory.Choice<FailOnOption>("--fail-on", "Exit with code 2 when there is a finding of this level or above.");
        var measured = new Option<string?>("--measured") { Description = "The file of sizes that 'measure --write-measured' wrote.", HelpName = "file" };
        var traced = new Option<string?>("--traced") { Description = "The programs that the application starts: the JSON report of 'trace' or the file of 'trace --write-measured'.", HelpName = "file" };
        var configuration = new Option<string?>("--configuration", "-c") { Description = "The configuration to build.", HelpName = "name" };
        var framework = new Option<string?>("--framework", "-f") { Description = "Only this target framework.", HelpName = "name" };
        var property = new Option<string[]>("--property", "-p") { Description = "A property of the build. Can be repeated.", HelpName = "name=value" };
        var noRestore = new Option<bool>("--no-restore") { Description = "Do not restore packages before the build." };
        var sourceRoot = new Option<string?>("--source-root") { Description = "The folder that paths are relative to. [default: the top of the git work tree]", HelpName = "folder" };
        var command = new ExampleCommand("check", "Build a project with the analyzer and list large allocations held across process starts. The project is not changed.", Examples)
        {
            path, format, output, failOn, measured, traced, configuration, framework, property, noRestore, sourceRoot,
        };
        var filter = new FilterOptions();
        filter.AddTo(command);
        command.SetRun(parsed => Guard(() => Interruptible.Run(cancellation => Run(
            parsed.GetValue(path)!,
            parsed.GetValue(sourceRoot),
            new BuildSettings
            {
                Configuration = parsed.GetValue(configuration),
                Framework = parsed.GetValue(framework),
                Properties = parsed.GetValue(property) ?? [],
                SkipsRestore = parsed.GetValue(noRestore),
                MeasuredFile = parsed.GetValue(measured),
                TracedFile = parsed.GetValue(traced),
            },
            new CheckOutput(Form(parsed, format, parsed.GetValue(output)), parsed.GetValue(output), parsed.GetValue(failOn), filter.Read(parsed)),
            cancellation))));
        return command;
    }

    private static CheckFormat Form(ParseResult parsed, Option<CheckFormat> format, string? path) => OptionFactory.Form(
        parsed, format, path, (".sarif.json", CheckFormat.Sarif), (".sarif", CheckFormat.Sarif), (".json", CheckFormat.Json), (".md", CheckFormat.Markdown), (".xml", CheckFormat.JUnit));

    private static ExitReason Run(string path, string? sourceRoot, BuildSettings settings, CheckOutput output, CancellationToken cancellation)
    {
        if (output.File is not null)
        {
            OutputFile.Check(output.File, "the findings");
        }

        var projects = ProjectSet.Find(path);
        var root = sourceRoot is null ? SourceRoot.Find(Path.GetDirectoryName(projects.BuildFile)!) : new SourceRoot(sourceRoot);
        if (!Console.IsErrorRedirected)
        {
            ErrorLine.Note($"building {projects.Name} …");
        }

        var result = Checker.Run(projects, root, settings, cancellation).Only(output.Filter);
        foreach (var project in result.NotBuilt)
        {
            ErrorLine.Note($"not checked, because the solution does not build it: {root.Relative(project)}");
        }

        Write(result, output);
        var worst = result.Active.Select(finding => finding.Level).DefaultIfEmpty(FindingLevel.None).Max();
        return output.FailOn switch
        {
            FailOnOption.Error when worst >= FindingLevel.Error => ExitReason.BudgetExceeded,
            FailOnOption.Warning when worst >= FindingLevel.Warning => ExitReason.BudgetExceeded,
            FailOnOption.Info when worst >= FindingLevel.Note => ExitReason.BudgetExceeded,
            _ => ExitReason.Ok,
        };
    }

    private static void Write(CheckResult result, CheckOutput output)
    {
        if (output.Format == CheckFormat.Sarif)
        {
            // Written piece by piece: it has everything that the builds said.
            FindingsOutput.WriteSarif(new SarifHeader($"forklint/check/{result.Projects.Name}/", result.Rules, ToolVersion.Current, result.Root), result.Active, output.File);
            return;
        }

#pragma warning disable CS8524 // No other arm: a format that is added does not compile until it has its own.
        ReportOutput.WriteTo(output.File, output.Format switch
        {
            CheckFormat.Text => FindingText.Render(result, output.File is null ? TextStyle.ForStandardOutput() : TextStyle.Plain),
            CheckFormat.Json => FindingJson.Render(result),
            CheckFormat.GitHub => FindingGitHub.Render(result),
            CheckFormat.Markdown => FindingMarkdown.Render(result),
            CheckFormat.GitLab => FindingGitLab.Render(result),
            CheckFormat.Azure => FindingAzure.Render(result),
            CheckFormat.JUnit => FindingJUnit.Render(result),
            CheckFormat.Rdjson => FindingReviewdog.Render(result),
            CheckFormat.Sarif => throw new InvalidOperationException("SARIF was written above."),
        });
#pragma warning restore CS8524
    }

    private static ExitReason Guard(Func<ExitReason> action)
    {
        try
        {
            return UserInput.Use(action);
        }
        catch (MissingResultException failure)
        {
            throw new ToolException(ExitReason.BuildFailed, failure.Message, failure.Advice);
        }
        catch (Win32Exception failure)
        {
            throw new ToolException(ExitReason.BuildFailed, $"dotnet could not be started: {failure.Message}", "install the .NET SDK 8 or later, and put it on the PATH");
        }
        catch (BuildFailedException failure)
        {
            foreach (var line in failure.Lines.Take(MaximumErrorLines))
            {
                ErrorLine.Note(line);
            }

            var more = failure.Lines.Count > MaximumErrorLines ? $" (the first {MaximumErrorLines} of {failure.Lines.Count} errors are above)" : "";
            throw new ToolException(ExitReason.BuildFailed, $"{failure.Message}{more}", "see what 'dotnet build' says");
        }
    }

    private sealed record CheckOutput(CheckFormat Format, string? File, FailOnOption FailOn, FindingFilter Filter);
}
