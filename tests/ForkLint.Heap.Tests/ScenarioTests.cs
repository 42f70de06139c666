namespace ForkLint.Heap.Tests;

/// <summary>
/// Each scenario is a live application: the first saving must name the right holder and the right amount, and doing what it says must
/// realise it.
/// </summary>
public sealed class ScenarioTests
{
    [Theory]
    [InlineData("cache", "P:HeapScenarios.Cache.Table")]
    [InlineData("service", "F:HeapScenarios.NameService._names")]
    [InlineData("event", "E:HeapScenarios.Publisher.Changed")]
    [InlineData("pinned", "F:HeapScenarios.PinnedArrays._arrays")]
    [InlineData("sessions", "F:HeapScenarios.Sessions._all")]
    [InlineData("attached", "F:HeapScenarios.Attached._key")]
    [InlineData("generic", "P:HeapScenarios.Generic.Outer`1.Inner`1.Held")]
    public void A_member_that_holds_memory_is_named_and_dropping_it_realises_what_was_predicted(string scenario, string holder)
    {
        using ScenarioTarget target = new(scenario);
        Saving first = target.Read().Savings[0];
        Assert.Equal(holder, first.Holder);
        Assert.Equal(SavingKind.Managed, first.Kind);
        Assert.Contains("Aggressive", first.Action, StringComparison.Ordinal);
        Realised.Within(0.02, target.HeldBytes, first.CommitChargeBytes);
        Realised.Within(0.02, target.HeldBytes, first.ChildResidentBytes);
        Realised.Assert(target, first);
    }

    [Fact]
    public void Memory_that_only_the_servers_collector_holds_is_found_as_well()
    {
        using ScenarioTarget target = new("cache", ("DOTNET_gcServer", "1"));
        HeapReport report = target.Read();
        Assert.True(report.IsServerGC);
        Assert.Equal("P:HeapScenarios.Cache.Table", report.Savings[0].Holder);
        Realised.Within(0.02, target.HeldBytes, report.Savings[0].CommitChargeBytes);
        Realised.Assert(target, report.Savings[0]);
    }

    [Fact]
    public void Garbage_of_a_thread_that_has_ended_is_the_first_saving_and_a_collection_realises_it()
    {
        using ScenarioTarget target = new("garbage");
        HeapReport report = target.Read();
        Saving first = report.Savings[0];
        Assert.Equal(SavingKind.Garbage, first.Kind);
        Assert.Null(first.Holder);
        Realised.Within(0.02, target.HeldBytes, first.CommitChargeBytes);

        long predicted = report.Savings.Where(saving => saving.Kind is SavingKind.Garbage or SavingKind.GcFree).Sum(saving => saving.CommitChargeBytes);
        (long charge, long resident) = (target.ChargeBytes, target.ResidentBytes);
        target.Collect();
        Realised.Within(0.05, predicted, charge - target.ChargeBytes);
        Assert.True(target.ResidentBytes < resident);
    }

    [Fact]
    public void What_two_caches_share_is_a_joint_entry_and_goes_only_with_both()
    {
        using ScenarioTarget target = new("shared");
        HeapReport report = target.Read();
        Saving first = report.Savings[0];
        Assert.Null(first.Holder);
        Assert.Equal(
            ["F:HeapScenarios.SharedCaches._byNumber", "F:HeapScenarios.SharedCaches._inOrder"], first.JointlyHeldBy!.Order(StringComparer.Ordinal));
        Realised.Within(0.02, target.HeldBytes, first.CommitChargeBytes);

        Assert.True(report.BytesFreedWithout(["F:HeapScenarios.SharedCaches._byNumber"]) < 100_000);
        Realised.Within(0.02, target.HeldBytes, report.BytesFreedWithout(first.JointlyHeldBy!));
        Realised.Assert(target, first);
    }

    [Fact]
    public void A_graph_that_a_local_holds_is_named_by_its_thread_as_possible()
    {
        using ScenarioTarget target = new("local");
        Saving first = target.Read().Savings[0];
        Assert.Contains("graph-owner", first.Holder, StringComparison.Ordinal);
        Assert.Equal(Confidence.Possible, first.Confidence);
        Realised.Within(0.02, target.HeldBytes, first.CommitChargeBytes);
        Realised.Assert(target, first);
    }

    [Fact]
    public void What_was_returned_to_the_shared_pool_is_the_pools_and_the_advice_promises_no_collection()
    {
        using ScenarioTarget target = new("pool");
        Saving first = target.Read().Savings[0];
        Assert.Contains("System.Buffers", first.Holder, StringComparison.Ordinal);
        Assert.Contains("ArrayPool", first.Action, StringComparison.Ordinal);

        // One array is each thread's own (the thread-static cache of the pool); the rest is shared.
        long pools = target.Read().Savings
            .Where(saving => saving.Holder?.Contains("System.Buffers", StringComparison.Ordinal) == true)
            .Sum(saving => saving.CommitChargeBytes);
        Realised.Within(0.02, target.HeldBytes, pools);

        // As the advice says: a pool of one's own, dropped before the fork.
        using ScenarioTarget own = new("ownpool");
        Saving dropped = own.Read().Savings[0];
        Assert.Equal("F:HeapScenarios.Pool._own", dropped.Holder);
        Realised.Within(0.05, pools, dropped.CommitChargeBytes);
        Realised.Assert(own, dropped);
    }

    [Fact]
    public void Idle_threads_are_charged_in_full_and_the_setting_in_the_advice_shrinks_them()
    {
        using ScenarioTarget target = new("threads");
        HeapReport report = target.Read();
        Saving first = report.Savings[0];
        Assert.Equal(SavingKind.ThreadStacks, first.Kind);
        Realised.Within(0.02, target.HeldBytes, first.CommitChargeBytes);
        Assert.Equal(0, first.ChildResidentBytes);

        const string setting = "DOTNET_Thread_DefaultStackSize=";
        string value = first.Action[(first.Action.IndexOf(setting, StringComparison.Ordinal) + setting.Length)..].Split(' ')[0];
        using ScenarioTarget smaller = new("threads", (setting.TrimEnd('='), value));

        // The setting shrinks the stacks of the runtime's own threads as well: they are an entry of their own.
        long predicted = report.Savings.Where(saving => saving.Kind == SavingKind.ThreadStacks).Sum(saving => saving.CommitChargeBytes);
        Realised.Within(0.05, predicted, target.ChargeBytes - smaller.ChargeBytes);
    }

    [Fact]
    public void A_native_buffer_is_found_to_the_page_and_freeing_it_is_enough()
    {
        using ScenarioTarget target = new("native");
        Saving first = target.Read().Savings[0];
        Assert.Equal(SavingKind.Native, first.Kind);
        Realised.Within(0.001, target.HeldBytes, first.CommitChargeBytes);
        Realised.Within(0.001, target.HeldBytes, first.ChildResidentBytes);
        Assert.Contains("MADV_DONTFORK", first.Action, StringComparison.Ordinal);
        Realised.Assert(target, first);
    }

    [Fact]
    public void Who_knows_the_address_of_a_native_block_is_named_as_its_possible_owner()
    {
        using ScenarioTarget target = new("owned");
        Dictionary<long, Saving> blocks = target.Read().Savings
            .Where(saving => saving.Kind == SavingKind.Native && saving.CommitChargeBytes >= 10_000_000)
            .ToDictionary(saving => saving.CommitChargeBytes / 10_000_000 * 10_000_000);
        Assert.Equal([20_000_000, 40_000_000, 60_000_000, 100_000_000], blocks.Keys.Order());
        Assert.Equal("F:HeapScenarios.OwnedBlocks._handle", blocks[100_000_000].PossibleOwner);
        Assert.Contains("BlockHandle", blocks[100_000_000].What, StringComparison.Ordinal);
        Assert.Equal("F:HeapScenarios.OwnedBlocks.Service._samples", blocks[60_000_000].PossibleOwner);
        Assert.Equal("F:HeapScenarios.OwnedBlocks._table", blocks[40_000_000].PossibleOwner);
        Assert.Null(blocks[20_000_000].PossibleOwner);
        Realised.Assert(target, blocks[60_000_000]);
    }

    [Fact]
    public void A_copy_that_is_torn_is_called_unusable_and_one_that_ends_is_not_believed()
    {
        using ScenarioTarget torn = new("torn");
        HeapReadException unusable = Assert.Throws<HeapReadException>(() => torn.Read());
        Assert.True(unusable.IsSnapshotUnusable);
        torn.Drop();
        Assert.Equal(0, torn.Read().UnreadableObjects);

        using ScenarioTarget target = new("cache");
        int copy = target.Fork();
        bool hasEnded = false;
        Assert.Throws<HeapReadException>(() => HeapSnapshot.Read(new FrozenProcess(copy, target.Pid), new HeapReadOptions(), new Synchronous(step =>
        {
            if (step == HeapReadStep.Roots && !hasEnded)
            {
                hasEnded = true;
                target.Reap(copy);
            }
        })));
        Assert.True(hasEnded);
    }

    [Fact]
    public void A_fragmented_malloc_gives_back_pages_but_no_charge_and_the_report_says_so()
    {
        using ScenarioTarget target = new("fragments");
        Saving first = target.Read().Savings[0];
        Assert.Equal(SavingKind.Native, first.Kind);
        Assert.Contains("malloc_trim", first.Action, StringComparison.Ordinal);
        Realised.Within(0.02, target.HeldBytes, first.ChildResidentBytes);
        Assert.True(first.CommitChargeBytes < target.HeldBytes / 20);

        (long charge, long resident) = (target.ChargeBytes, target.ResidentBytes);
        target.Drop();
        Realised.Within(0.05, first.ChildResidentBytes, resident - target.ResidentBytes);
        Assert.InRange(charge - target.ChargeBytes, 0, target.HeldBytes / 20);
    }

    [Fact]
    public void Frozen_objects_are_reported_as_not_freeable()
    {
        using ScenarioTarget target = new("frozen");
        HeapReport report = target.Read();
        KeptMemory frozen = Assert.Single(report.Kept, kept => kept.Reason == KeptReason.Frozen);
        Realised.Within(0.02, target.HeldBytes, frozen.Bytes);
        Assert.DoesNotContain(report.Savings, saving => saving.Kind == SavingKind.Managed && saving.CommitChargeBytes > target.HeldBytes / 10);
    }

    [Fact]
    public void An_array_never_written_to_is_charged_but_costs_a_fork_no_work()
    {
        using ScenarioTarget target = new("untouched");
        Saving first = target.Read().Savings[0];
        Assert.Equal("F:HeapScenarios.Untouched._array", first.Holder);
        Realised.Within(0.02, target.HeldBytes, first.CommitChargeBytes);
        Assert.True(first.ChildResidentBytes < target.HeldBytes / 100);
        Assert.True(first.LatencySavedMicroseconds < 1000);
    }

    [Fact]
    public void Statics_of_threads_and_of_struct_types_have_their_names_too()
    {
        using ScenarioTarget target = new("generic");
        HeapReport report = target.Read();
        Realised.Within(0.02, 20_000_000, Assert.Single(report.Savings, saving => saving.Holder == "F:HeapScenarios.Generic.PerThread.Held").CommitChargeBytes);
        Realised.Within(0.02, 10_000_000, Assert.Single(report.Savings, saving => saving.Holder == "F:HeapScenarios.Generic.Boxed.Held").CommitChargeBytes);
    }

    [Fact]
    public void Instance_fields_are_summed_over_their_instances()
    {
        using ScenarioTarget target = new("sessions");
        HeapReport report = target.Read();
        MemberSize buffers = Assert.Single(report.Members, member => member.Id == "F:HeapScenarios.Sessions._buffer");
        Assert.Equal(100, buffers.Instances);
        Realised.Within(0.02, target.HeldBytes, buffers.Bytes);
        Realised.Within(0.02, target.HeldBytes, report.BytesFreedWithout([buffers.Id]));
    }

    [Fact]
    public void The_application_answers_while_its_copy_is_read()
    {
        using ScenarioTarget target = new("objects", ("SCENARIO_OBJECTS", "1000000"));
        HashSet<HeapReadStep> answered = [];
        HeapReport report = target.ReadCopies(process => HeapSnapshot.Read(process, new HeapReadOptions(), new Synchronous(step =>
        {
            if (answered.Add(step))
            {
                Assert.Equal("pong", target.Tell("ping"));
            }
        })));
        Assert.True(report.Objects > 1_000_000);
        Assert.Equal(Enum.GetValues<HeapReadStep>(), answered.Order());
        Assert.Equal(0, report.UnreadableObjects);
    }

    [Fact]
    public void Copies_made_in_an_allocation_storm_are_read_or_called_unusable()
    {
        using ScenarioTarget target = new("storm");
        int usable = 0;
        for (int i = 0; i < 12; i++)
        {
            try
            {
                HeapReport report = target.Read();
                usable++;
                Assert.True(report.UnreadableObjects <= Math.Max(16, report.Objects / 100), $"{report.UnreadableObjects} of {report.Objects}");
            }
            catch (HeapReadException exception)
            {
                Assert.True(exception.IsSnapshotUnusable, exception.Message);
            }
        }

        Assert.True(usable > 0);
    }

    private sealed class Synchronous(Action<HeapReadStep> seen) : IProgress<HeapReadProgress>
    {
        public void Report(HeapReadProgress value)
        {
            lock (seen)
            {
                seen(value.Step);
            }
        }
    }
}
