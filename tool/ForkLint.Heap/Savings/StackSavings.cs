using System.Globalization;
using System.Numerics;
using ForkLint.Heap.Native;
using ForkLint.Linux;

namespace ForkLint.Heap.Savings;

/// <summary>
/// The stacks of threads: charged in full, hardly touched. Where they are larger than they need to be, a setting makes them smaller; where they are not, only fewer
/// threads help.
/// </summary>
internal static class StackSavings
{
    /// <summary>Room left above the deepest stack seen, and the least that .NET threads run well with.</summary>
    private const long SmallestStackBytes = 256 * 1024;

    public static IEnumerable<Saving> Find(SavingsContext context)
    {
        foreach (IGrouping<StackOwner, Stack> group in Stacks(context.Layout).GroupBy(static stack => stack.Owner).OrderBy(static group => group.Key))
        {
            if (group.Key == StackOwner.Ended)
            {
                yield return Ended([.. group], context.Options);
                continue;
            }

            // One deep stack is no reason to leave the others as large: it can be asked for where its thread is made.
            Stack[] large = [.. group.Where(static stack => Enough(stack.TouchedBytes) < stack.SizeBytes)];
            Stack[] small = [.. group.Where(static stack => Enough(stack.TouchedBytes) >= stack.SizeBytes)];
            if (large.Length > 0)
            {
                yield return Large(large, group.Key, context.Layout.Library, context.Options);
            }

            if (small.Length > 0)
            {
                yield return Small(small, group.Key, context.Options.IsDotNet);
            }
        }
    }

    private static IEnumerable<Stack> Stacks(NativeLayout layout)
    {
        Dictionary<ulong, StackOwner> owners = layout.Stacks.ToDictionary(static stack => stack.Low, static stack => stack.Owner);
        foreach (MemoryPiece piece in layout.Of(PieceOwner.Stack))
        {
            yield return new Stack(
                owners.GetValueOrDefault(piece.Mapping.Start, StackOwner.Native),
                piece.ChargeBytes,
                piece.CopiedBytes,
                layout.TouchedBytes.GetValueOrDefault(piece.Mapping.Start, piece.CopiedBytes + piece.Mapping.SwapBytes));
        }
    }

    private static Saving Large(Stack[] stacks, StackOwner owner, CLibrary library, HeapReadOptions options)
    {
        long touched = stacks.Max(static stack => stack.TouchedBytes);
        long enough = Enough(touched);
        long charged = stacks.Sum(static stack => stack.SizeBytes);
        string others = (owner, library) switch
        {
            (StackOwner.Native, CLibrary.Musl) => " Threads that a native library starts have the size that the library asks for, or musl's default of 128 KiB.",
            (StackOwner.Native, _) => " Threads that a native library starts follow the limit of the shell that starts the application (ulimit -s) instead.",
            _ => "",
        };
        return Make(
            Counted(stacks, Name(owner, stacks.Length, options.IsDotNet), string.Create(CultureInfo.InvariantCulture, $"{charged:N0} bytes charged, at most {touched:N0} bytes touched in any")),
            stacks.Sum(stack => Math.Max(0, stack.SizeBytes - enough)),
            stacks.Sum(stack => Math.Max(0, stack.ResidentBytes - enough)),
            !options.IsDotNet ? string.Create(CultureInfo.InvariantCulture, $"Give its threads smaller stacks ({enough / 1024} KiB are enough): pthread_attr_setstacksize in the program, its own setting, or 'ulimit -s' where it is started; or end threads that idle, each {charged / stacks.Length:N0} bytes.") : string.Create(
                CultureInfo.InvariantCulture,
                $"Start the application with {RuntimeAdvice.Variable(options.RuntimeMajor, "Thread_DefaultStackSize")}={enough:X} (hexadecimal: {enough / 1024} KiB), or give new Thread(…, maxStackSize) that size; or end threads that idle, each {charged / stacks.Length:N0} bytes.{others}")) with
        { Means = SavingMeans.Restart, Confidence = Confidence.Estimated };
    }

    private static Saving Small(Stack[] stacks, StackOwner owner, bool isDotNet)
    {
        long charged = stacks.Sum(static stack => stack.SizeBytes);
        return Make(
            Counted(stacks, Name(owner, stacks.Length, isDotNet), string.Create(CultureInfo.InvariantCulture, $"{charged:N0} bytes charged, in use for the most part or small already")),
            charged,
            stacks.Sum(static stack => stack.ResidentBytes),
            string.Create(CultureInfo.InvariantCulture, $"End threads that are not needed: each gives back {charged / stacks.Length:N0} bytes.{(isDotNet ? " Tasks and the thread pool need fewer threads than work items." : "")}")) with
        { Means = SavingMeans.Release, Confidence = Confidence.Possible };
    }

    private static Saving Ended(Stack[] stacks, HeapReadOptions options)
    {
        long charged = stacks.Sum(static stack => stack.SizeBytes);
        string name = stacks.Length == 1 ? "stack of a thread that has ended, kept by the C library for a new one" : "stacks of threads that have ended, kept by the C library for new ones";
        return Make(
            Counted(stacks, name, string.Create(CultureInfo.InvariantCulture, $"{charged:N0} bytes charged")),
            charged,
            stacks.Sum(static stack => stack.ResidentBytes),
            "glibc keeps up to 40 MiB of them. Start the application with GLIBC_TUNABLES=glibc.pthread.stack_cache_size=0 (glibc 2.34 and later), or with smaller stacks" + (options.IsDotNet ? $" ({RuntimeAdvice.Variable(options.RuntimeMajor, "Thread_DefaultStackSize")})." : ".")) with
        { Means = SavingMeans.Restart, Confidence = Confidence.Estimated };
    }

    private static Saving Make(string what, long charge, long resident, string action) => SavingsContext.Of(what, SavingKind.ThreadStacks, charge, resident, action);

    private static string Counted(Stack[] stacks, string name, string figures) => string.Create(CultureInfo.InvariantCulture, $"{stacks.Length} {name}: {figures}");

    private static string Name(StackOwner owner, int count, bool isDotNet) => (owner, count) switch
    {
        _ when !isDotNet => count == 1 ? "stack of a thread" : "stacks of threads",
        (StackOwner.Managed, 1) => "stack of a .NET thread",
        (StackOwner.Managed, _) => "stacks of .NET threads",
        (_, 1) => "stack of a native thread",
        _ => "stacks of native threads (the runtime's own among them)",
    };

    private static long Enough(long touched) => Math.Max(SmallestStackBytes, (long)BitOperations.RoundUpToPowerOf2((ulong)touched * 4));

    private readonly record struct Stack(StackOwner Owner, long SizeBytes, long ResidentBytes, long TouchedBytes);
}
