using ForkLint.Heap;
using ForkLint.Spawns;
using ForkLint.Tool.Tracing;

namespace ForkLint.Tool.Tests;

public sealed class StackNamesTests
{
    /// <summary>Every start of a process asks for its stack: where none can be named, thousands of starts must not wake the naming thread for nothing.</summary>
    [Fact]
    public void A_stack_that_cannot_be_named_is_asked_for_no_more()
    {
        var starts = 0;
        using var names = new StackNames(
            () =>
            {
                starts++;
                throw new HeapReadException("there is no runtime in it");
            },
            Environment.ProcessId);
        var caller = new SpawnCaller(Environment.ProcessId, [0x1000, 0x2000]);
        var asked = 0;
        for (var round = 0; round < 200; round++)
        {
            asked += names.See(caller) ? 1 : 0;
            Thread.Sleep(5);
        }

        Assert.InRange(asked, 1, 20);
        Assert.False(names.See(caller));
        names.Finish(TimeSpan.FromSeconds(60));
        Assert.Equal(1, starts);
        Assert.Equal("1 of 1 stack has no names: there is no runtime in it", names.Failure);
    }
}
