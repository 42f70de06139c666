using System.Net.Sockets;
using ForkLint.LiveTargets;
using ForkLint.Safety.Tests.Support;
using ForkLint.TrialFork;

namespace ForkLint.Safety.Tests;

/// <summary>Somebody tampers with the folder in which tool, runtime and agent meet.</summary>
public class HostileFolderTests
{
    /// <summary>With mounts of its own the target cannot be shown the installed shim, so a copy is placed in its folder.</summary>
    private static readonly string[] OwnMounts = ["unshare", "--mount", "--propagation=private"];

    [Fact]
    public void A_deleted_diagnostics_socket_is_explained()
    {
        using var target = AttackedTarget.Start("hold");
        File.Delete(DiagnosticsSocket.Of(target.Folder, target.Pid));
        var failure = Assert.Throws<MeasureException>(() => Measurer.Run(target.Request, CancellationToken.None));

        Assert.Equal(ExitReason.NotDotNet, failure.Reason);
        Assert.Contains("no diagnostics socket", failure.Message, StringComparison.Ordinal);
        Assert.NotEqual(EngineKind.Agent, Measurer.Run(target.Request with { Engine = EngineKind.Auto }, CancellationToken.None).Engine);
        target.RequireUnharmed();
    }

    [Fact]
    public void A_stranger_at_the_diagnostics_socket_is_not_believed()
    {
        using var target = AttackedTarget.Start("hold");
        string path = DiagnosticsSocket.Of(target.Folder, target.Pid);
        File.Delete(path);
        using var stranger = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        stranger.Bind(new UnixDomainSocketEndPoint(path));
        stranger.Listen();
        var failure = Assert.Throws<MeasureException>(() => Measurer.Run(target.Request, CancellationToken.None));

        Assert.Equal(ExitReason.RefusedForSafety, failure.Reason);
        Assert.Contains("another process listens", failure.Message, StringComparison.Ordinal);
        target.RequireUnharmed();
    }

    [Theory]
    [InlineData("link")]
    [InlineData("stranger's folder")]
    [InlineData("open folder")]
    [InlineData("file")]
    public void A_meeting_place_that_somebody_else_made_is_not_used(string kind)
    {
        using var target = AttackedTarget.Start("hold");
        var outside = Directory.CreateTempSubdirectory("forklint-outside-");
        try
        {
            File.WriteAllText(Path.Combine(outside.FullName, "kept"), "kept");
            string place = Path.Combine(target.Folder, $"forklint-{target.Pid}-{Path.GetFileName(DiagnosticsSocket.Of(target.Folder, target.Pid)).Split('-')[3]}");
            switch (kind)
            {
                case "link":
                    Directory.CreateSymbolicLink(place, outside.FullName);
                    break;
                case "file":
                    File.WriteAllText(place, "");
                    break;
                case "open folder":
                    Directory.CreateDirectory(place);
                    File.SetUnixFileMode(place, (UnixFileMode)0b111_111_111);
                    break;
                default:
                    Directory.CreateDirectory(place, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                    Shell.Run("chown", "65534", place);
                    break;
            }

            var failure = Assert.Throws<MeasureException>(() => Measurer.Run(target.Request, CancellationToken.None));
            Assert.Equal(ExitReason.RefusedForSafety, failure.Reason);
            Assert.Contains("was not created by this tool", failure.Message, StringComparison.Ordinal);
            Assert.Equal("kept", Path.GetFileName(Assert.Single(Directory.GetFileSystemEntries(outside.FullName))));

            // The shim waits for a tool that does not come; then it may remove an empty folder of that name, and nothing else.
            Until.Holds(() => ProcFiles.AgentThreads(target.Pid).Count == 0, "the shim waits forever");
            Assert.True(outside.Exists);
            if (Path.Exists(place))
            {
                Shell.Run("rm", "-rf", place);
            }

            target.RequireUnharmed();
            target.MeasureCompletely();
            target.RequireUnharmed();
        }
        finally
        {
            outside.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("other bytes")]
    [InlineData("writable")]
    [InlineData("cut short")]
    [InlineData("link")]
    [InlineData("pipe")]
    [InlineData("folder")]
    public void A_planted_shim_is_not_loaded(string kind)
    {
        using var target = AttackedTarget.Start(OwnMounts, ["hold"]);
        string installed = AgentFiles.Find(folder: null).ShimPath;
        byte[] bytes = File.ReadAllBytes(installed);
        string planted = Path.Combine(target.Folder, $"forklint-shim-{ContentName.HashOf(Path.GetFileNameWithoutExtension(installed))}-0.dll");
        switch (kind)
        {
            case "link":
                File.CreateSymbolicLink(planted, installed);
                break;
            case "pipe":
                Shell.Run("mkfifo", planted);
                break;
            case "folder":
                Directory.CreateDirectory(planted);
                break;
            case "other bytes":
                bytes[^1] ^= 1;
                Plant(planted, bytes, UnixFileMode.UserRead);
                break;
            case "cut short":
                Plant(planted, bytes[..^1], UnixFileMode.UserRead);
                break;
            default:
                Plant(planted, bytes, UnixFileMode.UserRead | UnixFileMode.OtherWrite);
                break;
        }

        var failure = Assert.Throws<MeasureException>(() => Measurer.Run(target.Request, CancellationToken.None));
        Assert.Equal(ExitReason.RefusedForSafety, failure.Reason);
        Assert.Contains("is not the agent's shim", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(".dll", string.Join(' ', File.ReadLines($"/proc/{target.Pid}/maps").Where(static line => line.Contains("forklint-shim", StringComparison.Ordinal))), StringComparison.Ordinal);

        Shell.Run("rm", "-rf", planted);
        target.MeasureCompletely();
        target.RequireUnharmed();
        Assert.True(File.Exists(planted));
    }

    private static void Plant(string path, byte[] bytes, UnixFileMode mode)
    {
        File.WriteAllBytes(path, bytes);
        File.SetUnixFileMode(path, mode);
    }
}
