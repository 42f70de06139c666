using System.Text.RegularExpressions;

namespace ForkLint.Docs.Tests;

/// <summary>What is copied from a page or a file installs the version that it belongs to.</summary>
public sealed partial class VersionTests
{
    [Theory]
    [InlineData("docs/guides/ide.md")]
    [InlineData("docs/guides/fleet.md")]
    [InlineData("deploy/kubernetes/daemonset.yaml")]
    public void A_version_to_install_is_the_one_that_is_packed(string file)
    {
        var packed = Packed().Match(Repository.Read("Directory.Build.props")).Groups["version"].Value;
        var named = Named().Matches(Repository.Read(file)).Select(static match => match.Groups["version"].Value).ToList();
        Assert.NotEmpty(named);
        Assert.All(named, version => Assert.True(version == packed, $"{file} names version {version}, and Directory.Build.props has {packed}"));
    }

    [GeneratedRegex("<VersionPrefix>(?<version>.*)</VersionPrefix>")]
    private static partial Regex Packed();

    [GeneratedRegex(@"(?:""ForkLint\.Analyzers"" Version=""|forklint:)(?<version>\d[^"" ]*\d)")]
    private static partial Regex Named();
}
