using System.Reflection.Metadata;

namespace ForkLint.TrialFork;

/// <summary>Whether an assembly finds, among those that an application has, all types and members that it refers to.</summary>
internal sealed class References(FrameworkAssemblies framework)
{
    private const int MostForwards = 8;
    private const int DeepestBase = 16;

    /// <summary>The first assembly, type or member that is missing, as text; null where all are there.</summary>
    /// <param name="reader">The metadata of the assembly that refers.</param>
    /// <exception cref="BadImageFormatException">An assembly of the application cannot be read.</exception>
    /// <exception cref="IOException">The same.</exception>
    public string? FirstMissing(MetadataReader reader)
    {
        foreach (var handle in reader.AssemblyReferences)
        {
            string assembly = reader.GetString(reader.GetAssemblyReference(handle).Name);
            if (framework.Find(assembly) is null)
            {
                return $"the assembly {assembly}";
            }
        }

        foreach (var handle in reader.TypeReferences)
        {
            if (Resolve(reader, handle) is null)
            {
                return SignatureNames.Of(reader, handle);
            }
        }

        foreach (var handle in reader.MemberReferences)
        {
            var member = reader.GetMemberReference(handle);
            if (Parent(reader, member.Parent) is { } parent && !HasMember(reader, member, parent))
            {
                return $"{SignatureNames.Of(reader, parent)}.{reader.GetString(member.Name)}";
            }
        }

        return null;
    }

    /// <summary>The type whose member it is; null where it is one of the assembly's own.</summary>
    private static TypeReferenceHandle? Parent(MetadataReader reader, EntityHandle parent)
    {
        if (parent.Kind == HandleKind.TypeReference)
        {
            return (TypeReferenceHandle)parent;
        }

        if (parent.Kind != HandleKind.TypeSpecification)
        {
            return null;
        }

        // A member of a generic type that is constructed: the type before the first angle bracket.
        string name = reader.GetTypeSpecification((TypeSpecificationHandle)parent).DecodeSignature(SignatureNames.Instance, null);
        int end = name.IndexOf('<', StringComparison.Ordinal);
        string type = end < 0 ? name : name[..end];
        foreach (var handle in reader.TypeReferences)
        {
            if (SignatureNames.Of(reader, handle) == type)
            {
                return handle;
            }
        }

        return null;
    }

    private (AssemblyTypes Assembly, TypeDefinitionHandle Type)? Resolve(MetadataReader reader, TypeReferenceHandle handle)
    {
        string name = SignatureNames.Of(reader, handle);
        var scope = reader.GetTypeReference(handle).ResolutionScope;
        while (scope.Kind == HandleKind.TypeReference)
        {
            scope = reader.GetTypeReference((TypeReferenceHandle)scope).ResolutionScope;
        }

        return scope.Kind == HandleKind.AssemblyReference
            ? Resolve(reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)scope).Name), name)
            : null;
    }

    private (AssemblyTypes Assembly, TypeDefinitionHandle Type)? Resolve(string assembly, string name)
    {
        for (int hop = 0; hop < MostForwards; hop++)
        {
            if (framework.Find(assembly) is not { } types)
            {
                return null;
            }

            if (types.TryGetDefinition(name, out var definition))
            {
                return (types, definition);
            }

            // Nested types follow the outermost one.
            if (!types.TryGetForward(name.Split('+')[0], out string? next))
            {
                return null;
            }

            assembly = next!;
        }

        return null;
    }

    private bool HasMember(MetadataReader reader, MemberReference member, TypeReferenceHandle parent)
    {
        string name = reader.GetString(member.Name);
        bool isField = member.GetKind() == MemberReferenceKind.Field;
        string signature = isField ? member.DecodeFieldSignature(SignatureNames.Instance, null) : SignatureNames.Of(member.DecodeMethodSignature(SignatureNames.Instance, null));
        var found = Resolve(reader, parent);
        for (int depth = 0; found is { } type && depth < DeepestBase; depth++)
        {
            var metadata = type.Assembly.Metadata;
            var definition = metadata.GetTypeDefinition(type.Type);
            if (isField ? HasField(metadata, definition, name, signature) : HasMethod(metadata, definition, name, signature))
            {
                return true;
            }

            found = definition.BaseType.Kind switch
            {
                HandleKind.TypeDefinition when !definition.BaseType.IsNil => (type.Assembly, (TypeDefinitionHandle)definition.BaseType),
                HandleKind.TypeReference => Resolve(metadata, (TypeReferenceHandle)definition.BaseType),
                _ => null,
            };
        }

        return false;
    }

    private static bool HasField(MetadataReader metadata, TypeDefinition type, string name, string signature)
    {
        foreach (var handle in type.GetFields())
        {
            var field = metadata.GetFieldDefinition(handle);
            if (metadata.StringComparer.Equals(field.Name, name) && field.DecodeSignature(SignatureNames.Instance, null) == signature)
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasMethod(MetadataReader metadata, TypeDefinition type, string name, string signature)
    {
        foreach (var handle in type.GetMethods())
        {
            var method = metadata.GetMethodDefinition(handle);
            if (metadata.StringComparer.Equals(method.Name, name) && SignatureNames.Of(method.DecodeSignature(SignatureNames.Instance, null)) == signature)
            {
                return true;
            }
        }

        return false;
    }
}
