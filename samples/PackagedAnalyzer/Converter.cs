using System.Diagnostics;

namespace PackagedAnalyzer;

/// <summary>Writes an image, and keeps it while another program converts it.</summary>
internal static class Converter
{
    public static void Convert(string path)
    {
        var image = new byte[200_000_000];
        Array.Fill(image, (byte)1);
        File.WriteAllBytes(path, image);
        using var child = Process.Start("convert", path);
        child.WaitForExit();
    }
}
