using System.Globalization;
using System.Reflection;
using ForkLint.Heap.Child;
using ForkLint.Heap.Native;
using ForkLint.Heap.Savings;
using ForkLint.Linux;

namespace ForkLint.Heap.Tests;

/// <summary>Native memory of every kind is called what it is, and the list of all of it adds up.</summary>
public sealed class NativeKindTests
{
    private const long Kind = 16 << 20;

    /// <summary>Over every scenario and every kind of page: with the entry for the rest, the sums are the charge and what a child has resident, to the byte.</summary>
    [Theory]
    [InlineData("cache")]
    [InlineData("garbage")]
    [InlineData("service")]
    [InlineData("pool")]
    [InlineData("pinned")]
    [InlineData("frozen")]
    [InlineData("untouched")]
    [InlineData("fragments")]
    [InlineData("threads")]
    [InlineData("kinds")]
    [InlineData("arenas")]
    [InlineData("oddstacks")]
    public void The_list_adds_up_to_the_charge_and_to_what_a_child_has_resident(string scenario)
    {
        using ScenarioTarget target = new(scenario);
        int copy = target.Fork();
        try
        {
            FrozenProcess process = new(copy, target.Pid);
            IReadOnlyList<Mapping> mappings = new ProcessFiles(copy).Mappings().Value;
            foreach (IReadOnlyList<Saving> savings in (IEnumerable<IReadOnlyList<Saving>>)
                [
                    HeapSnapshot.Read(process, new HeapReadOptions()).Savings,
                    HeapSnapshot.Read(process, new HeapReadOptions { SmallestSavingBytes = 1 }).Savings,
                    NativeSnapshot.Read(process, mappings, new HeapReadOptions()),
                ])
            {
                Assert.True(savings[^1].Kind == SavingKind.Other, "nothing is left for the rest: two savings count the same memory");
                Assert.Equal(CommitCharge.PredictBytes(mappings), savings.Sum(saving => saving.CommitChargeBytes));
                // To read a page that was never touched makes one, where the kernel has no page of zeroes to share: then the sum is one of between.
                Assert.InRange(savings.Sum(saving => saving.ChildResidentBytes), CopiedBytes(mappings), CopiedBytes(new ProcessFiles(copy).Mappings().Value));
                Assert.All(savings, saving => Assert.True(saving is { CommitChargeBytes: >= 0, ChildResidentBytes: >= 0 } && saving.ExposureBytes <= saving.ChildResidentBytes, saving.What));
            }
        }
        finally
        {
            target.Reap(copy);
        }
    }

    private static long CopiedBytes(IReadOnlyList<Mapping> mappings) =>
        mappings.Where(static mapping => (mapping.Flags & (VmFlags.DontCopy | VmFlags.WipeOnFork)) == 0).Sum(static mapping => mapping.AnonymousBytes);

    [Fact]
    public void Each_kind_of_mapping_is_named_and_what_a_fork_leaves_out_is_not()
    {
        using ScenarioTarget target = new("kinds");
        IReadOnlyList<Saving> savings = target.Read().Savings;
        Assert.Equal(Kind, Of("native:/memfd:kinds (deleted)", SavingKind.Native).ChildResidentBytes);
        Assert.Equal(Kind, Of("native:/dev/zero", SavingKind.Native).ChildResidentBytes);
        Saving file = Assert.Single(savings, saving => saving.Holder?.EndsWith(".bin", StringComparison.Ordinal) == true);
        Assert.Equal((SavingKind.FilePrivate, Kind), (file.Kind, file.CommitChargeBytes));
        Saving gone = Assert.Single(savings, saving => saving.Holder?.EndsWith("-gone.bin (deleted)", StringComparison.Ordinal) == true);
        Assert.Contains("deleted file", gone.What, StringComparison.Ordinal);

        // Shared memory is neither charged nor copied; what MADV_DONTFORK is set on is not even there.
        Assert.DoesNotContain(savings, saving => saving.What.Contains("kinds-shared", StringComparison.Ordinal));
        Saving libraries = Assert.Single(savings, saving => saving.What.StartsWith("private writable pages of", StringComparison.Ordinal) && saving.Holder is null);
        Assert.True(libraries.CommitChargeBytes < Kind, libraries.What);

        Saving Of(string holder, SavingKind kind)
        {
            Saving saving = Assert.Single(savings, saving => saving.Holder == holder);
            Assert.Equal((kind, Kind), (saving.Kind, saving.CommitChargeBytes));
            return saving;
        }
    }

    [Fact]
    public void Small_blocks_in_many_arenas_have_an_entry_and_freeing_them_realises_it()
    {
        using ScenarioTarget target = new("arenas");
        Saving used = Assert.Single(target.Read().Savings, saving => saving.Holder == "native:malloc");
        Realised.Within(0.05, target.HeldBytes, used.ChildResidentBytes);
        Assert.Contains("65,0", used.What, StringComparison.Ordinal);

        // Heaps of arenas are mapped MAP_NORESERVE, which a kernel that counts strictly ignores.
        Assert.True(used.CommitChargeBytes <= target.ChargeBytes);

        long resident = target.ResidentBytes;
        target.Drop();
        Realised.Within(0.1, used.ChildResidentBytes, resident - target.ResidentBytes);
    }

    [Fact]
    public void Stacks_are_known_by_their_threads_whatever_their_size_and_guard()
    {
        using ScenarioTarget target = new("oddstacks");
        Saving[] stacks = [.. target.Read().Savings.Where(saving => saving.Kind == SavingKind.ThreadStacks)];
        Saving small = Assert.Single(stacks, saving => saving is { Confidence: Confidence.Possible, Means: SavingMeans.Release });
        Assert.StartsWith("400 stacks of .NET threads", small.What, StringComparison.Ordinal);
        Realised.Within(0.1, target.HeldBytes, small.CommitChargeBytes);

        Saving native = Assert.Single(stacks, saving => saving.What.Contains("native threads", StringComparison.Ordinal));
        int count = int.Parse(native.What.Split(' ')[0], CultureInfo.InvariantCulture);
        Assert.InRange(count, 16, 30);
        Realised.Within(0.1, count * ((8L << 20) - (256 << 10)), native.CommitChargeBytes);
    }

    [Theory]
    [InlineData("running\n", null)]
    [InlineData("-1 0x7ffe1000 0x7f0000\n", 0x7ffe1000UL)]
    [InlineData("202 0x7f9c 0x189 0x0 0x0 0x0 0xffffffff 0x7f9c4f7fde50 0x7f9cc2a1d9\n", 0x7f9c4f7fde50UL)]
    [InlineData("", null)]
    [InlineData("202 0x7f9c 0x189 nonsense here\n", null)]
    public void A_stack_pointer_is_read_as_the_kernel_prints_it(string text, ulong? expected) => Assert.Equal(expected, ThreadPointers.Parse(text));

    [Fact]
    public void The_limits_of_a_stack_are_what_either_C_library_wrote_down()
    {
        const ulong pointer = 0x7f00_0010_8000;
        ulong[] glibc = [1, pointer, 0x7f00_0000_0000, 0x20_0000, 0x1000, 0x1000];
        Assert.Equal((0x7f00_0000_1000UL, 0x7f00_0020_0000UL), StackBlock.Find(glibc, pointer + 64, pointer, 0x1000));

        ulong[] musl = [7, 0x7f00_0000_0000, 0x12_2000, 0x7f00_0012_0b30, 0x11_eb30, 0x2000];
        Assert.Equal((0x7f00_0000_2000UL, 0x7f00_0012_2000UL), StackBlock.Find(musl, pointer + 64, pointer, 0x1000));

        ulong[] neither = [0x7f00_0020_0000, 0x1000, 0x7f00_0000_0000, 0x1000, 3];
        Assert.Null(StackBlock.Find(neither, pointer + 64, pointer, 0x1000));
    }

    [Fact]
    public void Every_class_that_finds_savings_is_asked()
    {
        var finders = typeof(NativeSavings).Assembly.GetTypes().SelectMany(static type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(static method => method.Name == "Find" && method.GetParameters() is [{ ParameterType: var only }] && only == typeof(SavingsContext));
        var unasked = finders.Except(NativeSavings.Kinds.Select(static find => find.Method)).Select(static method => $"{method.DeclaringType!.Name}.Find").ToList();
        Assert.True(unasked.Count == 0, $"NativeSavings.Kinds does not list {string.Join(" and ", unasked)}");
    }

    [Fact]
    public void A_saving_gets_no_more_than_what_is_left()
    {
        SavingsLedger ledger = new(100, 50);
        Saving first = ledger.Take(Make(80, 40));
        Saving second = ledger.Take(Make(80, 40));
        Assert.Equal((80, 40, 40.0), (first.CommitChargeBytes, first.ChildResidentBytes, first.LatencySavedMicroseconds));
        Assert.Equal((20, 10, 10.0), (second.CommitChargeBytes, second.ChildResidentBytes, second.LatencySavedMicroseconds));
        Assert.Equal((0L, 0L), (ledger.ChargeBytes, ledger.ResidentBytes));
    }

    private static Saving Make(long charge, long resident) => new()
    {
        What = "",
        Kind = SavingKind.Native,
        CommitChargeBytes = charge,
        ChildResidentBytes = resident,
        LatencySavedMicroseconds = resident,
        ExposureBytes = resident,
        Action = "",
        Confidence = Confidence.Exact,
    };

    /// <summary>Below /dev are devices, and files that are none.</summary>
    [Theory]
    [InlineData("/dev/shm/cache", "the shared memory file /dev/shm/cache")]
    [InlineData("/dev/shm/cache (deleted)", "the shared memory file /dev/shm/cache")]
    [InlineData("/dev/nvidia0", "the device /dev/nvidia0")]
    [InlineData("/dev/zero", "anonymous memory")]
    public void What_is_mapped_from_below_dev_is_called_what_it_is(string path, string name) =>
        Assert.Contains(name, FileSavings.Describe(path).What, StringComparison.Ordinal);
}
