// Small programs as strangers write them: servers, services, command lines, image pipelines, tests.
namespace MorePrograms;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Pixels = byte[];
interface IEndpoints { void MapGet(string pattern, Delegate handler); void MapPost(string pattern, Delegate handler); }
abstract class BackgroundService { protected abstract Task ExecuteAsync(CancellationToken stoppingToken); public Task StartAsync(CancellationToken token) => ExecuteAsync(token); }
record struct Size(int Width, int Height) { public readonly int Bytes => Width * Height * 4; }
static class Shell
{
    public static async Task<int> RunAsync(string file, IEnumerable<string> arguments, CancellationToken token = default) { using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardError = true }) ?? throw new InvalidOperationException($"{file} did not start"); await process.WaitForExitAsync(token).ConfigureAwait(false); return process.ExitCode; }
    public static void Start(string file, string arguments) { ProcessStartInfo info = new() { FileName = file, Arguments = arguments, UseShellExecute = false }; using var process = new Process { StartInfo = info, EnableRaisingEvents = true }; process.Start(); }
    public static string Capture(string file, params ReadOnlySpan<string> arguments) { using var process = new Process(); process.StartInfo = new ProcessStartInfo(file) { RedirectStandardOutput = true }; foreach (var argument in arguments) { process.StartInfo.ArgumentList.Add(argument); } process.Start(); var text = process.StandardOutput.ReadToEnd(); process.WaitForExit(); return text; }
}
// 1. A thumbnail endpoint that keeps the decoded image while ffmpeg runs.
static class P1 { public static void Map(IEndpoints app) => app.MapPost("/thumbnail", async (Stream body, CancellationToken token) => {
    var pixels = new byte[3840 * 2160 * 4];
    await body.ReadExactlyAsync(pixels, token);
    var code = await Shell.RunAsync("ffmpeg", ["-i", "-"], token); // WANT FORK003
    return code == 0 ? pixels.Length : pixels[0]; }); }
// 2. The same, decoded in a helper that hands back a number.
static class P2 { static async Task<int> Sum(Stream body, CancellationToken token) { var pixels = new byte[3840 * 2160 * 4]; await body.ReadExactlyAsync(pixels, token); var sum = 0; foreach (var value in pixels) { sum += value; } return sum; }
    public static void Map(IEndpoints app) => app.MapPost("/sum", async (Stream body, CancellationToken token) => {
        var sum = await Sum(body, token);
        await Shell.RunAsync("ffmpeg", ["-i", "-"], token);
        return sum; }); }
// 3. A worker service with a frame buffer in a primary constructor's field.
sealed class P3(string directory) : BackgroundService {
    readonly byte[] _frame = new byte[7680 * 4320]; // WANT FORK005
    protected override async Task ExecuteAsync(CancellationToken stoppingToken) {
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(1));
        while (await timer.WaitForNextTickAsync(stoppingToken)) {
            foreach (var file in Directory.EnumerateFiles(directory, "*.raw")) {
                await using var stream = File.OpenRead(file);
                await stream.ReadAtLeastAsync(_frame, _frame.Length, throwOnEndOfStream: false, stoppingToken);
                await Shell.RunAsync("ffmpeg", ["-y", file], stoppingToken); } } } }
// 4. A worker service whose buffer is small.
sealed class P4(string directory) : BackgroundService {
    readonly byte[] _frame = new byte[64 * 1024];
    protected override async Task ExecuteAsync(CancellationToken stoppingToken) {
        foreach (var file in Directory.EnumerateFiles(directory)) {
            await using var stream = File.OpenRead(file);
            Use(await stream.ReadAsync(_frame, stoppingToken));
            await Shell.RunAsync("git", ["add", file], stoppingToken); } } }
// 5. A command line tool: handlers by name, one of which renders with Chromium beside a cache.
static class P5 {
    static readonly ConcurrentDictionary<string, byte[]> s_pages = new(); // WANT FORK005
    static byte[] Page(string name) => s_pages.GetOrAdd(name, static _ => new byte[48 << 20]);
    public static int Main2(string[] args) => args switch {
        ["render", var page, ..] => Render(page),
        ["version"] => Version(),
        [] or ["help"] => Help(),
        _ => throw new ArgumentException($"unknown: {string.Join(' ', args)}") };
    static int Render(string page) { var html = Page(page); File.WriteAllBytes("page.html", html); Shell.Start("chromium", "--headless page.html"); return 0; }
    static int Version() { Console.WriteLine("1.0"); return 0; }
    static int Help() { Console.WriteLine("""render PAGE | version"""); return 0; } }
// 6. A cache that keeps sizes, not pixels.
static class P6 {
    static readonly ConcurrentDictionary<string, Size> s_sizes = new();
    static Size Measure(string name) => s_sizes.GetOrAdd(name, static key => { var pixels = new byte[48 << 20]; return new(pixels.Length / 4, 1); });
    public static void Go(string name) { var (width, height) = Measure(name); Shell.Start("chromium", $"--window-size={width},{height}"); } }
// 7. Rented from a pool across the child, in a using declaration.
static class P7 { public static async Task<int> Go(Stream input) {
    using var owner = MemoryPool<byte>.Shared.Rent(32 << 20);
    var read = await input.ReadAsync(owner.Memory);
    await Shell.RunAsync("git", ["gc"]); // WANT FORK003
    return owner.Memory.Span[..read].IndexOf((byte)'\n'); } }
// 8. The rented memory is in an inner block.
static class P8 { public static async Task<int> Go(Stream input) {
    var lines = 0;
    { var rented = ArrayPool<byte>.Shared.Rent(16 << 10); try { lines = rented.AsSpan(0, await input.ReadAsync(rented)).Count("\n"u8); } finally { ArrayPool<byte>.Shared.Return(rented); } }
    await Shell.RunAsync("git", ["gc"]);
    return lines; } }
// 9. Parallel.ForEachAsync: each body holds a tile while it starts a converter.
static class P9 { public static Task Go(IEnumerable<string> files) => Parallel.ForEachAsync(files, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (file, token) => {
    var tile = GC.AllocateUninitializedArray<byte>(32 << 20, pinned: true);
    await Shell.RunAsync("convert", [file], token); // WANT FORK003
    await File.WriteAllBytesAsync(file, tile, token); }); }
// 10. The tile is made after the converter.
static class P10 { public static Task Go(IEnumerable<string> files) => Parallel.ForEachAsync(files, async (file, token) => {
    await Shell.RunAsync("convert", [file], token);
    var tile = GC.AllocateUninitializedArray<byte>(32 << 20, pinned: true);
    await File.WriteAllBytesAsync(file, tile, token); }); }
// 11. A channel between a producer of frames and a consumer that encodes each.
static class P11 {
    static async Task Produce(ChannelWriter<Pixels> writer) { for (var i = 0; i < 8; i++) { await writer.WriteAsync(new byte[24 << 20]); } writer.Complete(); }
    static async Task Consume(ChannelReader<Pixels> reader) { await foreach (var frame in reader.ReadAllAsync()) { Use(frame.Length); await Shell.RunAsync("x264", []); } }
    public static async Task Go() { var channel = Channel.CreateBounded<Pixels>(4); await Task.WhenAll(Produce(channel.Writer), Consume(channel.Reader)); } }
// 12. An async stream of frames; the caller holds one while it starts the encoder.
static class P12 {
    static async IAsyncEnumerable<Pixels> Frames([EnumeratorCancellation] CancellationToken token = default) { for (var i = 0; i < 4; i++) { await Task.Delay(1, token); yield return new byte[24 << 20]; } }
    public static async Task Go() { await foreach (var frame in Frames()) {
        await Shell.RunAsync("x264", ["-"]); // WANT FORK003
        Use(frame); } } }
// 13. An async stream of lines of git's output.
static class P13 {
    static async IAsyncEnumerable<string> Log() { using var process = Process.Start(new ProcessStartInfo("git", "log") { RedirectStandardOutput = true })!; while (await process.StandardOutput.ReadLineAsync() is { } line) { yield return line; } await process.WaitForExitAsync(); }
    public static async Task<int> Go() { var count = 0; await foreach (var line in Log()) { count += line.Length; } var report = new byte[64 << 20]; return report.Length + count; } }
// 14. A lazy table read before the child, held by a record.
sealed record P14(string Name) { readonly Lazy<int[]> _table = new(() => [.. Enumerable.Range(0, 16 << 20)]); public int this[int index] => _table.Value[index]; public string Describe() => $"{Name}: {this[0]}, {Shell.Capture("git", "describe")}"; } // MAYBE FORK005
// 15. A lazy version string.
sealed record P15(string Name) { readonly Lazy<string> _version = new(() => Shell.Capture("git", "describe", "--tags")); public string Version => _version.Value; public override string ToString() => $"{Name} {Version}"; public static int Sum() { var all = new byte[1 << 10]; return all.Length + new P15("x").ToString().Length; } }
// 16. A frozen dictionary of commands.
static class P16 { static readonly FrozenDictionary<string, Func<string, int>> s_commands = new Dictionary<string, Func<string, int>> { ["gc"] = static path => Shell.Capture("git", "-C", path, "gc").Length, ["size"] = static path => (int)new FileInfo(path).Length }.ToFrozenDictionary(); public static int Go(string name, string path) => s_commands.TryGetValue(name, out var command) ? command(path) : -1; }
// 17. A test class as xunit makes one: the fixture holds the corpus.
sealed class FactAttribute : Attribute;
sealed class P17 : IDisposable {
    readonly byte[] _corpus = new byte[128 << 20]; // WANT FORK005
    [Fact] public void Compresses() { File.WriteAllBytes("corpus", _corpus); var output = Shell.Capture("zstd", "corpus"); if (output is not "") { throw new InvalidOperationException(output); } }
    public void Dispose() => File.Delete("corpus"); }
// 18. A test that frees its native memory first.
sealed unsafe class P18 { [Fact] public void Frees() { var block = (byte*)NativeMemory.AllocZeroed(128 << 20); try { block[0] = 1; } finally { NativeMemory.Free(block); } if (Shell.Capture("true") is { Length: > 0 } output) { throw new InvalidOperationException(output); } } }
// 19. The result of LINQ, sized by a constant, across a child.
static class P19 { public static double Go() { var samples = Enumerable.Range(0, 8_000_000).Select(static i => Math.Sin(i)).ToArray();
    Shell.Capture("gnuplot"); // WANT FORK003
    return samples.Average(); } }
// 20. The same, reduced before.
static class P20 { public static double Go() { var average = Enumerable.Range(0, 8_000_000).Select(static i => Math.Sin(i)).Average(); Shell.Capture("gnuplot"); return average; } }
// 21. A span over a stack of frames, with `field`, `required` and null-conditional assignment.
sealed class P21 { public required string Path { get; init; } public byte[]? Frame { get => field; set => field = value; } public void Load(P21? other) { other?.Frame = new byte[40 << 20]; } public void Go() { Load(this); Shell.Start("mpv", Path); Use(Frame); } } // WANT FORK005
// 22. A builder of text that is written out and forgotten.
static class P22 { static string Render(int rows) { StringBuilder text = new(64 << 20); for (var i = 0; i < rows; i++) { text.Append(i).AppendLine(); } return text.ToString(0, 10); } public static void Go() { var head = Render(10); Shell.Start("less", head); } }
// 23. Two-step pipeline by local functions and switch expressions: the stage decides.
static class P23 { public static async Task<int> Go(string stage) { var image = Load(); return stage switch {
        "resize" => Resize(image).Length,
        "upload" => await Upload(image), // WANT FORK003
        _ => 0 };
    static Pixels Load() => new byte[96 << 20];
    static Pixels Resize(Pixels image) => image[..16];
    static async Task<int> Upload(Pixels image) { await Shell.RunAsync("aws", ["s3", "cp"]); return image.Length; } } } // MAYBE FORK003
// 24. JSON is read and dropped in its own method before a fork.
static class P24 { static string Name(string path) { using var document = JsonDocument.Parse(File.ReadAllBytes(path)); return document.RootElement.GetProperty("name").GetString() ?? ""; } public static int Go(string path) { var name = Name(path); return name.Length + fork(); } }
// 25. The bytes that JSON was read from are still there.
static class P25 { public static int Go(string path) { var bytes = File.ReadAllBytes(path); using var document = JsonDocument.Parse(bytes);
    var child = fork(); // WANT FORK008
    return child + document.RootElement.GetArrayLength() + bytes.Length; } }
// 26. An extension member that starts git, a lock object and a compound operator.
static class P26 { extension(DirectoryInfo folder) { public string Head => Shell.Capture("git", "-C", folder.FullName, "rev-parse", "HEAD"); }
    static readonly Lock s_gate = new();
    public static string Go(DirectoryInfo folder) { var index = new long[8 << 20]; lock (s_gate) { index[0] += 1; }
        var head = folder.Head; // WANT FORK003
        return head + index[0]; } }
