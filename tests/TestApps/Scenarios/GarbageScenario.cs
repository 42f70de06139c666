using System.Runtime.CompilerServices;

namespace ForkLint.TestApps.Scenarios;

/// <summary>Holds touched arrays of bytes=BYTES in all; "Go" drops them. The runtime keeps their memory until an Aggressive collection.</summary>
internal sealed class GarbageScenario : IScenario
{
    private const int ArrayBytes = 16_000;
    private List<byte[]>? _arrays;

    public void Prepare(ScenarioOptions options) => _arrays = Make(options.Number("bytes"));

    public string Go()
    {
        _arrays = null;
        return "";
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<byte[]> Make(long bytes)
    {
        var arrays = new List<byte[]>();
        for (long made = 0; made < bytes; made += ArrayBytes)
        {
            var array = new byte[ArrayBytes];
            Array.Fill(array, (byte)1);
            arrays.Add(array);
        }

        return arrays;
    }
}
