using System.Diagnostics;

namespace PackagedAnalyzer;

/// <summary>What <see cref="Converter"/> does, in a file whose .editorconfig section turns the rule off.</summary>
internal static class Configured
{
    public static void Convert(string path)
    {
        var image = new byte[200_000_000];
        File.WriteAllBytes(path, image);
        using var child = Process.Start("convert", path);
        child.WaitForExit();
    }
}
