using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>
/// Makes sure that the target can read the shim, and keeps it readable forever: a runtime that gets the command and finds no file
/// aborts the application (.NET 9 and later), and a queued command may come late.
/// </summary>
internal static unsafe class ShimFile
{
    private const ushort OthersExecute = 1;
    private const ushort OthersRead = 4;
    private const ushort OwnerExecute = 0x40;
    private const ushort OwnerRead = 0x100;
    private const ushort WritableByOthers = 0x12;
    private const ushort Sticky = 0x200;
    private const int ReadOnlyForAll = 0x124;

    /// <summary>The path of a shim that the target can read, as the target sees it.</summary>
    /// <exception cref="MeasureException">There is no place for it.</exception>
    public static string Place(Target target, DotNetFacts facts, Descriptor folder, AgentFiles files) =>
        CanReadInstalled(target, files.ShimPath) is { } path ? path : Copy(target, facts, folder, files.ShimPath);

    /// <summary>
    /// The installed file's real path if the target sees the same one and surely may read it; null if a copy is needed. Group rights and
    /// access lists are left out of account: a copy too many is harmless, a file that cannot be read is not.
    /// </summary>
    private static string? CanReadInstalled(Target target, string shim)
    {
        if (!Namespaces.IsSame(target.Files, NamespaceKind.Mount).ValueOr(false) || !SharesRoot(target) || SecurityLabel.MayConfine(target) || target.Status.NoNewPrivileges != false)
        {
            return null;
        }

        int opened = Libc.OpenAt(Libc.CurrentDirectory, shim, Libc.PathOnly | Libc.CloseOnExec, 0);
        if (opened < 0)
        {
            return null;
        }

        using var file = new Descriptor(opened);
        string? real = File.ResolveLinkTarget(file.Path, returnFinalTarget: false)?.FullName;
        uint user = target.Status.EffectiveUid;
        if (real == null || !May(file.Facts(), user, OwnerRead, OthersRead))
        {
            return null;
        }

        for (string? parent = Path.GetDirectoryName(real); parent != null; parent = Path.GetDirectoryName(parent))
        {
            if (StatOf(parent) is not { } facts || !May(facts, user, OwnerExecute, OthersExecute))
            {
                return null;
            }
        }

        return real;
    }

    private static bool May(FileFacts facts, uint user, ushort owner, ushort others) =>
        (facts.Mode & (facts.UserId == user ? owner : others)) != 0;

    private static bool SharesRoot(Target target) =>
        StatOf(target.Files.PathOf("root") + "/") is { } theirs && StatOf("/") is { } ours && theirs.IsSameFile(ours);

    private static FileFacts? StatOf(string path) => FileFacts.Read(Libc.CurrentDirectory, path, 0);

    private static string Copy(Target target, DotNetFacts facts, Descriptor folder, string shim)
    {
        var folderFacts = folder.Facts();
        bool othersMayReplace = (folderFacts.Mode & WritableByOthers) != 0 && (folderFacts.Mode & Sticky) == 0;
        if (othersMayReplace || (folderFacts.UserId != 0 && folderFacts.UserId != target.Status.EffectiveUid))
        {
            throw new MeasureException(
                ExitReason.RefusedForSafety,
                $"others could replace files in the target's {facts.TemporaryFolder}, so no code may be loaded from there",
                "give it the sticky bit (chmod +t) or start the target with a TMPDIR of its own");
        }

        // One for each user: the programs of several users may share the folder, and none of them should run another's file.
        byte[] bytes = File.ReadAllBytes(shim);
        var status = target.Status;
        string hash = ContentName.HashOf(Path.GetFileNameWithoutExtension(shim))!;
        string name = string.Create(CultureInfo.InvariantCulture, $"forklint-shim-{hash}-{status.EffectiveUid}.dll");
        IdentityScope.RunAs(status.EffectiveUid, status.EffectiveGid, [], () =>
        {
            if (!IsThere(folder, name, bytes, target) && !TryCreate(folder, name, bytes, facts) && !IsThere(folder, name, bytes, target))
            {
                throw Failure(facts, Libc.ErrorExists);
            }

            return true;
        });
        return $"{facts.TemporaryFolder}/{name}";
    }

    /// <summary>Whether the very file is there already; false if there is none.</summary>
    /// <exception cref="MeasureException">There is something else under that name.</exception>
    private static bool IsThere(Descriptor folder, string name, byte[] bytes, Target target)
    {
        const int nonBlocking = 0x800;
        int opened = Libc.OpenAt(folder.Value, name, Libc.ReadOnly | Libc.NoFollow | Libc.CloseOnExec | nonBlocking, 0);
        if (opened < 0 && Libc.LastError == Libc.ErrorNoEntry)
        {
            return false;
        }

        if (opened >= 0)
        {
            using var file = new Descriptor(opened);
            var facts = file.Facts();
            bool isOurs = facts.IsRegularFile
                && (facts.UserId == 0 || facts.UserId == target.Status.EffectiveUid)
                && (facts.Mode & WritableByOthers) == 0
                && facts.LengthBytes == (ulong)bytes.Length
                && bytes.AsSpan().SequenceEqual(SmallFile.ReadAll(file, bytes.Length));
            if (isOurs)
            {
                return true;
            }
        }

        throw new MeasureException(ExitReason.RefusedForSafety, $"{name} in the target's temporary folder is not the agent's shim", "find out who created it, and remove it, or use --engine estimate");
    }

    /// <summary>
    /// Writes a nameless file and gives it its name when it is complete, so that a tool killed halfway leaves nothing. False if somebody
    /// was faster.
    /// </summary>
    private static bool TryCreate(Descriptor folder, string name, byte[] bytes, DotNetFacts facts)
    {
        int opened = Libc.OpenAt(folder.Value, ".", Libc.WriteOnly | Libc.TemporaryFile | Libc.CloseOnExec, ReadOnlyForAll);
        if (opened < 0)
        {
            int error = Libc.LastError;
            const int isDirectory = 21;
            return error is Libc.ErrorNotSupported or isDirectory or Libc.ErrorNoEntry
                ? TryCreateNamed(folder, name, bytes, facts)
                : throw Failure(facts, error);
        }

        using var file = new Descriptor(opened);
        Write(file, bytes, facts);
        const int followLink = 0x400;
        if (Libc.LinkAt(Libc.CurrentDirectory, file.Path, folder.Value, name, followLink) == 0)
        {
            return true;
        }

        int linkError = Libc.LastError;
        return linkError == Libc.ErrorExists ? false : throw Failure(facts, linkError);
    }

    /// <summary>For file systems without O_TMPFILE (overlayfs before Linux 6.3).</summary>
    private static bool TryCreateNamed(Descriptor folder, string name, byte[] bytes, DotNetFacts facts)
    {
        string partial = $"{name}.{Guid.NewGuid():N}";
        int opened = Libc.OpenAt(folder.Value, partial, Libc.WriteOnly | Libc.Create | Libc.Exclusive | Libc.NoFollow | Libc.CloseOnExec, ReadOnlyForAll);
        if (opened < 0)
        {
            throw Failure(facts, Libc.LastError);
        }

        try
        {
            using var file = new Descriptor(opened);
            Write(file, bytes, facts);
            if (Libc.LinkAt(folder.Value, partial, folder.Value, name, 0) == 0)
            {
                return true;
            }

            int error = Libc.LastError;
            return error == Libc.ErrorExists ? false : throw Failure(facts, error);
        }
        finally
        {
            _ = Libc.UnlinkAt(folder.Value, partial, 0);
        }
    }

    private static void Write(Descriptor file, byte[] bytes, DotNetFacts facts)
    {
        fixed (byte* start = bytes)
        {
            nint written = Libc.Write(file.Value, start, bytes.Length);
            if (written != bytes.Length)
            {
                throw Failure(facts, written < 0 ? Libc.LastError : Libc.ErrorNoSpace);
            }
        }

        // The umask may have taken bits away.
        if (Libc.ChangeMode(file.Value, ReadOnlyForAll) != 0)
        {
            throw Failure(facts, Libc.LastError);
        }
    }

    /// <summary>What an errno means for a file in the target's temporary folder. Nothing was sent yet, so an estimate can be made instead.</summary>
    internal static MeasureException Failure(DotNetFacts facts, int error)
    {
        var (reason, message, advice) = error switch
        {
            Libc.ErrorNoSpace or Libc.ErrorQuota => (ExitReason.MeasurementFailed, $"the target's {facts.TemporaryFolder} has no space or no inodes left, and the agent needs a few KB there", "free some, or use --engine estimate"),
            Libc.ErrorReadOnlyFileSystem => (ExitReason.MeasurementFailed, $"the target's {facts.TemporaryFolder} is read-only, and the agent must meet the tool there", "mount a writable folder, or use --engine estimate"),
            Libc.ErrorAccess or Libc.ErrorNotPermitted => (ExitReason.NotPermitted, $"the target's user may not write to {facts.TemporaryFolder}", "make it writable for that user, or use --engine estimate"),
            Libc.ErrorNoEntry => (ExitReason.MeasurementFailed, $"the target's {facts.TemporaryFolder} was removed, and the agent must meet the tool there", "create it again, or use --engine estimate"),
            _ => (ExitReason.MeasurementFailed, $"a file cannot be created in the target's {facts.TemporaryFolder}: {Libc.Message(error)}", "use --engine estimate"),
        };
        return new MeasureException(reason, message, advice) { AllowsEstimate = true };
    }
}
