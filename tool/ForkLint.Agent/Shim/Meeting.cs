using System.Globalization;
using System.Text;

namespace ForkLint.Agent.Shim;

/// <summary>
/// Meets the tool at a Unix socket named by this process's id and start time, receives the payload and runs it. This contract is frozen:
/// the shim stays in the application for ever, and tools of later versions meet it again.
/// </summary>
internal static class Meeting
{
    /// <summary>The version of this contract: the greeting, the offer, the payload, its entry point. See docs/agent-protocol.md.</summary>
    private const byte ContractVersion = 2;

    private const byte Wanted = 1;
    private const byte NotWanted = 0;

    private const string SocketName = "s";
    private const int PatienceMilliseconds = 5000;
    private const int PollMilliseconds = 5;
    private const int WaitSeconds = 10;
    private const int LargestPayloadBytes = 4 * 1024 * 1024;
    private const int ErrorConnectionRefused = 111;

    private static string? _place;

    private static ReadOnlySpan<byte> Greeting => "FLSH"u8;

    /// <summary>Waits for the tool, works for it until it is done or gone, and leaves nothing behind.</summary>
    public static void Attend()
    {
        if (IntPtr.Size != 8 || !BitConverter.IsLittleEndian)
        {
            return; // The layouts of the socket calls below are those of 64-bit little-endian kernels.
        }

        int socket = Connect();
        if (socket < 0)
        {
            return;
        }

        try
        {
            uint peer = ShimLibc.PeerUserId(socket);
            if (peer != 0 && peer != ShimLibc.EffectiveUserId())
            {
                return; // Code is taken from root and from our own user: both could change this process anyway.
            }

            ShimLibc.LimitWaits(socket, WaitSeconds);
            ReceivePayload(socket)?.Invoke(socket);
        }
        finally
        {
            ShimLibc.Close(socket);
        }
    }

    private static int Connect()
    {
        // Made once: an application that does nothing collects no garbage, so a visit should leave little.
        string place = _place ??= TemporaryFolder() + "forklint-" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "-" + StartTime();
        long deadline = Environment.TickCount64 + PatienceMilliseconds;
        while (true)
        {
            bool late = Environment.TickCount64 > deadline;
            int directory = ShimLibc.OpenDirectory(place);
            if (directory >= 0)
            {
                int error = TryConnect(directory, out int socket);

                // Connected: the meeting place has served. Refused: the tool died after it began to listen. Late: it died before.
                bool over = error is 0 or ErrorConnectionRefused || late;
                if (over)
                {
                    ShimLibc.Unlink(directory, SocketName);
                    ShimLibc.Unlink(directory, SocketName + ".new");
                    ShimLibc.RemoveDirectory(place);
                }

                ShimLibc.Close(directory);
                if (over)
                {
                    return socket;
                }
            }
            else if (late)
            {
                return -1;
            }

            Thread.Sleep(PollMilliseconds);
        }
    }

    private static int TryConnect(int directory, out int connected)
    {
        connected = -1;
        int socket = ShimLibc.UnixSocket();
        if (socket < 0)
        {
            return -1;
        }

        // Through the descriptor: a path of the temporary folder may be longer than the 108 bytes of sun_path.
        string path = "/proc/self/fd/" + directory.ToString(CultureInfo.InvariantCulture) + "/" + SocketName;
        int error = ShimLibc.Connect(socket, path);
        if (error == 0)
        {
            connected = socket;
            return 0;
        }

        ShimLibc.Close(socket);
        return error;
    }

    /// <summary>
    /// Greets the tool, learns which payload it brings, and takes its bytes only if they are not here already: a tool that comes every minute
    /// loads nothing and leaves nothing that an idle application would have to collect.
    /// </summary>
    private static Action<int>? ReceivePayload(int socket)
    {
        // Plain arrays and spans: each further library that the shim refers to would be loaded into the application for ever.
        var greeting = new byte[8];
        Greeting.CopyTo(greeting);
        greeting[4] = ContractVersion;
        var offer = new byte[sizeof(int) + PayloadCache.IdentityBytes];
        if (!ShimLibc.Send(socket, greeting) || !ShimLibc.Receive(socket, offer))
        {
            return null;
        }

        uint length = BitConverter.ToUInt32(offer, 0);
        if (length is 0 or > LargestPayloadBytes)
        {
            return null;
        }

        var identity = new ReadOnlySpan<byte>(offer, sizeof(int), PayloadCache.IdentityBytes);
        var known = PayloadCache.Find(identity);
        if (!ShimLibc.Send(socket, [known == null ? Wanted : NotWanted]))
        {
            return null;
        }

        if (known != null)
        {
            return known;
        }

        var payload = new byte[length];
        return ShimLibc.Receive(socket, payload) ? PayloadCache.Load(identity, payload) : null;
    }

    /// <summary>
    /// The folder of the runtime's own diagnostics socket: TMPDIR as the process was started with, else /tmp. The variable of today may be
    /// another: the application can set it.
    /// </summary>
    private static string TemporaryFolder()
    {
        foreach (string variable in Encoding.UTF8.GetString(File.ReadAllBytes("/proc/self/environ")).Split('\0'))
        {
            if (variable.StartsWith("TMPDIR=/", StringComparison.Ordinal))
            {
                string folder = variable["TMPDIR=".Length..];
                return folder.EndsWith('/') ? folder : folder + "/";
            }
        }

        return "/tmp/";
    }

    /// <summary>Field 22 of /proc/self/stat, counted after the name, which may hold spaces and parentheses.</summary>
    private static string StartTime()
    {
        string stat = File.ReadAllText("/proc/self/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];
    }
}
