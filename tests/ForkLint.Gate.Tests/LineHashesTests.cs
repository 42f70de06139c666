using ForkLint.Tool.Checking.Sarif;
using ForkLint.Tool.Findings;

namespace ForkLint.Gate.Tests;

/// <summary>GitHub's fingerprints of lines. The expected values are those of the service's own tests (github/codeql-action, src/fingerprints.test.ts).</summary>
public sealed class LineHashesTests
{
    [Theory]
    [InlineData("", "c129715d7a2bc9a3:1")]
    [InlineData(" a\nb\n  \t\tc\n d", "271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1")]
    [InlineData(" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End", "8b7cf3e952e7aeb2:1", "b1ae1287ec4718d9:1", "bff680108adb0fcc:1", "c6805c5e1288b612:1", "b86d3392aea1be30:1", "e6ceba753e1a442:1")]
    [InlineData(" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", "e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1", "b3edc88f2938467e:1", "c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1")]
    [InlineData(" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r", "e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1", "b3edc88f2938467e:1", "c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1")]
    [InlineData(" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", "e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1", "b3edc88f2938467e:1", "c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1")]
    [InlineData(" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n", "e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1", "b3edc88f2938467e:1", "c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1")]
    public void A_line_has_the_hash_that_the_service_gives_it(string text, params string[] expected) => Assert.Equal(expected, LineHashes.Of(text));

    [Fact]
    public void Lines_that_look_alike_are_counted() => Assert.Equal(
        [
            "a7f2ff13bc495cf2:1", "a7f2ff13bc495cf2:2", "a7f2ff13bc495cf2:3", "a7f2ff13bc495cf2:4", "a7f2ff13bc495cf2:5", "a7f2ff13bc495cf2:6",
            "a7f2ff1481e87703:1", "a9cf91f7bbf1862b:1", "55ec222b86bcae53:1", "cc97dc7b1d7d8f7b:1", "c129715d7a2bc9a3:1",
        ],
        LineHashes.Of(string.Concat(Enumerable.Repeat("Lorem ipsum dolor sit amet.\n", 10))));

    [Fact]
    public void Two_findings_of_a_rule_on_one_line_are_two_alerts()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.cs", "fork(); fork();\nfork();\n");
        var prints = new LineFingerprints(new SourceRoot(folder.Path));
        Finding At(string rule, int line, int column) => new() { RuleId = rule, Message = "m", Location = new CodeLocation("a.cs", line, column, line, column + 4) };

        string?[] given = [prints.Next(At("FORK001", 1, 1)), prints.Next(At("FORK001", 1, 9)), prints.Next(At("FORK002", 1, 1)), prints.Next(At("FORK001", 2, 1))];
        Assert.Equal(LineHashes.Of("fork(); fork();\nfork();\n")[0], given[0]);
        Assert.Equal(given[0] + ":2", given[1]);
        Assert.Equal(given[0], given[2]);
        Assert.NotEqual(given[0], given[3]);
        Assert.Null(prints.Next(At("FORK001", 9, 1)));
        Assert.Null(prints.Next(At("FORK001", 1, 1) with { Location = new CodeLocation("gone.cs", 1, 1, 1, 1) }));
        Assert.Null(prints.Next(At("FORK001", 1, 1) with { Location = null }));
    }
}
