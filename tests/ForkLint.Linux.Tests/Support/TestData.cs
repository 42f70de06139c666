namespace ForkLint.Linux.Tests.Support;

/// <summary>Text captured from kernels.</summary>
internal static class TestData
{
    /// <summary>The text of a file in Data/.</summary>
    public static string Read(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Data", name));
}
