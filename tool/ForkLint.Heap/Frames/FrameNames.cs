using ForkLint.Heap.Child;
using ForkLint.Heap.Naming;
using ForkLint.Linux;
using Microsoft.Diagnostics.Runtime;

namespace ForkLint.Heap.Frames;

/// <summary>
/// Names addresses in the code of a living process, from what the runtime knows of its methods. It reads memory only: nothing is stopped.
/// The runtime compiles on meanwhile, so what it says of a method may be missed once and found the next time.
/// </summary>
internal static class FrameNames
{
    /// <summary>Names them, in their order.</summary>
    /// <exception cref="HeapReadException">The process has no readable runtime, or none that is known here.</exception>
    public static NamedFrame[] Read(FrozenProcess process, string runtimeFolder, IReadOnlyList<ulong> addresses)
    {
        using ChildMemory memory = HeapCopyReader.Open(process);
        ProcessView view = ProcessView.Of(process);
        IReadOnlyList<MapRegion> regions = view.Regions();
        IReadOnlyList<MappedModule> modules = MappedFiles.Images(regions);
        string library = DataAccessLibrary.Choose(process, runtimeFolder, memory, modules);
        ClrMdDependencies.Require();
        try
        {
            ChildDataReader reader = new(view, process.Pid, memory, modules);
            using ModuleMetadata metadata = new(reader);
            using DataTarget target = new(reader, new DataTargetOptions { FileLocator = new NoFiles() });
            ClrInfo info = target.ClrVersions.FirstOrDefault(version => version.Flavor == ClrFlavor.Core)
                ?? throw new HeapReadException("No .NET runtime was found in the process.", another: true);
            using ClrRuntime runtime = info.CreateRuntime(library, ignoreMismatch: true);
            return [.. addresses.Select(address => Name(runtime, metadata, regions, address))];
        }
        catch (Exception exception) when (exception is ClrDiagnosticsException or InvalidDataException or FileNotFoundException or DllNotFoundException)
        {
            throw new HeapReadException($"The methods could not be named with {library}: {exception.Message}", exception, another: true);
        }
    }

    private static NamedFrame Name(ClrRuntime runtime, ModuleMetadata metadata, IReadOnlyList<MapRegion> regions, ulong address)
    {
        // A return address is that of the instruction after the call, which may belong to the next method.
        if (runtime.GetMethodByInstructionPointer(address - 1) is { Signature: { } signature } method)
        {
            return MemberNames.IsFramework(method.Type)
                ? new NamedFrame(MethodText.Of(signature), FrameKind.Framework)
                : new NamedFrame(
                    MethodText.Of(signature),
                    FrameKind.Application,
                    method.Type.Module is { } module && metadata.For(module) is { } names ? MethodIds.Of(names, method.MetadataToken) : null);
        }

        string path = regions.FirstOrDefault(region => region.Start <= address && address < region.End)?.Path ?? "";
        return new NamedFrame(path.StartsWith('/') && !path.StartsWith("/memfd:", StringComparison.Ordinal) ? $"[{Path.GetFileName(path)}]" : NamedFrame.Unknown, FrameKind.Native);
    }
}
