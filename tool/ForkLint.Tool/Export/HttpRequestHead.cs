using System.Text;

namespace ForkLint.Tool.Export;

/// <summary>The head of an HTTP request, as far as an endpoint with one page needs it (RFC 9112).</summary>
/// <param name="Method">Such as <c>GET</c>.</param>
/// <param name="Path">What is asked for, without the query.</param>
/// <param name="Accept">The value of the Accept header; empty without one.</param>
internal sealed record HttpRequestHead(string Method, string Path, string Accept)
{
    /// <summary>The longest head that is read.</summary>
    public const int MostBytes = 16 * 1024;

    /// <summary>The end of a head.</summary>
    public static ReadOnlySpan<byte> End => "\r\n\r\n"u8;

    /// <summary>Reads one; null where it is none.</summary>
    /// <param name="head">Everything before the empty line.</param>
    public static HttpRequestHead? Parse(ReadOnlySpan<byte> head)
    {
        var lines = Encoding.Latin1.GetString(head).Split("\r\n");
        if (lines[0].Split(' ') is not [var method, var target, "HTTP/1.1" or "HTTP/1.0"] || !target.StartsWith('/'))
        {
            return null;
        }

        var accept = lines.Skip(1).Where(static line => line.StartsWith("accept:", StringComparison.OrdinalIgnoreCase)).Select(static line => line["accept:".Length..].Trim());
        return new HttpRequestHead(method, target.Split('?')[0], string.Join(',', accept));
    }

    /// <summary>The format that the client takes: OpenMetrics where it names it with the highest weight, as Prometheus does.</summary>
    public ExportFormat PreferredFormat()
    {
        var (openMetrics, plain) = (0.0, 0.0);
        foreach (var range in Accept.Split(','))
        {
            var parts = range.Split(';', StringSplitOptions.TrimEntries);
            var weight = parts.FirstOrDefault(static part => part.StartsWith("q=", StringComparison.OrdinalIgnoreCase)) is { } text
                && double.TryParse(text.AsSpan(2), System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var given) ? given : 1;
            if (parts[0].Equals("application/openmetrics-text", StringComparison.OrdinalIgnoreCase))
            {
                openMetrics = Math.Max(openMetrics, weight);
            }
            else if (parts[0].Equals("text/plain", StringComparison.OrdinalIgnoreCase))
            {
                plain = Math.Max(plain, weight);
            }
        }

        return openMetrics > 0 && openMetrics >= plain ? ExportFormat.OpenMetrics : ExportFormat.Prometheus;
    }
}
