using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Text.RegularExpressions;

namespace ForkLint.Heap.Naming;

/// <summary>
/// Names methods by documentation-comment id without parameters: <c>M:App.Encoder.Run</c>. What the compiler made of a method (the state
/// machine of an async method or an iterator, a lambda, a local function) has the id of the method that the source has, whose
/// parameters the metadata of the made one does not tell: overloads share an id.
/// </summary>
internal static partial class MethodIds
{
    private const int MethodTable = 0x06;

    /// <summary>The id of a method; null where the token is none of a method or the metadata is damaged.</summary>
    /// <param name="reader">The metadata of its module.</param>
    /// <param name="token">Its token.</param>
    public static string? Of(MetadataReader reader, int token)
    {
        if (token >> 24 != MethodTable || (token & 0xFFFFFF) == 0)
        {
            return null;
        }

        try
        {
            MethodDefinition method = reader.GetMethodDefinition((MethodDefinitionHandle)MetadataTokens.EntityHandle(token));
            string name = reader.GetString(method.Name);
            TypeDefinitionHandle type = method.GetDeclaringType();

            // App.Encoder+<RunAsync>d__3.MoveNext, App.Encoder+<>c.<Run>b__0_0: out of the types that the compiler made, to the first that was written.
            // The names that are made are not promised to stay as they are, but have been since C# 5 (roslyn: GeneratedNames.cs).
            while (Made().Match(reader.GetString(reader.GetTypeDefinition(type).Name)) is { Success: true } made)
            {
                TypeDefinitionHandle outer = reader.GetTypeDefinition(type).GetDeclaringType();
                if (outer.IsNil)
                {
                    return null;
                }

                name = made.Groups["method"] is { Length: > 0 } machine ? machine.Value : name;
                type = outer;
            }

            while (Inner().Match(name) is { Success: true } inner)
            {
                name = inner.Groups["method"].Value;
            }

            return $"M:{MemberNames.TypeId(reader, type)}.{name.Replace('.', '#').Replace('<', '{').Replace('>', '}').Replace(',', '@')}";
        }
        catch (BadImageFormatException)
        {
            return null;
        }
    }

    /// <summary>A closure, or a state machine with its method: <c>&lt;&gt;c__DisplayClass0_0</c>, <c>&lt;RunAsync&gt;d__3</c>, <c>&lt;&lt;Main&gt;$&gt;d__0</c>.</summary>
    [GeneratedRegex(@"^(<>c(__DisplayClass.*)?|<(?<method>.+)>d(__\d+)?(`\d+)?)$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Made();

    /// <summary>A lambda or a local function of a method: <c>&lt;Run&gt;b__0_0</c>, <c>&lt;Run&gt;g__Encode|0_0</c>.</summary>
    [GeneratedRegex(@"^<(?<method>.+)>[bg]__", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Inner();
}
