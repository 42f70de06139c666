using System.Runtime.InteropServices;

namespace ForkLint.TrialFork;

/// <summary>
/// Makes the calling thread act as another user, and only this thread: libc's wrappers would change all of them (nptl(7)). What is created
/// belongs to that user, and what that user may not do fails. The body must stay on its thread.
/// </summary>
internal static unsafe class IdentityScope
{
    private const nint Keep = -1;

    /// <summary>Runs <paramref name="body"/> as the user, his group and his supplementary groups.</summary>
    /// <exception cref="MeasureException">This process may not change its identity.</exception>
    public static T RunAs<T>(uint user, uint group, IReadOnlyList<uint> groups, Func<T> body)
    {
        uint ownUser = Libc.EffectiveUser();
        uint ownGroup = Libc.EffectiveGroup();
        if (user == ownUser || ownUser != 0)
        {
            return body(); // Our own kind of process; or not root, and then the target has our user id anyway.
        }

        int count = Libc.GetGroups(0, null);
        var ownGroups = new uint[Math.Max(count, 0)];
        fixed (uint* list = ownGroups)
        {
            _ = Libc.GetGroups(ownGroups.Length, list);
        }

        try
        {
            // Groups first: without root's capabilities they could no longer be changed.
            SetGroups([.. groups]);
            Set(Libc.SetResGidCall, group);
            Set(Libc.SetResUidCall, user);
            return body();
        }
        finally
        {
            Set(Libc.SetResUidCall, ownUser);
            Set(Libc.SetResGidCall, ownGroup);
            SetGroups(ownGroups);
        }
    }

    private static void Set(int call, uint id) =>
        Check(Libc.SystemCall(call, Keep, (nint)id, Keep, 0));

    private static void SetGroups(uint[] groups)
    {
        fixed (uint* list = groups)
        {
            Check(Libc.SystemCall(Libc.SetGroupsCall, groups.Length, (nint)list, 0, 0));
        }
    }

    private static void Check(nint result)
    {
        if (result != 0)
        {
            string why = Marshal.GetPInvokeErrorMessage(Libc.LastError);
            throw new MeasureException(ExitReason.NotPermitted, $"this process may not act as the target's user: {why}", "run the tool as the target's own user, or grant it CAP_SETUID and CAP_SETGID");
        }
    }
}
