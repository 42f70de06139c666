namespace ForkLint.Tool.Checking.Building;

/// <summary>The folder that takes everything a build under <c>check</c> writes. It is gone when <c>check</c> ends.</summary>
internal sealed class WorkFolder : IDisposable
{
    private const string Prefix = "forklint-check-";
    private const int DeleteAttempts = 20;

    private static readonly TimeSpan DeletePause = TimeSpan.FromMilliseconds(50);

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

    /// <summary>Removes the folder. A compiler that was just killed may still be writing: it is tried for a while.</summary>
    public void Dispose()
    {
        for (var attempt = 1; attempt <= DeleteAttempts; attempt++)
        {
            try
            {
                Directory.Delete(Path, recursive: true);
                return;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // What cannot be removed must not turn a result into a failure.
                Thread.Sleep(DeletePause);
            }
        }
    }
}
