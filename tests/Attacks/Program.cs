using System.Globalization;
using System.Runtime.Versioning;
using ForkLint.Attacks;

[assembly: SupportedOSPlatform("linux")]

// By ptrace, of a program of any kind.
if (args.Length == 3 && args[0] is "ptrace" or "ptrace-kills" or "ptrace-latency" && int.TryParse(args[2], CultureInfo.InvariantCulture, out int times))
{
    var traced = args[0] switch
    {
        "ptrace" => TraceAttack.Repeat(args[1], times),
        "ptrace-kills" => TraceAttack.Kill(args[1], times),
        _ => TraceAttack.Latency(times),
    };
    Console.WriteLine($"{args[0]} {traced.Text}");
    return traced.Holds ? 0 : 1;
}

if (args.Length != 2 || !int.TryParse(args[1], CultureInfo.InvariantCulture, out int count))
{
    Console.Error.WriteLine("forklint-attacks idle|busy|kills|stops|crowd|neighbour COUNT, or ptrace|ptrace-kills|ptrace-latency c|threads|redis|postgres|python|dotnet|aot|single COUNT");
    return 1;
}

using var application = AttackedApplication.Start(isIdle: args[0] is "idle" or "crowd" or "neighbour");
var outcome = args[0] switch
{
    "idle" or "busy" => RepeatedAttack.Run(application, count, isIdle: args[0] == "idle"),
    "kills" => InterruptedAttack.Kill(application, count),
    "stops" => InterruptedAttack.Stop(application, count),
    "crowd" => CrowdAttack.Run(application, count),
    "neighbour" => NeighbourAttack.Run(application, count),
    _ => throw new ArgumentException($"{args[0]} is not an attack"),
};
Console.WriteLine($"{args[0]} {count}: {outcome.Text}");
return outcome.Holds ? 0 : 1;
