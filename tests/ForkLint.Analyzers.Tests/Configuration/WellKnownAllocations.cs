namespace ForkLint.Analyzers.Configuration;

/// <summary>The list of what common packages allocate, as the package ships it.</summary>
internal static class WellKnownAllocations
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "ForkLint.Allocations.WellKnown.txt";

    /// <summary>The file.</summary>
    public static string Text { get; } = Read();

    private static string Read()
    {
        using var reader = new StreamReader(typeof(WellKnownAllocations).Assembly.GetManifestResourceStream(FileName)!);
        return reader.ReadToEnd();
    }
}
