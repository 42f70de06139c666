// A program that cannot fork until it frees the right thing. It provokes, without touching any memory or setting, the
// refusal that a device with little memory gives: in mode 0 the kernel refuses a fork when one mapping is larger than
// RAM + swap (__vm_enough_memory, mm/util.c).
// With the argument "wait" it stops after its first attempt, so that it can be measured from outside.
using ForkLint.Samples;

const long ConfigurationLengthBytes = 50_000_000;
var mode = File.ReadAllText("/proc/sys/vm/overcommit_memory").Trim();
if (mode != "0")
{
    Console.Error.WriteLine($"This sample shows what vm.overcommit_memory=0 refuses; here it is {mode}.");
    return 1;
}

// Two maps lie side by side with the same protection, so the kernel merges them into one: together they are larger than
// RAM + swap, and either alone is not.
var pageBytes = (long)Environment.SystemPageSize;
var halfBytes = ((Memory.RamAndSwapBytes() * 6 / 10) + pageBytes - 1) / pageBytes * pageBytes;
var tiles = LibC.Map(0, (nuint)(2 * halfBytes), LibC.ProtNone, LibC.MapPrivateAnonymous, -1, 0);
var index = tiles + (nint)halfBytes;
if (LibC.Protect(tiles, (nuint)halfBytes, LibC.ProtReadWrite) != 0 || LibC.Protect(index, (nuint)halfBytes, LibC.ProtReadWrite) != 0)
{
    Console.Error.WriteLine("The kernel does not let this program map its tiles and its index.");
    return 1;
}

var configuration = GC.AllocateUninitializedArray<byte>((int)ConfigurationLengthBytes);
configuration.AsSpan().Fill(1);
Console.WriteLine($"A map of {Memory.Megabytes(2 * halfBytes)} MB, none of it touched, and a configuration of {Memory.Megabytes(configuration.Length)} MB.");
Attempt("Everything is held");

if (args is ["wait"])
{
    Console.WriteLine("Waiting for a line on standard input.");
    _ = Console.In.ReadLine();
    GC.KeepAlive(configuration);
    return 0;
}

configuration = null;
GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
Attempt("The configuration is freed");

// The child needs the tiles no more than the configuration: one call keeps them here and spares the child.
Check(LibC.Advise(tiles, (nuint)halfBytes, LibC.MadvDontFork));
Attempt("The child does not inherit the tiles (MADV_DONTFORK)");

Check(LibC.Advise(tiles, (nuint)halfBytes, LibC.MadvDoFork));
Attempt("It inherits them again");

Check(LibC.Unmap(tiles, (nuint)halfBytes));
Attempt("The tiles are unmapped");
return 0;

static void Check(int result)
{
    if (result != 0)
    {
        throw new InvalidOperationException($"The C library says errno {System.Runtime.InteropServices.Marshal.GetLastPInvokeError()}.");
    }
}

static void Attempt(string state)
{
    using var child = FrozenChild.TryFork(out var errorNumber);
    var result = child is not null ? "the fork succeeds"
        : errorNumber == LibC.OutOfMemory ? "the fork fails with ENOMEM"
        : $"the fork fails with errno {errorNumber}";
    Console.WriteLine($"{state}: {result}.");
}
