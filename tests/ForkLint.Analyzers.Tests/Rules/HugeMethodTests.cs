using System.Globalization;
using System.Text;
using ForkLint.Flow;

namespace ForkLint.Rules;

/// <summary>Methods of ten thousand statements: what counts is that these end, and find what is there.</summary>
public sealed class HugeMethodTests
{
    private const int Statements = 10_000;

    [Fact]
    public Task Statements_in_a_row() => ForkTest.Body(
        "var big = new byte[200_000_000];\n" + Repeat(i => $"var o{i} = new object(); Console.WriteLine(o{i});") + "{|FORK001:fork()|};\nGC.KeepAlive(big);").Verify();

    [Fact]
    public Task Branches_in_a_row() => ForkTest.Body(
        "var big = new byte[200_000_000];\n" + Repeat(i => $"if (number == {i}) {{ Console.WriteLine(big.Length); }}") + "{|FORK002:fork()|};").Verify();

    [Fact]
    public Task Branches_in_a_try() => ForkTest.Body(
        "byte[] big = null; try { " + Repeat(i => $"if (number == {i}) {{ Console.WriteLine({i}); return; }}") + "big = new byte[200_000_000]; } finally { {|FORK001:fork()|}; GC.KeepAlive(big); }").Verify();

    [Fact]
    public Task Forks_in_a_row() => ForkTest.Body(
        "var big = new byte[200_000_000];\n{|FORK001:fork()|};\n" + Repeat(_ => "fork();", 2000) + "GC.KeepAlive(big);").Verify();

    [Fact]
    public Task Allocations_in_a_row() => ForkTest.Body(
        Repeat(i => $"var b{i} = new byte[200_000_000];", 1000) + "fork();")
        .Only("FORK002").Run().ContinueWith(
            run => Assert.Equal(1000, run.Result.Diagnostics.Length), TaskScheduler.Default);

    private static string Repeat(Func<int, string> statement, int count = Statements)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            text.AppendLine(statement(i).ToString(CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
