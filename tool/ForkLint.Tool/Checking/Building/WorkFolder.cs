namespace ForkLint.Tool.Checking.Building;

/// <summary>The folder that takes everything a build under <c>check</c> writes. It is gone when <c>check</c> ends.</summary>
internal sealed class WorkFolder : IDisposable
{
    private const string Prefix = "forklint-check-";

    /// <summary>Makes the folder, for this user only, in the folder for temporary files.</summary>
    public WorkFolder()
    {
        Path = Directory.CreateTempSubdirectory(Prefix).FullName;
        Directory.CreateDirectory(ResultsPath);
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Where the compilers' logs and the marks of what owes one are.</summary>
    public string ResultsPath => System.IO.Path.Combine(Path, "results");

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A compiler server that is still closing a file must not turn a result into a failure.
        }
    }
}
