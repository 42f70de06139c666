using System.Globalization;
using System.Text;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Rendering;

/// <summary>What a trace saw the application start, for people: program, peak, who started it, and what warns there.</summary>
internal static class TracedText
{
    private const int MostSites = 3;

    /// <summary>Appends it; nothing without a trace.</summary>
    public static void Append(StringBuilder output, IReadOnlyList<TracedSection>? traced, TextStyle style)
    {
        if (traced is null)
        {
            return;
        }

        output.Append('\n').Append(style.Apply("What it was seen to start (--traced)", Emphasis.Heading)).Append('\n');
        foreach (var child in traced)
        {
            var peak = child.PeakResidentBytes is { } bytes ? "peaked at " + Units.Bytes(bytes) : "its peak is not known";
            output.Append("  ").Append(child.Program ?? "a child without a program of its own").Append(": ").Append(peak).Append('\n');
            foreach (var site in child.Sites.Take(MostSites))
            {
                output.Append(CultureInfo.InvariantCulture, $"    {Units.Count((int)Math.Min(site.Starts, int.MaxValue), "start")} by {site.Member}\n");
                foreach (var finding in site.Findings)
                {
                    output.Append(CultureInfo.InvariantCulture, $"      {finding.Rule} at {finding.Path}:{finding.Line}: {finding.Message}\n");
                }
            }

            if (child.Sites.Count > MostSites)
            {
                output.Append(CultureInfo.InvariantCulture, $"    and {child.Sites.Count - MostSites} more methods on their stacks\n");
            }
        }
    }
}
