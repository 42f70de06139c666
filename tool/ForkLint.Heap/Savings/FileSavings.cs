using System.Globalization;
using ForkLint.Heap.Native;

namespace ForkLint.Heap.Savings;

/// <summary>Private writable mappings of files, by the kind of file: each kind needs another action.</summary>
internal static class FileSavings
{
    private const string Deleted = " (deleted)";
    private const string MemoryFile = "/memfd:";
    private const string SharedMemory = "/dev/shm/";

    public static IEnumerable<Saving> Find(SavingsContext context)
    {
        HashSet<string> programs = new(StringComparer.Ordinal);
        foreach (MemoryPiece piece in context.Layout.Of(PieceOwner.File))
        {
            if (piece.Mapping.Permissions[2] == 'x' || IsProgram(piece.Mapping.Path))
            {
                programs.Add(piece.Mapping.Path);
            }
        }

        MemoryPiece[] pieces = [.. context.Layout.Of(PieceOwner.File).Where(static piece => piece.Mapping.IsPrivate && (piece.ChargeBytes > 0 || piece.CopiedBytes > 0))];
        MemoryPiece[] loaded = [.. pieces.Where(piece => programs.Contains(piece.Mapping.Path) && !IsSpecial(piece.Mapping.Path))];
        MemoryPiece[][] large = [.. loaded.GroupBy(static piece => piece.Mapping.Path).Where(file => !IsManaged(file.Key) && SavingsContext.Charge(file) >= context.Options.SmallestSavingBytes).Select(static file => file.ToArray())];
        foreach (MemoryPiece[] file in large)
        {
            yield return ProgramSavings.Static($"initialised data of {file[0].Mapping.Path} (.data)", file, SavingKind.FilePrivate, "native:data:" + file[0].Mapping.Path);
        }

        MemoryPiece[] libraries = [.. loaded.Except(large.SelectMany(static file => file))];
        if (libraries.Length > 0)
        {
            int count = libraries.Select(static file => file.Mapping.Path).Distinct(StringComparer.Ordinal).Count();
            yield return SavingsContext.Whole(
                string.Create(CultureInfo.InvariantCulture, $"private writable pages of {count} file{(count == 1 ? "" : "s")}"),
                SavingKind.FilePrivate,
                libraries,
                "Load fewer native libraries, or map files read-only or shared where they are not written.");
        }

        foreach (IGrouping<string, MemoryPiece> file in pieces.Except(loaded).GroupBy(static piece => piece.Mapping.Path))
        {
            (string what, string action, SavingKind kind) = Describe(file.Key);
            yield return SavingsContext.Whole(what, kind, [.. file], action) with { Holder = "native:" + file.Key };
        }
    }

    /// <summary>What a private writable mapping of a file is, by its path as the kernel prints it.</summary>
    internal static (string What, string Action, SavingKind Kind) Describe(string path)
    {
        const string unmap = " If it must stay and the child does not need it, madvise(…, MADV_DONTFORK) takes it out of the fork.";
        string name = path.EndsWith(Deleted, StringComparison.Ordinal) ? path[..^Deleted.Length] : path;
        if (name.StartsWith(MemoryFile, StringComparison.Ordinal))
        {
            return ($"a private mapping of the memory file \"{name[MemoryFile.Length..]}\" (memfd_create)", "Unmap it before the fork, or map it MAP_SHARED: shared memory is neither charged nor copied." + unmap, SavingKind.Native);
        }

        if (name == "/dev/zero")
        {
            return ("private mappings of /dev/zero, which is anonymous memory", "Unmap them before the fork if they are yours." + unmap, SavingKind.Native);
        }

        if (name.StartsWith(SharedMemory, StringComparison.Ordinal))
        {
            return ($"a private mapping of the shared memory file {name} (shm_open)", "Unmap it before the fork, or map it MAP_SHARED: shared memory is neither charged nor copied." + unmap, SavingKind.Native);
        }

        if (name.StartsWith("/dev/", StringComparison.Ordinal))
        {
            return ($"private mappings of the device {name}", "They belong to the device's library: release its context before the fork." + unmap, SavingKind.Native);
        }

        return name.Length < path.Length
            ? ($"private writable pages of the deleted file {name}", "Unmap it before the fork if it is yours, or map it read-only or shared." + unmap, SavingKind.FilePrivate)
            : ($"private writable pages of the data file {path}", "Map it read-only or shared where it is not written, or unmap it before the fork." + unmap, SavingKind.FilePrivate);
    }

    private static bool IsSpecial(string path) => path.StartsWith(MemoryFile, StringComparison.Ordinal) || path.StartsWith("/dev/", StringComparison.Ordinal);

    private static bool IsManaged(string path) => path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".exe", StringComparison.OrdinalIgnoreCase);

    private static bool IsProgram(string path) =>
        IsManaged(path) || path.EndsWith(".so", StringComparison.Ordinal) || path.Contains(".so.", StringComparison.Ordinal);
}
