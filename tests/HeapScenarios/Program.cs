using HeapScenarios;

// A live target for the heap tests: `forklint-heap-scenarios NAME`. It builds what the scenario holds, says `ready BYTES`,
// and then obeys one word a line: `fork` answers with the pid of a frozen copy, `reap PID`, `drop`, `collect`, `quit`.
// Every command is answered by one line.
Console.Out.Flush();
if (args.Length == 0 || Scenario.Find(args[0]) is not { } scenario)
{
    Console.Error.WriteLine("One of: " + string.Join(", ", Scenario.Names));
    return 1;
}

long bytes = scenario.Build();
Console.WriteLine($"ready {bytes}");
while (Console.ReadLine() is { } line)
{
    string[] words = line.Split(' ');
    switch (words[0])
    {
        case "fork":
            Console.WriteLine(FrozenCopy.Make());
            break;
        case "reap":
            FrozenCopy.Reap(int.Parse(words[1]));
            Console.WriteLine("reaped");
            break;
        case "drop":
            scenario.Drop();
            Console.WriteLine("dropped");
            break;
        case "collect":
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            Console.WriteLine("collected");
            break;
        case "ping":
            Console.WriteLine("pong");
            break;
        case "beat":
            // What kept a busy thread longest since it was asked last, in microseconds.
            Console.WriteLine(Heartbeat.LongestMicroseconds());
            break;
        case "trim":
            FrozenCopy.Trim();
            Console.WriteLine("trimmed");
            break;
        case "quit":
            return 0;
    }
}

return 0;
