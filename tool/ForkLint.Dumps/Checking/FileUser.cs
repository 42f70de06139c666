using ForkLint.Linux;

namespace ForkLint.Dumps;

/// <summary>Who makes a file.</summary>
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
    public Answer MayMakeFiles(UnixFileMode mode, uint owner, uint group)
    {
        if (OverridesModes)
        {
            return Answer.Yes;
        }

        var needed = owner == UserId ? UnixFileMode.UserWrite | UnixFileMode.UserExecute
            : group == GroupId || Groups.Contains(group) ? UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
            : UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        return (mode & needed) == needed ? Answer.Yes : Answer.No;
    }
}
