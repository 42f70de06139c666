using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.Heap.Child;

/// <summary>What is known of a process beside its memory: from the kernel while it is there, and from a core file when it is not.</summary>
internal abstract class ProcessView
{
    /// <summary>Whether it is known which pages are in memory. If not, figures of resident memory are 0, and mean nothing.</summary>
    public abstract bool KnowsResidency { get; }

    /// <summary>What the process is called in messages.</summary>
    public abstract string DisplayName { get; }

    /// <summary>What is mapped, ascending.</summary>
    /// <exception cref="HeapReadException">It could not be read.</exception>
    public abstract IReadOnlyList<MapRegion> Regions();

    /// <summary>The mappings with their figures, ascending.</summary>
    public abstract Reading<IReadOnlyList<Mapping>> Mappings();

    /// <summary>The page map; null where there is none, or it may not be read.</summary>
    public abstract PageMap? OpenPages();

    /// <summary>The threads of the application and their stack pointers.</summary>
    public abstract IReadOnlyList<ThreadPointer> Threads();

    /// <summary>The name of a thread of the application; empty where it is not known.</summary>
    public abstract string ThreadName(uint thread);

    /// <summary>The view of a process.</summary>
    /// <exception cref="HeapReadException">It is a core file that cannot be read.</exception>
    public static ProcessView Of(FrozenProcess process) => process.IsCore ? new CoreView(CoreView.Read(process)) : new LiveView(process);
}

/// <summary>A process that is there: a copy, or the application.</summary>
internal sealed class LiveView(FrozenProcess process) : ProcessView
{
    /// <inheritdoc/>
    public override bool KnowsResidency => true;

    /// <inheritdoc/>
    public override string DisplayName => string.Create(CultureInfo.InvariantCulture, $"frozen copy {process.Pid}");

    /// <inheritdoc/>
    public override IReadOnlyList<MapRegion> Regions() => MappedFiles.Read(process.Pid);

    /// <inheritdoc/>
    public override Reading<IReadOnlyList<Mapping>> Mappings() => new ProcessFiles(process.Pid).Mappings();

    /// <inheritdoc/>
    public override PageMap? OpenPages() => PageMap.Open(process.Pid) is { IsOk: true } pages ? pages.Value : null;

    /// <inheritdoc/>
    public override IReadOnlyList<ThreadPointer> Threads() => ThreadPointers.Read(process.ApplicationPid);

    /// <inheritdoc/>
    public override string ThreadName(uint thread)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process.ApplicationPid}/task/{thread}/comm")).TrimEnd('\n');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Ended since, or numbered in another pid namespace: the number alone names it.
            return "";
        }
    }
}

/// <summary>A process as its core file has it.</summary>
internal sealed class CoreView(CoreFile core) : ProcessView
{
    /// <inheritdoc/>
    public override bool KnowsResidency => false;

    /// <inheritdoc/>
    public override string DisplayName => "core dump";

    /// <summary>Reads the core file that stands for a process.</summary>
    /// <exception cref="HeapReadException">It is none.</exception>
    public static CoreFile Read(FrozenProcess process)
    {
        Reading<CoreFile> reading = CoreFile.Read(process.Memory!);
        return reading.IsOk ? reading.Value : throw new HeapReadException($"The core dump could not be read: {reading.Detail}");
    }

    /// <inheritdoc/>
    public override IReadOnlyList<MapRegion> Regions() => core.Mappings;

    /// <inheritdoc/>
    public override Reading<IReadOnlyList<Mapping>> Mappings() => Reading<IReadOnlyList<Mapping>>.Ok(core.Mappings);

    /// <inheritdoc/>
    public override PageMap? OpenPages() => null;

    /// <inheritdoc/>
    public override IReadOnlyList<ThreadPointer> Threads() => [.. core.Threads.Select(static thread => new ThreadPointer(thread.Id, thread.StackPointer))];

    /// <inheritdoc/>
    public override string ThreadName(uint thread) => core.Threads.FirstOrDefault(known => known.Id == (int)thread)?.Name ?? "";
}
