// The first program of every copy-on-write tutorial: sizes before the fork, after it, and while each side writes.
using System.Globalization;
using ForkLint.Samples;

const long BufferLengthBytes = 100_000_000;
const long WrittenBytes = 25_000_000;

unsafe
{
    var buffer = LibC.Map(0, (nuint)BufferLengthBytes, LibC.ProtReadWrite, LibC.MapPrivateAnonymous, -1, 0);
    var bytes = new Span<byte>((void*)buffer, (int)BufferLengthBytes);
    bytes.Fill(1);

    // Whatever is compiled or allocated on first use is so now, and does not blur what follows.
    _ = Memory.Of("self");
    using (var rehearsal = FrozenChild.TryFork(out _))
    {
        rehearsal?.WritePages(buffer, Environment.SystemPageSize);
    }

    var before = Memory.Of("self");
    var committed = Memory.CommittedBytes();
    using var child = FrozenChild.TryFork(out var errorNumber)
        ?? throw new InvalidOperationException($"The kernel refused the fork: errno {errorNumber}.");
    committed = Memory.CommittedBytes() - committed;
    var process = child.Pid.ToString(CultureInfo.InvariantCulture);

    var childAtFork = Memory.Of(process);
    var parentAtFork = Memory.Of("self");
    child.WritePages(buffer, WrittenBytes);
    var childWrote = Memory.Of(process);
    var parentAfterChildWrote = Memory.Of("self");
    bytes[^(int)WrittenBytes..].Fill(2);
    var childAfterParentWrote = Memory.Of(process);
    var parentWrote = Memory.Of("self");

    Console.WriteLine("MB                          virtual      RSS      PSS      USS   charge");
    Print("before the fork    parent", before);
    Print("right after it     parent", parentAtFork);
    Print("                   child", childAtFork);
    Print("child wrote 25     parent", parentAfterChildWrote);
    Print("                   child", childWrote);
    Print("parent wrote 25    parent", parentWrote);
    Print("                   child", childAfterParentWrote);

    Console.WriteLine($"""

        Myth: right after the fork the child's RSS is a few KB.
        Fact: its RSS is {Text(childAtFork.ResidentBytes)} MB, as much as the parent's private memory. What is small is its USS: {Text(childAtFork.UniqueBytes)} MB.

        Myth: the child's RSS grows as it writes.
        Fact: the child wrote 25 MB. Its RSS moved by {Change(childAtFork.ResidentBytes, childWrote.ResidentBytes)} MB, the parent's by {Change(parentAtFork.ResidentBytes, parentAfterChildWrote.ResidentBytes)} MB.
              The USS moved by {Change(childAtFork.UniqueBytes, childWrote.UniqueBytes)} MB in the child and by {Change(parentAtFork.UniqueBytes, parentAfterChildWrote.UniqueBytes)} MB in the parent: neither shares those pages now.

        Myth: only the child's writes cost.
        Fact: the parent wrote another 25 MB. The USS moved by {Change(parentAfterChildWrote.UniqueBytes, parentWrote.UniqueBytes)} MB in the parent and by {Change(childWrote.UniqueBytes, childAfterParentWrote.UniqueBytes)} MB in the child.

        Myth: a fork costs nothing until one side writes.
        Fact: the kernel promised {Text(childAtFork.CommitChargeBytes)} MB at once (Committed_AS, which is the whole machine's: {Change(0, committed)} MB).
        """);
}

static string Text(long bytes) => Memory.Megabytes(bytes);

static string Change(long from, long to) => $"{(to < from ? "" : "+")}{Memory.Megabytes(to - from)}";

static void Print(string what, Memory memory) => Console.WriteLine($"{what,-26}{Text(memory.VirtualBytes),9}"
    + $"{Text(memory.ResidentBytes),9}{Text(memory.ProportionalBytes),9}{Text(memory.UniqueBytes),9}{Text(memory.CommitChargeBytes),9}");
