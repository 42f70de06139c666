namespace ForkLint.Analyzers.Sizing;

/// <summary>How far the evaluator follows a number; each row is the length of a byte array.</summary>
public class ConstantEvaluatorTests
{
    [Theory]
    [InlineData("Mega", "1048576")]
    [InlineData("10 * Mega", "10485760")]
    [InlineData("Ten * Mega", "10485760")]
    [InlineData("(int)Large", "3145728")]
    [InlineData("Large", "3145728")]
    [InlineData("Property * 2", "100")]
    [InlineData("sizeof(long) * Ten", "80")]
    [InlineData("sizeof(Guid) * Ten", "160")]
    [InlineData("Unsafe.SizeOf<Guid>() * Ten", "160")]
    [InlineData("Marshal.SizeOf<Guid>() * Ten", "160")]
    [InlineData("Assigned", "unknown")]
    [InlineData("Mutable", "unknown")]
    [InlineData("instance", "unknown")]
    [InlineData("unknown", "unknown")]
    [InlineData("unknown * 0 + 5", "unknown")]
    public void Constants_and_fields_that_cannot_change(string length, string expected) => AssertLength(length, expected);

    [Theory]
    [InlineData("Ten + 1 - 2 * 3", "5")]
    [InlineData("Ten / 3", "3")]
    [InlineData("-Ten / 3 + 10", "7")]
    [InlineData("Ten % 4", "2")]
    [InlineData("-Ten % 4 + 10", "8")]
    [InlineData("Ten << 3", "80")]
    [InlineData("Ten << 35", "80")]
    [InlineData("Ten >> 1", "5")]
    [InlineData("(-Ten) >>> 28", "15")]
    [InlineData("Ten & 6", "2")]
    [InlineData("Ten | 5", "15")]
    [InlineData("Ten ^ 3", "9")]
    [InlineData("~Ten & 0xFF", "245")]
    [InlineData("(byte)(Ten * 30)", "44")]
    [InlineData("unchecked((ushort)(Ten * 6600))", "464")]
    [InlineData("(uint)Ten * 2", "20")]
    [InlineData("'a' + Ten", "107")]
    public void Operators_do_what_CSharp_does(string length, string expected) => AssertLength(length, expected);

    [Fact]
    public void Unchecked_arithmetic_wraps_and_checked_throws()
    {
        AssertLength("k * 429496730", "4", "var k = Ten;");
        AssertLength("checked(k * 429496730)", "unknown", "var k = Ten;");
        AssertLength("checked((byte)(k * 30))", "unknown", "var k = Ten;");
        AssertLength("(int)(k * 429496730L)", "4", "var k = Ten;");
    }

    [Fact]
    public void A_local_that_is_assigned_once_is_its_value()
    {
        AssertLength("n", "100", "var n = 100;");
        AssertLength("n", "100", "int n; n = 100;");
        AssertLength("n * m", "20000", "var n = 100; var m = n + 100;");
        AssertLength("b", "7", "var (a, b) = (3, 7);");
        AssertLength("n", "unknown", "var n = unknown;");
        AssertLength("n", "unknown", "var n = 100; n++;");
        AssertLength("n", "unknown", "var n = 100; n += 5;");
        AssertLength("n", "unknown", "var n = 100; int.TryParse(text, out n);");
        AssertLength("n", "unknown", "if (!int.TryParse(text, out var n)) { return; }");
        AssertLength("n", "unknown", "var n = 100; ref var r = ref n; r = 1;");
        AssertLength("n", "unknown", "var n = 100; var p = &n; *p = 1;");
        AssertLength("n", "unknown", "if ((object)text is not int n) { return; }");
        AssertLength("n", "unknown", "var n = 100; void Set() => n--; Set();");
    }

    [Fact]
    public void Of_a_choice_the_smallest_counts_as_at_least()
    {
        AssertLength("flag ? 100 : 200", "at least 100");
        AssertLength("flag ? 100 : unknown", "unknown");
        AssertLength("flag ? 100 : throw new Exception()", "100");
        AssertLength("true ? 100 : unknown", "100");
        AssertLength("unknown switch { 1 => 300, 2 => 200, _ => throw new Exception() }", "at least 200");
        AssertLength("n", "at least 100", "var n = 100; if (flag) { n = 5000; }");
        AssertLength("n", "unknown", "var n = 100; if (flag) { n = unknown; }");
        AssertLength("1000 - n", "at least 800", "var n = flag ? 100 : 200;");
        AssertLength("n * 10 + 5", "at least 1005", "var n = flag ? 100 : 200;");
        AssertLength("n.Value", "100", "int? n = 100;");
        AssertLength("n.GetValueOrDefault()", "unknown", "int? n = null; if (flag) { n = 300; }");
        AssertLength("n ?? 200", "at least 100", "int? n = 100; if (flag) { n = 300; }");
    }

    [Fact]
    public void Bounds_hold_even_where_a_value_is_unknown()
    {
        AssertLength("Math.Max(unknown, 1000)", "at least 1000");
        AssertLength("Math.Min(unknown, 1000)", "unknown");
        AssertLength("Math.Clamp(unknown, 1000, 2000)", "at least 1000");
        AssertLength("Math.Min(5000, Math.Max(1000, unknown))", "at least 1000");
        AssertLength("Math.Max(10, 20)", "20");
        AssertLength("Environment.ProcessorCount * Mega", "at least 1048576");
        AssertLength("Environment.ProcessorCount * 100 * Mega", "unknown");
        AssertLength("Environment.ProcessorCount * 100L * Mega", "at least 104857600");
        AssertLength("System.Numerics.BitOperations.RoundUpToPowerOf2(1000u)", "1024");
    }

    [Fact]
    public void The_length_of_a_known_array_is_known()
    {
        AssertLength("source.Length * 2", "2000", "var source = new byte[1000];");
        AssertLength("source.Length", "6", "var source = new int[2, 3];");
        AssertLength("source.Length", "at least 10", "var source = flag ? new byte[10] : new byte[20];");
        AssertLength("source.Length", "unknown", "var source = given;");
        AssertLength("\"abc\".Length", "3");
        AssertLength("new string('x', 40).Length", "40");
    }

    [Fact]
    public void A_cycle_of_locals_ends()
    {
        AssertLength("a", "unknown", "int a = 1, b = 2; for (; flag;) { a = b; b = a; }");

        // Each line doubles what a naive evaluation has to look at.
        AssertLength("n39", "unknown", "var n0 = Ten;" + string.Concat(Enumerable.Range(1, 39).Select(i => $"var n{i} = n{i - 1} + n{i - 1};")));
    }

    private static void AssertLength(string length, string expected, string statements = "")
    {
        var actual = SizeProbe.SizeOf($"new byte[{length}]", statements);
        Assert.True(actual == expected, $"new byte[{length}] is {actual}, not {expected}");
    }
}
