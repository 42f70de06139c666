using System.Globalization;
using ForkLint.TestApps;
using ForkLint.TestApps.Scenarios;

// A live target: forklint-testapp SCENARIO [name=value ...]. It says "Ready PID" once the scenario stands, then obeys lines on its
// standard input (see Handshake), and ends when that is closed.
if (args.Length == 0 || Find(args[0]) is not { } scenario)
{
    Console.Error.WriteLine("scenarios: hold, address-space, busy, listen, garbage, interrupt, liar, become, parent");
    return 1;
}

var options = new ScenarioOptions(args.Skip(1));
scenario.Prepare(options);
return Handshake.Serve(scenario, string.Create(CultureInfo.InvariantCulture, $"Ready {Environment.ProcessId}"));

static IScenario? Find(string name) => name switch
{
    "hold" => new HoldScenario(),
    "address-space" => new AddressSpaceScenario(),
    "busy" => new BusyScenario(),
    "mappings" => new MappingsScenario(),
    "listen" => new ListenScenario(),
    "garbage" => new GarbageScenario(),
    "interrupt" => new InterruptScenario(),
    "become" => new BecomeScenario(),
    "liar" => new LiarScenario(),
    "parent" => new ParentScenario(),
    _ => null,
};
