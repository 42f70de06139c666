using System.Buffers.Binary;
using System.Net.Sockets;
using ForkLint.LiveTargets;
using ForkLint.TrialFork;

namespace ForkLint.Attacks;

/// <summary>Another diagnostics tool in the same application: it asks the runtime who it is, without a pause.</summary>
internal static class NeighbourAttack
{
    private const int HeaderBytes = 20;

    public static Outcome Run(AttackedApplication application, int count)
    {
        string socket = DiagnosticsSocket.Of($"/proc/{application.Pid}/root{TemporaryFolder(application.Pid)}", application.Pid);
        using var end = new CancellationTokenSource();
        int answered = 0;
        int unanswered = 0;
        var neighbour = new Thread(() =>
        {
            while (!end.IsCancellationRequested)
            {
                _ = Ask(socket) ? Interlocked.Increment(ref answered) : Interlocked.Increment(ref unanswered);
            }
        });
        neighbour.Start();
        int failed = 0;
        for (int round = 1; round <= count; round++)
        {
            try
            {
                _ = Measurer.Run(application.Request, CancellationToken.None);
            }
            catch (MeasureException failure)
            {
                failed++;
                Console.WriteLine($"{round}: {failure.Reason} {failure.Message}");
            }
        }

        end.Cancel();
        neighbour.Join();
        string complaint = application.Complaint();
        return new Outcome(failed == 0 && unanswered == 0 && complaint.Length == 0, $"{failed} failed; the neighbour got {answered} answers and missed {unanswered}; {(complaint.Length == 0 ? "unharmed" : complaint)}");
    }

    private static string TemporaryFolder(int pid) =>
        File.ReadAllText($"/proc/{pid}/environ").Split('\0').First(static variable => variable.StartsWith("TMPDIR=", StringComparison.Ordinal))["TMPDIR=".Length..];

    private static bool Ask(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        var request = new byte[HeaderBytes];
        "DOTNET_IPC_V1\0"u8.CopyTo(request);
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(14), HeaderBytes);
        request[16] = 4; // the process's commands: ProcessInfo2
        request[17] = 4;
        socket.Send(request);
        var reply = new byte[HeaderBytes];
        int got = 0;
        while (got < reply.Length && socket.Receive(reply.AsSpan(got)) is > 0 and var received)
        {
            got += received;
        }

        return got == reply.Length && reply[16] == 0xFF && reply[17] == 0;
    }
}
