using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using ForkLint.LiveTargets;

namespace ForkLint.TrialFork.Tests;

/// <summary>An application that lacks what the agent refers to is not entered.</summary>
public sealed class TrimmingTests : IDisposable
{
    private static readonly byte[] Signature = Convert.FromHexString("8B1202B96A612038727B930214D7A03213F5B9E6EFAE3318EE3B2DCE24B36AAE");
    private static readonly string Framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("forklint-trim-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_whole_framework_has_all_that_shim_and_payload_name()
    {
        using var framework = FrameworkAssemblies.InFolder(Framework);
        var references = new References(framework);
        string agent = Path.Combine(AppContext.BaseDirectory, "agent");
        foreach (string path in Directory.GetFiles(agent, "*.dll"))
        {
            Assert.Null(FirstMissing(references, path));
        }

        // And what is not there is seen: this assembly refers to the test platform, which no framework has.
        Assert.StartsWith("the assembly", FirstMissing(references, typeof(TrimmingTests).Assembly.Location), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_a_single_file_holds_is_found(bool isCompressed)
    {
        string program = Path.Combine(_folder.FullName, "single");
        string[] names = ["System.Runtime.dll", "System.Private.CoreLib.dll"];
        WriteBundle(program, isCompressed, names.ToDictionary(static name => name, static name => File.ReadAllBytes(Path.Combine(Framework, name))));
        using var framework = FrameworkAssemblies.InBundle(program);
        Assert.NotNull(framework);
        Assert.NotNull(framework.Find("System.Runtime"));
        Assert.Null(framework.Find("System.Memory"));
        Assert.True(framework.Find("System.Private.CoreLib")!.TryGetDefinition("System.Object", out _));
        Assert.Null(FrameworkAssemblies.InBundle("/bin/true"));
    }

    /// <summary>A real one, which keeps startup hooks: its runtime would end it for what the agent names and it lacks.</summary>
    [Fact]
    public void A_trimmed_application_is_not_entered_and_lives()
    {
        using var target = LiveTarget.Start(new TargetStart { Program = [NativeAotApp.PublishTrimmed()], Arguments = ["hold", "managed=1000000"] });
        var request = new MeasureRequest { Pid = target.Pid, Engine = EngineKind.Agent, MaxStall = TimeSpan.FromSeconds(5) };

        var refused = Assert.Throws<MeasureException>(() => Measurer.Run(request, CancellationToken.None));

        Assert.Equal(ExitReason.NotDotNet, refused.Reason);
        Assert.Contains("was trimmed: it lacks", refused.Message, StringComparison.Ordinal);
        Assert.Equal(WithoutAgent.Engine(target.Pid), Measurer.Run(request with { Engine = EngineKind.Auto }, CancellationToken.None).Engine);
        Assert.Equal("Pong", target.Ask("Ping"));
    }

    private static string? FirstMissing(References references, string path)
    {
        using var image = new PEReader(File.OpenRead(path));
        return references.FirstMissing(image.GetMetadataReader());
    }

    private static void WriteBundle(string path, bool isCompressed, Dictionary<string, byte[]> files)
    {
        using var stream = File.Create(path);
        stream.Write(new byte[2_000_000]);
        long header = stream.Position;
        stream.Write(new byte[8]);
        stream.Write(Signature);
        var entries = new List<(string Name, long Offset, long Bytes, long Compressed)>();
        foreach (var (name, bytes) in files)
        {
            long offset = stream.Position;
            if (isCompressed)
            {
                using var deflated = new DeflateStream(stream, CompressionLevel.Fastest, leaveOpen: true);
                deflated.Write(bytes);
            }
            else
            {
                stream.Write(bytes);
            }

            stream.Flush();
            entries.Add((name, offset, bytes.Length, isCompressed ? stream.Position - offset : 0));
        }

        long manifest = stream.Position;
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(6);
        writer.Write(0);
        writer.Write(entries.Count);
        writer.Write("id");
        writer.Write(new byte[40]);
        foreach (var (name, offset, bytes, compressed) in entries)
        {
            writer.Write(offset);
            writer.Write(bytes);
            writer.Write(compressed);
            writer.Write((byte)1);
            writer.Write(name);
        }

        stream.Position = header;
        writer.Write(manifest);
    }
}
