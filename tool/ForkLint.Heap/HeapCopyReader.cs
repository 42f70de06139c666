using System.Globalization;
using ForkLint.Heap.Child;
using ForkLint.Heap.Graph;
using ForkLint.Heap.Naming;
using ForkLint.Heap.Native;
using ForkLint.Heap.Roots;
using ForkLint.Linux;
using Microsoft.Diagnostics.Runtime;

namespace ForkLint.Heap;

/// <summary>Reads everything needed from the frozen copy, as fast as its memory can be copied.</summary>
internal sealed class HeapCopyReader
{
    /// <summary>
    /// More unreadable bytes than this share of the heap mean that a collection was under way: its figures would be guesses.
    /// An allocation storm leaves one or two objects torn, which are only counted.
    /// </summary>
    private const double MostUnreadable = 0.01;

    /// <summary>So many torn objects are insignificant even in the smallest heap.</summary>
    private const int FewUnreadable = 16;

    /// <summary>The first major version of the runtime that keeps a type's statics together with the type.</summary>
    private const int FirstWithDynamicStatics = 9;

    /// <summary>Native memory below this is not looked for an owner.</summary>
    private const long SmallestNativeBytes = 1_000_000;

    private readonly FrozenProcess _process;
    private readonly ProcessView _view;
    private readonly ChildMemory _memory;
    private readonly IReadOnlyList<MapRegion> _regions;
    private readonly IProgress<HeapReadProgress>? _progress;

    private HeapCopyReader(FrozenProcess process, ChildMemory memory, IProgress<HeapReadProgress>? progress)
    {
        _process = process;
        _view = ProcessView.Of(process);
        _memory = memory;
        _regions = _view.Regions();
        _progress = progress;
    }

    /// <summary>Reads a copy.</summary>
    /// <param name="process">The copy, or a process that runs.</param>
    /// <param name="runtimeFolder">Where its runtime lies.</param>
    /// <param name="progress">Receives how far the read is; null where nobody wants to know.</param>
    /// <param name="cancellation">Stops the read.</param>
    /// <exception cref="HeapReadException">The heap cannot be read, or what was read cannot be right.</exception>
    public static HeapData Read(FrozenProcess process, string runtimeFolder, IProgress<HeapReadProgress>? progress, CancellationToken cancellation)
    {
        progress?.Report(new HeapReadProgress(HeapReadStep.Opening, 0, 0));
        using ChildMemory memory = Open(process);
        return new HeapCopyReader(process, memory, progress).Read(runtimeFolder, cancellation);
    }

    private HeapData Read(string runtimeFolder, CancellationToken cancellation)
    {
        if (_process.IsRunning)
        {
            _memory.LeaveUntouched(_process.Pid, _regions);
        }

        if (!_process.IsCore)
        {
            _memory.Freeze(_regions);
        }

        IReadOnlyList<MappedModule> modules = MappedFiles.Images(_regions);
        ClrMdDependencies.Require();
        string library = DataAccessLibrary.Choose(_process, runtimeFolder, _memory, modules);
        ChildDataReader reader = new(_view, _process.Pid, _memory, modules);
        try
        {
            using DataTarget target = new(reader, new DataTargetOptions { FileLocator = new NoFiles() });
            ClrInfo info = target.ClrVersions.FirstOrDefault(version => version.Flavor == ClrFlavor.Core)
                ?? throw new HeapReadException("No .NET runtime was found in the memory that was read.", another: true);

            // ClrMD looks for the version in the first writable segment only, where current runtimes do not have it, and then calls every
            // library a mismatch. The build id was compared when the library was chosen, which says more.
            using ClrRuntime runtime = info.CreateRuntime(library, ignoreMismatch: true);
            return Read(runtime, reader, cancellation);
        }
        catch (Exception exception) when (exception is ClrDiagnosticsException or InvalidDataException or FileNotFoundException or DllNotFoundException)
        {
            throw new HeapReadException($"The heap could not be read with {library}: {exception.Message}", exception, another: true);
        }
    }

    // .NET Core 3.1 gives its library the version 4.700; a library that is not told apart has 0.
    private static int? MajorOf(ClrInfo info) => info.Version.Major switch
    {
        0 => null,
        4 => 3,
        var major => major,
    };

    /// <summary>The memory of a process.</summary>
    /// <exception cref="HeapReadException">It may not be read, or the process is gone.</exception>
    public static ChildMemory Open(FrozenProcess process)
    {
        try
        {
            return ChildMemory.Open(process);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HeapReadException($"The memory of the copy {process.Pid} could not be opened: {exception.Message}", exception);
        }
    }

    private HeapData Read(ClrRuntime runtime, ChildDataReader reader, CancellationToken cancellation)
    {
        ClrHeap heap = runtime.Heap;
        if (!heap.CanWalkHeap)
        {
            throw new HeapReadException("A collection was moving objects when the copy was made.", another: true);
        }

        CollectionWatch? watch = _process.IsRunning ? new CollectionWatch(runtime, reader) : null;
        using ModuleMetadata metadata = new(reader);
        MemberNames names = new(metadata);
        MemoryRange[] contexts = [.. heap.EnumerateAllocationContexts()];
        SegmentTable segments = new(heap.Segments.Where(segment => segment.ObjectRange.Length > 0).Select(segment => new HeapSegment(segment, contexts)));
        TypeTable types = new(heap, reader);

        // What the kernel tells of the copy needs nothing but it.
        Task<HeapPages?> pages = Task.Run(() => _view.KnowsResidency ? HeapPages.Read(_process.Pid, segments) : null, CancellationToken.None);
        Task<Reading<IReadOnlyList<Mapping>>> mapped = Task.Run(_view.Mappings, CancellationToken.None);
        HeapWalk walk = new(_memory, segments, types, _progress, cancellation);
        HeapGraph graph = walk.Objects();

        long unreadable = segments.Segments.Sum(segment => segment.UnreadableBytes);
        long all = segments.Segments.Sum(segment => (long)(segment.End - segment.Start));
        if (unreadable > all * MostUnreadable)
        {
            throw new HeapReadException(
                string.Create(CultureInfo.InvariantCulture, $"{unreadable} of {all} bytes of the heap were not readable as objects when the copy was made."),
                another: true);
        }

        // The roots are the business of the runtime's library, which serves one caller at a time; the references need nothing of it.
        _progress?.Report(new HeapReadProgress(HeapReadStep.Roots, 0, 0));
        Task resolving = Task.Run(walk.Resolve, CancellationToken.None);
        RootSet roots = new();
        RootSet stacks = new();
        StaticFields statics = new(runtime, names);
        IReadOnlyCollection<int> storage;
        List<(int From, int To)> dependent;
        HashSet<int> pinned;
        IReadOnlyList<ThreadStack> threads;
        bool areAllStacksFound;
        try
        {
            statics.Collect(types, cancellation);
            statics.CollectGenerics(graph, _memory, reader, metadata.MajorVersion(heap.ObjectType.Module) < FirstWithDynamicStatics, cancellation);
            storage = statics.AddTo(roots, graph, reader);
            (dependent, pinned) = HandleRoots.AddTo(roots, graph, types, runtime, storage);
            threads = ThreadStack.ReadAll(runtime, reader, _regions, _view.ThreadName, out areAllStacksFound);
            StackRoots.AddTo(stacks, graph, _memory, threads);
        }
        finally
        {
            // Whatever happened: what the walk works on must not go before it has ended.
            ((IAsyncResult)resolving).AsyncWaitHandle.WaitOne();
        }

        resolving.GetAwaiter().GetResult();
        graph.SetReferences(walk.Contents, dependent, storage.ToHashSet());
        RequireWhole(graph, segments.Segments.Sum(segment => segment.UnreadableCount) + graph.BrokenReferences);

        CollectorRanges ranges = CollectorRanges.Read(runtime, segments);
        NativeLayout? layout = mapped.GetAwaiter().GetResult() is { IsOk: true } reading
            ? NativeLayout.Read(_view, _memory, reading.Value, new RuntimeMemory(threads, ranges), cancellation)
            : null;
        IReadOnlyList<NativeRange> native = layout?.Large(SmallestNativeBytes) ?? [];
        NativePointers pointers = new(native.Select(range => (range.Start, range.Start + (ulong)range.Bytes)));
        pointers.AddStatics(statics.Pointers, reader);
        pointers.AddObjects(graph, types.Types, names, _memory, cancellation);
        RequireAlive(_memory, segments);

        HeapData data = new()
        {
            NativePointers = pointers.Found,
            Pages = pages.GetAwaiter().GetResult(),
            Layout = layout,
            HeapCount = ranges.HeapCount,
            AllRootsAreKnown = areAllStacksFound && !_process.IsRunning,
            Graph = graph,
            Types = [.. types.Types.Select(type => Facts(type, names))],
            Roots = roots,
            Stacks = stacks,
            Pinned = pinned,
            Finalizable = HandleRoots.Finalizable(graph, runtime),
            IsServerGC = heap.IsServer,
            RuntimeMajor = MajorOf(heap.Runtime.ClrInfo),
            UnreadableObjects = segments.Segments.Sum(segment => segment.UnreadableCount) + graph.BrokenReferences,
        };
        watch?.RequireNoCollection(graph, types);
        return data;
    }

    /// <summary>Memory of a copy that has ended reads as nothing, which looks like objects without references: then nothing of it may be believed.</summary>
    private static void RequireAlive(ChildMemory memory, SegmentTable segments)
    {
        if (segments.Segments.FirstOrDefault(segment => segment.Count > 0) is { } segment && !memory.TryRead(segment.AddressOf(segment.FirstIndex), out ulong _))
        {
            throw new HeapReadException("The copy ended while it was read.");
        }
    }

    /// <summary>References that lead nowhere mean that objects were being moved or their headers written: a few are an allocation's, many a collection's.</summary>
    private static void RequireWhole(HeapGraph graph, int unreadable)
    {
        if (unreadable > Math.Max(FewUnreadable, graph.Count * MostUnreadable))
        {
            throw new HeapReadException(
                string.Create(CultureInfo.InvariantCulture, $"{unreadable} places of a heap of {graph.Count} objects were not readable as objects or references when the copy was made."),
                another: true);
        }
    }

    private static TypeFacts Facts(HeapType type, MemberNames names)
    {
        bool isFramework = MemberNames.IsFramework(type.Runtime);
        List<ReferenceField> fields = [];
        if (type.Layout.HasReferences && type.Layout.ElementBytes == 0)
        {
            foreach (ClrInstanceField field in type.Runtime.Fields)
            {
                bool canHold = field.IsObjectReference || (field.IsValueType && !field.IsPrimitive);
                if (canHold && !MemberNames.IsFramework(field.ContainingType) && names.Of(field) is { } name)
                {
                    // Offsets are counted behind the method table.
                    int firstSlot = (field.Offset + 8) / 8;
                    fields.Add(new ReferenceField(firstSlot, Math.Max(firstSlot, (field.Offset + 8 + Math.Max(field.Size, 1) - 1) / 8), name));
                }
            }
        }

        return new TypeFacts(type.Runtime.Name ?? "an unknown type", type.Runtime.Module?.Name, isFramework, type.Runtime.IsArray, type.Runtime.IsValueType, fields);
    }
}
