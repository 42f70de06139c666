using System.Diagnostics;
using ForkLint.Heap;

namespace ForkLint.HeapSpeed;

/// <summary>What some work took.</summary>
internal sealed record Measured(double Seconds, double? ProcessorSeconds)
{
    public static Measured Of(Action work)
    {
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long begun = Stopwatch.GetTimestamp();
        work();
        return new Measured(Stopwatch.GetElapsedTime(begun).TotalSeconds, (Environment.CpuUsage.TotalTime - processor).TotalSeconds);
    }
}

/// <summary>How much processor time each step of the read took.</summary>
internal sealed class Step : IProgress<HeapReadProgress>
{
    private readonly List<(HeapReadStep Step, double Begun)> _steps = [];

    public void Report(HeapReadProgress value)
    {
        lock (_steps)
        {
            if (_steps.Count == 0 || _steps[^1].Step != value.Step)
            {
                _steps.Add((value.Step, Environment.CpuUsage.TotalTime.TotalSeconds));
            }
        }
    }

    public override string ToString()
    {
        double now = Environment.CpuUsage.TotalTime.TotalSeconds;
        return string.Join(", ", _steps.Select((step, i) => $"{step.Step} {(i + 1 < _steps.Count ? _steps[i + 1].Begun : now) - step.Begun:F2} s"));
    }
}
