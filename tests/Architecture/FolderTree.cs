using System.Reflection;
using System.Reflection.Emit;
using System.Text.RegularExpressions;

namespace ForkLint.Architecture;

/// <summary>
/// Which folders of a project use which: read from the compiled code, method bodies included. A type's folder is that of the file that declares it; folders inside
/// of folders count as these, and files that lie in none as one that is called after the assembly.
/// </summary>
internal static partial class FolderTree
{
    private static readonly Dictionary<int, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value & 0xFFFF);

    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    /// <summary>The pairs of folders that reach each other, each once, in order: <c>Flow ↔ Summaries</c>.</summary>
    public static List<string> Circles(Assembly assembly, string project)
    {
        var reached = Reached(Uses(assembly, project));
        return [.. from one in reached.Keys from other in reached.Keys where string.CompareOrdinal(one, other) < 0 && reached[one].Contains(other) && reached[other].Contains(one)
            orderby one, other select $"{one} ↔ {other}"];
    }

    /// <summary>Which folder uses which, in order, without what follows from the rest: <c>Trials → Room</c>.</summary>
    public static List<(string From, string To)> Arrows(Assembly assembly, string project)
    {
        var uses = Uses(assembly, project);
        var reached = Reached(uses);
        return [.. from folder in uses from used in folder.Value
            where !folder.Value.Any(other => other != used && reached.TryGetValue(other, out var further) && further.Contains(used))
            orderby folder.Key, used select (folder.Key, used)];
    }

    private static Dictionary<string, HashSet<string>> Reached(Dictionary<string, HashSet<string>> uses)
    {
        var all = uses.ToDictionary(folder => folder.Key, folder => folder.Value.ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
        for (var isNew = true; isNew;)
        {
            isNew = false;
            foreach (var reached in all.Values)
            {
                var further = reached.SelectMany(folder => all.TryGetValue(folder, out var next) ? next : []).Where(folder => !reached.Contains(folder)).ToList();
                reached.UnionWith(further);
                isNew |= further.Count > 0;
            }
        }

        return all;
    }

    private static Dictionary<string, HashSet<string>> Uses(Assembly assembly, string project)
    {
        var folders = FoldersOf(project);
        return assembly.GetTypes().GroupBy(FolderOf).Where(folder => folder.Key is not null)
            .ToDictionary(folder => folder.Key!, folder => folder.SelectMany(UsedBy).Select(FolderOf).OfType<string>().Where(used => used != folder.Key).ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);

        string? FolderOf(Type type)
        {
            while (type.HasElementType)
            {
                type = type.GetElementType()!;
            }

            while (type.DeclaringType is { } outer)
            {
                type = outer;
            }

            return !type.IsGenericParameter && type.Assembly == assembly && folders.TryGetValue(type.Name.Split('`')[0], out var folder) ? folder : null;
        }
    }

    private static Dictionary<string, string> FoldersOf(string project)
    {
        var folders = new Dictionary<string, string>(StringComparer.Ordinal);
        var root = Path.GetFileName(project)["ForkLint.".Length..];
        foreach (var file in Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories))
        {
            var parts = Path.GetRelativePath(project, file).Split('/');
            if (parts[0] is "bin" or "obj")
            {
                continue;
            }

            foreach (Match declared in Declarations().Matches(File.ReadAllText(file)))
            {
                folders[declared.Groups[1].Value] = parts.Length == 1 ? root : parts[0];
            }
        }

        return folders;
    }

    [GeneratedRegex(@"^(?:public|internal|file)[^\n(:{=]*?\b(?:class|record|enum|struct|interface|delegate)\s+(?:struct\s+|class\s+)?(\w+)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Declarations();

    private static IEnumerable<Type> UsedBy(Type type)
    {
        var used = new List<Type?> { type.BaseType };
        used.AddRange(type.GetInterfaces());
        used.AddRange(type.GetFields(All).Select(field => field.FieldType));
        foreach (var method in type.GetMethods(All).Concat<MethodBase>(type.GetConstructors(All)))
        {
            used.AddRange(method.GetParameters().Select(parameter => parameter.ParameterType));
            used.Add((method as MethodInfo)?.ReturnType);
            used.AddRange(method.GetMethodBody()?.LocalVariables.Select(local => local.LocalType) ?? []);
            used.AddRange(NamedIn(method));
        }

        return used.OfType<Type>().SelectMany(WithArguments);
    }

    private static IEnumerable<Type> WithArguments(Type type) => type.IsGenericType ? type.GetGenericArguments().SelectMany(WithArguments).Append(type) : [type];

    /// <summary>The types whose members a method's instructions name.</summary>
    private static IEnumerable<Type> NamedIn(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code)
        {
            yield break;
        }

        for (var at = 0; at < code.Length;)
        {
            var value = code[at] == 0xFE ? 0xFE00 | code[at + 1] : code[at];
            var operation = Codes[value];
            at += operation.Size;
            if (operation.OperandType is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
            {
                var member = method.Module.ResolveMember(
                    BitConverter.ToInt32(code, at), method.DeclaringType!.GetGenericArguments(), method is MethodInfo { IsGenericMethod: true } ? method.GetGenericArguments() : []);
                if ((member as Type ?? member?.DeclaringType) is { } named)
                {
                    yield return named;
                }

                foreach (var argument in member is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericArguments() : [])
                {
                    yield return argument;
                }
            }

            at += operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }
}
