namespace ForkLint.Analyzers;

/// <summary>
/// Something that is made once, when it is first asked for. Unlike with <see cref="Lazy{T}"/>, the caller brings the token that can cancel
/// the making, and after a failure the next one tries again.
/// </summary>
/// <param name="make">Makes it; <see langword="null"/> where there is none.</param>
internal sealed class Deferred<T>(Func<CancellationToken, T?> make)
    where T : class
{
    private readonly object _gate = new();
    private volatile bool _isMade;
    private T? _value;

    /// <summary>The thing; <see langword="null"/> where there is none.</summary>
    public T? Get(CancellationToken cancellationToken)
    {
        if (_isMade)
        {
            return _value;
        }

        lock (_gate)
        {
            if (!_isMade)
            {
                _value = make(cancellationToken);
                _isMade = true;
            }
        }

        return _value;
    }
}
