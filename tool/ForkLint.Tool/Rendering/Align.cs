namespace ForkLint.Tool.Rendering;

/// <summary>Where the cells of a column stand.</summary>
internal enum Align
{
    /// <summary>At its left edge, as text does.</summary>
    Left,

    /// <summary>At its right edge, as figures do.</summary>
    Right,
}
