using System.CommandLine;
using System.CommandLine.Parsing;
using ForkLint.Tool.Checking.Sarif;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Findings;

namespace ForkLint.Tool.Commands;

/// <summary>The lowest level that is shown.</summary>
internal enum Severity
{
    /// <summary>All levels.</summary>
    Info,

    /// <summary>Warnings, and what a project raised to errors.</summary>
    Warning,

    /// <summary>What a project raised to errors alone.</summary>
    Error,
}

/// <summary>The options by which <c>check</c> and <c>gate</c> look at some of the findings alone.</summary>
internal sealed class FilterOptions
{
    private readonly Option<Severity> _severity = OptionFactory.Choice<Severity>("--severity", "Only findings of this level and above.");

    private readonly Option<string[]> _rules = new("--rule")
    {
        Description = "Only findings of this rule, such as FORK005. Can be repeated.",
        HelpName = "id",
    };

    /// <summary>Both options, with the check of their values.</summary>
    public FilterOptions() => _rules.Validators.Add(Validate);

    /// <summary>Adds both to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_severity);
        command.Options.Add(_rules);
    }

    /// <summary>What was asked for.</summary>
    public FindingFilter Read(ParseResult parsed) => new(
        parsed.GetValue(_severity) switch { Severity.Error => FindingLevel.Error, Severity.Warning => FindingLevel.Warning, _ => FindingLevel.None },
        parsed.GetValue(_rules) ?? []);

    private static void Validate(OptionResult result)
    {
        foreach (var token in result.Tokens.Where(token => !RuleNames.IsOurs(token.Value.ToUpperInvariant())))
        {
            result.AddError($"--rule: '{token.Value}' is not a rule: write an id such as FORK005");
        }
    }
}
