namespace ForkLint.Linux;

/// <summary>A range of memory in a core file (PT_LOAD).</summary>
/// <param name="Start">The first address.</param>
/// <param name="End">The address behind the last.</param>
/// <param name="OffsetBytes">Where its bytes begin in the file.</param>
/// <param name="FileBytes">How many bytes of it the file holds, from its start; what is left was not written.</param>
/// <param name="Flags">PF_X 1, PF_W 2, PF_R 4.</param>
public readonly record struct CoreSegment(ulong Start, ulong End, long OffsetBytes, long FileBytes, uint Flags)
{
    /// <summary>Its permissions as <c>maps</c> prints them, without the last letter.</summary>
    public string Permissions => $"{((Flags & 4) != 0 ? 'r' : '-')}{((Flags & 2) != 0 ? 'w' : '-')}{((Flags & 1) != 0 ? 'x' : '-')}";
}

/// <summary>A mapping of a file (NT_FILE).</summary>
/// <param name="Start">The first address.</param>
/// <param name="End">The address behind the last.</param>
/// <param name="OffsetBytes">Where in the file it starts.</param>
/// <param name="Path">The file.</param>
public readonly record struct CoreMappedFile(ulong Start, ulong End, ulong OffsetBytes, string Path);

/// <summary>A thread (NT_PRSTATUS).</summary>
/// <param name="Id">Its id, as the process saw it itself.</param>
/// <param name="StackPointer">Its stack pointer.</param>
/// <param name="Name">Its name; null where the file does not say.</param>
public sealed record CoreFileThread(int Id, ulong StackPointer, string? Name);
