using ForkLint.Linux;

namespace ForkLint.Dumps;

/// <summary>The user and the groups with whose rights a file is made.</summary>
/// <param name="UserId">The effective user id.</param>
/// <param name="GroupId">The effective group id.</param>
/// <param name="Groups">The supplementary groups.</param>
/// <param name="OverridesModes">Whether it has CAP_DAC_OVERRIDE.</param>
public sealed record FileUser(uint UserId, uint GroupId, IReadOnlyList<uint> Groups, bool OverridesModes)
{
    /// <summary>Whether the blocks that a file system keeps for root are its own.</summary>
    public bool IsRoot => UserId == 0;

    /// <summary>Whether it may make files in a directory: one class of the mode counts, the owner's before the group's (path_resolution(7)).</summary>
    /// <param name="mode">The directory's mode.</param>
    /// <param name="owner">Its owner.</param>
    /// <param name="group">Its group.</param>
    public Answer MayMakeFiles(UnixFileMode mode, uint owner, uint group) =>
        May(mode, owner, group, UnixFileMode.OtherWrite | UnixFileMode.OtherExecute) ? Answer.Yes : Answer.No;

    /// <summary>Whether it may go through a directory on the way to another.</summary>
    /// <param name="mode">The directory's mode.</param>
    /// <param name="owner">Its owner.</param>
    /// <param name="group">Its group.</param>
    public bool MaySearch(UnixFileMode mode, uint owner, uint group) => May(mode, owner, group, UnixFileMode.OtherExecute);

    /// <param name="mode">The mode.</param>
    /// <param name="owner">Whose it is.</param>
    /// <param name="group">The group that it belongs to.</param>
    /// <param name="ofOthers">What is needed, as the bits of others.</param>
    private bool May(UnixFileMode mode, uint owner, uint group, UnixFileMode ofOthers)
    {
        const int perClass = 3;
        int shift = owner == UserId ? 2 * perClass : group == GroupId || Groups.Contains(group) ? perClass : 0;
        var needed = (UnixFileMode)((int)ofOthers << shift);
        return OverridesModes || (mode & needed) == needed;
    }
}
