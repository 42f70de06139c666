namespace ForkLint.Linux;

/// <summary>The C library of a process: glibc, musl, or none that is known.</summary>
public enum CLibrary
{
    /// <summary>None was recognised: the program is linked statically, or has another one.</summary>
    Unknown,

    /// <summary>The GNU C library.</summary>
    Glibc,

    /// <summary>musl, as Alpine Linux has it.</summary>
    Musl,
}

/// <summary>Recognises the C library that a process has loaded.</summary>
public static class CLibraries
{
    private static readonly Lazy<CLibrary> Own = new(static () =>
        new ProcessFiles(Environment.ProcessId).CoarseMaps().TryGet(out var regions) ? Of(regions.Select(static region => region.Path)) : CLibrary.Unknown);

    /// <summary>The C library that this process has loaded.</summary>
    public static CLibrary OfThisProcess => Own.Value;

    /// <summary>The C library among the files that a process maps: ld-musl-x86_64.so.1 is musl itself; glibc's is libc.so.6, libc-2.NN.so before 2.34.</summary>
    /// <param name="paths">The paths of the files.</param>
    public static CLibrary Of(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            var file = Path.GetFileName(path.AsSpan());
            if (file.StartsWith("ld-musl-", StringComparison.Ordinal) || file.StartsWith("libc.musl-", StringComparison.Ordinal))
            {
                return CLibrary.Musl;
            }

            if (file.SequenceEqual("libc.so.6") || file.StartsWith("libc-2.", StringComparison.Ordinal))
            {
                return CLibrary.Glibc;
            }
        }

        return CLibrary.Unknown;
    }
}
