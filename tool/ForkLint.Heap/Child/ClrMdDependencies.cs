using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Microsoft.Diagnostics.Runtime;

namespace ForkLint.Heap.Child;

/// <summary>
/// Finds the one library that ClrMD needs and that this project does not reference. DataTargetOptions.FileLocator names a credential of Azure.Core, so
/// compiling that property needs the library, whichever locator is set; the data access library comes there when it misses metadata.
/// </summary>
internal static class ClrMdDependencies
{
    private const string Library = "Azure.Core";

    static ClrMdDependencies()
    {
        if (RuntimeFeature.IsDynamicCodeSupported && AssemblyLoadContext.GetLoadContext(typeof(DataTarget).Assembly) is { } context)
        {
            context.Resolving += Find;
        }
    }

    /// <summary>From now on it is found.</summary>
    /// <returns>Whether it is there: a program compiled ahead of time has it compiled in.</returns>
    public static bool AreFound() => !RuntimeFeature.IsDynamicCodeSupported || File.Exists(PathOfLibrary());

    /// <summary>Makes sure that it is found.</summary>
    /// <exception cref="HeapReadException">It is missing beside the tool.</exception>
    public static void Require()
    {
        if (!AreFound())
        {
            throw new HeapReadException("The tool is incomplete: clrmd/Azure.Core.dll is missing beside it; install it again.");
        }
    }

    private static Assembly? Find(AssemblyLoadContext context, AssemblyName name) =>
        name.Name == Library && File.Exists(PathOfLibrary()) ? context.LoadFromAssemblyPath(PathOfLibrary()) : null;

    private static string PathOfLibrary() => Path.Combine(AppContext.BaseDirectory, "clrmd", Library + ".dll");
}
