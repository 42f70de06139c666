using System.Net.Sockets;
using ForkLint.LiveTargets;

namespace ForkLint.TrialFork.Tests;

/// <summary>Speaks to a runtime's diagnostics socket as other tools do.</summary>
internal static class Diagnostics
{
    /// <summary>Lets a runtime that waits for it start (command set 4, command 1: ResumeRuntime).</summary>
    public static void Resume(string folder, int pid)
    {
        using var connection = Connect(folder, pid);
        Resume(connection);
    }

    /// <summary>A connection to the socket of a process.</summary>
    public static Socket Connect(string folder, int pid)
    {
        var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        connection.Connect(new UnixDomainSocketEndPoint(DiagnosticsSocket.Of(folder, pid)));
        return connection;
    }

    /// <summary>A tool that waits at a port for the runtime to connect, as dotnet-monitor does.</summary>
    public static Socket Listen(string path)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        return listener;
    }

    /// <summary>Takes the runtime's connection and lets it start. It introduces itself first, with 34 bytes.</summary>
    public static void ResumeThrough(Socket listener)
    {
        const int introduction = 34;
        using var connection = listener.Accept();
        Assert.Equal(introduction, connection.Receive(new byte[introduction]));
        Resume(connection);
    }

    private static void Resume(Socket connection)
    {
        byte[] message = [.. "DOTNET_IPC_V1\0"u8, 20, 0, 4, 1, 0, 0];
        connection.Send(message);
        Assert.True(connection.Receive(new byte[64]) > 0);
    }
}
