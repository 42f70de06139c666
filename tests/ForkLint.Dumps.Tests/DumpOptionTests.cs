using System.IO.Compression;
using ForkLint.LiveTargets;
using Microsoft.Diagnostics.Runtime;

namespace ForkLint.Dumps.Tests;

/// <summary><c>dump --compress</c> and <c>dump --no-stacks</c>.</summary>
public sealed class DumpOptionTests : IDisposable
{
    private static readonly string[] Arguments = ["hold", "managed=20000000", "threads=4"];
    private static readonly string[] OtherUser = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_compressed_dump_unpacks_to_one_with_the_same_contents()
    {
        using var target = LiveTarget.Start(new TargetStart { Arguments = Arguments, Environment = new Dictionary<string, string?> { ["DOTNET_TieredCompilation"] = "0" } });
        var (plain, packed, unpacked) = (_folder.File("plain"), _folder.File("packed.gz"), _folder.File("unpacked"));
        Assert.Equal(0, Programs.RunTool("dump", $"{target.Pid}", "-o", plain).ExitCode);
        var written = Programs.RunTool("dump", $"{target.Pid}", "--compress", "-o", packed);
        Assert.True(written.ExitCode == 0, written.Output);
        Assert.Contains($"gunzip {packed}", written.Output, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(packed));
        Assert.True(new FileInfo(packed).Length * 4 < new FileInfo(plain).Length);

        using (var file = new GZipStream(File.OpenRead(packed), CompressionMode.Decompress))
        using (var target2 = File.Create(unpacked))
        {
            file.CopyTo(target2);
        }

        var (expected, found) = (DumpContents.Read(plain), DumpContents.Read(unpacked));
        Assert.Equal(expected.Threads.OrderBy(static thread => thread.Key), found.Threads.OrderBy(static thread => thread.Key));
        Assert.Equal(expected.Objects.OrderBy(static type => type.Key, StringComparer.Ordinal), found.Objects.OrderBy(static type => type.Key, StringComparer.Ordinal));
        Assert.Equal(expected.Statics, found.Statics);
        Assert.Contains("gunzip", Programs.RunTool("measure", "--from", packed).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_leaves_nothing_of_a_compressed_dump()
    {
        using var target = LiveTarget.Start(Arguments);
        string small = _folder.Mount("size=1m");
        var result = Programs.RunTool("dump", $"{target.Pid}", "--compress", "-o", Path.Combine(small, "core.gz"));
        Assert.True(result.ExitCode == 7, result.Output);
        Assert.Contains("No space left", result.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(small));
        Assert.NotNull(target.Ask("Go"));
    }

    /// <summary>As under Yama: a tool that may call no ptrace, of the application's own user and without capabilities.</summary>
    [Fact]
    public void Where_it_may_not_be_traced_it_offers_a_dump_without_stacks()
    {
        using var target = LiveTarget.Start(new TargetStart { Arguments = Arguments, Launcher = OtherUser, Environment = new Dictionary<string, string?> { ["HOME"] = "/tmp" } });
        string open = _folder.File("open");
        Directory.CreateDirectory(open);
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(open, (UnixFileMode)0b111_111_111);
        string file = Path.Combine(open, "core");
        string[] confined = ["env", "NO_NEW_PRIVS=1", .. OtherUser, Launcher.Build("seccomp"), "1", "101", "--"];

        var refused = Programs.RunToolFrom(confined, "dump", $"{target.Pid}", "-o", file);
        Assert.True(refused.ExitCode == 4, refused.Output);
        Assert.Contains("--no-stacks", refused.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(open));

        var written = Programs.RunToolFrom(confined, "dump", $"{target.Pid}", "--no-stacks", "-o", file);
        Assert.True(written.ExitCode == 0, written.Output);
        Assert.Contains("stacks cannot be walked", written.Output, StringComparison.Ordinal);
        using (var dump = DataTarget.LoadDump(file))
        using (var runtime = dump.ClrVersions.Single().CreateRuntime())
        {
            Assert.Contains(runtime.Heap.EnumerateObjects(), static o => o.IsArray && o.Size > 20_000_000);
            Assert.True(runtime.Threads.Length > 4);
        }

        Assert.Equal(0, Programs.RunTool("measure", "--from", file).ExitCode);
        Assert.NotNull(target.Ask("Go"));
        Assert.Empty(Directory.GetDirectories($"/proc/{target.Pid}/task").SelectMany(static task => File.ReadAllText($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal(1, Programs.RunTool("dump", $"{target.Pid}", "--no-stacks", "--type", "mini").ExitCode);
    }
}
