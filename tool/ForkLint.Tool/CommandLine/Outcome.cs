namespace ForkLint.Tool.CommandLine;

/// <summary>
/// The results of a measurement: a report that is printed, files that are written or joined. A failure of one does not stop the others, because the
/// measurement cannot be repeated as it was.
/// </summary>
internal sealed class Outcome
{
    private ToolException? _failure;

    /// <summary>Does one step and returns whether it succeeded. The first failure is kept for <see cref="Require"/>; a further one is printed at once.</summary>
    public bool Try(Action part)
    {
        try
        {
            part();
            return true;
        }
        catch (ToolException failure) when (_failure is null)
        {
            _failure = failure;
        }
        catch (ToolException failure)
        {
            ErrorLine.Write(failure.Message, failure.Advice);
        }

        return false;
    }

    /// <summary>Writes the report to the file that was named. Where that fails it goes to standard output.</summary>
    /// <param name="path">The file; null for standard output.</param>
    /// <param name="text">The report.</param>
    /// <param name="instead">What is printed where the file could not be written.</param>
    public void Deliver(string? path, string text, Func<string> instead)
    {
        if (path is null)
        {
            _ = Try(() => ReportOutput.Write(text));
        }
        else if (!Try(() => ReportOutput.WriteFile(path, text)))
        {
            _ = Try(() => ReportOutput.Write(instead()));
        }
    }

    /// <summary>Ends the command with the first failure, where there was one.</summary>
    /// <exception cref="ToolException">A step failed.</exception>
    public void Require()
    {
        if (_failure is not null)
        {
            throw _failure;
        }
    }
}
