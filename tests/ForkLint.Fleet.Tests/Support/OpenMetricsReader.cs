using System.Globalization;
using System.Text;

namespace ForkLint.Fleet.Tests.Support;

/// <summary>Reads the samples of a text in either format, as a client does: written apart from the writer, after the ABNF of OpenMetrics 1.0.</summary>
internal static class OpenMetricsReader
{
    /// <summary>Each sample: its name and labels in order, and its value.</summary>
    public static Dictionary<string, double> Read(string text)
    {
        Dictionary<string, double> samples = [];
        foreach (var line in text.Split('\n').Where(static line => line.Length > 0 && line[0] != '#'))
        {
            var at = line.IndexOfAny(['{', ' ']);
            var name = line[..at];
            SortedDictionary<string, string> labels = new(StringComparer.Ordinal);
            if (line[at] == '{')
            {
                at = ReadLabels(line, at + 1, labels);
            }

            samples.Add(Key(name, labels), double.Parse(line[(at + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture));
        }

        return samples;
    }

    /// <summary>How a sample is named here.</summary>
    public static string Key(string name, IEnumerable<KeyValuePair<string, string>> labels) =>
        $"{name}{{{string.Join(',', labels.OrderBy(static label => label.Key, StringComparer.Ordinal).Select(static label => $"{label.Key}={label.Value}"))}}}";

    private static int ReadLabels(string line, int at, SortedDictionary<string, string> labels)
    {
        while (line[at] != '}')
        {
            at += line[at] == ',' ? 1 : 0;
            var equals = line.IndexOf("=\"", at, StringComparison.Ordinal);
            var name = line[at..equals];
            var value = new StringBuilder();
            for (at = equals + 2; line[at] != '"'; at++)
            {
                if (line[at] != '\\')
                {
                    value.Append(line[at]);
                    continue;
                }

                at++;
                value.Append(line[at] switch { 'n' => '\n', '"' => '"', '\\' => '\\', var other => throw new FormatException($"\\{other} is no escape: {line}") });
            }

            labels.Add(name, value.ToString());
            at++;
        }

        return at + 1;
    }
}
