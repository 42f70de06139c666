// The second program of the tutorial: the overcommit settings, and four gigabytes that nobody touches.
using System.Globalization;
using System.Runtime.InteropServices;
using ForkLint.Samples;

const long LazyLengthBytes = 4_000_000_000;

var mode = int.Parse(File.ReadAllText("/proc/sys/vm/overcommit_memory"), CultureInfo.InvariantCulture);
var ratio = File.ReadAllText("/proc/sys/vm/overcommit_ratio").Trim();
Console.WriteLine($"vm.overcommit_memory = {mode} ({ModeName(mode)})");
Console.WriteLine($"vm.overcommit_ratio  = {ratio} (matters in mode 2 only)");
Console.WriteLine($"RAM + swap           = {Memory.Megabytes(Memory.RamAndSwapBytes())} MB");

unsafe
{
    // What is compiled or allocated on first use is so before the figures are taken.
    for (var rehearsal = 0; rehearsal < 3; rehearsal++)
    {
        _ = Memory.Of("self");
        FrozenChild.TryFork(out _)?.Dispose();
    }

    var before = Memory.Of("self");
    var lazy = (byte*)NativeMemory.Alloc((nuint)LazyLengthBytes);
    var allocated = Memory.Of("self");
    Console.WriteLine();
    Console.WriteLine("MB                          virtual      RSS   charge");
    Print("before", before);
    Print("4 GB allocated", allocated);

    var child = FrozenChild.TryFork(out var errorNumber);
    if (child is null)
    {
        Console.WriteLine($"The kernel refused the fork: errno {errorNumber}.");
        NativeMemory.Free(lazy);
        return 2;
    }

    var forked = Memory.Of(child.Pid.ToString(CultureInfo.InvariantCulture));
    child.Dispose();
    Print("its fork", forked);

    var untouched = Memory.Of("self");
    lazy[LazyLengthBytes / 2] = 1;
    lazy[LazyLengthBytes - 1] = 1;
    var touched = Memory.Of("self");
    Print("two pages touched", touched);
    NativeMemory.Free(lazy);
    var freed = Memory.Of("self");
    Print("freed", freed);

    Console.WriteLine($"""

        Myth: allocating 4 GB takes 4 GB.
        Fact: virtual size and commit charge grew by {Memory.Megabytes(allocated.CommitChargeBytes - before.CommitChargeBytes)} MB, RSS by {Memory.Megabytes(allocated.ResidentBytes - before.ResidentBytes)} MB. Touching two pages added {(touched.ResidentBytes - untouched.ResidentBytes) / 1024} KiB.

        Myth: memory that was never touched costs a fork nothing.
        Fact: the fork was charged {Memory.Megabytes(forked.CommitChargeBytes)} MB, the untouched 4 GB in full. In mode 2 that sum must fit; in mode 0
              only one mapping larger than RAM + swap makes a fork fail; in mode 1 nothing does.
        """);
}

return 0;

static void Print(string what, Memory memory) => Console.WriteLine($"{what,-26}{Memory.Megabytes(memory.VirtualBytes),9}"
    + $"{Memory.Megabytes(memory.ResidentBytes),9}{Memory.Megabytes(memory.CommitChargeBytes),9}");

static string ModeName(int mode) => mode switch
{
    0 => "heuristic: refuses only what can obviously not be",
    1 => "always: refuses nothing",
    2 => "strict: all charges together stay below CommitLimit",
    _ => "unknown",
};
