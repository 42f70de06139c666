using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Sizing;

/// <summary>
/// The sizes of the base library's structs. Its reference assemblies, which is what a compilation sees, have dummy
/// fields in place of the private ones, so these cannot be calculated.
/// </summary>
internal static class KnownStructSizes
{
    private static readonly Dictionary<string, TypeLayout> Layouts = new(StringComparer.Ordinal)
    {
        ["System.DateTime"] = new(8, 8),
        ["System.DateTimeOffset"] = new(16, 8),
        ["System.TimeSpan"] = new(8, 8),
        ["System.DateOnly"] = new(4, 4),
        ["System.TimeOnly"] = new(8, 8),
        ["System.Guid"] = new(16, 4),
        ["System.Half"] = new(2, 2),
        ["System.Int128"] = new(16, 16),
        ["System.UInt128"] = new(16, 16),
        ["System.Index"] = new(4, 4),
        ["System.Range"] = new(8, 4),
        ["System.HashCode"] = new(32, 4),
        ["System.ArraySegment"] = new(16, 8) { HasReferences = true },
        ["System.Memory"] = new(16, 8) { HasReferences = true },
        ["System.ReadOnlyMemory"] = new(16, 8) { HasReferences = true },
        ["System.RuntimeTypeHandle"] = new(8, 8) { HasReferences = true },
        ["System.Text.Rune"] = new(4, 4),
        ["System.Text.Json.JsonElement"] = new(16, 8) { HasReferences = true },
        ["System.Threading.CancellationToken"] = new(8, 8) { HasReferences = true },
        ["System.Runtime.InteropServices.GCHandle"] = new(8, 8),
        ["System.Collections.Immutable.ImmutableArray"] = new(8, 8) { HasReferences = true },
        ["System.Collections.Specialized.BitVector32"] = new(4, 4),
        ["System.Numerics.BigInteger"] = new(16, 8) { HasReferences = true },
        ["System.Numerics.Complex"] = new(16, 8),
        ["System.Numerics.Vector2"] = new(8, 4),
        ["System.Numerics.Vector3"] = new(12, 4),
        ["System.Numerics.Vector4"] = new(16, 4),
        ["System.Numerics.Quaternion"] = new(16, 4),
        ["System.Numerics.Plane"] = new(16, 4),
        ["System.Numerics.Matrix3x2"] = new(24, 4),
        ["System.Numerics.Matrix4x4"] = new(64, 4),
        ["System.Runtime.Intrinsics.Vector64"] = new(8, 8),
        ["System.Runtime.Intrinsics.Vector128"] = new(16, 16),
        ["System.Runtime.Intrinsics.Vector256"] = new(32, 32),
        ["System.Runtime.Intrinsics.Vector512"] = new(64, 64),
        ["System.Drawing.Point"] = new(8, 4),
        ["System.Drawing.PointF"] = new(8, 4),
        ["System.Drawing.Size"] = new(8, 4),
        ["System.Drawing.SizeF"] = new(8, 4),
        ["System.Drawing.Rectangle"] = new(16, 4),
        ["System.Drawing.RectangleF"] = new(16, 4),
        ["System.Drawing.Color"] = new(24, 8) { HasReferences = true },
    };

    /// <summary>The layout of a struct of the base library.</summary>
    public static bool TryGet(INamedTypeSymbol type, out TypeLayout layout)
    {
        layout = default;
        return type.ContainingType is null && Layouts.TryGetValue(type.ContainingNamespace.ToDisplayString() + "." + type.Name, out layout);
    }
}
