using System.Runtime.InteropServices;
using System.Text;

namespace ForkLint.Architecture;

/// <summary>What <see cref="Signatures"/> finds, and what it leaves.</summary>
public sealed partial class SignatureRuleTests
{
    [Fact]
    public void Six_parameters_are_too_many() =>
        Assert.Equal(["Calls..ctor (6)", "Calls.<Around>g__Inside|2_0 (6)", "Calls.Six (6)"], Signatures.TooLong([typeof(Calls), typeof(Point), typeof(Place), typeof(OwnDecoder), typeof(Native)]));

    [Fact]
    public void Two_booleans_are_too_many() =>
        Assert.Equal(["Calls.Any", "Calls.Two"], Signatures.WithSeveralBooleans([typeof(Calls), typeof(Point), typeof(Place), typeof(OwnDecoder), typeof(Native)]));

    [Fact]
    public void A_native_function_is_declared_once()
    {
        Assert.Equal(["libc getpid"], Signatures.ImportedTwice([typeof(Native), typeof(OtherNative)]));
        Assert.Equal(["Native", "OtherNative"], Signatures.ImportingTypes([typeof(Native), typeof(OtherNative), typeof(Calls)]));
        Assert.Empty(Signatures.ImportedTwice([typeof(Native)]));
    }

    private sealed class Calls
    {
        public Calls(int a, int b, int c, int d, int e, int f) => _ = (a, b, c, d, e, f);

        public static int Six(int a, int b, int c, int d, int e, int f) => a + b + c + d + e + f;

        public static int Around(int a, int b)
        {
            return Inside(1, 2, 3, 4, 5, 6) + Five(1, 2, 3, 4, 5);

            int Inside(int c, int d, int e, int f, int g, int h) => a + c + d + e + f + g + h;

            int Five(int c, int d, int e, int f, int g) => b + c + d + e + f + g;
        }

        public static Func<int, int, int, int, int, int, int> Lambda() => static (a, b, c, d, e, f) => a + b + c + d + e + f;

        public static bool Two(bool one, int number, bool? other) => one && number > 0 && other == true;

        public static bool Any(params bool[] all) => all.Length > 0;

        public static bool One(bool one, out bool other) => other = one;
    }

    private sealed record Point(int A, int B, bool C, bool D, int E, int F);

    private readonly record struct Place(int A, int B, bool C, bool D, int E, int F);

    /// <summary>It cannot choose what an override is called with.</summary>
    private sealed class OwnDecoder : Decoder
    {
        public override int GetCharCount(byte[] bytes, int index, int count) => count;

        public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) => byteCount;

        public override void Convert(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex, int charCount, bool flush, out int bytesUsed, out int charsUsed, out bool completed) =>
            (bytesUsed, charsUsed, completed) = (byteCount, charCount, flush);
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "getpid")]
        public static partial int Own();

        [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
        public static partial nint Map(nint address, nint length, int protection, int flags, int descriptor, long offset);
    }

    private static partial class OtherNative
    {
        [LibraryImport("libc", SetLastError = true)]
        public static partial int getpid();
    }
}
