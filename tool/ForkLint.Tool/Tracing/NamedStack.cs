namespace ForkLint.Tool.Tracing;

/// <summary>A stack as people read it.</summary>
/// <param name="Frames">The innermost first.</param>
/// <param name="Caller">The innermost frame of the application's own code; null where there is none.</param>
/// <param name="Members">The methods of the application's own code on it, as documentation-comment ids without parameters, each once, the innermost first.</param>
internal sealed record NamedStack(IReadOnlyList<string> Frames, string? Caller, IReadOnlyList<string> Members)
{
    /// <summary>Nothing is known.</summary>
    public static NamedStack Unknown { get; } = new([], null, []);
}
