namespace ForkLint.Heap.Tests;

/// <summary>Heaps of the older supported runtimes: statics, handles and stacks lie elsewhere in each of them.</summary>
public sealed class RuntimeVersionTests
{
    [Theory]
    [InlineData("net8.0", "cache", "P:HeapScenarios.Cache.Table")]
    [InlineData("net9.0", "cache", "P:HeapScenarios.Cache.Table")]
    [InlineData("net8.0", "service", "F:HeapScenarios.NameService._names")]
    [InlineData("net9.0", "service", "F:HeapScenarios.NameService._names")]
    [InlineData("net8.0", "event", "E:HeapScenarios.Publisher.Changed")]
    [InlineData("net9.0", "event", "E:HeapScenarios.Publisher.Changed")]
    [InlineData("net8.0", "attached", "F:HeapScenarios.Attached._key")]
    [InlineData("net9.0", "attached", "F:HeapScenarios.Attached._key")]
    [InlineData("net8.0", "generic", "P:HeapScenarios.Generic.Outer`1.Inner`1.Held")]
    [InlineData("net9.0", "generic", "P:HeapScenarios.Generic.Outer`1.Inner`1.Held")]
    [InlineData("net8.0", "pinned", "F:HeapScenarios.PinnedArrays._arrays")]
    [InlineData("net9.0", "pinned", "F:HeapScenarios.PinnedArrays._arrays")]
    public void A_member_that_holds_memory_is_named_and_dropping_it_realises_what_was_predicted(string framework, string scenario, string holder)
    {
        using ScenarioTarget target = ScenarioTarget.Of(framework, scenario);
        Saving first = target.Read().Savings[0];
        Assert.Equal(holder, first.Holder);
        Realised.Within(0.02, target.HeldBytes, first.CommitChargeBytes);
        Realised.Within(0.02, target.HeldBytes, first.ChildResidentBytes);
        Realised.Assert(target, first);
    }

    [Theory]
    [InlineData("net8.0")]
    [InlineData("net9.0")]
    public void Statics_of_threads_and_of_struct_types_have_their_names_too(string framework)
    {
        using ScenarioTarget target = ScenarioTarget.Of(framework, "generic");
        HeapReport report = target.Read();
        Realised.Within(0.02, 20_000_000, Assert.Single(report.Savings, saving => saving.Holder == "F:HeapScenarios.Generic.PerThread.Held").CommitChargeBytes);
        Realised.Within(0.02, 10_000_000, Assert.Single(report.Savings, saving => saving.Holder == "F:HeapScenarios.Generic.Boxed.Held").CommitChargeBytes);
    }

    [Theory]
    [InlineData("net8.0")]
    [InlineData("net9.0")]
    public void A_graph_that_a_local_holds_is_named_by_its_thread_as_possible(string framework)
    {
        using ScenarioTarget target = ScenarioTarget.Of(framework, "local");
        Saving first = target.Read().Savings[0];
        Assert.Contains("graph-owner", first.Holder, StringComparison.Ordinal);
        Assert.Equal(Confidence.Possible, first.Confidence);
        Realised.Within(0.02, target.HeldBytes, first.CommitChargeBytes);
        Realised.Assert(target, first);
    }

    [Theory]
    [InlineData("net8.0", false)]
    [InlineData("net9.0", false)]
    [InlineData("net8.0", true)]
    [InlineData("net9.0", true)]
    public void Garbage_is_the_first_saving_and_a_collection_realises_it(string framework, bool isServerGC)
    {
        using ScenarioTarget target = ScenarioTarget.Of(framework, "garbage", ("DOTNET_gcServer", isServerGC ? "1" : "0"));
        HeapReport report = target.Read();
        Assert.Equal(isServerGC, report.IsServerGC);
        Assert.Equal(SavingKind.Garbage, report.Savings[0].Kind);
        Realised.Within(0.02, target.HeldBytes, report.Savings[0].CommitChargeBytes);

        long predicted = report.Savings.Where(saving => saving.Kind is SavingKind.Garbage or SavingKind.GcFree).Sum(saving => saving.CommitChargeBytes);
        long charge = target.ChargeBytes;
        target.Collect();
        Realised.Within(0.05, predicted, charge - target.ChargeBytes);
    }

    [Theory]
    [InlineData("net8.0")]
    [InlineData("net9.0")]
    public void The_stacks_of_idle_threads_and_a_native_buffer_are_found_there_as_well(string framework)
    {
        using ScenarioTarget threads = ScenarioTarget.Of(framework, "threads");
        Saving stacks = threads.Read().Savings[0];
        Assert.Equal(SavingKind.ThreadStacks, stacks.Kind);
        Realised.Within(0.02, threads.HeldBytes, stacks.CommitChargeBytes);

        using ScenarioTarget native = ScenarioTarget.Of(framework, "native");
        Saving buffer = native.Read().Savings[0];
        Assert.Equal(SavingKind.Native, buffer.Kind);
        Realised.Within(0.001, native.HeldBytes, buffer.CommitChargeBytes);
        Realised.Assert(native, buffer);
    }
}
