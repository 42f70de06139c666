using System.Globalization;
using System.Text;
using ForkLint.Tool.Checking.Sarif;
using ForkLint.Tool.Findings;
using ForkLint.Tool.Rendering;
using ForkLint.Tool.Text;

namespace ForkLint.Tool.Checking.Output;

/// <summary>Findings as workflow commands: GitHub shows them as annotations on the changed lines.</summary>
internal static class FindingGitHub
{
    /// <summary>One command for each finding that counts, and the summary as an ordinary line.</summary>
    public static string Render(CheckResult result)
    {
        var text = new StringBuilder();
        foreach (var finding in result.Active)
        {
            var command = new WorkflowCommand(finding.Level switch { FindingLevel.Error => "error", FindingLevel.Warning => "warning", _ => "notice" });
            if (finding.Location is { } location)
            {
                command.Add("file", location.Path);
                if (location.Line > 0)
                {
                    command.Add("line", location.Line).Add("endLine", location.EndLine);

                    // GitHub takes columns only where the lines are one.
                    if (location.EndLine == location.Line && location.EndColumn > 0)
                    {
                        command.Add("col", location.Column).Add("endColumn", location.EndColumn);
                    }
                }
            }

            text.Append(command.Add("title", finding.RuleId).ToLine(RuleNames.Page(finding.RuleId) is { } page ? $"{finding.Message}\n{page}" : finding.Message));
        }

        var summary = new TextPage(OutputKind.Terminal, TextStyle.Plain);
        FindingText.AppendSummary(summary, result);
        return text.Append(summary.ToString()).ToString();
    }

    /// <summary>One command of a workflow's log; nothing that it is given can end it or begin another.</summary>
    private sealed class WorkflowCommand(string name)
    {
        private readonly List<string> _properties = [];

        public WorkflowCommand Add(string property, string value)
        {
            _properties.Add($"{property}={NeutralText.GitHubProperty(value)}");
            return this;
        }

        public WorkflowCommand Add(string property, int value) => Add(property, value.ToString(CultureInfo.InvariantCulture));

        public string ToLine(string message) => $"::{name} {string.Join(',', _properties)}::{NeutralText.GitHubMessage(message)}\n";
    }
}
