using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.Heap.Child;

/// <summary>
/// Chooses the runtime's data-access library (libmscordaccore.so). It is native code that runs in this process,
/// so it is taken only from this tool's own side or from a file the application cannot have written.
/// </summary>
internal static class DataAccessLibrary
{
    private const string FileName = "libmscordaccore.so";
    private const string RuntimeFileName = "libcoreclr.so";

    /// <summary>The library that fits the runtime in the copy.</summary>
    /// <param name="process">The copy.</param>
    /// <param name="runtimeFolder">The folder of a runtime on this tool's side; others are looked for beside it.</param>
    /// <param name="memory">The copy's memory.</param>
    /// <param name="modules">What is mapped into the copy.</param>
    /// <exception cref="HeapReadException">There is none that may be loaded; the message says why.</exception>
    public static string Choose(FrozenProcess process, string runtimeFolder, ChildMemory memory, IReadOnlyList<MappedModule> modules)
    {
        MappedModule runtime = modules.FirstOrDefault(module => Path.GetFileName(module.Path) == RuntimeFileName);
        if (runtime.Path is null)
        {
            throw new HeapReadException(
                "No libcoreclr.so is mapped in the application: it is a single-file or NativeAOT program, whose heap cannot be read.");
        }

        if (WhyForeign(CLibraries.Of(modules.Select(static module => module.Path)), CLibraries.OfThisProcess) is { } foreign)
        {
            throw new HeapReadException(foreign);
        }

        string? wanted = BuildIdentifier.Read((offset, buffer) => memory.Read(runtime.Start + offset, buffer), isLoaded: true);
        if (wanted is not null && OfOurs(runtimeFolder, wanted) is { } ours)
        {
            return ours;
        }

        // The path is the application's view; it is ours too only where both see the same file there.
        string beside = Path.Combine(Path.GetDirectoryName(runtime.Path) ?? "/", FileName);
        string theirs = $"/proc/{process.Pid}/root";
        bool sameRoot = File.Exists(runtime.Path) && wanted is not null && BuildIdentifier.OfFile(runtime.Path) == wanted;
        if (!sameRoot)
        {
            throw new HeapReadException(process.IsCore
                ? $"No runtime of the build of {runtime.Path} in the dump is installed here: install the same .NET runtime, or run the tool on the machine that the dump comes from."
                : string.Create(
                CultureInfo.InvariantCulture,
                $"The runtime {runtime.Path} is seen by the application only ({theirs}), and no runtime of the same build is installed beside this tool: its {FileName} is not loaded from a place the application controls. Install the same .NET runtime where the tool runs."));
        }

        if (TrustedFile.WhyNot(beside, process.ApplicationPid) is { } reason)
        {
            throw new HeapReadException($"{beside} is not loaded: {reason}");
        }

        return beside;
    }

    /// <summary>Why a process with one C library cannot load what belongs to a runtime with another; null where it is the same, or not known.</summary>
    /// <param name="theirs">The application's C library.</param>
    /// <param name="ours">This tool's.</param>
    internal static string? WhyForeign(CLibrary theirs, CLibrary ours) => theirs == ours || theirs == CLibrary.Unknown || ours == CLibrary.Unknown
        ? null
        : $"The application runs on {Name(theirs)} and this tool on {Name(ours)}: {FileName} of the application's runtime needs {Name(theirs)} and cannot be loaded here. Run the tool in the application's own container, or in one of the same distribution.";

    private static string Name(CLibrary library) => library == CLibrary.Musl ? "musl" : "glibc";

    private static string? OfOurs(string runtimeFolder, string wanted)
    {
        string own = Path.TrimEndingDirectorySeparator(runtimeFolder);
        string? versions = Path.GetDirectoryName(own);
        if (versions is null)
        {
            return null;
        }

        foreach (string directory in Directory.EnumerateDirectories(versions).Prepend(own))
        {
            string library = Path.Combine(directory, FileName);
            if (File.Exists(library) && BuildIdentifier.OfFile(Path.Combine(directory, RuntimeFileName)) == wanted)
            {
                return library;
            }
        }

        return null;
    }
}
