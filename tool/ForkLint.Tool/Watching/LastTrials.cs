using System.Text.Json;
using ForkLint.Tool.Findings;

namespace ForkLint.Tool.Watching;

/// <summary>What reports of <c>measure</c> say of the last trial forks: a view of processes makes none.</summary>
/// <param name="stalls">The longest stall in microseconds, by process id and name.</param>
internal sealed class LastTrials(IReadOnlyDictionary<(int Pid, string Name), double> stalls)
{
    private const long MaximumReportBytes = 64L << 20;

    /// <summary>Nothing was measured.</summary>
    public static LastTrials None { get; } = new(new Dictionary<(int, string), double>());

    /// <summary>Whether any is known.</summary>
    public bool Any => stalls.Count > 0;

    /// <summary>Reads reports that <c>measure --format json</c> wrote; of one process, the last of them counts.</summary>
    /// <exception cref="UnreadableInputException">One is missing, or is not such a report.</exception>
    public static LastTrials Read(IReadOnlyList<string> files)
    {
        var stalls = new Dictionary<(int, string), double>();
        foreach (var file in files)
        {
            using var document = InputFile.ReadJson(file, MaximumReportBytes);
            try
            {
                var process = document.RootElement.GetProperty("process");
                var identity = (process.GetProperty("pid").GetInt32(), process.GetProperty("name").GetString() ?? "");
                if (document.RootElement.GetProperty("fork").TryGetProperty("longestStallMicroseconds", out var stall) && stall.ValueKind == JsonValueKind.Number && double.IsFinite(stall.GetDouble()))
                {
                    stalls[identity] = stall.GetDouble();
                }
            }
            catch (Exception exception) when (exception is InvalidOperationException or KeyNotFoundException or FormatException)
            {
                throw new UnreadableInputException($"{file} is JSON but not a measurement report", "make one with 'measure --format json'");
            }
        }

        return new LastTrials(stalls);
    }

    /// <summary>The longest stall of a process in its last trial, in microseconds; null where none was measured.</summary>
    public double? Of(int pid, string name) => stalls.TryGetValue((pid, name), out var stall) ? stall : null;
}
