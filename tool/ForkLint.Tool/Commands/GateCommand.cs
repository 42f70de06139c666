using System.CommandLine;
using ForkLint.Tool.Checking;
using ForkLint.Tool.Checking.Sarif;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Findings;
using ForkLint.Tool.Gating;
using ForkLint.Tool.Rendering;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Commands;

/// <summary>The form of the gate's decision.</summary>
internal enum GateFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>For a pull request.</summary>
    Markdown,

    /// <summary>For programs.</summary>
    Json,

    /// <summary>For code scanning: the findings with their state against the baseline.</summary>
    Sarif,
}

/// <summary>The level from which on a new finding fails the gate.</summary>
internal enum NewFindings
{
    /// <summary>Warnings, and what a project raised to errors.</summary>
    Warning,

    /// <summary>What a project raised to errors alone.</summary>
    Error,

    /// <summary>Information, too.</summary>
    Info,

    /// <summary>None does: only budgets fail.</summary>
    Never,
}

/// <summary><c>gate</c>: findings and measurements against a committed baseline and budgets.</summary>
internal static class GateCommand
{
    private const string Examples = """
        dotnet-forklint gate --sarif findings.sarif                      fails (exit 2) on a warning that is not in the baseline
        dotnet-forklint gate --sarif findings.sarif --update-baseline    accepts what there is now; commit the file
        dotnet-forklint gate --sarif findings.sarif --format markdown    the summary for a pull request
        dotnet-forklint gate --measurement cost.json --max-charge 500MB  fails when a fork is charged more
        dotnet-forklint gate --measurement cost.json --max-growth 10%    fails when it grew by more against the baseline
        """;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var sarif = new Option<string[]>("--sarif") { Description = "A SARIF log of 'check' or of a build (ErrorLog, version 2.1). Can be repeated, and can contain * and **.", HelpName = "file" };
        var measurement = new Option<string[]>("--measurement") { Description = "A report of 'measure --format json'. Can be repeated, once for each process, and can contain * and **.", HelpName = "file" };
        var baseline = new Option<string?>("--baseline") { Description = $"The committed baseline. [default: {Baseline.DefaultFileName}]", HelpName = "file" };
        var update = new Option<bool>("--update-baseline") { Description = "Accept the current findings and costs: write the baseline instead of comparing with it." };
        var maxCharge = OptionFactory.Size("--max-charge", "Fail when a fork is charged more than this.");
        var maxGrowth = new Option<Growth?>("--max-growth")
        {
            Description = "Fail when the charge of a fork grew by more than this against the baseline.",
            HelpName = "percent|size",
            CustomParser = result =>
            {
                var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
                if (Growth.TryParse(text, out var growth))
                {
                    return growth;
                }

                result.AddError($"--max-growth: '{text}' is not a growth: write a percentage or a size, such as 10% or 50MB");
                return null;
            },
        };
        var failOn = OptionFactory.Choice<NewFindings>("--fail-on", "Fail when there is a new finding of this level or above.");
        var format = OptionFactory.Choice<GateFormat>("--format", "The format of the result. Without this option, a .json, .sarif or .md file in --output chooses json, sarif or markdown.");
        var output = OptionFactory.Output("the result");
        var sourceRoot = new Option<string?>("--source-root") { Description = "The folder that paths are relative to. [default: the top of the git work tree]", HelpName = "folder" };
        var command = new ExampleCommand("gate", "Compare findings and measurements with a committed baseline and with budgets.", Examples)
        {
            sarif, measurement, baseline, update, maxCharge, maxGrowth, failOn, format, output, sourceRoot,
        };
        var filter = new FilterOptions();
        filter.AddTo(command);
        command.SetRun(parsed => UserInput.Use(() => Run(new GateRequest
        {
            SarifFiles = InputPatterns.Expand(parsed.GetValue(sarif) ?? []),
            MeasurementFiles = InputPatterns.Expand(parsed.GetValue(measurement) ?? []),
            BaselineFile = parsed.GetValue(baseline),
            UpdatesBaseline = parsed.GetValue(update),
            Budgets = new CostBudgets(parsed.GetValue(maxCharge), parsed.GetValue(maxGrowth)),
            Filter = filter.Read(parsed),
            FailOn = Level(parsed.GetValue(failOn)),
            Root = parsed.GetValue(sourceRoot) is { } folder ? new SourceRoot(folder) : SourceRoot.Find(Environment.CurrentDirectory),
        }, OptionFactory.Form(parsed, format, parsed.GetValue(output), (".json", GateFormat.Json), (".sarif", GateFormat.Sarif), (".md", GateFormat.Markdown)), parsed.GetValue(output))));
        return command;
    }

    private static FindingLevel? Level(NewFindings option) => option switch
    {
        NewFindings.Never => null,
        NewFindings.Error => FindingLevel.Error,
        NewFindings.Info => FindingLevel.Note,
        _ => FindingLevel.Warning,
    };

    private static ExitReason Run(GateRequest request, GateFormat format, string? output)
    {
        if (output is not null)
        {
            OutputFile.Check(output, "the decision");
        }

        var result = GateRunner.Run(request);
        if (request.UpdatesBaseline)
        {
            ErrorLine.Note($"wrote {request.BaselinePath} ({result.Counts})");
            return ExitReason.Ok;
        }

        if (!File.Exists(request.BaselinePath))
        {
            ErrorLine.Note($"{request.BaselinePath} does not exist: every finding counts as new (accept them with --update-baseline)");
        }

        switch (format)
        {
            case GateFormat.Sarif:
                FindingsOutput.WriteSarif(new SarifHeader("forklint/gate/", result.Rules, ToolVersion.Current, request.Root), result.Findings.Present(), output);
                break;
            case GateFormat.Markdown:
                ReportOutput.WriteTo(output, GateMarkdown.Render(result));
                break;
            case GateFormat.Json:
                ReportOutput.WriteTo(output, GateJson.Render(result));
                break;
            default:
                ReportOutput.WriteTo(output, GateText.Render(result, output is null ? TextStyle.ForStandardOutput() : TextStyle.Plain));
                break;
        }

        return result.Failed ? ExitReason.BudgetExceeded : ExitReason.Ok;
    }
}
