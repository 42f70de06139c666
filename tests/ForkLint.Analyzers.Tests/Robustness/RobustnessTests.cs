using System.Globalization;

namespace ForkLint.Robustness;

/// <summary>
/// Broken code, half-typed code and every construct of the language, in the oldest compiler the analyzers support, one in between and the newest:
/// no exception and no endless loop. Each failure prints the code that caused it; a seed always makes the same code.
/// </summary>
public sealed class RobustnessTests
{
    // A longer search than the suite has time for: FORKLINT_MUTANTS=5000 dotnet test --filter Mutated
    private static readonly int Mutants =
        int.TryParse(Environment.GetEnvironmentVariable("FORKLINT_MUTANTS"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 120;

    [Fact]
    public async Task The_compilers_are_the_oldest_one_in_between_and_the_newest()
    {
        Assert.Equal("4.8.0.0", await BrokenCode.CompilerVersion());
        Assert.Equal("4.14.0.0", await InBetween<string>(nameof(BrokenCode.CompilerVersion)));
        Assert.True(Version.Parse(await OnSdk<string>(nameof(BrokenCode.CompilerVersion))) >= new Version(5, 0));
    }

    [Fact]
    public async Task Every_construct_of_the_corpus_compiles_with_the_newest() =>
        Succeeds(await OnSdk<string[]>(nameof(BrokenCode.ErrorsOfCSharp14)));

    [Fact]
    public async Task The_corpus_as_it_is() => Succeeds(await BrokenCode.AsItIs());

    [Fact]
    public async Task The_corpus_as_it_is_on_the_newest() => Succeeds(await OnSdk<string[]>(nameof(BrokenCode.AsItIs)));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Mutated_sources(int seed) => Succeeds(await BrokenCode.Mutated(seed, Mutants));

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Mutated_sources_in_between(int seed) => Succeeds(await InBetween<string[]>(nameof(BrokenCode.Mutated), seed, Mutants));

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Mutated_sources_on_the_newest(int seed) => Succeeds(await OnSdk<string[]>(nameof(BrokenCode.Mutated), seed, Mutants));

    [Fact]
    public async Task Truncated_sources() => Succeeds(await BrokenCode.Truncated(everyTokens: 67));

    [Fact]
    public async Task Truncated_sources_on_the_newest() => Succeeds(await OnSdk<string[]>(nameof(BrokenCode.Truncated), 71));

    [Fact]
    public void The_same_seed_makes_the_same_code()
    {
        var one = new Mutator(7, CorpusTexts.All);
        var two = new Mutator(7, CorpusTexts.All);
        Assert.All(Enumerable.Range(0, 20), _ => Assert.Equal(one.Next(), two.Next()));
    }

    // Each failure ends with the code that caused it.
    private static void Succeeds(string[] failures) => Assert.True(failures.Length == 0, string.Join("\n\n", failures.Take(3)));

    private static Task<T> InBetween<T>(string method, params object[] arguments) => SdkCompiler.RunBetween<T>(typeof(BrokenCode), method, arguments);

    private static Task<T> OnSdk<T>(string method, params object[] arguments) => SdkCompiler.Run<T>(typeof(BrokenCode), method, arguments);
}
