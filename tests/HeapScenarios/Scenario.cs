namespace HeapScenarios;

/// <summary>One way of holding memory: how it is built (the bytes it holds are returned) and how it is let go.</summary>
internal sealed record Scenario(string Name, Func<long> Build, Action Drop)
{
    private static readonly Scenario[] All =
    [
        new("cache", Cache.Fill, Cache.Drop),
        new("garbage", Garbage.Make, static () => { }),
        new("service", NameService.Fill, NameService.Drop),
        new("pool", Pool.FillShared, static () => { }),
        new("ownpool", Pool.FillOwn, Pool.DropOwn),
        new("event", Publisher.Fill, Publisher.Drop),
        new("threads", IdleThreads.Start, static () => { }),
        new("fragments", Fragments.Fill, Fragments.Drop),
        new("native", NativeBuffer.Fill, NativeBuffer.Drop),
        new("pinned", PinnedArrays.Fill, PinnedArrays.Drop),
        new("frozen", FrozenHeap.Register, static () => { }),
        new("shared", SharedCaches.Fill, SharedCaches.Drop),
        new("local", LocalGraph.Start, LocalGraph.Drop),
        new("sessions", Sessions.Fill, Sessions.Drop),
        new("attached", Attached.Fill, Attached.Drop),
        new("generic", Generic.Fill, Generic.Drop),
        new("untouched", Untouched.Fill, Untouched.Drop),
        new("storm", Storm.Start, static () => { }),
        new("types", TypeStorm.StartConstructing, static () => { }),
        new("unloads", TypeStorm.StartUnloading, static () => { }),
        new("refused", Refused.Map, Refused.Drop),
        new("objects", ObjectGraph.Fill, ObjectGraph.Drop),
        new("wide", WideGraph.Fill, WideGraph.Drop),
        new("torn", TornArray.Tear, TornArray.Mend),
        new("owned", OwnedBlocks.Fill, OwnedBlocks.Drop),
        new("kinds", Kinds.Map, Kinds.Drop),
        new("arenas", Arenas.Fill, Arenas.Drop),
        new("oddstacks", OddStacks.Start, static () => { }),
    ];

    public static IEnumerable<string> Names => All.Select(scenario => scenario.Name);

    public static Scenario? Find(string name) => All.FirstOrDefault(scenario => scenario.Name == name);
}
