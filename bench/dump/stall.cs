// The longest stall of an application during our dump and during WriteDump, in turns, in one process. See README.md.
#:property PublishAot=false
#:property GenerateDocumentationFile=true
#:package Microsoft.Diagnostics.NETCore.Client
using System.Diagnostics;
using System.Globalization;
using Microsoft.Diagnostics.NETCore.Client;

const int rounds = 3;

if (args is ["hold", var megabytes])
{
    // The application: a heap of arrays, and a thread that writes to memory of its own and to the heap, and keeps the longest time between two rounds.
    var held = Enumerable.Range(0, int.Parse(megabytes, CultureInfo.InvariantCulture)).Select(_ => new byte[1_000_000]).ToArray();
    foreach (var array in held)
    {
        Random.Shared.NextBytes(array);
    }

    long longest = 0;
    new Thread(() =>
    {
        var last = Stopwatch.GetTimestamp();
        for (var round = 0; ; round++)
        {
            held[round % held.Length][round % 1000] = 1;
            var now = Stopwatch.GetTimestamp();
            longest = Math.Max(Volatile.Read(ref longest), now - last);
            Volatile.Write(ref longest, longest);
            last = now;
            Thread.Sleep(0);
        }
    })
    { IsBackground = true }.Start();
    for (var index = 0; index < 30; index++)
    {
        new Thread(() => Thread.Sleep(Timeout.Infinite)) { IsBackground = true }.Start();
    }

    Console.WriteLine("ready");
    while (Console.In.ReadLine() is not null)
    {
        var stall = Interlocked.Exchange(ref longest, 0);
        Console.WriteLine((stall * 1e3 / Stopwatch.Frequency).ToString("0.0", CultureInfo.InvariantCulture));
    }

    return 0;
}

var tool = Environment.GetEnvironmentVariable("FORKLINT_TOOL") ?? throw new InvalidOperationException("FORKLINT_TOOL must name the folder of the built tool");
var size = args is [var given] ? given : "1000";
var folder = Directory.CreateTempSubdirectory("forklint-bench-dump");
using var application = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["hold", size]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
try
{
    _ = application.StandardOutput.ReadLine();
    Console.WriteLine($"{size} MB, 32 threads: longest stall in ms, time of the whole in s, length in MB");
    Console.WriteLine("            quiet      fork alone      dump                      WriteDump");
    List<double> forks = [], ours = [], theirs = [];
    for (var round = 1; round <= rounds; round++)
    {
        _ = Stall();
        Thread.Sleep(1000);
        var quiet = Stall();

        _ = Run("measure", "--engine", "ptrace", "--no-heap", "--trials", "1", "--max-stall", "10s", "--format", "json");
        forks.Add(Stall());
        var file = Path.Combine(folder.FullName, "ours");
        var dump = Run("dump", "--max-stall", "10s", "-o", file);
        ours.Add(Stall());
        var length = new FileInfo(file).Length;
        File.Delete(file);

        file = Path.Combine(folder.FullName, "theirs");
        var begin = Stopwatch.GetTimestamp();
        new DiagnosticsClient(application.Id).WriteDump(DumpType.WithHeap, file, false);
        var whole = Stopwatch.GetElapsedTime(begin);
        theirs.Add(Stall());
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round}  {quiet,7:0.0}  {forks[^1],10:0.0}      {ours[^1],7:0.0} {dump.TotalSeconds,5:0.0} {length / 1e6,7:0}      {theirs[^1],8:0.0} {whole.TotalSeconds,5:0.0} {new FileInfo(file).Length / 1e6,7:0}"));
        File.Delete(file);
    }

    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"median      dump/fork {Median(ours) / Median(forks):0.00}; WriteDump/dump {Median(theirs) / Median(ours):0}"));
}
finally
{
    application.Kill();
    folder.Delete(recursive: true);
}

return 0;

double Stall()
{
    // The writing thread sees a stall when it is over.
    Thread.Sleep(500);
    application.StandardInput.WriteLine();
    application.StandardInput.Flush();

    // createdump prints to the application's output.
    while (true)
    {
        if (double.TryParse(application.StandardOutput.ReadLine(), CultureInfo.InvariantCulture, out var stall))
        {
            return stall;
        }
    }
}

TimeSpan Run(string command, params string[] options)
{
    var begin = Stopwatch.GetTimestamp();
    using var process = Process.Start(new ProcessStartInfo(Path.Combine(tool, "dotnet-forklint"), [command, application.Id.ToString(CultureInfo.InvariantCulture), .. options]) { RedirectStandardOutput = true })!;
    _ = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return process.ExitCode == 0 ? Stopwatch.GetElapsedTime(begin) : throw new InvalidOperationException($"{command} ended with {process.ExitCode}");
}

static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
