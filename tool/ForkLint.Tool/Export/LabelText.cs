using System.Text;
using ForkLint.Linux.Text;
using ForkLint.Tool.Text;

namespace ForkLint.Tool.Export;

/// <summary>
/// The one home of what makes a name from outside the value of a label: of bounded length, on one line, nothing in it that a terminal acts upon. Every process may call
/// itself anything, and a metrics system keeps labels for months.
/// </summary>
internal static class LabelText
{
    /// <summary>The longest value, in UTF-16 code units: a cgroup of a pod has some 150.</summary>
    public const int MaximumLength = 200;

    /// <summary>A value as it is shown and sent.</summary>
    public static string Value(string text) => VisibleText.Of(NeutralText.Terminal(text), MaximumLength);

    /// <summary>The same between the quotes of a text format: a backslash, a quote and a line feed have escapes (OpenMetrics 1.0, ABNF: escaped-string).</summary>
    public static string Quoted(string text)
    {
        var quoted = new StringBuilder();
        foreach (var character in Value(text))
        {
            _ = character switch
            {
                '\\' => quoted.Append("\\\\"),
                '"' => quoted.Append("\\\""),
                '\n' => quoted.Append("\\n"),
                _ => quoted.Append(character),
            };
        }

        return quoted.ToString();
    }
}
