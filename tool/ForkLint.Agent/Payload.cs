using System.Diagnostics.CodeAnalysis;

namespace ForkLint.Agent;

/// <summary>
/// The agent's entry point: name and signature are the shim's frozen contract. It works for one tool over one connection and leaves nothing
/// behind but what the runtime cannot unload.
/// </summary>
[SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Nothing may reach the application.")]
public static class Payload
{
    /// <summary>Serves the tool at the other end of the socket until it says goodbye or is gone. Never throws.</summary>
    /// <param name="socket">A connected, blocking socket; the caller closes it.</param>
    public static void Run(int socket)
    {
        try
        {
            using var session = new Session(socket);
            session.Serve();
        }
        catch
        {
        }
    }
}
