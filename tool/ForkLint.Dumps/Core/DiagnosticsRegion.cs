using System.Buffers.Binary;
using System.Text;
using ForkLint.Linux;

namespace ForkLint.Dumps.Core;

/// <summary>
/// The page that createdump adds to each dump: it says that a dump of the runtime's own kind is read, and where the runtime lies
/// (dotnet/runtime src/coreclr/debug/inc/specialdiaginfo.h). Without it SOS warns that memory may be missing.
/// </summary>
internal static class DiagnosticsRegion
{
    private const ulong Address = 0x7FFFFFF10000;
    private const int Bytes = 0x1000;
    private const string Signature = "DIAGINFOHEADER";
    private const int VersionAt = 16;
    private const int Version = 2;
    private const int RuntimeBaseAt = 32;

    /// <summary>The page; null where the process has no runtime that it could describe, or memory of its own there.</summary>
    public static CoreRegion? Of(IReadOnlyList<MapRegion> maps)
    {
        if (maps.FirstOrDefault(static map => Path.GetFileName(map.Path.AsSpan()).SequenceEqual("libcoreclr.so")) is not { } runtime
            || maps.Any(static map => map.Start < Address + Bytes && Address < map.End))
        {
            return null;
        }

        var page = new byte[Bytes];
        _ = Encoding.ASCII.GetBytes(Signature, page);
        BinaryPrimitives.WriteInt32LittleEndian(page.AsSpan(VersionAt), Version);
        BinaryPrimitives.WriteUInt64LittleEndian(page.AsSpan(RuntimeBaseAt), runtime.Start);
        return new CoreRegion(Address, Address + Bytes, 4, IsAnonymous: false) { Contents = page };
    }
}
