using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using ForkLint.LiveTargets;

namespace ForkLint.TestApps.Lies;

/// <summary>
/// Answers at this process's diagnostics socket in the runtime's place, says that any hook was loaded, and lets a fake agent come. It shows
/// what a program that is not what it seems can do to the tool.
/// </summary>
internal sealed class FakeRuntime(Func<Lie> next)
{
    private const int HeaderBytes = 20;
    private const byte ProcessInfo = 0x04;
    private readonly string _folder = Environment.GetEnvironmentVariable("TMPDIR") ?? "/tmp";

    /// <summary>Takes the runtime's place.</summary>
    public void Start()
    {
        string path = DiagnosticsSocket.Of(_folder, Environment.ProcessId);
        string startTime = Path.GetFileName(path).Split('-')[3];
        File.Delete(path);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        new Thread(() => Serve(listener, $"{_folder}/forklint-{Environment.ProcessId}-{startTime}/s")) { IsBackground = true }.Start();
    }

    private void Serve(Socket listener, string meetingPlace)
    {
        while (true)
        {
            using var connection = listener.Accept();
            var header = new byte[HeaderBytes];
            if (!Receive(connection, header) || !Receive(connection, new byte[BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(14)) - HeaderBytes]))
            {
                continue;
            }

            if (header[17] == ProcessInfo)
            {
                Reply(connection, Identity());
                continue;
            }

            // Named as the tool looks for it.
            var agent = new Thread(() => new FakeAgent(next()).Meet(meetingPlace)) { IsBackground = true, Name = "forklint-agent" };
            agent.Start();
            Reply(connection, new byte[4]);
        }
    }

    private static void Reply(Socket connection, byte[] payload)
    {
        var message = new byte[HeaderBytes + payload.Length];
        "DOTNET_IPC_V1\0"u8.CopyTo(message);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(14), (ushort)message.Length);
        message[16] = 0xFF;
        payload.CopyTo(message, HeaderBytes);
        connection.Send(message);
    }

    private static byte[] Identity()
    {
        using var bytes = new MemoryStream();
        bytes.Write(new byte[24]);
        foreach (string text in new[] { "liar", "Linux", "x64", "liar", "10.0.99\n\u001b[31m::error::+hash" })
        {
            bytes.Write(BitConverter.GetBytes(text.Length + 1));
            bytes.Write(Encoding.Unicode.GetBytes(text + '\0'));
        }

        return bytes.ToArray();
    }

    /// <summary>Fills the buffer; false at the end of the connection.</summary>
    public static bool Receive(Socket socket, Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int count = socket.Receive(bytes);
            if (count == 0)
            {
                return false;
            }

            bytes = bytes[count..];
        }

        return true;
    }
}
