using ForkLint.Verification;
using Microsoft.CodeAnalysis.Text;

namespace ForkLint.Analyzers.Configuration;

/// <summary>The list of what common packages allocate, as the package ships it.</summary>
public sealed class WellKnownAllocationsTests
{
    private const string Images = """
        namespace SixLabors.ImageSharp.PixelFormats { public struct Rgba32 { public byte R, G, B, A; } }
        namespace SixLabors.ImageSharp
        {
            public class Image : System.IDisposable { public static Image Load(string path) => null; public void Dispose() { } public void Save(string path) { } }
            public sealed class Image<TPixel> : Image where TPixel : unmanaged { public Image(int width, int height) { } }
        }
        namespace SkiaSharp { public class SKBitmap : System.IDisposable { public SKBitmap(int width, int height, bool isOpaque = false) { } public void Dispose() { } } }
        namespace Microsoft.IO { public class RecyclableMemoryStreamManager { public System.IO.MemoryStream GetStream(string tag, long requiredSize) => null; } }
        namespace System.Numerics.Tensors { public class Tensor<T> { } public static class Tensor { public static Tensor<T> CreateFromShape<T>(System.ReadOnlySpan<nint> lengths, bool pinned = false) => null; } }
        """;

    [Fact]
    public void Every_line_can_be_read_and_every_package_has_its_source()
    {
        var text = WellKnownAllocations.Text;
        var file = ApiListFile.Parse(ApiListKind.Allocations, SourceText.From(text));
        Assert.Empty(file.Errors);
        Assert.True(file.Entries.Count > 150);
        Assert.Equal(file.Entries.Count, file.Entries.Select(entry => entry.Id).Distinct().Count());
        var sections = text.Split("\n\n").Skip(1);
        Assert.All(sections, section => Assert.Contains("https://", section, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("var image = new Image<Rgba32>(3840, 2160); {|FORK001:fork()|}; image.Save(\"x\");", "31.6 MiB")]
    [InlineData("using var image = new Image<Rgba32>(3840, 2160); image.Save(\"x\"); {|FORK002:fork()|};", "31.6 MiB")]
    [InlineData("var bitmap = new SkiaSharp.SKBitmap(3840, 2160); {|FORK001:fork()|}; GC.KeepAlive(bitmap);", "31.6 MiB")]
    [InlineData("var stream = manager.GetStream(\"tag\", 40 << 20); {|FORK001:fork()|}; GC.KeepAlive(stream);", "40 MiB")]
    [InlineData("var tensor = System.Numerics.Tensors.Tensor.CreateFromShape<float>([1024, 1024, 10]); {|FORK001:fork()|}; GC.KeepAlive(tensor);", "40 MiB")]
    [InlineData("var image = Image.Load(path); {|FORK008:fork()|}; image.Save(\"x\");", "Image.Load")]
    public Task What_is_listed_is_found(string body, string size) => Code(body).Message(body.Contains("FORK008") ? "FORK008" : body.Contains("FORK002") ? "FORK002" : "FORK001", size).Verify();

    [Theory]
    [InlineData("using (var image = new Image<Rgba32>(3840, 2160)) { image.Save(\"x\"); } fork();")]
    [InlineData("var image = new Image<Rgba32>(width, 2160); fork(); image.Save(\"x\");")]
    [InlineData("var image = new Image<Rgba32>(16, 16); fork(); image.Save(\"x\");")]
    [InlineData("using (var image = Image.Load(path)) { image.Save(\"x\"); } fork();")]
    [InlineData("var tensor = System.Numerics.Tensors.Tensor.CreateFromShape<float>([1024, width]); fork(); GC.KeepAlive(tensor);")]
    public Task What_is_disposed_of_small_or_unknown_is_not(string body) => Code(body).Verify();

    private static Lint Code(string body) => Lint.CSharp($$"""
        using SixLabors.ImageSharp;
        using SixLabors.ImageSharp.PixelFormats;
        class C
        {
            [DllImport("libc")] static extern int fork();
            static void Run(int width, string path, Microsoft.IO.RecyclableMemoryStreamManager manager) { {{body}} }
        }
        """).Library("Images", Images).AdditionalFile(WellKnownAllocations.FileName, WellKnownAllocations.Text).Ignore("FORK007");
}
