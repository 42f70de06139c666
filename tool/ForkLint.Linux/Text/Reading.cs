using System.Diagnostics.CodeAnalysis;

namespace ForkLint.Linux;

/// <summary>Why something could not be read. Each is an expected outcome, never a bug.</summary>
public enum ReadFailure
{
    /// <summary>The process ended (or is a zombie, or replaced its image) before or while it was read.</summary>
    ProcessGone,

    /// <summary>The kernel refused: EACCES or EPERM.</summary>
    NotPermitted,

    /// <summary>This kernel, or this kind of process, does not have what was asked for.</summary>
    NotAvailable,

    /// <summary>The text is not what the kernel writes.</summary>
    Malformed,
}

/// <summary>What a read gave: a value, or the reason why there is none.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
[SuppressMessage("Design", "CA1000:Do not declare static members on generic types", Justification = "Factories read best beside the type they make.")]
public readonly struct Reading<T> : IEquatable<Reading<T>>
{
    private readonly T? _value;
    private readonly string? _detail;
    private readonly ReadFailure? _failure;

    private Reading(T? value, ReadFailure? failure, string? detail, bool isOk)
    {
        _value = value;
        _detail = detail;
        _failure = failure;
        IsOk = isOk;
    }

    /// <summary>Whether there is a value.</summary>
    public bool IsOk { get; }

    /// <summary>Why there is no value; null when there is one.</summary>
    public ReadFailure? Failure => IsOk ? null : _failure ?? ReadFailure.NotAvailable;

    /// <summary>One sentence about the failure, such as "/proc/7/smaps: permission denied"; empty when there is a value.</summary>
    public string Detail => _detail ?? (IsOk ? "" : "nothing was read");

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">There is none: the caller did not look at <see cref="IsOk"/>.</exception>
    public T Value => IsOk ? _value! : throw new InvalidOperationException($"There is no value: {Failure}: {Detail}");

    /// <summary>A reading that holds a value.</summary>
    public static Reading<T> Ok(T value) => new(value, null, null, true);

    /// <summary>A reading that failed.</summary>
    public static Reading<T> Fail(ReadFailure failure, string detail) => new(default, failure, detail, false);

    /// <summary>The value where there is one.</summary>
    public bool TryGet([MaybeNullWhen(false)] out T value)
    {
        value = _value;
        return IsOk;
    }

    /// <summary>The value, or <paramref name="fallback"/> where there is none.</summary>
    public T ValueOr(T fallback) => IsOk ? _value! : fallback;

    /// <summary>The same outcome with the value mapped.</summary>
    public Reading<TResult> Select<TResult>(Func<T, TResult> map) =>
        IsOk ? Reading<TResult>.Ok(map(_value!)) : FailAs<TResult>();

    /// <summary>The next read where this one succeeded, this failure where not.</summary>
    public Reading<TResult> Then<TResult>(Func<T, Reading<TResult>> next) => IsOk ? next(_value!) : FailAs<TResult>();

    /// <summary>This failure as the failure of another read.</summary>
    /// <exception cref="InvalidOperationException">This reading holds a value.</exception>
    public Reading<TResult> FailAs<TResult>() =>
        IsOk ? throw new InvalidOperationException("A reading that holds a value is not a failure.") : Reading<TResult>.Fail(Failure!.Value, Detail);

    /// <inheritdoc/>
    public override string ToString() => IsOk ? $"{_value}" : $"{Failure}: {Detail}";

    /// <inheritdoc/>
    public bool Equals(Reading<T> other) =>
        IsOk == other.IsOk && Failure == other.Failure && Detail == other.Detail && EqualityComparer<T?>.Default.Equals(_value, other._value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Reading<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(IsOk, Failure, Detail, _value);

    /// <summary>Whether both hold the same outcome.</summary>
    public static bool operator ==(Reading<T> left, Reading<T> right) => left.Equals(right);

    /// <summary>Whether the outcomes differ.</summary>
    public static bool operator !=(Reading<T> left, Reading<T> right) => !left.Equals(right);
}
