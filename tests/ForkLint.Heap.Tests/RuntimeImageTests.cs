namespace ForkLint.Heap.Tests;

/// <summary>The version of the runtime as its library has it.</summary>
public sealed class RuntimeImageTests
{
    [Theory]
    [InlineData("10.0.1226.42308", "10.0.12")]
    [InlineData("8.0.1024.46610", "8.0.10")]
    [InlineData("8.0.23.53103", "8.0.0")]
    [InlineData("5.0.20.51904", "5.0.0")]
    [InlineData("5.0.1722.21314", "5.0.17")]
    [InlineData("4.700.20.11803", "3")]
    [InlineData("4.6.28008.03", "2")]
    [InlineData("4.8.1.2", null)]
    [InlineData("10.0", null)]
    [InlineData("", null)]
    [InlineData("99999999999.0.1.2", null)]
    public void The_product_is_told_from_the_files_version(string file, string? product) => Assert.Equal(product, RuntimeImage.Product(file));
}
