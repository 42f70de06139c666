using ForkLint.Tool.Text;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Rendering;

/// <summary>One line on standard error that says what a measurement is doing, rewritten in place, on a terminal only.</summary>
internal sealed class ProgressLine : IMeasureObserver, IDisposable
{
    private readonly TextWriter? _terminal;
    private string _stage = "";

    /// <param name="terminal">Where the line is; null if it is not shown.</param>
    internal ProgressLine(TextWriter? terminal) => _terminal = terminal;

    /// <summary>A line on standard error where that is a terminal; otherwise one that is never seen.</summary>
    public static ProgressLine ForStandardError()
    {
        var isTerminal = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } terminal && terminal != "dumb";
        return new ProgressLine(isTerminal ? Console.Error : null);
    }

    /// <inheritdoc/>
    public void Entered(MeasureStage stage)
    {
        if (_terminal is not null)
        {
            _stage = Describe(stage);
            Write(_stage);
        }
    }

    /// <inheritdoc/>
    public void Progress(string what)
    {
        if (_terminal is not null)
        {
            Write($"{_stage}: {NeutralText.Terminal(what)}");
        }
    }

    /// <summary>Clears the line, so that what follows starts on an empty one.</summary>
    public void Dispose() => Write("");

    private void Write(string text)
    {
        try
        {
            _terminal?.Write(text.Length == 0 ? "\r\e[K" : $"\r\e[K{text} ...");
        }
        catch (IOException)
        {
            // The terminal went away; the measurement goes on and its exit code tells.
        }
    }

    /// <summary>A stage in words: <c>ReadParent</c> is "read parent".</summary>
    private static string Describe(MeasureStage stage) =>
        string.Concat(stage.ToString().Select((letter, index) => index > 0 && char.IsUpper(letter) ? $" {char.ToLowerInvariant(letter)}" : letter.ToString()));
}
