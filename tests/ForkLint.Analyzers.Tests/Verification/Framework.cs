using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;

namespace ForkLint.Verification;

/// <summary>The target frameworks a test can compile for: reference assemblies, and the attribute the SDK would have written.</summary>
internal enum Framework
{
    NetStandard20,
    Net472,
    Net60,
    Net80,
    Net90,
    Net100,
}

/// <summary>What a <see cref="Framework"/> means to a compilation.</summary>
internal static class Frameworks
{
    private static readonly ConcurrentDictionary<Framework, Lazy<ImmutableArray<MetadataReference>>> Loaded = new();

    private static readonly ImmutableDictionary<string, string?> Metadata = typeof(Frameworks).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().ToImmutableDictionary(attribute => attribute.Key, attribute => attribute.Value);

    // Loaded for its resources alone: none of its types, which want a newer compiler, is touched.
    private static readonly Lazy<Assembly> Basic = new(() => Assembly.LoadFile(Metadata["BasicReferenceAssemblies"]!));

    /// <summary>The framework's reference assemblies.</summary>
    public static ImmutableArray<MetadataReference> References(this Framework framework) =>
        Loaded.GetOrAdd(framework, static key => new(() => Load(key))).Value;

    /// <summary>The argument of the <c>TargetFrameworkAttribute</c>.</summary>
    public static string Moniker(this Framework framework) => framework switch
    {
        Framework.NetStandard20 => ".NETStandard,Version=v2.0",
        Framework.Net472 => ".NETFramework,Version=v4.7.2",
        Framework.Net60 => ".NETCoreApp,Version=v6.0",
        Framework.Net80 => ".NETCoreApp,Version=v8.0",
        Framework.Net90 => ".NETCoreApp,Version=v9.0",
        Framework.Net100 => ".NETCoreApp,Version=v10.0",
        _ => throw new ArgumentOutOfRangeException(nameof(framework)),
    };

    private static ImmutableArray<MetadataReference> Load(Framework framework) => framework switch
    {
        Framework.NetStandard20 => FromResources("netstandard20."),
        Framework.Net472 => FromResources("net472."),
        Framework.Net60 => FromFolder("net6.0"),
        Framework.Net80 => FromResources("net80."),
        Framework.Net90 => FromFolder("net9.0"),
        Framework.Net100 => FromFolder("net10.0"),
        _ => throw new ArgumentOutOfRangeException(nameof(framework)),
    };

    private static ImmutableArray<MetadataReference> FromResources(string prefix) =>
    [
        .. Basic.Value.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Select(name =>
        {
            using var image = Basic.Value.GetManifestResourceStream(name)!;
            return MetadataReference.CreateFromStream(image, filePath: name);
        }),
    ];

    private static ImmutableArray<MetadataReference> FromFolder(string moniker) =>
    [
        .. Directory.EnumerateFiles(Metadata["ReferenceAssemblies." + moniker]!, "*.dll").Select(path => MetadataReference.CreateFromFile(path)),
    ];
}
