using System.Diagnostics;
using System.Globalization;
using ForkLint.LiveTargets;

namespace ForkLint.Attacks;

/// <summary>A program of a kind that ptrace is tried on, and how to see that it is well.</summary>
internal sealed class AnyProgram : IDisposable
{
    /// <summary>The kinds.</summary>
    public static readonly string[] Kinds = ["c", "threads", "redis", "postgres", "python", "dotnet", "aot", "single"];

    private static readonly Dictionary<string, string?> DiagnosticsOff = new() { ["DOTNET_EnableDiagnostics"] = "0" };
    /// <summary>Its parent is another than this process, so that its main thread may be stopped, too (ThreadChoice).</summary>
    private static readonly string[] ThroughShell = ["sh", "-c", "exec 3<&0; \"$@\" <&3 3<&- & wait", "sh"];

    private readonly List<IDisposable> _parts = [];
    private readonly Func<string> _complaint;

    private AnyProgram(int pid, bool standsStill, Func<string> complaint, params IDisposable[] parts)
    {
        Pid = pid;
        StandsStill = standsStill;
        _complaint = complaint;
        _parts.AddRange(parts);
    }

    /// <summary>Its process id.</summary>
    public int Pid { get; }

    /// <summary>Whether its mappings never change, so that the charge has to be equal to the byte.</summary>
    public bool StandsStill { get; }

    /// <summary>Starts one.</summary>
    public static AnyProgram Start(string kind) => kind switch
    {
        "c" => OfC("50 read futex poll sleep select event vectors spin"),
        "threads" => OfC("20 read=500"),
        "redis" => Redis(),
        "postgres" => PostgreSql(),
        "python" => Python(),
        "dotnet" => DotNet(new TargetStart { Arguments = ["busy", "allocators=2", "starters=1"], Environment = DiagnosticsOff }, isBusy: true),
        "aot" => DotNet(new TargetStart { Program = [NativeAotApp.Publish()], Arguments = ["hold", "managed=20000000"] }, isBusy: false),
        "single" => DotNet(new TargetStart { Program = [SingleFileApp()], Arguments = ["hold", "managed=20000000"], Environment = DiagnosticsOff }, isBusy: false),
        _ => throw new ArgumentException($"{kind} is not one of {string.Join(' ', Kinds)}"),
    };

    /// <summary>What is wrong with it; "" when it works, and nothing of a trial is below it.</summary>
    public string Complaint() => _complaint();

    /// <summary>Its children that are zombies without a signal at their end: what a killed tool leaves.</summary>
    public int Zombies() => Directory.GetDirectories("/proc").Count(folder =>
    {
        try
        {
            string stat = File.ReadAllText(folder + "/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] == "Z" && fields[1] == Pid.ToString(CultureInfo.InvariantCulture) && fields[35] == "0";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    public void Dispose()
    {
        foreach (var part in _parts)
        {
            part.Dispose();
        }
    }

    private static AnyProgram OfC(string arguments)
    {
        var program = CProgram.Start(arguments, ThroughShell);
        long last = -1;
        return new AnyProgram(program.Pid, standsStill: true, Complain, program);

        string Complain()
        {
            if (program.HasExited)
            {
                return "it has ended";
            }

            var (rounds, errors, wrong) = program.Look();
            bool stands = rounds == last && arguments.Contains("sleep", StringComparison.Ordinal);
            last = rounds;
            return wrong > 0 ? $"{wrong} results are wrong" : errors > 0 ? $"{errors} waits failed" : stands ? "it stands still" : "";
        }
    }

    private static AnyProgram Redis()
    {
        const string port = "16379";
        var folder = new TemporaryFolder();
        var server = new Started("redis-server", "--port", port, "--save", "", "--dir", folder.Path, "--daemonize", "no");
        Wait(() => Output("redis-cli", "-p", port, "ping") == "PONG");
        _ = Output("redis-cli", "-p", port, "eval", "for i = 1, 100000 do redis.call('set', 'key' .. i, string.rep('x', 300)) end", "0");
        int round = 0;
        return new AnyProgram(server.Pid, standsStill: false, () =>
        {
            string value = (++round).ToString(CultureInfo.InvariantCulture);
            _ = Output("redis-cli", "-p", port, "set", "round", value);
            return server.HasExited ? "it has ended" : Output("redis-cli", "-p", port, "get", "round") == value ? "" : "it lost a value";
        }, server, folder);
    }

    private static AnyProgram PostgreSql()
    {
        const string port = "15432";
        var folder = new TemporaryFolder();
        string programs = Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Last() + "/bin";
        Run("chown", "postgres", folder.Path);
        Run("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", programs + "/initdb", "-D", folder.Path + "/data", "-N");
        var server = new Started("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", programs + "/postgres", "-D", folder.Path + "/data", "-p", port, "-k", folder.Path);
        string[] client = ["-h", folder.Path, "-p", port, "-U", "postgres", "-tAc"];
        Wait(() => Output(programs + "/psql", [.. client, "select 1"]) == "1");
        int round = 0;
        return new AnyProgram(server.Pid, standsStill: false, () => server.HasExited ? "it has ended"
            : Output(programs + "/psql", [.. client, $"select {++round} + 1"]) == (round + 1).ToString(CultureInfo.InvariantCulture) ? "" : "it does not answer", server, folder);
    }

    private static AnyProgram Python()
    {
        const string code = """
            import sys, threading, time, subprocess, queue
            held = [bytearray(1000) for _ in range(20000)]
            errors = 0
            q = queue.Queue()
            threading.Thread(target=q.get, daemon=True).start()
            def sleeper():
                while True: time.sleep(0.003)
            threading.Thread(target=sleeper, daemon=True).start()
            print("Ready", flush=True)
            for line in sys.stdin:
                ok = subprocess.run(["true"]).returncode == 0 and len(held) == 20000
                print("Good" if ok else "Bad", flush=True)
            """;
        var program = new Started("python3", "-c", code);
        _ = program.ReadLine();
        return new AnyProgram(program.Pid, standsStill: false, () => program.Ask("Look") == "Good" ? "" : "it does not answer", program);
    }

    private static AnyProgram DotNet(TargetStart start, bool isBusy)
    {
        var live = LiveTarget.Start(start);
        long progress = 0;
        return new AnyProgram(live.Pid, standsStill: false, () =>
        {
            if (live.Ask("Ping") != "Pong" || live.Ask("Spawn") != "Spawned 0")
            {
                return "it does not answer";
            }

            for (int look = 0; isBusy && look < 500; look++)
            {
                long[] counts = [.. (live.Ask("Go") ?? "Done 0 0 1")["Done ".Length..].Split(' ').Select(static text => long.Parse(text, CultureInfo.InvariantCulture))];
                if (counts[2] != 0)
                {
                    return "a process that it started failed";
                }

                if (counts[0] + counts[1] > progress)
                {
                    progress = counts[0] + counts[1];
                    return "";
                }

                Thread.Sleep(10);
            }

            return isBusy ? "it stands still" : "";
        }, live);
    }

    private static string SingleFileApp()
    {
        string folder = Path.Combine(TestApps.Root, "artifacts/targets/single-file");
        string program = Path.Combine(folder, "forklint-testapp");
        if (!File.Exists(program))
        {
            TestApps.Run("dotnet", ["publish", Path.Combine(TestApps.Root, "tests/TestApps"), "-f", "net10.0", "-p:TargetFrameworks=net10.0", "-r", "linux-x64", "-c", "Release", "-p:PublishSingleFile=true", "--self-contained", "-o", folder, "--artifacts-path", folder + ".build", "--nologo", "-v", "q", "-nodeReuse:false"]);
        }

        return program;
    }

    private static void Wait(Func<bool> holds)
    {
        for (int look = 0; look < 300 && !holds(); look++)
        {
            Thread.Sleep(100);
        }
    }

    private static void Run(string program, params string[] arguments) => _ = Output(program, arguments);

    private static string Output(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        _ = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output.Trim();
    }

    /// <summary>A program with both its streams.</summary>
    private sealed class Started : IDisposable
    {
        private readonly Process _process;

        public Started(string program, params string[] arguments)
        {
            _process = Process.Start(new ProcessStartInfo("sh", [.. ThroughShell[1..], program, .. arguments]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true })!;
            string children = "";
            Wait(() => (children = File.ReadAllText($"/proc/{_process.Id}/task/{_process.Id}/children").Trim()).Length > 0);
            Pid = int.Parse(children, CultureInfo.InvariantCulture);
        }

        public int Pid { get; }

        public bool HasExited => _process.HasExited;

        public string? ReadLine() => _process.StandardOutput.ReadLine();

        public string? Ask(string line)
        {
            if (_process.HasExited)
            {
                return null;
            }

            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
            return ReadLine();
        }

        public void Dispose()
        {
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
                _process.WaitForExit();
            }

            _process.Dispose();
        }
    }

    private sealed class TemporaryFolder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("forklint-any-");

        public string Path => _folder.FullName;

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
