using System.CodeDom.Compiler;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ForkLint.Architecture;

/// <summary>
/// What methods are called with, read from the compiled code: constructors and local functions are methods too. The primary constructor of a record is not looked at,
/// because a record is what long lists of parameters become. Neither is what others decide: overrides, implementations of foreign interfaces, native functions,
/// generated code.
/// </summary>
internal static class Signatures
{
    /// <summary>More parameters than these are a type that has no name yet.</summary>
    private const int MostParameters = 5;

    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    /// <summary>The methods with more than five parameters, in order: <c>Reader.Read (6)</c>.</summary>
    public static List<string> TooLong(IEnumerable<Type> types) =>
        [.. from method in Own(types) let count = Passed(method).Count() where count > MostParameters let name = $"{NameOf(method)} ({count})" orderby name select name];

    /// <summary>The methods with several parameters that are true or false, in order: a call does not say which is which.</summary>
    public static List<string> WithSeveralBooleans(IEnumerable<Type> types) =>
        [.. from method in Own(types) where Passed(method).Sum(Booleans) > 1 let name = NameOf(method) orderby name select name];

    /// <summary>The native functions that are declared more than once, in order: <c>libc close</c>.</summary>
    public static List<string> ImportedTwice(IEnumerable<Type> types) =>
        [.. from import in Imports(types) group import by import.Function into same where same.Count() > 1 orderby same.Key select same.Key];

    /// <summary>The types that declare native functions, in order.</summary>
    public static List<string> ImportingTypes(IEnumerable<Type> types) => [.. Imports(types).Select(static import => import.In.Name).Distinct().Order(StringComparer.Ordinal)];

    private static IEnumerable<(string Function, Type In)> Imports(IEnumerable<Type> types)
    {
        // What a generator makes of an import is a function inside of it.
        foreach (var method in types.SelectMany(static type => type.GetMethods(All)).Where(static method => !method.Name.StartsWith('<')))
        {
            var (library, entryPoint) = method.GetCustomAttribute<LibraryImportAttribute>() is { } generated ? (generated.LibraryName, generated.EntryPoint)
                : method.GetCustomAttribute<DllImportAttribute>() is { } plain ? (plain.Value, plain.EntryPoint)
                : (null, null);
            if (library is not null)
            {
                yield return ($"{library} {entryPoint ?? method.Name}", method.DeclaringType!);
            }
        }
    }

    private static IEnumerable<MethodBase> Own(IEnumerable<Type> types) =>
        from type in types
        where !type.IsDefined(typeof(GeneratedCodeAttribute)) && type.DeclaringType?.IsDefined(typeof(GeneratedCodeAttribute)) != true
        let foreign = Foreign(type)
        from method in type.GetMethods(All).Concat<MethodBase>(type.GetConstructors(All))
        where !IsMade(method) && !IsNative(method) && !IsOfRecord(method) && !foreign.Contains(method) && (method as MethodInfo)?.GetBaseDefinition() is var first && (first is null || first == method)
        select method;

    /// <summary>A lambda's parameters are its delegate's; of a delegate there is its call.</summary>
    private static bool IsMade(MethodBase method) => typeof(Delegate).IsAssignableFrom(method.DeclaringType)
        ? method.Name != "Invoke"
        : (method.Name.StartsWith('<') || method.IsDefined(typeof(CompilerGeneratedAttribute))) && !IsLocalFunction(method);

    private static bool IsLocalFunction(MethodBase method) => method.Name.Contains(">g__", StringComparison.Ordinal);

    private static bool IsNative(MethodBase method) =>
        (method.Attributes & MethodAttributes.PinvokeImpl) != 0 || method.IsDefined(typeof(LibraryImportAttribute)) || method.IsDefined(typeof(GeneratedCodeAttribute));

    private static bool IsOfRecord(MethodBase method) => method.IsConstructor && method.DeclaringType!.GetMethods(All).Any(made =>
        made.Name == "Deconstruct" && made.IsDefined(typeof(CompilerGeneratedAttribute)) && made.GetParameters().Length == method.GetParameters().Length);

    private static HashSet<MethodBase> Foreign(Type type) => type.IsInterface || type.IsGenericTypeDefinition
        ? []
        : [.. type.GetInterfaces().Where(implemented => implemented.Assembly != type.Assembly).SelectMany(implemented => type.GetInterfaceMap(implemented).TargetMethods)];

    /// <summary>What a local function uses of the method around it is passed to it, and not by who calls it.</summary>
    private static IEnumerable<ParameterInfo> Passed(MethodBase method) => method.GetParameters()
        .Where(static parameter => parameter.ParameterType.GetElementType()?.IsDefined(typeof(CompilerGeneratedAttribute)) != true);

    private static int Booleans(ParameterInfo parameter) => parameter.ParameterType == typeof(bool) || parameter.ParameterType == typeof(bool?) ? 1
        : parameter.ParameterType == typeof(bool[]) && parameter.IsDefined(typeof(ParamArrayAttribute)) ? 2
        : 0;

    private static string NameOf(MethodBase method) => $"{method.DeclaringType!.Name}.{method.Name}";
}
