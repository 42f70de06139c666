using ForkLint.Robustness;
using ForkLint.Verification;

namespace ForkLint.Rules;

/// <summary>The rules are right about C# as people write it, of the newest language version: see <see cref="CaseFile"/>.</summary>
public sealed class CaseTests
{
    public static TheoryData<string> Files => [.. CaseFile.Names];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Every_line_says_what_it_wants(string file)
    {
        var wrong = await SdkCompiler.Run<string[]>(typeof(CaseFile), nameof(CaseFile.Check), file);
        Assert.True(wrong.Length == 0, string.Join("\n", wrong));
    }
}
