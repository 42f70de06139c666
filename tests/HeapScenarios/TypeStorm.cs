using System.Reflection;
using System.Reflection.Emit;

namespace HeapScenarios;

/// <summary>
/// Threads that make types without end: constructed ones, and assemblies that are unloaded again. The runtime keeps what describes them in memory
/// that a fork shares (the executable allocator's memfd), so a copy's descriptions of types go on changing while it is read.
/// </summary>
internal static class TypeStorm
{
    /// <summary>Constructed types stay for good: no more than this.</summary>
    private const int MostConstructed = 400_000;

    /// <summary>What objects there are of such types.</summary>
    private static readonly object[] Instances = new object[4096];

    public static long StartConstructing() => Start(Construct);

    public static long StartUnloading() => Start(Emit);

    private static long Start(ThreadStart storm)
    {
        new Thread(storm) { IsBackground = true }.Start();
        return 0;
    }

    private static void Construct()
    {
        Type[] known = [typeof(int), typeof(string), typeof(Guid), typeof(Uri), typeof(Version), typeof(object)];
        Type last = typeof(List<int>);
        for (int i = 0; i < MostConstructed; i++)
        {
            last = i % 64 == 0 ? known[i / 64 % known.Length] : last;
            last = (i % 3) switch
            {
                0 => typeof(Tuple<,>).MakeGenericType(last, known[i % known.Length]),
                1 => typeof(List<>).MakeGenericType(last),
                _ => last.MakeArrayType(),
            };
            Instances[i % Instances.Length] = last.IsArray ? Array.CreateInstance(last.GetElementType()!, 1) : last;
        }
    }

    private static void Emit()
    {
        for (int i = 0; ; i++)
        {
            AssemblyBuilder assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName($"Storm{i}"), AssemblyBuilderAccess.RunAndCollect);
            ModuleBuilder module = assembly.DefineDynamicModule("Storm");
            for (int type = 0; type < 40; type++)
            {
                TypeBuilder builder = module.DefineType($"Type{type}", TypeAttributes.Public | TypeAttributes.Class);
                builder.DefineField("Held", typeof(object[]), FieldAttributes.Public | FieldAttributes.Static);
                builder.DefineField("Next", typeof(List<string>), FieldAttributes.Public);
                builder.DefineDefaultConstructor(MethodAttributes.Public);
                Instances[((i * 40) + type) % Instances.Length] = Activator.CreateInstance(builder.CreateType())!;
            }

            if (i % 8 == 0)
            {
                GC.Collect();
            }
        }
    }
}
