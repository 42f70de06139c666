using System.Globalization;
using System.Runtime.InteropServices;

namespace ForkLint.TrialFork;

/// <summary>
/// The directory and socket at which the shim meets the tool. They exist for the moment of the meeting only, and only once the shim runs:
/// from then on code in the target removes them, should the tool be killed.
/// </summary>
internal sealed class MeetingPlace : IDisposable
{
    private const string SocketName = "s";
    private const string UnpublishedName = "s.new";
    private const int OwnerOnly = 0x1C0;

    private readonly Descriptor _folder;
    private readonly string _name;
    private readonly UnixSocket _listener = UnixSocket.Create();
    private Descriptor? _directory;

    private MeetingPlace(Descriptor folder, string name)
    {
        _folder = folder;
        _name = name;
    }

    /// <summary>The listening socket.</summary>
    public int Value => _listener.Value;

    /// <summary>Makes the directory, owned by the target's user and closed to all others, and listens in it.</summary>
    /// <exception cref="MeasureException">It cannot be made.</exception>
    public static MeetingPlace Make(Target target, DotNetFacts facts, Descriptor folder, Action onDirectoryMade)
    {
        // The start time as the runtime itself read it: in another time namespace it differs from ours.
        string startTime = facts.SocketName!.Split('-') is { Length: 5 } parts ? parts[3] : target.Stat.StartTimeTicks.ToString(CultureInfo.InvariantCulture);
        var place = new MeetingPlace(folder, string.Create(CultureInfo.InvariantCulture, $"forklint-{target.NamespacePid}-{startTime}"));
        try
        {
            var status = target.Status;
            IdentityScope.RunAs(status.EffectiveUid, status.EffectiveGid, [], () =>
            {
                place.MakeDirectory(facts, status.EffectiveUid);
                return true;
            });
            onDirectoryMade();

            // As that user too: SO_PEERCRED shows the shim who called listen, and in a user namespace root's own id is not known there.
            IdentityScope.RunAs(status.EffectiveUid, status.EffectiveGid, [], () =>
            {
                place.Publish(facts);
                return true;
            });
            return place;
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    /// <summary>Looks before anything is loaded whether the target's user may make a directory there.</summary>
    /// <exception cref="MeasureException">He may not, or the file system is read-only.</exception>
    public static void RequireWritable(Target target, DotNetFacts facts, Descriptor folder)
    {
        var status = target.Status;
        int error = IdentityScope.RunAs(status.EffectiveUid, status.EffectiveGid, [], () => Libc.MayAccess(folder.Value, ".", Libc.MayWriteAndSearch, Libc.AsEffectiveUser) == 0 ? 0 : Libc.LastError);
        if (error != 0)
        {
            throw ShimFile.Failure(facts, error);
        }
    }

    /// <summary>The connection of the target; null while there is none. Connections of others are closed.</summary>
    public UnixSocket? AcceptFrom(Target target)
    {
        while (_listener.Accept() is { } connection)
        {
            if (connection.Peer() is { } peer && peer.Pid == target.Pid)
            {
                return connection;
            }

            connection.Dispose();
        }

        return null;
    }

    /// <summary>Removes socket and directory.</summary>
    public void Dispose()
    {
        if (_directory != null)
        {
            RemoveFiles();
            _directory.Dispose();
            _ = Libc.UnlinkAt(_folder.Value, _name, Libc.RemoveDirectory);
        }

        _listener.Dispose();
    }

    private void MakeDirectory(DotNetFacts facts, uint user)
    {
        if (Libc.MakeDirectoryAt(_folder.Value, _name, OwnerOnly) != 0 && Marshal.GetLastPInvokeError() is var error and not Libc.ErrorExists)
        {
            throw ShimFile.Failure(facts, error);
        }

        int opened = Libc.OpenAt(_folder.Value, _name, Libc.ReadOnly | Libc.DirectoryOnly | Libc.NoFollow | Libc.CloseOnExec, 0);
        var found = opened >= 0 ? new Descriptor(opened) : null;
        if (found == null || found.Facts() is var about && (about.UserId != user || (about.Mode & 0x3F) != 0))
        {
            found?.Dispose();
            throw new MeasureException(ExitReason.RefusedForSafety, $"{_name} in the target's {facts.TemporaryFolder} was not created by this tool", "find out who created it, and remove it");
        }

        // The lock is ours, so whatever lies here is what a killed tool left.
        _directory = found;
        RemoveFiles();
    }

    private void Publish(DotNetFacts facts)
    {
        int error = _listener.Bind(_directory!, UnpublishedName);
        error = error != 0 ? error : _listener.Listen();
        if (error == 0 && Libc.RenameAt(_directory!.Value, UnpublishedName, _directory.Value, SocketName) != 0)
        {
            error = Libc.LastError;
        }

        // Published under its final name when it listens: to the shim, a socket that refuses is one whose tool died.
        if (error != 0)
        {
            throw ShimFile.Failure(facts, error);
        }
    }

    private void RemoveFiles()
    {
        _ = Libc.UnlinkAt(_directory!.Value, SocketName, 0);
        _ = Libc.UnlinkAt(_directory.Value, UnpublishedName, 0);
    }
}
