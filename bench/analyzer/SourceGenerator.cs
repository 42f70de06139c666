using System.Globalization;
using System.Text;

namespace ForkLint.AnalyzerSpeed;

/// <summary>Writes ordinary C#: what line-of-business code is made of, always the same, in files of one class.</summary>
internal static class SourceGenerator
{
    /// <summary>Writes the files of <see cref="Project"/> to a folder, and says how many lines they have.</summary>
    public static int WriteProject(string folder, int lines, int spawnEvery)
    {
        Directory.CreateDirectory(folder);
        var written = 0;
        foreach (var (name, source) in Project(lines, spawnEvery))
        {
            File.WriteAllText(Path.Combine(folder, name), source);
            written += LinesOf(source);
        }

        return written;
    }

    /// <summary>Classes until there are this many lines, each in a file with this name; every <paramref name="spawnEvery"/>th one starts a process (0: none does).</summary>
    public static IEnumerable<(string Name, string Source)> Project(int lines, int spawnEvery)
    {
        for (var (number, written) = (0, 0); written < lines; number++)
        {
            var source = spawnEvery > 0 && number % spawnEvery == 0 ? Spawning(number) : Ordinary(number);
            yield return ($"Class{number}.cs", source);
            written += LinesOf(source);
        }
    }

    /// <summary>Writes one method of this many statements, with branches, loops, allocations, releases and a spawn at its end.</summary>
    public static void WriteMethod(string folder, int statements)
    {
        Directory.CreateDirectory(folder);
        var source = new StringBuilder("using System.Diagnostics;\n\nnamespace Generated;\n\npublic static class Huge\n{\n    public static int Run(int[] input)\n    {\n        var total = 0;\n");
        source.Append("        var held = new byte[200_000_000];\n        byte[]? other = null;\n");
        for (var number = 0; number < statements; number++)
        {
            source.Append(CultureInfo.InvariantCulture, $"        {Statement(number)}\n");
        }

        source.Append("        Process.Start(\"true\");\n        return total + held.Length + (other?.Length ?? 0);\n    }\n}\n");
        File.WriteAllText(Path.Combine(folder, "Huge.cs"), source.ToString());
    }

    private static int LinesOf(string source) => source.AsSpan().Count('\n');

    private static string Statement(int number) => (number % 10) switch
    {
        0 => $"var value{number} = input[{number % 97}] * {number};",
        1 => $"if (value{number - 1} > total) {{ total += value{number - 1}; }}",
        2 => $"other = total % {number} == 0 ? held : null;",
        3 => $"for (var i = 0; i < total; i++) {{ total -= input[i % 7]; }}",
        4 => $"var copy{number} = new byte[{number * 1000}];",
        5 => $"total += copy{number - 1}.Length;",
        6 => $"try {{ total = checked(total * 2); }} catch (OverflowException) {{ total = {number}; }}",
        7 => $"total ^= input.Length > {number % 50} ? 1 : 2;",
        8 => $"switch (total % 3) {{ case 0: total++; break; case 1: total--; break; default: break; }}",
        _ => $"Console.Write(total);",
    };

    private static string Ordinary(int number) => $$"""
        using System.Collections.Concurrent;
        using System.Globalization;
        using System.Text;
        using System.Text.Json;

        namespace Generated.Area{{number % 40}};

        public sealed record Order{{number}}(int Id, string Customer, decimal Amount, DateTimeOffset Placed, IReadOnlyList<Line{{number}}> Lines);

        public readonly record struct Line{{number}}(string Article, int Count, decimal Price);

        public interface IRepository{{number}}
        {
            Task<Order{{number}}?> FindAsync(int id, CancellationToken cancellationToken);

            IAsyncEnumerable<Order{{number}}> AllAsync(CancellationToken cancellationToken);
        }

        public sealed class Service{{number}} : IDisposable
        {
            private readonly IRepository{{number}} _repository;
            private readonly ConcurrentDictionary<int, Order{{number}}> _cache = new();
            private readonly SemaphoreSlim _gate = new(1, 1);
            private readonly byte[] _buffer = new byte[4096];

            public Service{{number}}(IRepository{{number}} repository) => _repository = repository;

            public event EventHandler<Order{{number}}>? Changed;

            public int Count => _cache.Count;

            public async Task<decimal> TotalAsync(IEnumerable<int> ids, CancellationToken cancellationToken)
            {
                var total = 0m;
                foreach (var id in ids.Distinct().OrderBy(id => id))
                {
                    var order = await GetAsync(id, cancellationToken).ConfigureAwait(false);
                    if (order is null)
                    {
                        continue;
                    }

                    total += order.Lines.Where(line => line.Count > {{number % 5}}).Sum(line => line.Count * line.Price);
                }

                return total;
            }

            public async Task<Order{{number}}?> GetAsync(int id, CancellationToken cancellationToken)
            {
                if (_cache.TryGetValue(id, out var cached))
                {
                    return cached;
                }

                await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
                try
                {
                    var found = await _repository.FindAsync(id, cancellationToken).ConfigureAwait(false);
                    if (found is not null && _cache.TryAdd(id, found))
                    {
                        Changed?.Invoke(this, found);
                    }

                    return found;
                }
                finally
                {
                    _gate.Release();
                }
            }

            public string Describe(Order{{number}} order)
            {
                var text = new StringBuilder(256);
                text.Append(CultureInfo.InvariantCulture, $"{order.Id}: {order.Customer}");
                for (var index = 0; index < order.Lines.Count; index++)
                {
                    var (article, count, price) = order.Lines[index];
                    text.AppendLine().Append(CultureInfo.InvariantCulture, $"{article} x {count} = {count * price:N2}");
                }

                return order switch
                {
                    { Lines.Count: 0 } => "empty",
                    { Amount: > 1000m, Customer: [var first, ..] } => first + text.ToString(),
                    { Placed.Year: < 2000 } => throw new ArgumentException("too old", nameof(order)),
                    _ => text.ToString(),
                };
            }

            public async Task<int> ImportAsync(string path, CancellationToken cancellationToken)
            {
                await using var stream = File.OpenRead(path);
                using var reader = new StreamReader(stream, Encoding.UTF8);
                var imported = 0;
                while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
                {
                    if (string.IsNullOrWhiteSpace(line) || line.StartsWith('#'))
                    {
                        continue;
                    }

                    var order = JsonSerializer.Deserialize<Order{{number}}>(line);
                    if (order is not null)
                    {
                        _cache[order.Id] = order;
                        imported++;
                    }
                }

                return imported;
            }

            public int Checksum(Stream stream)
            {
                var sum = {{number}};
                int read;
                while ((read = stream.Read(_buffer, 0, _buffer.Length)) > 0)
                {
                    for (var index = 0; index < read; index++)
                    {
                        sum = unchecked((sum * 31) + _buffer[index]);
                    }
                }

                return sum;
            }

            public void Dispose() => _gate.Dispose();
        }

        """;

    private static string Spawning(int number) => $$"""
        using System.Diagnostics;

        namespace Generated.Area{{number % 40}};

        public sealed class Runner{{number}}
        {
            private readonly Dictionary<string, byte[]> _results = [];
            private byte[]? _last;

            public int Run(string command, params string[] arguments)
            {
                var info = new ProcessStartInfo(command) { RedirectStandardOutput = true };
                foreach (var argument in arguments)
                {
                    info.ArgumentList.Add(argument);
                }

                using var process = Process.Start(info)!;
                var output = process.StandardOutput.ReadToEnd();
                process.WaitForExit();
                _results[command] = System.Text.Encoding.UTF8.GetBytes(output);
                return process.ExitCode;
            }

            public async Task<int> RunAsync(string command, CancellationToken cancellationToken)
            {
                var buffer = new byte[{{number % 7 + 1}} * 4096];
                using var process = new Process { StartInfo = new ProcessStartInfo(command) { RedirectStandardOutput = true } };
                process.Start();
                var total = 0;
                int read;
                while ((read = await process.StandardOutput.BaseStream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
                {
                    total += read;
                }

                await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
                _last = buffer;
                return total;
            }

            public byte[] Convert(string path)
            {
                var image = new byte[200_000_000];
                Load(path, image);
                if (image.Length > {{number}})
                {
                    Run("convert", path);
                }

                return image;
            }

            private static void Load(string path, byte[] into)
            {
                using var stream = File.OpenRead(path);
                stream.ReadExactly(into.AsSpan(0, (int)Math.Min(stream.Length, into.Length)));
            }
        }

        """;
}
