namespace ForkLint.Linux.Tests;

/// <summary>Which C library a process has, by what it maps.</summary>
public sealed class CLibraryTests
{
    [Theory]
    [InlineData("/usr/lib/x86_64-linux-gnu/libc.so.6", CLibrary.Glibc)]
    [InlineData("/lib/x86_64-linux-gnu/libc-2.31.so", CLibrary.Glibc)]
    [InlineData("/lib/ld-musl-x86_64.so.1", CLibrary.Musl)]
    [InlineData("/lib/ld-musl-aarch64.so.1", CLibrary.Musl)]
    [InlineData("/lib/libc.musl-x86_64.so.1", CLibrary.Musl)]
    [InlineData("/opt/libc-2/libcurl.so.4", CLibrary.Unknown)]
    [InlineData("[heap]", CLibrary.Unknown)]
    public void It_is_known_by_its_file(string path, CLibrary expected) => Assert.Equal(expected, CLibraries.Of(["/app/holder", path]));

    [Fact]
    public void That_of_this_process_is_the_one_it_maps() => Assert.NotEqual(CLibrary.Unknown, CLibraries.OfThisProcess);
}
