using ForkLint.Flow;
using ForkLint.Verification;

namespace ForkLint.Rules;

/// <summary>Ordinary code that is fine, and must stay silent.</summary>
public sealed class ValidCodeTests
{
    [Fact]
    public Task Ordinary_programs() => Lint.CSharp("""
        using System.IO.MemoryMappedFiles;

        namespace App;

        /// Unrelated members of these names.
        sealed class Restaurant
        {
            public void fork() { }
            public void Fork(byte[] knife) { }
            public static int Start(string name) => name.Length;
        }

        static class OtherLibrary
        {
            [DllImport("mylib")] public static extern int fork();
            [DllImport("libc", EntryPoint = "getpid")] public static extern int vfork();
            [DllImport("libc")] public static extern long syscall(long number);
        }

        static class Git
        {
            private const int BufferSize = 81920;
            private static readonly string[] Names = ["git", "hg"];

            public static string Output(string arguments)
            {
                var buffer = new char[BufferSize];
                using var child = new Process { StartInfo = new ProcessStartInfo(Names[0], arguments) { RedirectStandardOutput = true } };
                child.Start();
                var text = new StringBuilder(1024);
                int read;
                while ((read = child.StandardOutput.Read(buffer, 0, buffer.Length)) > 0)
                {
                    text.Append(buffer, 0, read);
                }

                child.WaitForExit();
                return child.ExitCode == 0 ? text.ToString() : throw new InvalidOperationException(text.ToString());
            }

            public static async Task<int> RunAll(IEnumerable<string> commands, CancellationToken cancellation)
            {
                var codes = new List<int>();
                foreach (var command in commands.Where(command => command.Length > 0))
                {
                    using var child = Process.Start(new ProcessStartInfo(command) { UseShellExecute = false });
                    await child.WaitForExitAsync(cancellation).ConfigureAwait(false);
                    codes.Add(child.ExitCode);
                }

                return codes.Sum();
            }
        }

        class Program
        {
            private readonly Dictionary<string, byte[]> _small = new();

            static byte[] Big() => new byte[300_000_000];

            static void BigWithoutASpawn()
            {
                var big = Big();
                new Restaurant().fork();
                new Restaurant().Fork(big);
                OtherLibrary.fork();
                OtherLibrary.vfork();
                OtherLibrary.syscall(39);
                Restaurant.Start("x");
                var task = Task.Run(() => GC.KeepAlive(big));
                new Thread(() => { }).Start();
                Stopwatch.StartNew();
                task.Wait();
                GC.KeepAlive(big);
            }

            static void SpawnThenWork()
            {
                using (var child = Process.Start("git"))
                {
                    child.WaitForExit();
                }

                var big = Big();
                GC.KeepAlive(big);
            }

            static void SharedMemory()
            {
                using var map = MemoryMappedFile.CreateNew(null, 1_000_000_000);
                using var view = map.CreateViewAccessor();
                Process.Start("git").WaitForExit();
                view.Write(0, 1);
            }

            static void OnTheStack()
            {
                Span<byte> small = stackalloc byte[2000];
                Process.Start("git").WaitForExit();
                small.Clear();
            }

            void Fill(string name) => _small[name] = Encoding.UTF8.GetBytes(Git.Output(name));
        }
        """).Only("FORK001", "FORK002", "FORK003", "FORK004", "FORK005", "FORK006", "FORK008").Verify();

    [Fact]
    public Task Ordinary_code_around_a_fork() => ForkTest.Code("""
        class Daemon
        {
            private readonly List<string> _log = new();
            private static readonly byte[] Header = new byte[64];

            int Detach()
            {
                byte[] config = null;
                try
                {
                    config = new byte[4096];
                    var pid = fork();
                    if (pid == 0)
                    {
                        _exit(0);
                    }

                    _log.Add(pid.ToString());
                    return pid;
                }
                finally
                {
                    GC.KeepAlive(config);
                    GC.KeepAlive(Header);
                }
            }
        }
        """).Verify();
}
