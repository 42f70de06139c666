using System.Diagnostics;
using ForkLint.TrialFork;

namespace ForkLint.MeasureHost;

/// <summary>Kills this process at a stage, or says that it is there and waits for a line.</summary>
internal sealed class StageObserver(MeasureStage? die, MeasureStage? pause) : IMeasureObserver
{
    public void Entered(MeasureStage stage)
    {
        if (stage == die)
        {
            Process.GetCurrentProcess().Kill();
        }

        if (stage == pause)
        {
            Console.WriteLine($"At {stage}");
            Console.Out.Flush();
            Console.ReadLine();
        }
    }

    public void Progress(string what)
    {
    }
}
