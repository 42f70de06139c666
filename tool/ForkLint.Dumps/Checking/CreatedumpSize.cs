using ForkLint.Linux;

namespace ForkLint.Dumps;

/// <summary>
/// How large a file createdump writes of a process: what it takes of which mapping, from dotnet/runtime src/coreclr/debug/createdump
/// (crashinfo.cpp, crashinfounix.cpp, dumpwriterelf.cpp), and for what it asks the runtime about, measured shares.
/// </summary>
public static class CreatedumpSize
{
    private const int FileHeaderBytes = 64;
    private const int ProgramHeaderBytes = 56;
    private const int ThreadNoteBytes = 888; // registers and floating point registers with their headers
    private const int FixedNoteBytes = 700; // process information, auxiliary vector, the head of the list of files
    private const int FileEntryBytes = 25;
    private const int SpecialRegionBytes = 4096;

    // Measured on .NET 10.0: headers, symbols and unwind tables of the native libraries, and a few pages of code around the stacks.
    private const long NativeModuleBytes = 2_860_000;
    private const long ManagedModuleBytes = 11_600;
    private const int HeadersOfManagedModule = 4;
    private const int OtherHeaders = 100;

    // The metadata of an assembly lies among its code; the core library has more code than others.
    private const double CoreLibraryShare = 0.26;
    private const double OtherAssemblyShare = 0.36;

    // A mini dump holds of the runtime's memory what the stacks lead to.
    private const long MiniBytes = 820_000;
    private const long MiniManagedModuleBytes = 25_000;
    private const long MiniThreadBytes = 12_000;

    /// <summary>The length of the file in bytes: for full exact but for a few pages, for heap within a percent, for mini an estimate.</summary>
    /// <param name="type">What is dumped.</param>
    /// <param name="maps">The process's mappings.</param>
    /// <param name="threads">How many threads it has.</param>
    public static long Predict(DumpType type, IReadOnlyList<MapRegion> maps, int threads)
    {
        ArgumentNullException.ThrowIfNull(maps);
        long notes = FixedNoteBytes + ((long)threads * ThreadNoteBytes) + maps.Where(IsModule).Sum(static map => FileEntryBytes + (long)System.Text.Encoding.UTF8.GetByteCount(map.Path));
        var readable = maps.Where(IsReadable).ToList();
        if (type == DumpType.Full)
        {
            return Rounded(FileHeaderBytes + notes + ((readable.Count + 2L) * ProgramHeaderBytes)) + SpecialRegionBytes + readable.Sum(static map => map.SizeBytes);
        }

        var code = readable.Where(static map => IsManaged(map) && map.Permissions[2] == 'x').ToList();
        long metadata = (long)code.Sum(static map => map.SizeBytes * (Path.GetFileName(map.Path) == "System.Private.CoreLib.dll" ? CoreLibraryShare : OtherAssemblyShare));
        long assemblies = code.Select(static map => map.Path).Distinct().LongCount();
        var writable = readable.Where(IsWritable).ToList();
        long headers = FileHeaderBytes + notes + ((writable.Count + (HeadersOfManagedModule * assemblies) + OtherHeaders) * ProgramHeaderBytes);
        long modules = metadata + (assemblies * ManagedModuleBytes) + (assemblies > 0 ? NativeModuleBytes : 0) + SpecialRegionBytes;
        return Rounded(headers) + modules + (type == DumpType.Heap
            ? writable.Sum(static map => map.SizeBytes) + readable.Where(IsCompiledCode).Sum(static map => map.SizeBytes)
            : MiniBytes + (assemblies * MiniManagedModuleBytes) + (threads * MiniThreadBytes));
    }

    /// <summary>Whether createdump lists the mapping among the modules: a file that is still there.</summary>
    private static bool IsModule(MapRegion map) => map.Path.StartsWith('/') && !map.Path.EndsWith(" (deleted)", StringComparison.Ordinal);

    private static bool IsManaged(MapRegion map) => IsModule(map) && map.Path.EndsWith(".dll", StringComparison.Ordinal);

    /// <summary>It reads each page before it adds it, and the kernel's own cannot be read.</summary>
    private static bool IsReadable(MapRegion map) => map.Permissions[0] == 'r' && !map.Path.StartsWith("[vvar", StringComparison.Ordinal) && map.Path != "[vsyscall]";

    /// <summary>What a heap dump takes whole: readable and writable, and of no file that is still there.</summary>
    private static bool IsWritable(MapRegion map) => map.Permissions.StartsWith("rw", StringComparison.Ordinal) && !IsModule(map);

    private static bool IsCompiledCode(MapRegion map) => map.Permissions.StartsWith("r-x", StringComparison.Ordinal) && !IsModule(map);

    private static long Rounded(long bytes) => (bytes + 4095) / 4096 * 4096;
}
