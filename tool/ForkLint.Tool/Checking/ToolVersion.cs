using System.Reflection;

namespace ForkLint.Tool.Checking;

/// <summary>The version of this tool, as its package is numbered.</summary>
internal static class ToolVersion
{
    /// <summary>Such as <c>0.1.0</c>, without the commit that some builds append.</summary>
    public static string Current { get; } =
        typeof(ToolVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
}
