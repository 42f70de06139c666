using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace PackagedAnalyzer;

/// <summary>What <see cref="Converter"/> does, where it is known and accepted.</summary>
internal static class Suppressed
{
    public static void ByPragma(string path)
    {
        var image = new byte[200_000_000];
        File.WriteAllBytes(path, image);
#pragma warning disable FORK004 // The child lives for milliseconds.
        using var child = Process.Start("convert", path);
#pragma warning restore FORK004
        child.WaitForExit();
    }

    [SuppressMessage("Memory", "FORK004", Justification = "The child lives for milliseconds.")]
    public static void ByAttribute(string path)
    {
        var image = new byte[200_000_000];
        File.WriteAllBytes(path, image);
        using var child = Process.Start("convert", path);
        child.WaitForExit();
    }
}
