using System.Globalization;
using ForkLint.Linux;
using ForkLint.Spawns.Interop;

namespace ForkLint.Spawns.Tracing;

/// <summary>
/// The tracefs that names the tracepoints. Where it is mounted nowhere, as on many servers and in containers, it is mounted for this
/// object alone: attached to no folder, seen by no other process, gone with the descriptor.
/// </summary>
internal sealed class TraceFileSystem : IDisposable
{
    private static readonly string[] UsualPlaces = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];
    private readonly string _root;
    private readonly int _mount;

    private TraceFileSystem(string root, int mount)
    {
        _root = root;
        _mount = mount;
    }

    /// <summary>Finds it or mounts it.</summary>
    /// <returns>The file system, or why the caller may not have it.</returns>
    public static Reading<TraceFileSystem> Open()
    {
        foreach (var place in UsualPlaces)
        {
            if (Directory.Exists($"{place}/events/sched/sched_process_fork"))
            {
                return Reading<TraceFileSystem>.Ok(new TraceFileSystem(place, -1));
            }
        }

        int mount = Libc.MountDetached("tracefs");
        if (mount < 0)
        {
            return Reading<TraceFileSystem>.Fail(ReadFailure.NotPermitted, $"tracefs is not readable at {UsualPlaces[0]} and cannot be mounted: {Libc.Message(Libc.LastError)}");
        }

        return Reading<TraceFileSystem>.Ok(new TraceFileSystem(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{mount}"), mount));
    }

    /// <summary>A tracepoint, such as <c>sched/sched_process_fork</c>.</summary>
    /// <returns>Its format; <see cref="ReadFailure.NotAvailable"/> where this kernel or architecture has no such tracepoint.</returns>
    public Reading<TracepointFormat> Find(string name)
    {
        var path = $"{_root}/events/{name}/format";
        try
        {
            return TracepointFormat.Parse(File.ReadAllText(path)) is { } format
                ? Reading<TracepointFormat>.Ok(format)
                : Reading<TracepointFormat>.Fail(ReadFailure.Malformed, $"{name}: not the description of a tracepoint");
        }
        catch (UnauthorizedAccessException)
        {
            return Reading<TracepointFormat>.Fail(ReadFailure.NotPermitted, $"the tracepoint {name} may not be read");
        }
        catch (IOException)
        {
            return Reading<TracepointFormat>.Fail(ReadFailure.NotAvailable, $"this kernel has no tracepoint {name}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_mount >= 0)
        {
            _ = Libc.Close(_mount);
        }
    }
}
