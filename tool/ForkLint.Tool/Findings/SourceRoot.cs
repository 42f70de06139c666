namespace ForkLint.Tool.Findings;

/// <summary>
/// The directory that paths are written relative to: the working tree's top, as GitHub code scanning wants it, so that a
/// log made on one machine fits another.
/// </summary>
internal sealed class SourceRoot
{
    /// <param name="directory">An absolute directory.</param>
    public SourceRoot(string directory)
    {
        Directory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
    }

    /// <summary>The absolute directory, without a separator at its end.</summary>
    public string Directory { get; }

    /// <summary>
    /// The nearest directory at or above <paramref name="start"/> that holds <c>.git</c> (a folder, or a file in a linked
    /// work tree); <paramref name="start"/> itself where none does.
    /// </summary>
    public static SourceRoot Find(string start)
    {
        for (var directory = new DirectoryInfo(Path.GetFullPath(start)); directory is not null; directory = directory.Parent)
        {
            if (Path.Exists(Path.Combine(directory.FullName, ".git")))
            {
                return new SourceRoot(directory.FullName);
            }
        }

        var current = new SourceRoot(Environment.CurrentDirectory);
        return Path.IsPathRooted(current.Relative(Path.GetFullPath(start))) ? new SourceRoot(start) : current;
    }

    /// <summary>A URI of a log as a path with forward slashes: relative if it lies under the root, else absolute.</summary>
    public string ToPath(string uri)
    {
        // System.Uri takes "/src/a.cs" for a file URI on Unix, and chokes on relative ones with a colon: only "file:" is its job.
        if (uri.StartsWith("file:", StringComparison.OrdinalIgnoreCase) && Uri.TryCreate(uri, UriKind.Absolute, out var absolute))
        {
            return Relative(absolute.LocalPath);
        }

        var path = Uri.UnescapeDataString(uri).Replace('\\', '/');
        return Path.IsPathRooted(path) ? Relative(path) : path;
    }

    /// <summary>A file's path with forward slashes: relative if it lies under the root, else absolute.</summary>
    public string Relative(string path)
    {
        // No file is called so, and nothing of the framework takes it for a path.
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            return path;
        }

        var relative = Path.GetRelativePath(Directory, path);
        return (relative.StartsWith("..", StringComparison.Ordinal) ? path : relative).Replace('\\', '/');
    }

    /// <summary>The path of a source file on this machine; null for what no file can be called.</summary>
    public string? Absolute(string path) => path.Contains('\0', StringComparison.Ordinal) ? null : Path.GetFullPath(Path.Combine(Directory, path));
}
