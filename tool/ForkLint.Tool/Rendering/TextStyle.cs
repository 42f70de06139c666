namespace ForkLint.Tool.Rendering;

/// <summary>What a piece of text stands out as. Colours never carry a meaning that the words do not.</summary>
internal enum Emphasis
{
    /// <summary>Ordinary text.</summary>
    None,

    /// <summary>A heading.</summary>
    Heading,

    /// <summary>Good news.</summary>
    Good,

    /// <summary>Bad news.</summary>
    Bad,

    /// <summary>Something to look at.</summary>
    Caution,

    /// <summary>Explanation, less important than the figures.</summary>
    Quiet,
}

/// <summary>Colours on a terminal, plain text everywhere else.</summary>
/// <param name="isColored">Whether escape sequences are written.</param>
internal sealed class TextStyle(bool isColored)
{
    /// <summary>No escape sequences.</summary>
    public static TextStyle Plain { get; } = new(isColored: false);

    /// <summary>
    /// Coloured when standard output is a terminal that can, and neither <c>NO_COLOR</c> (https://no-color.org: present and
    /// not empty) nor the output's redirection says otherwise.
    /// </summary>
    public static TextStyle ForStandardOutput() => new(
        !Console.IsOutputRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } terminal
        && terminal != "dumb");

    /// <summary>The width of the terminal that standard output is; null where it is none, or does not say.</summary>
    public static int? TerminalColumns()
    {
        try
        {
            return Console.IsOutputRedirected || Console.WindowWidth <= 0 ? null : Console.WindowWidth;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>How many columns a text takes, its escape sequences left out.</summary>
    public static int VisibleLength(string text)
    {
        var length = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\e')
            {
                var end = text.IndexOf('m', at);
                at = end < 0 ? text.Length : end;
            }
            else
            {
                length++;
            }
        }

        return length;
    }

    /// <summary>The text with this emphasis.</summary>
    public string Apply(string text, Emphasis emphasis)
    {
        if (!isColored || emphasis == Emphasis.None || text.Length == 0)
        {
            return text;
        }

        var code = emphasis switch
        {
            Emphasis.Heading => "1",
            Emphasis.Good => "32",
            Emphasis.Bad => "31",
            Emphasis.Caution => "33",
            _ => "2",
        };
        return $"\e[{code}m{text}\e[0m";
    }
}
