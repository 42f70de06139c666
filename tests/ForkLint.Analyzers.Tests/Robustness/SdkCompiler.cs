using System.Reflection;
using System.Runtime.Loader;

namespace ForkLint.Robustness;

/// <summary>
/// Runs a static method of this assembly with another Roslyn than the oldest supported one the tests reference, the SDK's own as a rule:
/// this assembly, the analyzers and Roslyn are loaded once more, into a context where Roslyn is that one.
/// Only types of the runtime itself may pass in and out.
/// </summary>
internal sealed class SdkCompiler : AssemblyLoadContext
{
    private static readonly Lazy<SdkCompiler> Shared = new(static () => new SdkCompiler("the SDK's Roslyn", static name => Path.Combine(Folder!, name + ".dll")));
    private static readonly Lazy<SdkCompiler> SharedBetween = new(static () => new SdkCompiler("Roslyn 4.14", static name => OfPackage(name, "4.14.0")));

    private readonly Func<string, string?> _find;

    private SdkCompiler(string name, Func<string, string?> find)
        : base(name, isCollectible: false) => _find = find;

    /// <summary>The SDK's compiler folder: of the newest SDK beside the runtime that runs this test.</summary>
    public static string Folder { get; } = FindFolder();

    /// <summary>Runs <paramref name="method"/>, a static method of <paramref name="type"/>, over there.</summary>
    public static Task<T> Run<T>(Type type, string method, params object[] arguments) => Run<T>(Shared.Value, type, method, arguments);

    /// <summary>Runs it with a Roslyn between the oldest supported one and the SDK's: that of Visual Studio 17.14.</summary>
    public static Task<T> RunBetween<T>(Type type, string method, params object[] arguments) => Run<T>(SharedBetween.Value, type, method, arguments);

    private static async Task<T> Run<T>(SdkCompiler compiler, Type type, string method, object[] arguments)
    {
        var there = compiler.LoadFromAssemblyPath(type.Assembly.Location).GetType(type.FullName!, throwOnError: true)!;
        var found = there.GetMethod(method, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            ?? throw new MissingMethodException(type.FullName, method);
        return await ((Task<T>)found.Invoke(null, arguments)!).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        var ofTests = Path.Combine(AppContext.BaseDirectory, assemblyName.Name + ".dll");
        if (assemblyName.Name!.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal))
        {
            return _find(assemblyName.Name) is { } path && File.Exists(path) ? LoadFromAssemblyPath(path) : null;
        }

        return assemblyName.Name.StartsWith("ForkLint.", StringComparison.Ordinal) && File.Exists(ofTests) ? LoadFromAssemblyPath(ofTests) : null;
    }

    private static string? OfPackage(string name, string version)
    {
        var packages = typeof(SdkCompiler).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "Packages").Value!;
        var package = name == "Microsoft.CodeAnalysis" ? "microsoft.codeanalysis.common" : name.ToLowerInvariant();
        return Path.Combine(packages, package, version, "lib", "net9.0", name + ".dll");
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
