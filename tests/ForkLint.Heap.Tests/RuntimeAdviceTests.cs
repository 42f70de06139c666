namespace ForkLint.Heap.Tests;

/// <summary>What settings and calls are called on a runtime.</summary>
public sealed class RuntimeAdviceTests
{
    [Theory]
    [InlineData(3, "COMPlus_Thread_DefaultStackSize")]
    [InlineData(5, "COMPlus_Thread_DefaultStackSize")]
    [InlineData(6, "DOTNET_Thread_DefaultStackSize")]
    [InlineData(10, "DOTNET_Thread_DefaultStackSize")]
    [InlineData(null, "DOTNET_Thread_DefaultStackSize")]
    public void The_prefix_of_a_variable_is_one_that_the_runtime_reads(int? major, string variable) =>
        Assert.Equal(variable, RuntimeAdvice.Variable(major, "Thread_DefaultStackSize"));

    [Theory]
    [InlineData(3, false)]
    [InlineData(6, false)]
    [InlineData(7, true)]
    [InlineData(null, true)]
    public void The_collection_is_one_that_the_runtime_has(int? major, bool isAggressive)
    {
        Assert.Equal(isAggressive, RuntimeAdvice.Collection(major).Contains("Aggressive", StringComparison.Ordinal));
        Assert.Contains(RuntimeAdvice.Collection(major), RuntimeAdvice.Collect(major), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3.1.3", 3)]
    [InlineData("10.0.0-rc.1", 10)]
    [InlineData("", null)]
    [InlineData("preview", null)]
    [InlineData(null, null)]
    public void A_version_begins_with_its_first_number(string? version, int? major) => Assert.Equal(major, RuntimeAdvice.MajorOf(version));
}
