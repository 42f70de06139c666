// Types that C# needs from the base library and netstandard2.0 does not have. The compiler finds them by name.

namespace System.Runtime.CompilerServices
{
    /// <summary>Lets <c>init</c> accessors and records compile for netstandard2.0.</summary>
    internal static class IsExternalInit;
}

namespace System
{
    /// <summary>A place counted from either end; the compiler needs it for list patterns.</summary>
    internal readonly struct Index(int value, bool fromEnd = false)
    {
        public int GetOffset(int length) => fromEnd ? length - value : value;

        public static implicit operator Index(int value) => new(value);
    }
}
