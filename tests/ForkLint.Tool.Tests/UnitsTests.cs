using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Rendering;

namespace ForkLint.Tool.Tests;

public sealed class UnitsTests
{
    [Theory]
    [InlineData(null, "unknown")]
    [InlineData(0L, "0 B")]
    [InlineData(1023L, "1023 B")]
    [InlineData(1024L, "1.0 KiB")]
    [InlineData(1048575L, "1.0 MiB")]
    [InlineData(283115520L, "270.0 MiB")]
    [InlineData(1610612736L, "1.5 GiB")]
    [InlineData(-26214400L, "-25.0 MiB")]
    [InlineData(long.MaxValue, "8.0 EiB")]
    public void Bytes_are_in_the_largest_unit(long? bytes, string expected) => Assert.Equal(expected, Units.Bytes(bytes));

    [Theory]
    [InlineData(283115520L, "283,115,520 B")]
    [InlineData(0L, "0 B")]
    public void Exact_bytes_are_grouped(long bytes, string expected) => Assert.Equal(expected, Units.Exact(bytes));

    [Theory]
    [InlineData(12288L, "+12,288 B")]
    [InlineData(-12288L, "-12,288 B")]
    [InlineData(0L, "0 B")]
    public void A_difference_has_its_sign(long bytes, string expected) => Assert.Equal(expected, Units.Difference(bytes));

    [Theory]
    [InlineData(null, "unknown")]
    [InlineData(93.4, "93 µs")]
    [InlineData(999.7, "1.00 ms")]
    [InlineData(8120.0, "8.12 ms")]
    [InlineData(38400.0, "38.4 ms")]
    [InlineData(1520000.0, "1.52 s")]
    public void Microseconds_are_in_the_largest_unit(double? microseconds, string expected) => Assert.Equal(expected, Units.Microseconds(microseconds));

    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("5s", 5000)]
    [InlineData("1.5 s", 1500)]
    [InlineData("2m", 120000)]
    [InlineData("500us", 0.5)]
    [InlineData("0ms", 0)]
    public void A_duration_is_a_number_and_a_unit(string text, double milliseconds)
    {
        Assert.True(DurationText.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("5 parsecs")]
    [InlineData("1e9s")]
    [InlineData("25h")]
    [InlineData("1.2.3s")]
    [InlineData("NaNs")]
    [InlineData("99999999999999999999999999999999999h")]
    public void Anything_else_is_no_duration(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Theory]
    [InlineData("it failed", "do that", "forklint: it failed; do that")]
    [InlineData("it failed.", "do that.", "forklint: it failed; do that")]
    [InlineData("two\nlines\r\n", "", "forklint: two lines")]
    public void An_error_is_one_line(string message, string advice, string expected) => Assert.Equal(expected, ErrorLine.Format(message, advice));
}
