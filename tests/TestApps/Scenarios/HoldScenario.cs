using System.Runtime.InteropServices;

namespace ForkLint.TestApps.Scenarios;

/// <summary>Holds touched memory and stands still: managed=BYTES, native=BYTES, threads=COUNT (idle).</summary>
internal sealed class HoldScenario : IScenario
{
    private const int PageBytes = 4096;
    private static readonly List<byte[]> Managed = [];
    private static readonly ManualResetEventSlim Never = new(false);

    public unsafe void Prepare(ScenarioOptions options)
    {
        const long largestArrayBytes = 1_000_000_000;
        for (long left = options.Number("managed"); left > 0; left -= largestArrayBytes)
        {
            var array = new byte[Math.Min(left, largestArrayBytes)];
            Touch(array);
            Managed.Add(array);
        }

        if (options.Number("native") is > 0 and var native)
        {
            byte* memory = (byte*)NativeMemory.Alloc((nuint)native);
            Touch(new Span<byte>(memory, (int)native));
        }

        for (long index = options.Number("threads"); index > 0; index--)
        {
            new Thread(static () => Never.Wait()) { IsBackground = true }.Start();
        }
    }

    public string Go() => "";

    private static void Touch(Span<byte> memory)
    {
        for (int offset = 0; offset < memory.Length; offset += PageBytes)
        {
            memory[offset] = 1;
        }
    }
}
