using System.Text;
using ForkLint.Linux.Tests.Support;

namespace ForkLint.Linux.Tests;

public sealed class SmapsParserTests
{
    [Fact]
    public void Every_mapping_of_a_current_kernel_is_read()
    {
        var mappings = SmapsParser.Parse(TestData.Read("smaps-6.18.txt")).Value;

        Assert.Equal(33, mappings.Count);
        Assert.Equal(4540L << 10, mappings.Sum(m => m.ResidentBytes));
        Assert.Equal(3270L << 10, mappings.Sum(m => m.ProportionalBytes));
        Assert.Equal(3196L << 10, mappings.Sum(m => m.PrivateDirtyBytes));
        Assert.Equal(1344L << 10, mappings.Sum(m => m.SharedCleanBytes));
        Assert.Equal(2160L << 10, mappings.Sum(m => m.AnonymousBytes));
        Assert.All(mappings, m => Assert.Equal(4096, m.KernelPageSizeBytes));
        Assert.All(mappings, m => Assert.False(m.Flags.HasFlag(VmFlags.Unknown)));

        var stack = mappings.Single(m => m.Path == "[stack]");
        Assert.Equal(132L << 10, stack.SizeBytes);
        Assert.True(stack.Flags.HasFlag(VmFlags.GrowsDown | VmFlags.Accounted));
        Assert.Equal("rw-p", stack.Permissions);
        Assert.True(stack.IsPrivate);
        Assert.False(stack.IsFile);

        var shared = mappings.Single(m => m.Path == "/dev/zero (deleted)");
        Assert.Equal(13L << 20, shared.SizeBytes);
        Assert.True(shared.Flags.HasFlag(VmFlags.Shared));
        Assert.False(shared.IsPrivate);
        Assert.NotEqual(0UL, shared.Inode);
    }

    [Fact]
    public void A_kernel_of_2013_prints_fewer_lines_and_the_same_charge()
    {
        var now = SmapsParser.Parse(TestData.Read("smaps-6.18.txt")).Value;
        var then = SmapsParser.Parse(TestData.Read("smaps-3.10.txt")).Value;

        Assert.Equal(now.Count - 1, then.Count);
        Assert.Equal(CommitCharge.PredictBytes(now), CommitCharge.PredictBytes(then));
        Assert.Equal(now.Sum(m => m.ResidentBytes), then.Sum(m => m.ResidentBytes));
    }

    [Fact]
    public void Without_VmFlags_nothing_is_guessed()
    {
        var reading = SmapsParser.Parse(TestData.Read("smaps-2.6.32.txt"));

        Assert.Equal(ReadFailure.NotAvailable, reading.Failure);
        Assert.Contains("VmFlags", reading.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_file_has_no_mappings() => Assert.Empty(SmapsParser.Parse("").Value);

    [Theory]
    [InlineData("Size: 4 kB\n")]
    [InlineData("7f00-7f10 rw-p 0 00:00 0\nRss: four kB\n")]
    [InlineData("7f00-7f10 rw-p 0 00:00 0\nRss: 4 MB\n")]
    [InlineData("7f00-7f10 rw-p 0 00:00 0\n\n")]
    [InlineData("7f00-7f10 rw-p 0 00:00 0\nNonsense\n")]
    [InlineData("7f10-7f00 rw-p 0 00:00 0\nVmFlags: rd\n")]
    [InlineData("7f00-zz rw-p 0 00:00 0\nVmFlags: rd\n")]
    [InlineData("7f00-7f10 rw 0 00:00 0\nVmFlags: rd\n")]
    [InlineData("7f00-7f10 rw-p 0\nVmFlags: rd\n")]
    [InlineData("\0\0\0\0")]
    public void Nonsense_is_malformed_and_says_where(string text)
    {
        var reading = SmapsParser.Parse(text);

        Assert.Equal(ReadFailure.Malformed, reading.Failure);
        Assert.StartsWith("line ", reading.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_cut_of_a_real_file_has_a_typed_outcome()
    {
        var text = Encoding.UTF8.GetBytes(TestData.Read("smaps-6.18.txt"));
        for (var length = 0; length <= text.Length; length += 37)
        {
            var reading = SmapsParser.Parse(text.AsSpan(0, length));
            Assert.True(reading.IsOk || reading.Failure is ReadFailure.Malformed or ReadFailure.NotAvailable);
        }
    }

    [Theory]
    [InlineData("7f00-7f10 r--p 00000000 fe:00 12                         /opt/my app/lib.so", "/opt/my app/lib.so")]
    [InlineData("7f00-7f10 r--p 00000000 fe:00 12                         /tmp/two\\012lines (deleted)", "/tmp/two\nlines (deleted)")]
    [InlineData("7f00-7f10 r--p 00000000 00:00 0 ", "")]
    [InlineData("7f00-7f10 r--p 00000000 00:00 0                          [anon:dotnet heap]", "[anon:dotnet heap]")]
    public void Paths_are_read_as_the_kernel_escapes_them(string line, string path)
    {
        Assert.Equal(path, MapsParser.Parse(line + "\n").Value.Single().Path);
        Assert.Equal(path, SmapsParser.Parse(line + "\nVmFlags: rd\n").Value.Single().Path);
    }

    [Fact]
    public void Flags_of_a_newer_kernel_are_kept_as_unknown()
    {
        var mapping = SmapsParser.Parse("7f00-7f10 rw-p 0 00:00 0\nNewField: many words\nVmFlags: rd wr zz ac\n").Value.Single();

        Assert.Equal(VmFlags.Readable | VmFlags.Writable | VmFlags.Accounted | VmFlags.Unknown, mapping.Flags);
        Assert.True(mapping.IsCharged);
    }

    [Fact]
    public void Each_flag_word_means_a_flag_of_its_own()
    {
        string[] words = ["rd", "wr", "ex", "sh", "mr", "mw", "me", "ms", "gd", "pf", "lo", "io", "sr", "rr", "dc", "de", "lf", "ac", "nr", "ht", "sf", "ar", "wf", "dd", "sd", "mm", "hg", "nh", "mg", "um", "uw", "ui", "mt", "bt", "ss", "sl", "dp", "gu"];

        var flags = words.Select(w => VmFlagsParser.Parse(Encoding.UTF8.GetBytes(w))).ToList();

        Assert.DoesNotContain(VmFlags.Unknown, flags);
        Assert.Equal(words.Length, flags.Distinct().Count());
        Assert.Equal(Enum.GetValues<VmFlags>().Length - 2, words.Length);
    }

    [Fact]
    public void Thousands_of_mappings_cost_little_more_than_themselves()
    {
        var one = TestData.Read("smaps-6.18.txt");
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(one, 100)));
        Assert.True(SmapsParser.Parse(text).IsOk);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var mappings = SmapsParser.Parse(text).Value;
        var perMapping = (GC.GetAllocatedBytesForCurrentThread() - before) / mappings.Count;

        Assert.Equal(3300, mappings.Count);
        Assert.InRange(perMapping, 100, 400);
    }
}
