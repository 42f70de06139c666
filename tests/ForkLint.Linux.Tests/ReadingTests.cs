namespace ForkLint.Linux.Tests;

public sealed class ReadingTests
{
    [Fact]
    public void A_value_is_handed_on()
    {
        var reading = Reading<int>.Ok(7);

        Assert.True(reading.TryGet(out var value));
        Assert.Equal((7, 7, 14, ""), (value, reading.Value, reading.Select(v => v * 2).Value, reading.Detail));
        Assert.Null(reading.Failure);
        Assert.Equal("7", reading.ToString());
        Assert.Throws<InvalidOperationException>(() => reading.FailAs<string>());
        Assert.Equal(Reading<int>.Ok(7), reading);
        Assert.True(reading != Reading<int>.Ok(8));
    }

    [Fact]
    public void A_failure_is_handed_on_with_its_reason()
    {
        var reading = Reading<int>.Fail(ReadFailure.NotPermitted, "/proc/1/smaps: permission denied");
        var next = reading.Select(v => v * 2).Then(v => Reading<string>.Ok($"{v}"));

        Assert.False(next.TryGet(out _));
        Assert.Equal((ReadFailure.NotPermitted, "/proc/1/smaps: permission denied"), (next.Failure, next.Detail));
        Assert.Equal(3, reading.ValueOr(3));
        Assert.Equal("NotPermitted: /proc/1/smaps: permission denied", reading.ToString());
        Assert.Throws<InvalidOperationException>(() => reading.Value);
        Assert.True(reading == Reading<int>.Fail(ReadFailure.NotPermitted, "/proc/1/smaps: permission denied"));
    }

    [Fact]
    public void Nothing_at_all_is_a_failure()
    {
        Reading<int> reading = default;

        Assert.False(reading.IsOk);
        Assert.Equal(ReadFailure.NotAvailable, reading.Failure);
        Assert.NotEmpty(reading.Detail);
    }
}
