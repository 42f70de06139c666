namespace ForkLint.Linux;

/// <summary>What processes have in common that are in the same cgroups.</summary>
public static class CgroupKey
{
    /// <summary>A text that is the same for processes whose limits are the same: where they are in each hierarchy. Null where that may not be read.</summary>
    public static string? Of(ProcessFiles process)
    {
        ArgumentNullException.ThrowIfNull(process);
        return process.Cgroup().TryGet(out var memberships)
            ? string.Join('\n', memberships.Select(static membership => $"{string.Join(',', membership.Controllers)}:{membership.Path}"))
            : null;
    }
}
