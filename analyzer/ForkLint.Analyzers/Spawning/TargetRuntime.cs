using System.Globalization;
using ForkLint.Analyzers.Configuration;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Spawning;

/// <summary>The family of frameworks a project is compiled for.</summary>
internal enum TargetFamily
{
    /// <summary>.NET Core and .NET 5 or later.</summary>
    NetCore,

    /// <summary>.NET Framework.</summary>
    NetFramework,

    /// <summary>.NET Standard, which says nothing of the runtime.</summary>
    NetStandard,
}

/// <summary>An operating system with its C library, as far as processes are started differently there.</summary>
internal enum TargetSystem
{
    /// <summary>Linux with glibc, and where nothing is known.</summary>
    Glibc,

    /// <summary>Linux with musl: Alpine.</summary>
    Musl,

    /// <summary>Windows.</summary>
    Windows,

    /// <summary>macOS.</summary>
    MacOS,

    /// <summary>Mac Catalyst, where the kernel refuses fork.</summary>
    MacCatalyst,

    /// <summary>Android, and Linux with its C library.</summary>
    Android,

    /// <summary>FreeBSD, illumos and other Unix.</summary>
    OtherUnix,

    /// <summary>iOS, tvOS, the browser and WASI: no process can be started.</summary>
    NoProcesses,
}

/// <summary>What one build of the project runs on.</summary>
/// <param name="Family">The family of the target framework.</param>
/// <param name="Version">The framework's version.</param>
/// <param name="System">Where it runs.</param>
/// <param name="Architecture">The processor as the identifier spells it (<c>x64</c>, <c>arm64</c>); empty if unknown.</param>
/// <param name="Identifier">The runtime or platform identifier this came from; <see langword="null"/> where there is none.</param>
/// <param name="IsClassicMono">Whether the classic Mono runtime starts the processes.</param>
internal sealed record TargetRuntime(
    TargetFamily Family, Version Version, TargetSystem System, string Architecture, string? Identifier, bool IsClassicMono = false)
{
    private static readonly string[] Architectures =
        ["x64", "x86", "arm64", "arm", "armel", "armv6", "riscv64", "loongarch64", "s390x", "ppc64le", "mips64", "wasm"];

    /// <summary>Every runtime the project is built for: one for its runtime identifier, else one for each of its runtime identifiers, else one for its platform, else glibc Linux.</summary>
    public static IReadOnlyList<TargetRuntime> Of(Compilation compilation, BuildProperties properties)
    {
        if (!TryParseFramework(properties.TargetFramework, out var family, out var version, out var platform)
            && !TryParseFrameworkName(FrameworkName(compilation), out family, out version))
        {
            (family, version) = FromCoreLibrary(compilation);
        }

        // Mono took System.Native over with .NET 5, so UseMonoRuntime changes nothing from then on.
        var classicMono = properties.UseMonoRuntime && family != TargetFamily.NetCore;
        if (properties.TargetPlatformIdentifier.Length > 0)
        {
            platform = properties.TargetPlatformIdentifier;
        }

        IReadOnlyList<string> identifiers = properties.RuntimeIdentifier.Length > 0
            ? [properties.RuntimeIdentifier]
            : properties.RuntimeIdentifiers;
        if (identifiers.Count > 0)
        {
            return [.. identifiers.Select(identifier => FromIdentifier(identifier))];
        }

        return
        [
            platform.Length > 0
                ? new TargetRuntime(family, version, SystemOfPlatform(platform), "", platform, classicMono)
                : new TargetRuntime(family, version, TargetSystem.Glibc, "", null, classicMono),
        ];

        TargetRuntime FromIdentifier(string identifier)
        {
            var (system, architecture) = ParseIdentifier(identifier);

            // "any" and "unix" leave the system open; the platform of the framework does not.
            if (system == TargetSystem.Glibc && platform.Length > 0)
            {
                system = SystemOfPlatform(platform);
            }

            return new TargetRuntime(family, version, system, architecture, identifier, classicMono);
        }
    }

    /// <summary>Where an identifier such as <c>linux-musl-arm64</c>, <c>alpine.3.17-x64</c> or <c>osx.12-arm64</c> runs.</summary>
    public static (TargetSystem System, string Architecture) ParseIdentifier(string identifier)
    {
        var name = identifier.Trim().ToLowerInvariant();
        var architecture = "";
        var dash = name.LastIndexOf('-');
        if (dash >= 0 && Architectures.Contains(name.Substring(dash + 1)))
        {
            architecture = name.Substring(dash + 1);
            name = name.Substring(0, dash);
        }

        var system = name.Contains("musl") || Is("alpine") ? TargetSystem.Musl
            : name.Contains("bionic") || Is("android") ? TargetSystem.Android
            : name.StartsWith("win", StringComparison.Ordinal) ? TargetSystem.Windows
            : Is("osx") || Is("macos") ? TargetSystem.MacOS
            : Is("maccatalyst") ? TargetSystem.MacCatalyst
            : Is("freebsd") || Is("openbsd") || Is("netbsd") || Is("illumos") || Is("solaris") || Is("smartos") || Is("omnios") || Is("openindiana") || Is("haiku") ? TargetSystem.OtherUnix
            : Is("ios") || Is("iossimulator") || Is("tvos") || Is("tvossimulator") || Is("browser") || Is("wasi") ? TargetSystem.NoProcesses
            : TargetSystem.Glibc;
        return (system, architecture);

        // The name, or the name with a version: freebsd, freebsd.13.
        bool Is(string family) =>
            name.StartsWith(family, StringComparison.Ordinal) && (name.Length == family.Length || name[family.Length] is '.' or '-');
    }

    /// <summary>Reads <c>net8.0-windows10.0.19041</c>, <c>netcoreapp2.1</c>, <c>netstandard2.0</c>, <c>net48</c>.</summary>
    private static bool TryParseFramework(string framework, out TargetFamily family, out Version version, out string platform)
    {
        family = TargetFamily.NetCore;
        version = new Version(0, 0);
        platform = "";
        var name = framework.Trim().ToLowerInvariant();
        var dash = name.IndexOf('-');
        if (dash >= 0)
        {
            platform = name.Substring(dash + 1).TrimEnd('.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
            name = name.Substring(0, dash);
        }

        foreach (var (prefix, prefixFamily) in new[]
        {
            ("netcoreapp", TargetFamily.NetCore),
            ("netstandard", TargetFamily.NetStandard),
            ("net", TargetFamily.NetCore),
        })
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                var digits = name.Substring(prefix.Length);
                if (digits.Contains('.'))
                {
                    family = prefixFamily;
                    return TryParseVersion(digits, out version);
                }

                // Without a dot it is the short form of .NET Framework: net48, net472.
                family = TargetFamily.NetFramework;
                return digits.Length >= 2 && TryParseVersion(string.Join(".", digits.ToCharArray()), out version);
            }
        }

        return false;
    }

    /// <summary>Reads <c>.NETCoreApp,Version=v8.0</c>.</summary>
    private static bool TryParseFrameworkName(string? name, out TargetFamily family, out Version version)
    {
        family = TargetFamily.NetCore;
        version = new Version(0, 0);
        if (name is null)
        {
            return false;
        }

        family = name.StartsWith(".NETStandard", StringComparison.OrdinalIgnoreCase) ? TargetFamily.NetStandard
            : name.StartsWith(".NETCoreApp", StringComparison.OrdinalIgnoreCase) ? TargetFamily.NetCore
            : TargetFamily.NetFramework;
        var at = name.IndexOf("Version=v", StringComparison.OrdinalIgnoreCase);
        return at >= 0 && TryParseVersion(name.Substring(at + "Version=v".Length).Split(',')[0], out version);
    }

    private static string? FrameworkName(Compilation compilation) =>
        MetadataNames.Attribute(compilation.Assembly, "System.Runtime.Versioning", "TargetFrameworkAttribute")
            is { ConstructorArguments: [{ Kind: TypedConstantKind.Primitive, Value: string name }, ..] } ? name : null;

    /// <summary>Without any word from the build, the base library that is referenced tells.</summary>
    private static (TargetFamily Family, Version Version) FromCoreLibrary(Compilation compilation)
    {
        var identity = compilation.GetSpecialType(SpecialType.System_Object).ContainingAssembly?.Identity;
        return identity?.Name switch
        {
            "netstandard" => (TargetFamily.NetStandard, identity.Version),
            "mscorlib" => (TargetFamily.NetFramework, identity.Version),

            // System.Runtime counted on its own until .NET 5: 4.2.1.0 is .NET Core 2.1 to 3.0, 4.2.2.0 is 3.1.
            "System.Runtime" when identity.Version.Major == 4 => (TargetFamily.NetCore, new Version(3, 1)),
            not null when identity.Version.Major > 4 => (TargetFamily.NetCore, identity.Version),
            _ => (TargetFamily.NetCore, new Version(8, 0)),
        };
    }

    private static bool TryParseVersion(string text, out Version version)
    {
        if (Version.TryParse(text, out var parsed))
        {
            version = parsed;
            return true;
        }

        version = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? new Version(major, 0) : new Version(0, 0);
        return version.Major > 0;
    }

    private static TargetSystem SystemOfPlatform(string platform) => ParseIdentifier(platform).System;
}
