using System.Reflection;
using System.Reflection.Emit;

namespace HeapScenarios;

/// <summary>
/// Threads that make types without end: constructed ones, and assemblies that are unloaded again. The runtime keeps what describes them in memory
/// that a fork shares (the executable allocator's memfd), so a copy's descriptions of types go on changing while it is read.
/// </summary>
internal static class TypeStorm
{
    /// <summary>Constructed types stay for good, a kilobyte or two each: no more than this.</summary>
    private const int MostConstructed = 100_000;

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
        List<Type> known = [typeof(int), typeof(string), typeof(Guid)];
        for (int first = 0; ; first++)
        {
            for (int second = 0; second <= first; second++)
            {
                Type type = typeof(Tuple<,>).MakeGenericType(known[first], known[second]);
                Instances[known.Count % Instances.Length] = Array.CreateInstance(type, 1);
                known.Add(type);
                if (known.Count == MostConstructed)
                {
                    return;
                }

                if (known.Count % 10 == 0)
                {
                    Thread.Sleep(5);
                }
            }
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
