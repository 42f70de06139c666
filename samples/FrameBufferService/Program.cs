// A service that starts an encoder for each clip beside a big frame buffer. Process.Start does not duplicate the buffer
// here (.NET on glibc uses vfork), but the buffer stays resident beside the encoder for as long as that runs: under one
// container limit both must fit.
using System.Diagnostics;
using ForkLint.Samples;

Console.WriteLine("Resident while the encoder runs, MB           service   encoder");
Encoder.HoldTheBuffer();
Encoder.FreeTheBufferFirst();
Console.WriteLine("""

    Myth: starting a process doubles the service's memory.
    Fact: the encoder has its own few MB and nothing of the service's. What costs is the buffer that the service
          goes on holding while it waits.
    """);

/// <summary>The two ways to start the encoder.</summary>
internal static class Encoder
{
    private const int FrameBufferLengthBytes = 256_000_000;

    internal static void HoldTheBuffer()
    {
        var frame = new byte[FrameBufferLengthBytes];
        Render(frame);
        using var encoder = StartEncoder();
        Report("the frame buffer is held", encoder);
        encoder.StandardInput.Close();
        encoder.WaitForExit();
        Console.Error.WriteLine($"The last pixel was {frame[^1]}.");
    }

    internal static void FreeTheBufferFirst()
    {
        var pixel = RenderAndForget();
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var encoder = StartEncoder();
        Report("it is freed first", encoder);
        encoder.StandardInput.Close();
        encoder.WaitForExit();
        Console.Error.WriteLine($"The last pixel was {pixel}.");
    }

    private static byte RenderAndForget()
    {
        var frame = new byte[FrameBufferLengthBytes];
        Render(frame);
        return frame[^1];
    }

    private static void Render(byte[] frame) => frame.AsSpan().Fill(0x80);

    // Stands for ffmpeg: it runs until its input ends.
    private static Process StartEncoder() => Process.Start(
        new ProcessStartInfo("cat") { RedirectStandardInput = true, RedirectStandardOutput = true })!;

    private static void Report(string state, Process encoder)
    {
        var own = Memory.Of("self").ResidentBytes;
        var other = Memory.Of(encoder.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)).ResidentBytes;
        Console.WriteLine($"{state,-43}{Memory.Megabytes(own),10}{Memory.Megabytes(other),10}");
    }
}
