using System.Runtime.CompilerServices;

namespace ForkLint.Analyzers;

/// <summary>What the runtime that runs the compiler is told of a method.</summary>
internal static class JitHints
{
    /// <summary>
    /// Compile it well at once: a build runs it a million times, and is over before the runtime would do it again.
    /// It is <c>MethodImplOptions.AggressiveOptimization</c>, which netstandard2.0 does not name and older runtimes ignore.
    /// </summary>
    public const MethodImplOptions Hot = (MethodImplOptions)512;
}
