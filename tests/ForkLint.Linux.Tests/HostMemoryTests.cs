using ForkLint.Linux.Tests.Support;

namespace ForkLint.Linux.Tests;

public sealed class HostMemoryTests
{
    [Fact]
    public void Meminfo_of_a_current_kernel()
    {
        var memory = MeminfoParser.Parse(TestData.Read("meminfo-6.18.txt")).Value;

        Assert.Equal(24682416L << 10, memory.TotalBytes);
        Assert.Equal(24090028L << 10, memory.AvailableBytes);
        Assert.Equal(12341208L << 10, memory.CommitLimitBytes);
        Assert.Equal(878060L << 10, memory.CommittedBytes);
        Assert.Equal(0, memory.HugeTlbBytes);
    }

    [Fact]
    public void Meminfo_of_a_kernel_of_2013_counts_huge_pages_in_pages()
    {
        var memory = MeminfoParser.Parse(TestData.Read("meminfo-3.10.txt")).Value;

        Assert.Null(memory.AvailableBytes);
        Assert.Equal(512L * 2048 * 1024, memory.HugeTlbBytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MemTotal: 1 kB\n")]
    [InlineData("MemTotal: x kB\nMemFree: 1 kB\nCommitLimit: 1 kB\nCommitted_AS: 1 kB\n")]
    [InlineData("no colon\n")]
    public void Half_a_meminfo_is_malformed(string text) => Assert.Equal(ReadFailure.Malformed, MeminfoParser.Parse(text).Failure);

    [Fact]
    public void A_machine_is_read_from_its_proc()
    {
        using var fake = OldMachine();

        var host = HostMemory.Read(fake.Proc).Value;

        Assert.Equal("3.10.0-1160.el7.x86_64", host.Kernel);
        Assert.Equal((3, 10), host.KernelVersion());
        Assert.Equal((2, 80L, 0L), (host.OvercommitMode, host.OvercommitRatioPercent, host.OvercommitKbytes));
        Assert.Equal((8L << 20, 128L << 20), (host.AdminReserveBytes, host.UserReserveBytes));
        Assert.Equal(4, host.CpuCount);
        Assert.Equal(host.FreeBytes + MeminfoParser.Parse(TestData.Read("meminfo-3.10.txt")).Value.CachedBytes, host.AvailableBytes);
        Assert.Equal(878060L << 10, host.CommittedBytesNow());

        fake.With("proc/meminfo", TestData.Read("meminfo-3.10.txt").Replace("878060", "878064", StringComparison.Ordinal));
        Assert.Equal(878064L << 10, host.CommittedBytesNow());
    }

    [Theory]
    [InlineData("proc/sys/vm/overcommit_memory", ReadFailure.NotAvailable)]
    [InlineData("proc/sys/vm/overcommit_ratio", ReadFailure.NotAvailable)]
    [InlineData("proc/meminfo", ReadFailure.NotAvailable)]
    public void A_missing_file_is_a_typed_outcome(string file, ReadFailure failure)
    {
        using var fake = OldMachine();
        File.Delete($"{fake.Root}/{file}");

        var host = HostMemory.Read(fake.Proc);

        Assert.Equal(failure, host.Failure);
        Assert.Contains(file, host.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_that_is_no_number_is_malformed()
    {
        using var fake = OldMachine().With("proc/sys/vm/overcommit_memory", "two\n");

        Assert.Equal(ReadFailure.Malformed, HostMemory.Read(fake.Proc).Failure);
    }

    // 24682416 kB on 2 processors: 6170604 / 2 / 256 = 12051 pages a processor.
    [Theory]
    [InlineData(24682416L << 10, 2, 12051L * 2 * 4096)]
    [InlineData(64L << 20, 2, 32L * 2 * 4096)]
    [InlineData(1L << 30, 128, 256L * 128 * 4096)]
    public void The_counters_error_is_a_batch_for_each_processor(long ram, int cpus, long error) =>
        Assert.Equal(error, (Samples.Host(2) with { TotalBytes = ram, CpuCount = cpus }).CounterErrorBytes);

    [Fact]
    public void The_commit_limit_is_computed_as_the_kernel_does()
    {
        var host = Samples.Host(2) with { TotalBytes = 24682416L << 10, SwapTotalBytes = 0, HugeTlbBytes = 0 };

        Assert.Equal(12341208L << 10, host.ComputeCommitLimitBytes());
        Assert.Equal((12341208L << 10) + (1L << 30), (host with { SwapTotalBytes = 1L << 30 }).ComputeCommitLimitBytes());
        Assert.Equal((12341208L << 10) - (1L << 29), (host with { HugeTlbBytes = 1L << 30 }).ComputeCommitLimitBytes());
        Assert.Equal((1000L << 10) + (1L << 30), (host with { OvercommitKbytes = 1000, SwapTotalBytes = 1L << 30 }).ComputeCommitLimitBytes());
    }

    private static FakeHost OldMachine() => new FakeHost()
        .With("proc/meminfo", TestData.Read("meminfo-3.10.txt"))
        .With("proc/stat", "cpu  1 2 3 4\ncpu0 1 2 3 4\ncpu1 1 2 3 4\ncpu2 1 2 3 4\ncpu3 1 2 3 4\nintr 1\n")
        .With("proc/sys/kernel/osrelease", "3.10.0-1160.el7.x86_64\n")
        .With("proc/sys/vm/overcommit_memory", "2\n")
        .With("proc/sys/vm/overcommit_ratio", "80\n")
        .With("proc/sys/vm/admin_reserve_kbytes", "8192\n")
        .With("proc/sys/vm/user_reserve_kbytes", "131072\n");
}
