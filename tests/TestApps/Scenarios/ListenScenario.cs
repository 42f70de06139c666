using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ForkLint.TestApps.Scenarios;

/// <summary>Listens on a TCP port of the loopback interface: port=NUMBER, 0 for any. "Go" tells the port.</summary>
internal sealed class ListenScenario : IScenario
{
    private static TcpListener? s_listener;

    public void Prepare(ScenarioOptions options)
    {
        s_listener = new TcpListener(IPAddress.Loopback, (int)options.Number("port"));
        s_listener.Start();
    }

    public string Go() => ((IPEndPoint)s_listener!.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
}
