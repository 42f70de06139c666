using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ForkLint.TestApps.Scenarios;

/// <summary>Listens on a TCP port of the loopback interface: port=NUMBER, 0 for any. "Go" tells the port.</summary>
internal sealed class ListenScenario : IScenario
{
    private static TcpListener? _listener;

    public void Prepare(ScenarioOptions options)
    {
        _listener = new TcpListener(IPAddress.Loopback, (int)options.Number("port"));
        _listener.Start();
    }

    public string Go() => ((IPEndPoint)_listener!.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
}
