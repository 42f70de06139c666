using ForkLint.Tool.Rendering;
using ForkLint.Tool.Text;

namespace ForkLint.Tool.Checking.Output;

/// <summary>Findings for a pull request or a job summary, in GitHub's Markdown.</summary>
internal static class FindingMarkdown
{
    /// <summary>The whole summary.</summary>
    public static string Render(CheckResult result)
    {
        var page = new TextPage(OutputKind.Markdown, TextStyle.Plain);
        page.Append($"## ForkLint\n\n");
        FindingText.AppendSummary(page, result);
        MarkdownText.AppendTable(page, "Findings", [.. result.Active.Select(MarkdownText.Row)]);
        if (result.Unflagged.Count > 0)
        {
            page.Append($"\n### Measured, but no finding is about it\n\n| held | by |\n|--:|---|\n");
            foreach (var holder in result.Unflagged.Take(MarkdownText.MaximumRows))
            {
                page.Append($"| {Units.Bytes(holder.Bytes)} | {holder.Holder} |\n");
            }
        }

        return page.ToString();
    }
}
