using ForkLint.Heap.Child;
using ForkLint.Linux;

namespace ForkLint.Heap.Tests;

/// <summary>The runtime's data-access library belongs to one C library.</summary>
public sealed class DataAccessLibraryTests
{
    [Theory]
    [InlineData(CLibrary.Musl, CLibrary.Glibc, "runs on musl and this tool on glibc")]
    [InlineData(CLibrary.Glibc, CLibrary.Musl, "runs on glibc and this tool on musl")]
    public void That_of_another_C_library_is_not_loaded_and_the_reason_says_where_to_run_the_tool(CLibrary theirs, CLibrary ours, string reason)
    {
        string? said = DataAccessLibrary.WhyForeign(theirs, ours);
        Assert.Contains(reason, said, StringComparison.Ordinal);
        Assert.Contains("Run the tool in the application's own container", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CLibrary.Glibc, CLibrary.Glibc)]
    [InlineData(CLibrary.Musl, CLibrary.Musl)]
    [InlineData(CLibrary.Unknown, CLibrary.Glibc)]
    [InlineData(CLibrary.Musl, CLibrary.Unknown)]
    public void Where_it_is_the_same_or_not_known_nothing_is_said(CLibrary theirs, CLibrary ours) => Assert.Null(DataAccessLibrary.WhyForeign(theirs, ours));
}
