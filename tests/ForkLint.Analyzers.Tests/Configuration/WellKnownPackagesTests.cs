using System.Collections.Immutable;
using System.Reflection;
using ForkLint.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace ForkLint.Analyzers.Configuration;

/// <summary>The shipped list against the packages it speaks of, as they are published.</summary>
public sealed class WellKnownPackagesTests
{
    private static readonly string[] Frameworks = ["net10.0", "net9.0", "net8.0", "net6.0", "netstandard2.1", "netstandard2.0"];

    private static readonly Lazy<ImmutableDictionary<string, ImmutableArray<MetadataReference>>> References = new(ReadPackages);

    /// <summary>The packages, each with its lines.</summary>
    public static TheoryData<string, string> Sections
    {
        get
        {
            var sections = new TheoryData<string, string>();
            foreach (var section in WellKnownAllocations.Text.Split("\n\n").Skip(1))
            {
                sections.Add(section[2..section.IndexOf(':', StringComparison.Ordinal)], section);
            }

            return sections;
        }
    }

    /// <summary>A method that is misspelt in the list, or that a package does not have, would never be found.</summary>
    [Theory]
    [MemberData(nameof(Sections))]
    public void Every_line_names_one_member_of_its_package(string package, string section)
    {
        var compilation = CSharpCompilation.Create("Empty", references: [.. Framework.Net100.References(), .. References.Value.Values.SelectMany(references => references)]);
        var mine = References.Value[package].Select(compilation.GetAssemblyOrModuleSymbol).ToHashSet<ISymbol?>(SymbolEqualityComparer.Default);

        Assert.All(ApiListFile.Parse(ApiListKind.Allocations, SourceText.From(section)).Entries, entry =>
        {
            var symbol = Assert.Single(DocumentationCommentId.GetSymbolsForDeclarationId(entry.Id, compilation));
            Assert.Contains(symbol.ContainingAssembly, mine);
        });
    }

    /// <summary>Calls as programs write them: what they allocate is found through the list, and nothing else.</summary>
    [Theory]
    [InlineData("SixLabors.ImageSharp", "FORK001", "31.6 MiB", "using var it = new SixLabors.ImageSharp.Image<SixLabors.ImageSharp.PixelFormats.Rgba32>(3840, 2160);")]
    [InlineData("SixLabors.ImageSharp", "FORK008", "Image.Load", "using var it = SixLabors.ImageSharp.Image.Load<SixLabors.ImageSharp.PixelFormats.Rgb24>(path);")]
    [InlineData("SixLabors.ImageSharp", "FORK001", "23.7 MiB", "using var it = SixLabors.ImageSharp.Image.LoadPixelData<SixLabors.ImageSharp.PixelFormats.Rgb24>(bytes.AsSpan(), 3840, 2160);")]
    [InlineData("SkiaSharp", "FORK001", "31.6 MiB", "using var it = new SkiaSharp.SKBitmap(3840, 2160);")]
    [InlineData("SkiaSharp", "FORK001", "at least 7.91 MiB", "using var it = new SkiaSharp.SKBitmap(3840, 2160, SkiaSharp.SKColorType.Bgra8888, SkiaSharp.SKAlphaType.Premul);")]
    [InlineData("SkiaSharp", "FORK008", "SKBitmap.Decode", "using var it = SkiaSharp.SKBitmap.Decode(path);")]
    [InlineData("System.Drawing.Common", "FORK001", "31.6 MiB", "using var it = new System.Drawing.Bitmap(3840, 2160);")]
    [InlineData("Magick.NET-Q8-x64", "FORK008", "MagickImage", "using var it = new ImageMagick.MagickImage(path);")]
    [InlineData("Magick.NET-Q8-x64", "FORK008", "MagickImageCollection", "using var it = new ImageMagick.MagickImageCollection(path);")]
    [InlineData("OpenCvSharp4", "FORK001", "at least 7.91 MiB", "using var it = new OpenCvSharp.Mat(2160, 3840, OpenCvSharp.MatType.CV_8UC3);")]
    [InlineData("OpenCvSharp4", "FORK008", "Cv2.ImRead", "using var it = OpenCvSharp.Cv2.ImRead(path);")]
    [InlineData("NetVips", "FORK008", "Image.WriteToMemory", "var it = NetVips.Image.NewFromFile(path).WriteToMemory<byte>();")]
    [InlineData("StbImageSharp", "FORK008", "ImageResult.FromMemory", "var it = StbImageSharp.ImageResult.FromMemory(bytes, StbImageSharp.ColorComponents.RedGreenBlue);")]
    [InlineData("Microsoft.IO.RecyclableMemoryStream", "FORK001", "40 MiB", "using var it = new Microsoft.IO.RecyclableMemoryStreamManager().GetStream(\"tag\", 40 << 20);")]
    [InlineData("CommunityToolkit.HighPerformance", "FORK001", "160 MiB", "using var it = CommunityToolkit.HighPerformance.Buffers.MemoryOwner<int>.Allocate(40 << 20);")]
    [InlineData("DotNext.Unsafe", "FORK001", "320 MiB", "using var it = DotNext.Buffers.UnmanagedMemory.Allocate<double>(40 << 20);")]
    [InlineData("System.Numerics.Tensors", "FORK001", "40 MiB", "var it = System.Numerics.Tensors.Tensor.CreateFromShape<float>([1024, 1024, 10]);")]
    [InlineData("MathNet.Numerics", "FORK001", "320 MB", "var it = new MathNet.Numerics.LinearAlgebra.Double.DenseMatrix(8000, 5000);")]
    [InlineData("MathNet.Numerics", "FORK001", "320 MB", "var it = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(8000, 5000);")]
    [InlineData("Microsoft.ML.OnnxRuntime.Managed", "FORK008", "InferenceSession", "using var it = new Microsoft.ML.OnnxRuntime.InferenceSession(path);")]
    [InlineData("Microsoft.ML.OnnxRuntime.Managed", "FORK001", "36.8 MiB", "var it = new Microsoft.ML.OnnxRuntime.Tensors.DenseTensor<float>(new[] { 64, 3, 224, 224 });")]
    [InlineData("Microsoft.ML", "FORK008", "ModelOperationsCatalog.Load", "var it = new Microsoft.ML.MLContext().Model.Load(path, out _);")]
    [InlineData("Microsoft.Data.Analysis", "FORK008", "DataFrame.LoadCsv", "var it = Microsoft.Data.Analysis.DataFrame.LoadCsv(path);")]
    [InlineData("NumSharp", "FORK001", "320 MB", "var it = NumSharp.np.zeros(new[] { 8000, 5000 });")]
    [InlineData("NumSharp", "FORK001", "40 MB", "var it = NumSharp.np.zeros<byte>(new[] { 8000, 5000 });")]
    [InlineData("Apache.Arrow", "FORK001", "160 MiB", "var it = new Apache.Arrow.ArrowBuffer.Builder<int>(40 << 20);")]
    [InlineData("Google.Protobuf", "FORK008", "ByteString.FromStream", "var it = Google.Protobuf.ByteString.FromStream(System.IO.File.OpenRead(path));")]
    [InlineData("K4os.Compression.LZ4", "FORK008", "LZ4Pickler.Unpickle", "var it = K4os.Compression.LZ4.LZ4Pickler.Unpickle(bytes);")]
    [InlineData("Snappier", "FORK008", "Snappy.DecompressToArray", "var it = Snappier.Snappy.DecompressToArray(bytes);")]
    public async Task What_a_program_calls_is_found(string package, string rule, string says, string statement)
    {
        var lint = Lint.CSharp($$"""
            class C
            {
                [DllImport("libc")] static extern int fork();
                static void Run(string path, byte[] bytes) { {{statement}} {|{{rule}}:fork()|}; GC.KeepAlive(it); }
            }
            """).On(Framework.Net100).AdditionalFile(WellKnownAllocations.FileName, WellKnownAllocations.Text).Ignore("FORK007").Message(rule, says);
        foreach (var reference in References.Value.Where(known => known.Key == package || Beside(package) == known.Key).SelectMany(known => known.Value))
        {
            lint.Reference(reference);
        }

        await lint.Verify();
    }

    /// <summary>The package with the base types of another.</summary>
    private static string? Beside(string package) => package switch
    {
        "Magick.NET-Q8-x64" => "Magick.NET.Core",
        "DotNext.Unsafe" => "DotNext",
        "Microsoft.ML" => "Microsoft.ML.DataView",
        _ => null,
    };

    private static ImmutableDictionary<string, ImmutableArray<MetadataReference>> ReadPackages()
    {
        var metadata = typeof(WellKnownPackagesTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().ToLookup(attribute => attribute.Key, attribute => attribute.Value!);
        return metadata["Downloaded"].Single().Split(';').Select(package => package.Split('/')).Where(package => package.Length == 2)
            .Select(package => (Name: package[0], Library: Path.Combine(metadata["Packages"].Single(), package[0].ToLowerInvariant(), package[1].Trim('[', ']'), "lib")))
            .Where(package => Directory.Exists(package.Library))
            .ToImmutableDictionary(package => package.Name, package => Assemblies(package.Library));
    }

    /// <summary>The assemblies for the newest framework that the package has and the tests know.</summary>
    private static ImmutableArray<MetadataReference> Assemblies(string library) =>
    [
        .. Frameworks.Select(framework => Path.Combine(library, framework)).Where(Directory.Exists).Take(1)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.dll")).Select(file => MetadataReference.CreateFromFile(file)),
    ];
}
