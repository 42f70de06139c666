using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Sizing;

/// <summary>Methods that return as much as there is to read: their result can have any size.</summary>
internal static class UnboundedReads
{
    /// <summary>Whether such a read has this name.</summary>
    public static bool IsName(string name) =>
        name is "ReadAllBytes" or "ReadAllBytesAsync" or "ReadAllText" or "ReadAllTextAsync" or "ReadAllLines" or "ReadAllLinesAsync" or "ReadToEnd" or "ReadToEndAsync"
            or "ToArray" or "GetByteArrayAsync" or "GetStringAsync" or "ReadAsByteArrayAsync" or "ReadAsStringAsync"
            or "DownloadData" or "DownloadDataTaskAsync" or "DownloadString" or "DownloadStringTaskAsync";

    /// <summary>Whether a call of <paramref name="method"/> is such a read. The name is compared first.</summary>
    /// <param name="method">The method called.</param>
    /// <param name="receiver">The static type it is called on; <see langword="null"/> for a static method.</param>
    public static bool Contains(IMethodSymbol method, ITypeSymbol? receiver)
    {
        if (!IsName(method.Name))
        {
            return false;
        }

        var type = method.ContainingType;
        return method.Name switch
        {
            // A StringReader returns what is in memory already.
            "ReadToEnd" or "ReadToEndAsync" =>
                MetadataNames.IsOrDerivesFrom(type, "System.IO", "TextReader") && !MetadataNames.IsOrDerivesFrom(receiver, "System.IO", "StringReader"),
            "ToArray" => MetadataNames.IsOrDerivesFrom(type, "System.IO", "MemoryStream"),
            "GetByteArrayAsync" or "GetStringAsync" =>
                MetadataNames.Is(type, "System.Net.Http", "HttpClient") || MetadataNames.Is(type, "System.Net.Http.Json", "HttpClientJsonExtensions"),
            "ReadAsByteArrayAsync" or "ReadAsStringAsync" => MetadataNames.Is(type, "System.Net.Http", "HttpContent"),
            "DownloadData" or "DownloadDataTaskAsync" or "DownloadString" or "DownloadStringTaskAsync" => MetadataNames.Is(type, "System.Net", "WebClient"),
            _ => MetadataNames.Is(type, "System.IO", "File"),
        };
    }
}
