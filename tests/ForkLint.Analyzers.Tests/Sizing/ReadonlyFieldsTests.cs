using System.Globalization;
using ForkLint.Verification;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Sizing;

/// <summary>Values that stand in the initializers of other bodies and files.</summary>
public class ReadonlyFieldsTests
{
    [Theory]
    [InlineData("static readonly int It = 64 * 1024;", "65536")]
    [InlineData("static readonly int It = (1 << 20) + 0x10 - 'a' % 7;", "1048586")]
    [InlineData("static readonly long It = 5L * 1024 * 1024 * 1024;", "5368709120")]
    [InlineData("static readonly int It = Base * 2;", "200")]
    [InlineData("static readonly int It = Other.Size * 2;", "2000")]
    [InlineData("static readonly int It = Other.Fixed / 3;", "333")]
    [InlineData("static readonly int It = Inherited + 1;", "8")]
    [InlineData("static readonly int It = int.MaxValue >> 4;", "134217727")]
    [InlineData("static readonly int It = sizeof(long) * 10;", "80")]
    [InlineData("static readonly byte It = unchecked((byte)(Base * 3));", "44")]
    [InlineData("static readonly byte It = (byte)(Base * 2);", "200")]
    [InlineData("static readonly int It = Base * 42949673;", "4")]
    [InlineData("static readonly uint It = ~0u >>> 1;", "2147483647")]
    [InlineData("static readonly nuint It = 4096;", "4096")]
    [InlineData("static int It => Base * 3;", "300")]
    [InlineData("static int It { get; } = Base * 3;", "300")]
    [InlineData("static readonly int It = Environment.ProcessorCount;", null)]
    [InlineData("static readonly int It = It2; static readonly int It2 = It;", null)]
    [InlineData("static readonly int It;", null)]
    [InlineData("static int It = 5;", null)]
    [InlineData("readonly int It = 5;", "5")]
    [InlineData("readonly int It = 5; public C(int it) => It = it;", null)]
    [InlineData("int It { get; } = 5;", "5")]
    [InlineData("int It { get; init; } = 5;", null)]
    [InlineData("static int It { get; set; } = 5;", null)]
    [InlineData("static readonly int It = 5; static C() { It = 6; }", null)]
    [InlineData("static readonly int It = 5; static C() { C.It++; }", null)]
    [InlineData("static readonly int It = 5; static C() { Set(out It); } static void Set(out int value) => value = 6;", null)]
    [InlineData("static readonly int It = 5; static C() { (It, _) = (6, 7); }", null)]
    [InlineData("static readonly int It = 5; static C() { Console.WriteLine(It); }", "5")]
    [InlineData("static readonly DayOfWeek It = (DayOfWeek)5;", null)]
    [InlineData("static readonly string It = \"5\";", null)]
    public void An_initializer_of_literals_and_constants_is_read(string declaration, string? expected)
    {
        var compilation = Lint.CSharp(
            $$"""
            class Parent { protected static readonly int Inherited = 7; }
            partial class C : Parent { {{declaration}} }
            """)
            .File("Other.cs", "partial class C { static readonly int Base = 100; } static class Other { public static readonly int Size = 1000; public const int Fixed = 999; }")
            .Compile();
        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));

        var value = ReadonlyFields.Evaluate(compilation.GetTypeByMetadataName("C")!.GetMembers("It").Single());
        Assert.Equal(expected, value?.Minimum.ToString(CultureInfo.InvariantCulture));
        Assert.True(value is null or { IsExact: true });
    }
}
