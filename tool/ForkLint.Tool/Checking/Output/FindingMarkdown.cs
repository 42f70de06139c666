using System.Globalization;
using System.Text;
using ForkLint.Tool.Rendering;

namespace ForkLint.Tool.Checking.Output;

/// <summary>Findings for a pull request or a job summary, in GitHub's Markdown.</summary>
internal static class FindingMarkdown
{
    /// <summary>The whole summary.</summary>
    public static string Render(CheckResult result)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"## ForkLint\n\n{MarkdownText.Escape(FindingText.Summary(result))}\n");
        MarkdownText.AppendTable(text, "Findings", [.. result.Active.Select(MarkdownText.Row)]);
        if (result.Unflagged.Count > 0)
        {
            text.Append("\n### Measured, but no finding is about it\n\n| held | by |\n|--:|---|\n");
            foreach (var holder in result.Unflagged.Take(MarkdownText.MaximumRows))
            {
                text.Append(CultureInfo.InvariantCulture, $"| {Units.Bytes(holder.Bytes)} | {MarkdownText.Escape(holder.Holder)} |\n");
            }
        }

        return text.ToString();
    }
}
