using System.Security.Cryptography;
using System.Text;

namespace ForkLint.Tool.Rendering.Html;

/// <summary>The files that every page holds: they are in this assembly, so that a page needs no network and the tool no folder of its own.</summary>
internal static class PageAssets
{
    /// <summary>How the pages look.</summary>
    public static string Style { get; } = Read("page.css");

    /// <summary>The library that lays out and scales the charts; where it is from is in <c>Assets/README.md</c>.</summary>
    public static string Library { get; } = Read("d3.min.js");

    /// <summary>What draws the charts of a page from the data in it.</summary>
    public static string Charts { get; } = Read("page.js");

    /// <summary>The source of a script or style as a content security policy names it (CSP Level 3, hash-source).</summary>
    public static string Hash(string source) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(source)))}'";

    // The parser of HTML takes a carriage return for a line feed, and the hash is over what it has then.
    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(PageAssets).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
