using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using ForkLint.Agent;

namespace ForkLint.TestApps.Lies;

/// <summary>Speaks the agent's protocol, and tells one lie.</summary>
internal sealed unsafe class FakeAgent(Lie lie)
{
    private const int ManyDescriptors = 50;
    private const int SleepSeconds = 5;
    private const int ReadWriteCreate = 0x42;
    private readonly int _oldCopy = lie == Lie.OlderCopy ? OldCopy() : 0;
    private int _child;

    /// <summary>Comes to the meeting place and answers until the tool is gone.</summary>
    public void Meet(string place)
    {
        try
        {
            using var socket = Connect(place);
            socket.Send([.. "FLSH"u8, 2, 0, 0, 0]);
            var offer = new byte[20];
            FakeRuntime.Receive(socket, offer);
            socket.Send([1]);
            FakeRuntime.Receive(socket, new byte[BinaryPrimitives.ReadInt32LittleEndian(offer)]);
            Serve(socket);
        }
        catch (SocketException)
        {
            // The tool has seen through it.
        }
        finally
        {
            EndChild();
        }
    }

    private static Socket Connect(string place)
    {
        while (true)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                socket.Connect(new UnixDomainSocketEndPoint(place));
                return socket;
            }
            catch (SocketException)
            {
                socket.Dispose();
                Thread.Sleep(5);
            }
        }
    }

    private void Serve(Socket socket)
    {
        var bytes = new byte[sizeof(AgentRequest)];
        while (FakeRuntime.Receive(socket, bytes))
        {
            var request = MemoryMarshal.Read<AgentRequest>(bytes);
            var reply = new AgentReply { Magic = AgentProtocol.Magic, Operation = request.Operation, Number = request.Number };
            var descriptors = Answer(socket, request, ref reply);
            if (!Send(socket, MemoryMarshal.AsBytes(new ReadOnlySpan<AgentReply>(in reply)), descriptors))
            {
                return;
            }

            foreach (int descriptor in descriptors)
            {
                _ = NativeCalls.Close(descriptor);
            }

            if (request.Operation == AgentOperation.Goodbye)
            {
                return;
            }
        }
    }

    private bool Send(Socket socket, ReadOnlySpan<byte> reply, int[] descriptors)
    {
        int handle = (int)socket.Handle;
        switch (lie)
        {
            case Lie.Drips:
                foreach (byte single in reply)
                {
                    socket.Send([single]);
                    Thread.Sleep(20);
                }

                return true;
            case Lie.Silence:
                return true;
            case Lie.Twice:
                NativeCalls.Send(handle, reply, descriptors);
                NativeCalls.Send(handle, reply, []);
                return true;
            case Lie.CutShort:
                NativeCalls.Send(handle, reply[..17], descriptors);
                return false;
            case Lie.Closes:
                return false;
            default:
                NativeCalls.Send(handle, reply, descriptors);
                return true;
        }
    }

    private int[] Answer(Socket socket, AgentRequest request, ref AgentReply reply)
    {
        switch (request.Operation)
        {
            case AgentOperation.Hello when lie == Lie.WrongValue:
                reply.Value = 7;
                return [];
            case AgentOperation.Hello when lie == Lie.DescriptorsAtHello:
                return Many();
            case AgentOperation.Fork:
                return Fork(socket, request, ref reply);
            case AgentOperation.EndChild:
                EndChild();
                return [];
            default:
                return [];
        }
    }

    private int[] Fork(Socket socket, AgentRequest request, ref AgentReply reply)
    {
        LieInNumbers(ref reply);
        if (reply.Status != AgentStatus.Done)
        {
            return [];
        }

        int honest = MakeChild();
        int tool = NativeCalls.Peer((int)socket.Handle);
        (int descriptor, int number) = lie switch
        {
            Lie.OtherProcess => Process(Betrayed.Victim),
            Lie.Itself => Process(Environment.ProcessId),
            Lie.TheTool => Process(tool),
            Lie.Init => Process(1),
            Lie.OlderChild => Process(Betrayed.OldChild),
            Lie.OlderCopy => Process(_oldCopy),
            Lie.NewProgram => Process(StartProgram("/bin/sleep", "5")),
            Lie.Grandchild => Process(StartGrandchild()),
            Lie.Thread => (NativeCalls.OpenProcess(NativeCalls.ThreadId(), 0x80), NativeCalls.ThreadId()),
            Lie.EndedChild => EndedProcess(honest),
            Lie.WrongNumber => (NativeCalls.OpenProcess(honest), honest + 1),
            Lie.PipeAsProcess => (Pipe(), honest),
            Lie.FileAsProcess => (NativeCalls.Open(Betrayed.LookAlike("anon_inode:[pidfd]"), ReadWriteCreate, 0x180), honest),
            _ => Process(honest),
        };
        reply.ChildPid = number;
        int? memory = lie switch
        {
            _ when (request.Options & ForkOptions.SendMemory) == 0 => null,
            Lie.PipeAsMemory => Pipe(),
            Lie.NamedPipeAsMemory => NativeCalls.Open(Betrayed.NamedPipe(honest), NativeCalls.ReadWrite, 0),
            Lie.ZeroAsMemory => NativeCalls.Open("/dev/zero", NativeCalls.ReadWrite, 0),
            Lie.OwnMemory => NativeCalls.Open("/proc/self/mem", NativeCalls.ReadWrite, 0),
            _ => null,
        };
        int[] sent = lie switch
        {
            Lie.NoDescriptor => [],
            Lie.ManyDescriptors => [descriptor, .. Many()],
            _ when memory is { } file => [descriptor, file],
            _ => [descriptor],
        };
        reply.Descriptors = memory == null ? 1 : 3;
        return sent;
    }

    private static (int Descriptor, int Number) Process(int pid) => (NativeCalls.OpenProcess(pid), pid);

    private void LieInNumbers(ref AgentReply reply)
    {
        reply.LatencyNanoseconds = lie switch
        {
            Lie.NegativeLatency => -1,
            Lie.SmallestLatency => long.MinValue,
            Lie.HugeLatency => long.MaxValue,
            _ => 1000,
        };
        reply.StallNanoseconds = lie == Lie.HugeStall ? 3_600_000_000_000 : 1000;
        switch (lie)
        {
            case Lie.HugeError:
                (reply.Status, reply.Error) = (AgentStatus.ForkRefused, int.MaxValue);
                break;
            case Lie.EndlessText:
                (reply.Status, reply.TextLengthBytes) = (AgentStatus.Failed, int.MaxValue);
                break;
            case Lie.NegativeText:
                (reply.Status, reply.TextLengthBytes) = (AgentStatus.Failed, int.MinValue);
                break;
            case Lie.EscapesInText:
                byte[] text = Encoding.UTF8.GetBytes("\u001b[2J\u001b]0;owned\u0007\n::error file=a.cs::forged\r\n\u202e|@all");
                reply.Status = AgentStatus.Failed;
                for (int index = 0; index < text.Length; index++)
                {
                    reply.Text[index] = text[index];
                }

                reply.TextLengthBytes = text.Length;
                break;
            case Lie.WrongStatus:
                reply.Status = (AgentStatus)99;
                break;
            case Lie.WrongMagic:
                reply.Magic ^= 1;
                break;
            case Lie.WrongNumberOfRequest:
                reply.Number++;
                break;
            default:
                break;
        }
    }

    private int MakeChild() => _child = NativeCalls.Copy(SleepSeconds);

    private void EndChild()
    {
        foreach (int pid in new[] { _child, _oldCopy })
        {
            if (pid != 0)
            {
                _ = Ended(pid);
            }
        }

        _child = 0;
    }

    /// <summary>A copy, made so long ago that the clock of start times has moved on.</summary>
    private static int OldCopy()
    {
        int copy = NativeCalls.Copy(SleepSeconds);
        Thread.Sleep(100);
        return copy;
    }

    private static (int Descriptor, int Number) EndedProcess(int pid)
    {
        var process = Process(pid);
        _ = Ended(pid);
        return process;
    }

    private static int Ended(int pid)
    {
        int status;
        _ = NativeCalls.Kill(pid, 9);
        _ = NativeCalls.Wait(pid, &status, 0x40000000);
        return pid;
    }

    private static int StartProgram(string program, string argument) => System.Diagnostics.Process.Start(new ProcessStartInfo(program, [argument]))!.Id;

    private static int StartGrandchild()
    {
        using var shell = System.Diagnostics.Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "sleep 5 & echo $!; wait"]) { RedirectStandardOutput = true })!;
        return int.Parse(shell.StandardOutput.ReadLine()!, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static int Pipe()
    {
        int* ends = stackalloc int[2];
        _ = NativeCalls.Pipe(ends);
        return ends[0];
    }

    private static int[] Many()
    {
        var descriptors = new int[ManyDescriptors];
        for (int index = 0; index < descriptors.Length; index++)
        {
            descriptors[index] = NativeCalls.Open("/dev/null", NativeCalls.ReadWrite, 0);
        }

        return descriptors;
    }
}
