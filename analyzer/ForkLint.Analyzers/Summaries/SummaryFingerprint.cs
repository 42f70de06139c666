using ForkLint.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Summaries;

/// <summary>
/// Tells whether a method's summary says the same as the one before: each run over a body names cells and objects anew.
/// The path of a spawn is left out, since a recursion would make it longer each time.
/// </summary>
internal static class SummaryFingerprint
{
    /// <summary>A number that two summaries of one method share if they say the same.</summary>
    public static ulong Of(MethodSummary summary)
    {
        var print = new Print();
        print.Add(summary.Exit);
        foreach (var spawn in summary.Spawns)
        {
            print.Add((ulong)spawn.Spawn.Site.Operation.GetHashCode() + (spawn.WaitsAfter ? 1UL : 0));
            print.Add(spawn.Before);
            print.Add(spawn.HeldInitials);
            print.Add(spawn.UsedAfter);
        }

        print.Add(summary.UsedFromEntry);
        print.Add(summary.Invoked);
        print.Add(summary.Handed);
        print.Add(summary.DependsOn);
        print.Add(summary.WaitsFor);
        print.Add(ObjectSet.Of(summary.Dropped));
        foreach (var cell in summary.ReturnedCells)
        {
            print.Add(Of(cell));
        }

        var taken = 0UL;
        foreach (var ordinal in summary.TakenOver)
        {
            taken |= 1UL << (ordinal % 64);
        }

        print.Add(taken);
        print.Add((summary.Waits ? 1UL : 0) | (summary.CallsUnknownSource ? 2UL : 0) | (summary.IsIncomplete ? 4UL : 0) | (summary.NeverReturns ? 8UL : 0));
        return print.Value;
    }

    private static ulong Mix(ulong left, ulong right)
    {
        unchecked
        {
            // The finalizer of MurmurHash3 (public domain) spreads what the runtime's 32 bits give.
            var value = (left * 0x9E3779B97F4A7C15UL) ^ right;
            value ^= value >> 33;
            value *= 0xFF51AFD7ED558CCDUL;
            value ^= value >> 33;
            value *= 0xC4CEB9FE1A85EC53UL;
            return value ^ (value >> 33);
        }
    }

    private static ulong Of(Cell cell) => cell switch
    {
        VariableCell variable => Mix(1, Of(variable.Symbol)),
        ThisCell => 2,
        ComponentCell component => Mix(Mix(3, Of(component.Parent)), Of(component.Member)),
        HeapCell heap => Mix(Mix(4, Of(heap.Owner)), heap.Member is ISymbol member ? Of(member) : (ulong)heap.Member.GetHashCode()),
        _ => 5,
    };

    private static ulong Of(ISymbol symbol) => (ulong)SymbolEqualityComparer.Default.GetHashCode(symbol);

    private static ulong Of(MemoryObject item)
    {
        switch (item)
        {
            case InitialObject initial:
                return Mix(6, Of(initial.Cell));
            case ReferenceObject reference:
                return Mix(10, Of(reference.Target));
            case ContainerObject container:
                return Mix(7, (ulong)container.Origin.GetHashCode());
            default:
                var print = 8UL;
                for (var allocation = item as AllocationObject; allocation is not null; allocation = allocation.Origin)
                {
                    print = Mix(print, (ulong)allocation.Site.GetHashCode());
                }

                return print;
        }
    }

    private struct Print
    {
        public ulong Value { get; private set; }

        public void Add(ulong value) => Value = Mix(Value, value);

        // Objects have their order by when they were met, which differs from run to run.
        public void Add(ObjectSet objects)
        {
            var sum = 0UL;
            foreach (var item in objects)
            {
                unchecked
                {
                    sum += Of(item);
                }
            }

            Add(sum);
        }

        public void Add(CallEffects? effects)
        {
            if (effects is null)
            {
                Add(9);
                return;
            }

            var sum = effects.Collected ? 1UL : 0;
            unchecked
            {
                foreach (var (cell, value) in effects.Writes)
                {
                    var print = new Print();
                    print.Add(Of(cell));
                    print.Add(value);
                    sum += print.Value;
                }

                foreach (var (allocation, fate) in effects.Made)
                {
                    sum += Mix(Of(allocation), (ulong)fate);
                }

                foreach (var (initial, fate) in effects.Ended)
                {
                    sum += Mix(Of(initial), (ulong)fate);
                }
            }

            Add(sum);
            Add(effects.Result);
            Add(effects.Running);
        }
    }
}
