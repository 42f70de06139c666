using System.Reflection;
using System.Runtime.Loader;

namespace ForkLint.Robustness;

/// <summary>
/// Runs a static method of this assembly with the SDK's own Roslyn in place of the oldest supported one the tests reference:
/// this assembly, the analyzers and Roslyn are loaded a second time, into a context where Roslyn is the SDK's.
/// Only types of the runtime itself may pass in and out.
/// </summary>
internal sealed class SdkCompiler() : AssemblyLoadContext("the SDK's Roslyn", isCollectible: false)
{
    private static readonly Lazy<SdkCompiler> Shared = new();

    /// <summary>The SDK's compiler folder: of the newest SDK beside the runtime that runs this test.</summary>
    public static string Folder { get; } = FindFolder();

    /// <summary>Runs <paramref name="method"/>, a static method of <paramref name="type"/>, over there.</summary>
    public static async Task<T> Run<T>(Type type, string method, params object[] arguments)
    {
        var there = Shared.Value.LoadFromAssemblyPath(type.Assembly.Location).GetType(type.FullName!, throwOnError: true)!;
        var found = there.GetMethod(method, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            ?? throw new MissingMethodException(type.FullName, method);
        return await ((Task<T>)found.Invoke(null, arguments)!).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        var ofSdk = Path.Combine(Folder, assemblyName.Name + ".dll");
        var ofTests = Path.Combine(AppContext.BaseDirectory, assemblyName.Name + ".dll");
        if (assemblyName.Name!.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal))
        {
            return File.Exists(ofSdk) ? LoadFromAssemblyPath(ofSdk) : null;
        }

        return assemblyName.Name.StartsWith("ForkLint.", StringComparison.Ordinal) && File.Exists(ofTests) ? LoadFromAssemblyPath(ofTests) : null;
    }

    private static string FindFolder()
    {
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var root = Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } named && Directory.Exists(Path.Combine(named, "sdk"))
            ? named
            : Path.GetFullPath(Path.Combine(runtime, "..", "..", ".."));
        return Directory.EnumerateDirectories(Path.Combine(root, "sdk"))
            .Select(folder => (Folder: Path.Combine(folder, "Roslyn", "bincore"), Version: Version.TryParse(Path.GetFileName(folder).Split('-')[0], out var version) ? version : new Version()))
            .Where(sdk => Directory.Exists(sdk.Folder))
            .OrderByDescending(sdk => sdk.Version)
            .Select(sdk => sdk.Folder)
            .FirstOrDefault() ?? throw new InvalidOperationException($"There is no SDK with a compiler under {root}.");
    }
}
