using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using Microsoft.Diagnostics.Runtime;

namespace ForkLint.Heap.Naming;

/// <summary>A member as the source knows it.</summary>
/// <param name="Id">Its documentation-comment id (<c>F:</c>, or <c>P:</c>/<c>E:</c> for a backing field).</param>
/// <param name="Display">Type and member, for people.</param>
internal sealed record MemberName(string Id, string Display);

/// <summary>
/// Names fields by documentation-comment id (ECMA-334 annex D.4): namespace and nesting by dots, arity by backquote,
/// backing fields by the property or event they stand for.
/// </summary>
internal sealed class MemberNames(ModuleMetadata metadata)
{
    private const string BackingSuffix = ">k__BackingField";

    private readonly Dictionary<(ulong Module, int Token), MemberName?> _known = [];

    /// <summary>The name of a field, or null where its module's metadata cannot be read.</summary>
    public MemberName? Of(ClrField field)
    {
        if (field.ContainingType.Module is not { } module)
        {
            return null;
        }

        (ulong Address, int Token) key = (module.Address, field.Token);
        if (!_known.TryGetValue(key, out MemberName? name))
        {
            name = Read(module, field);
            _known[key] = name;
        }

        return name;
    }

    /// <summary>A framework's own types are not what a user can change; what they hold is named by the user's member that leads there.</summary>
    public static bool IsFramework(ClrType? type)
    {
        string? assembly = type?.Module?.AssemblyName is { Length: > 0 } path ? Path.GetFileNameWithoutExtension(path) : type?.Module?.Name;
        if (assembly is null)
        {
            return true;
        }

        assembly = Path.GetFileName(assembly);
        return assembly.StartsWith("System.", StringComparison.Ordinal)
            || assembly.StartsWith("Microsoft.", StringComparison.Ordinal)
            || assembly is "System" or "mscorlib" or "netstandard";
    }

    private MemberName? Read(ClrModule module, ClrField field)
    {
        if (metadata.For(module) is not { } reader || field.Token >> 24 != 0x04)
        {
            return null;
        }

        try
        {
            FieldDefinition definition = reader.GetFieldDefinition((FieldDefinitionHandle)MetadataTokens.EntityHandle(field.Token));
            TypeDefinition declaring = reader.GetTypeDefinition(definition.GetDeclaringType());
            string type = TypeId(reader, definition.GetDeclaringType());
            string name = reader.GetString(definition.Name);
            string prefix = "F:";
            if (name.StartsWith('<') && name.EndsWith(BackingSuffix, StringComparison.Ordinal))
            {
                name = name[1..^BackingSuffix.Length];
                prefix = "P:";
            }
            else if (declaring.GetEvents().Any(handle => reader.StringComparer.Equals(reader.GetEventDefinition(handle).Name, name)))
            {
                prefix = "E:";
            }

            string id = prefix + type + "." + name.Replace('.', '#').Replace('<', '{').Replace('>', '}');
            return new MemberName(id, (field.ContainingType.Name ?? type).Replace('+', '.') + "." + name);
        }
        catch (BadImageFormatException)
        {
            return null;
        }
    }

    /// <summary>The documentation-comment name of a type, without the prefix.</summary>
    /// <exception cref="BadImageFormatException">The metadata is damaged.</exception>
    internal static string TypeId(MetadataReader reader, TypeDefinitionHandle handle)
    {
        TypeDefinition type = reader.GetTypeDefinition(handle);
        string name = reader.GetString(type.Name);
        TypeDefinitionHandle outer = type.GetDeclaringType();
        if (!outer.IsNil)
        {
            return TypeId(reader, outer) + "." + name;
        }

        string space = reader.GetString(type.Namespace);
        return space.Length == 0 ? name : space + "." + name;
    }
}
