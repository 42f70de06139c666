using System.Globalization;

namespace ForkLint.Tool.Rendering.Html;

/// <summary>One part of a bar.</summary>
/// <param name="Style">Its colour, as the style sheet names it.</param>
/// <param name="Amount">How long it is.</param>
/// <param name="Title">What it is, with its figure.</param>
internal sealed record BarPart(string Style, double Amount, string Title);

/// <summary>A bar of parts, drawn without a script. It is a picture of figures that stand beside it in words.</summary>
internal static class Bar
{
    private const double Width = 1000;

    /// <summary>Appends one.</summary>
    /// <param name="page">The page.</param>
    /// <param name="parts">From left to right.</param>
    /// <param name="scale">The amount that the whole width stands for.</param>
    /// <param name="limit">Where a line is drawn; null for none.</param>
    public static void AppendTo(TextPage page, IEnumerable<BarPart> parts, double scale, double? limit = null)
    {
        page.Append($"<svg class=\"bar\" viewBox=\"0 0 1000 20\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
        double at = 0;
        foreach (var part in parts)
        {
            var (from, to) = (Place(at, scale), Place(at + part.Amount, scale));
            at += part.Amount;
            if (to > from)
            {
                page.Append($"<rect class=\"k-{part.Style}\" x=\"{Text(from)}\" width=\"{Text(to - from)}\" y=\"0\" height=\"20\"><title>{part.Title}</title></rect>");
            }
        }

        if (limit is { } line)
        {
            var x = Text(Math.Clamp(Place(line, scale), 1, Width - 1));
            page.Append($"<line class=\"limit\" x1=\"{x}\" x2=\"{x}\" y1=\"0\" y2=\"20\"/>");
        }

        page.Append($"</svg>");
    }

    private static double Place(double amount, double scale) => scale <= 0 ? 0 : Math.Clamp(amount / scale, 0, 1) * Width;

    private static string Text(double place) => place.ToString("0.##", CultureInfo.InvariantCulture);
}
