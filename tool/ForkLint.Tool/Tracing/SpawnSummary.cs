using ForkLint.Tool.Report;

namespace ForkLint.Tool.Tracing;

/// <summary>What the spawns of one program, or of one calling method, have in common.</summary>
internal sealed record SpawnGroup
{
    /// <summary>The program or the method.</summary>
    public required string Name { get; init; }

    /// <summary>How many were started.</summary>
    public required int Count { get; init; }

    /// <summary>How many lived at the same time, at the most.</summary>
    public required int MostAlive { get; init; }

    /// <summary>The median wait of the callers; null where none is known.</summary>
    public required double? MedianWaitMicroseconds { get; init; }

    /// <summary>The longest wait.</summary>
    public required double? LongestWaitMicroseconds { get; init; }

    /// <summary>The highest of their peaks.</summary>
    public required long? PeakResidentBytes { get; init; }
}

/// <summary>Groups spawns. It takes and returns values only.</summary>
internal static class SpawnSummary
{
    /// <summary>What a child that started no program is listed as.</summary>
    public const string NoProgram = "(no program)";

    /// <summary>Groups them by the name that <paramref name="nameOf"/> gives, the most frequent first; those without a name are left out.</summary>
    public static IReadOnlyList<SpawnGroup> By(IEnumerable<SpawnEntry> spawns, Func<SpawnEntry, string?> nameOf) =>
        [.. spawns.Where(spawn => nameOf(spawn) is not null)
            .GroupBy(spawn => nameOf(spawn)!, StringComparer.Ordinal)
            .Select(static group => Group(group.Key, [.. group]))
            .OrderByDescending(static group => group.Count).ThenBy(static group => group.Name, StringComparer.Ordinal)];

    /// <summary>The most that lived at one time. A process that ends when another starts is counted beside it.</summary>
    public static int MostAlive(IEnumerable<SpawnEntry> spawns)
    {
        var changes = new List<(DateTimeOffset At, int Change)>();
        foreach (var spawn in spawns)
        {
            changes.Add((spawn.At, 1));
            if (spawn.LivedMilliseconds is { } lived)
            {
                changes.Add((spawn.At.AddMilliseconds(lived), -1));
            }
        }

        var (alive, most) = (0, 0);
        foreach (var (_, change) in changes.OrderBy(static change => change.At).ThenByDescending(static change => change.Change))
        {
            alive += change;
            most = Math.Max(most, alive);
        }

        return most;
    }

    private static SpawnGroup Group(string name, List<SpawnEntry> spawns)
    {
        var waits = spawns.Select(static spawn => spawn.WaitMicroseconds).OfType<double>().Order().ToList();
        return new SpawnGroup
        {
            Name = name,
            Count = spawns.Count,
            MostAlive = MostAlive(spawns),
            MedianWaitMicroseconds = waits.Count == 0 ? null : waits[waits.Count / 2],
            LongestWaitMicroseconds = waits.Count == 0 ? null : waits[^1],
            PeakResidentBytes = spawns.Max(static spawn => spawn.PeakResidentBytes),
        };
    }
}
