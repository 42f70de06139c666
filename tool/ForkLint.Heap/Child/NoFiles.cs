using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Microsoft.Diagnostics.Runtime;

namespace ForkLint.Heap.Child;

/// <summary>
/// Finds no file. What the copy's memory and its mapped files do not tell is left out: nothing is fetched from a symbol server, and ClrMD's
/// own locator, which would, is never made (it needs libraries that are not shipped).
/// </summary>
internal sealed class NoFiles : IFileLocator
{
    /// <inheritdoc/>
    public string? FindPEImage(string fileName, int buildTimeStamp, int imageSize, bool checkProperties) => null;

    /// <inheritdoc/>
    public string? FindPEImage(string fileName, SymbolProperties archivedUnder, ImmutableArray<byte> buildIdOrUUID, OSPlatform originalPlatform, bool checkProperties) => null;
}
