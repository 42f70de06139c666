namespace ForkLint.Tool.CommandLine;

/// <summary>
/// What becomes of a measurement that is printed, written and joined with other files: each is tried, whatever became of the others, because what was
/// measured cannot be measured again.
/// </summary>
internal sealed class Outcome
{
    private ToolException? _failure;

    /// <summary>Does one of them, and says whether it was done. The first failure is kept; of a further one the line is printed at once.</summary>
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
    /// <exception cref="ToolException">There was.</exception>
    public void Require()
    {
        if (_failure is not null)
        {
            throw _failure;
        }
    }
}
