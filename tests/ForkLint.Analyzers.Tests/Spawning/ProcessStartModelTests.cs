using ForkLint.Analyzers.Configuration;
using ForkLint.Verification;

namespace ForkLint.Analyzers.Spawning;

/// <summary>
/// Whether <c>Process.Start</c> duplicates the address space, by framework, platform and <c>UserName</c>: what
/// <c>pal_process.c</c> of each version does.
/// </summary>
public class ProcessStartModelTests
{
    [Theory]
    // .NET Core up to 2.2 forks on every Unix.
    [InlineData("netcoreapp2.1", "linux-x64", false, "duplicates")]
    [InlineData("netcoreapp2.2", "linux-musl-x64", false, "duplicates")]
    [InlineData("netcoreapp2.1", "osx-x64", false, "duplicates uncharged")]
    [InlineData("netcoreapp2.1", "win-x64", false, "shares")]
    [InlineData("netcoreapp2.1", "", false, "duplicates")]
    // From 3.0 on vfork on glibc, with UserName too.
    [InlineData("netcoreapp3.0", "linux-x64", false, "shares")]
    [InlineData("netcoreapp3.1", "linux-x64", true, "shares")]
    [InlineData("net8.0", "linux-x64", false, "shares")]
    [InlineData("net8.0", "linux-arm64", true, "shares")]
    [InlineData("net10.0", "ubuntu.22.04-x64", true, "shares")]
    [InlineData("net11.0", "linux-x64", true, "shares")]
    [InlineData("net8.0", "", true, "shares")]
    // musl forks for UserName, and up to 1.2.3 always on arm64 and riscv64.
    [InlineData("netcoreapp3.1", "linux-musl-x64", false, "shares")]
    [InlineData("net8.0", "linux-musl-x64", true, "duplicates")]
    [InlineData("net11.0", "alpine.3.20-x64", true, "duplicates")]
    [InlineData("net8.0", "linux-musl-x86", false, "shares")]
    [InlineData("net8.0", "linux-musl-arm64", false, "duplicates")]
    [InlineData("net10.0", "linux-musl-riscv64", true, "duplicates")]
    [InlineData("net10.0", "linux-musl-arm", false, "shares")]
    // FreeBSD and illumos.
    [InlineData("net8.0", "freebsd-x64", false, "shares")]
    [InlineData("net8.0", "freebsd.13-x64", true, "duplicates")]
    [InlineData("net8.0", "illumos-x64", true, "duplicates")]
    // macOS forks until .NET 11 uses posix_spawn, which cannot change the user.
    [InlineData("netcoreapp3.0", "osx-x64", false, "duplicates uncharged")]
    [InlineData("net8.0", "osx.12-arm64", false, "duplicates uncharged")]
    [InlineData("net10.0", "osx-arm64", true, "duplicates uncharged")]
    [InlineData("net11.0", "osx-arm64", false, "shares")]
    [InlineData("net11.0", "osx-arm64", true, "duplicates uncharged")]
    [InlineData("net8.0", "maccatalyst-arm64", false, "duplicates uncharged")]
    [InlineData("net11.0", "maccatalyst-arm64", true, "shares")]
    // Android forks since .NET 10, because vfork would share its signal handlers.
    [InlineData("net9.0", "android-arm64", false, "shares")]
    [InlineData("net9.0", "android-arm64", true, "duplicates")]
    [InlineData("net10.0", "android-arm64", false, "duplicates")]
    [InlineData("net10.0", "linux-bionic-x64", false, "duplicates")]
    // Windows creates processes from nothing; some platforms cannot at all.
    [InlineData("net8.0", "win-x64", true, "shares")]
    [InlineData("net8.0", "win10-arm64", false, "shares")]
    [InlineData("net8.0", "ios-arm64", false, "cannot")]
    [InlineData("net8.0", "browser-wasm", false, "cannot")]
    // What .NET Standard and .NET Framework run on is not known, and taken for harmless.
    [InlineData("netstandard2.0", "", false, "shares")]
    [InlineData("netstandard2.1", "linux-x64", true, "shares")]
    [InlineData("net48", "", true, "shares")]
    [InlineData("net472", "win-x64", false, "shares")]
    public void By_framework_and_runtime_identifier(string framework, string identifier, bool userName, string expected) =>
        Assert.Equal(expected, Judge(new BuildProperties { TargetFramework = framework, RuntimeIdentifier = identifier }, userName));

    [Theory]
    [InlineData("net8.0-windows", "", "shares")]
    [InlineData("net8.0-windows10.0.19041.0", "windows", "shares")]
    [InlineData("net8.0-macos", "macos", "duplicates uncharged")]
    [InlineData("net8.0-maccatalyst", "", "duplicates uncharged")]
    [InlineData("net10.0-android", "android", "duplicates")]
    [InlineData("net10.0-android", "", "duplicates")]
    [InlineData("net8.0-android34.0", "", "shares")]
    [InlineData("net8.0-ios17.2", "ios", "cannot")]
    [InlineData("net8.0", "Windows", "shares")]
    [InlineData("net11.0-macos", "macos", "shares")]
    public void By_platform_where_no_identifier_is_given(string framework, string platform, string expected) =>
        Assert.Equal(expected, Judge(new BuildProperties { TargetFramework = framework, TargetPlatformIdentifier = platform }));

    [Fact]
    public void Of_several_identifiers_the_worst_is_taken_and_named()
    {
        var model = Model(new BuildProperties { TargetFramework = "net8.0", RuntimeIdentifiers = ["win-x64", "linux-x64", "osx-arm64", "linux-musl-arm64"] });
        var verdict = model.Judge(userName: false, ProcessStartChoice.Auto);
        Assert.Equal((SpawnKind.Duplicates, true), (verdict.Kind, verdict.ChargesCommit));
        Assert.EndsWith("(linux-musl-arm64)", verdict.Why, StringComparison.Ordinal);

        // Time alone is less bad than time and commit charge, and worse than nothing.
        verdict = Model(new BuildProperties { TargetFramework = "net8.0", RuntimeIdentifiers = ["linux-x64", "osx-arm64"] }).Judge(false, ProcessStartChoice.Auto);
        Assert.Equal((SpawnKind.Duplicates, false), (verdict.Kind, verdict.ChargesCommit));
        Assert.EndsWith("(osx-arm64)", verdict.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void The_identifier_of_the_build_wins_over_the_list_of_the_project() =>
        Assert.Equal("shares", Judge(new BuildProperties
        {
            TargetFramework = "net8.0",
            RuntimeIdentifier = "linux-x64",
            RuntimeIdentifiers = ["osx-arm64", "linux-musl-arm64"],
        }));

    [Theory]
    [InlineData("net48", "", "duplicates")]
    [InlineData("net48", "osx-x64", "duplicates uncharged")]
    [InlineData("net48", "win-x64", "shares")]
    // Mono of .NET 5 and later starts processes through the same native library as CoreCLR.
    [InlineData("net8.0", "linux-x64", "shares")]
    [InlineData("net8.0", "osx-x64", "duplicates uncharged")]
    public void Classic_Mono_forks(string framework, string identifier, string expected) =>
        Assert.Equal(expected, Judge(new BuildProperties { TargetFramework = framework, RuntimeIdentifier = identifier, UseMonoRuntime = true }));

    [Theory]
    [InlineData(ProcessStartChoice.Shares, "shares")]
    [InlineData(ProcessStartChoice.Duplicates, "duplicates")]
    [InlineData(ProcessStartChoice.Auto, "duplicates uncharged")]
    public void The_user_has_the_last_word(object choice, string expected)
    {
        var model = Model(new BuildProperties { TargetFramework = "net8.0", RuntimeIdentifier = "osx-arm64" });
        Assert.Equal(expected, Describe(model.Judge(userName: false, (ProcessStartChoice)choice)));
    }

    [Fact]
    public void Whether_UserName_matters_is_known_before_it_is_looked_for()
    {
        Assert.False(Model(new BuildProperties { TargetFramework = "net8.0" }).DependsOnUserName);
        Assert.False(Model(new BuildProperties { TargetFramework = "net8.0", RuntimeIdentifier = "osx-arm64" }).DependsOnUserName);
        Assert.True(Model(new BuildProperties { TargetFramework = "net8.0", RuntimeIdentifier = "linux-musl-x64" }).DependsOnUserName);
        Assert.True(Model(new BuildProperties { TargetFramework = "net11.0", RuntimeIdentifier = "osx-arm64" }).DependsOnUserName);
    }

    [Theory]
    [InlineData(".NETCoreApp,Version=v8.0", "shares")]
    [InlineData(".NETCoreApp,Version=v2.1", "duplicates")]
    [InlineData(".NETStandard,Version=v2.0", "shares")]
    [InlineData(".NETFramework,Version=v4.8", "shares")]
    [InlineData("", "shares")]
    public void Without_properties_the_attribute_of_the_assembly_tells(string moniker, string expected)
    {
        var compilation = Lint.CSharp("class C;").TargetFrameworkAttribute(moniker).Compile();
        var model = new ProcessStartModel(TargetRuntime.Of(compilation, new BuildProperties()));
        Assert.Equal(expected, Describe(model.Judge(userName: false, ProcessStartChoice.Auto)));
    }

    [Theory]
    [InlineData("RuntimeIdentifier", "linux-musl-arm64", "duplicates")]
    [InlineData("RuntimeIdentifiers", "linux-x64;linux-musl-arm64", "shares")]
    [InlineData("ForkLintRuntimeIdentifiers", "linux-x64,linux-musl-arm64", "duplicates")]
    [InlineData("TargetPlatformIdentifier", "macos", "duplicates uncharged")]
    [InlineData("TargetFramework", "netcoreapp2.1", "duplicates")]
    public void Properties_arrive_as_the_SDK_writes_them(string property, string value, string expected)
    {
        // The list with semicolons is cut at the first, as every value is: that is why there is one with commas.
        var code = Lint.CSharp("class C { void M() => Process.Start(\"git\"); }").BuildProperty(property, value);
        Assert.StartsWith(expected + " Process.Start", Assert.Single(SpawnProbe.SpawnsOf(code)), StringComparison.Ordinal);
    }

    private static ProcessStartModel Model(BuildProperties properties) =>
        new(TargetRuntime.Of(Lint.CSharp("class C;").Compile(), properties));

    private static string Judge(BuildProperties properties, bool userName = false) =>
        Describe(Model(properties).Judge(userName, ProcessStartChoice.Auto));

    private static string Describe(ProcessStartVerdict verdict) => verdict.Kind switch
    {
        SpawnKind.Duplicates => verdict.ChargesCommit ? "duplicates" : "duplicates uncharged",
        SpawnKind.Shares => "shares",
        _ => "cannot",
    };
}
