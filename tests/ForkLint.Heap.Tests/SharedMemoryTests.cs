using System.Text;
using ForkLint.Heap.Child;
using ForkLint.Heap.Isolation;
using ForkLint.Linux;

namespace ForkLint.Heap.Tests;

/// <summary>What a fork shares goes on changing beside the copy; a read sees it as it was at one moment.</summary>
public sealed class SharedMemoryTests
{
    /// <summary>From the maps of a .NET 10 application.</summary>
    private static readonly IReadOnlyList<MapRegion> Captured = MapsParser.Parse(Encoding.UTF8.GetBytes(string.Join('\n',
    [
        "7fb6dba20000-7fb6dba21000 r-xs 00000000 00:01 26677                      /memfd:doublemapper (deleted)",
        "7fb6dba30000-7fb6dba33000 rw-s 00001000 00:01 26677                      /memfd:doublemapper (deleted)",
        "7fb6dba33000-7fb6dba34000 ---s 00004000 00:01 26677                      /memfd:doublemapper (deleted)",
        "7fb6dba40000-7fb6dba50000 rw-p 00000000 00:00 0",
        "7fb6dba50000-7fb6dba60000 rw-s 00000000 00:1a 1043                       /dev/shm/frames",
        "7fb6dba60000-7fb6dba61000 rw-s 00005000 00:01 26677                      /memfd:doublemapper (deleted)",
        "7fb6dba70000-7fb6dba71000 rw-p 00000000 08:01 77                         /tmp/memfd:doublemapper\n",
    ]))).Value;

    [Fact]
    public void What_the_runtime_writes_is_copied_once_and_nothing_else_is()
    {
        List<ulong> read = [];
        SharedMemory shared = SharedMemory.Copy(Captured, (address, buffer) =>
        {
            read.Add(address);
            buffer.Fill(7);
            return buffer.Length;
        });
        Assert.Equal([0x7fb6dba30000, 0x7fb6dba60000], read);

        Assert.True(shared.TryGet(0x7fb6dba32ff8, out ReadOnlySpan<byte> bytes, out _));
        Assert.Equal(8, bytes.Length);
        Assert.Equal(7, bytes[0]);

        // Reserve: known, and empty.
        Assert.True(shared.TryGet(0x7fb6dba33000, out bytes, out _));
        Assert.True(bytes.IsEmpty);

        // Code, private memory and other people's shared memory are read where they are, up to what was copied.
        Assert.False(shared.TryGet(0x7fb6dba20000, out _, out ulong next));
        Assert.Equal(0x7fb6dba30000UL, next);
        Assert.False(shared.TryGet(0x7fb6dba58000, out _, out next));
        Assert.Equal(0x7fb6dba60000UL, next);
        Assert.False(shared.TryGet(0x7fb6dba70000, out _, out next));
        Assert.Equal(ulong.MaxValue, next);
    }

    [Fact]
    public void Part_of_a_mapping_that_could_not_be_read_is_not_there()
    {
        SharedMemory shared = SharedMemory.Copy(Captured, static (_, buffer) => buffer.Length / 2);
        Assert.True(shared.TryGet(0x7fb6dba30000, out ReadOnlySpan<byte> bytes, out _));
        Assert.Equal(0x1800, bytes.Length);
        Assert.True(shared.TryGet(0x7fb6dba31800, out bytes, out _));
        Assert.True(bytes.IsEmpty);
    }

    [Fact]
    public void The_application_goes_on_writing_and_a_read_sees_one_moment()
    {
        using ScenarioTarget target = new("types");
        int copy = target.Fork();
        using ChildMemory live = ChildMemory.Open(new FrozenProcess(copy, target.Pid));
        using ChildMemory frozen = ChildMemory.Open(new FrozenProcess(copy, target.Pid));
        IReadOnlyList<MapRegion> regions = MappedFiles.Read(copy);
        frozen.Freeze(regions);
        List<(ulong Start, int Bytes)> written = [.. regions
            .Where(region => region.Permissions == "rw-s" && region.Path.Contains("/memfd:doublemapper", StringComparison.Ordinal))
            .Select(region => (region.Start, (int)region.SizeBytes))];
        Assert.NotEmpty(written);

        byte[] before = Everything(frozen);
        Assert.True(SpinWait.SpinUntil(() => !before.AsSpan().SequenceEqual(Everything(live)), TimeSpan.FromMinutes(1)), "The application wrote nothing that its copy sees.");
        Assert.True(before.AsSpan().SequenceEqual(Everything(frozen)));
        target.Reap(copy);

        byte[] Everything(ChildMemory memory)
        {
            byte[] all = new byte[written.Sum(range => range.Bytes)];
            int at = 0;
            foreach ((ulong start, int bytes) in written)
            {
                Assert.Equal(bytes, memory.Read(start, all.AsSpan(at, bytes)));
                at += bytes;
            }

            return all;
        }
    }

    /// <summary>
    /// The worst there is: assemblies are unloaded while they are read, and what the runtime's library finds may be gone. Each read ends with a report or with a
    /// reason, and whatever became of the reader, nothing became of its caller or of the application.
    /// </summary>
    [Fact]
    public void Assemblies_unloaded_beside_the_read_harm_nobody()
    {
        using ScenarioTarget target = new("unloads");
        for (int i = 0; i < 8; i++)
        {
            int copy = target.Fork();
            int pid;
            using (HeapReaderProcess reader = HeapReaderProgram.Start())
            {
                pid = reader.Pid;
                try
                {
                    Assert.True(reader.Read(new FrozenProcess(copy, target.Pid), new HeapReadOptions()).Objects > 0);
                }
                catch (HeapReadException exception)
                {
                    Assert.True(exception.IsSnapshotUnusable, exception.Message);
                }
            }

            target.Reap(copy);
            Assert.False(Directory.Exists($"/proc/{pid}"));
            Assert.Equal("pong", target.Tell("ping"));
        }
    }
}
